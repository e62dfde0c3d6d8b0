"""Credit in the reader's words: what is left of it, and how it came and went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.credits.balance import funds_of, types_of
from app.domain.credits.history import history
from app.domain.credits.terms import Fund, Holder, Step
from app.domain.plans.benefits import Given
from app.kernel.walltime import local_date, zone
from app.models import CreditCause, CreditKind, CreditSource
from app.web import auth, wording
from app.web.database import session

_MOMENT_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class FundRow:
    """What is left of one grant."""

    amount: str
    of: str
    """`Meeting room, Phone booth`, or what the money or the days are for."""
    until: str
    """Its last day in a sentence; empty for credit that stays."""
    shared: bool


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the history."""

    amount: str
    """`+10 h`, `−30 min`."""
    words: str
    day: str


@dataclass(frozen=True, slots=True)
class CreditsShown:
    """All of somebody's credit."""

    funds: list[FundRow]
    steps: list[StepRow]

    def __bool__(self) -> bool:
        return bool(self.funds or self.steps)


def amount(kind: CreditKind, much: int) -> str:
    """`10 h`, `£5.00`, `3 days`."""
    if kind is CreditKind.DAYS:
        return ngettext("%(num)s day", "%(num)s days", much)
    return (
        wording.minutes(much) if kind in (CreditKind.TIME, CreditKind.MINUTES) else wording.tenant_money(much)
    )


def given(each: Given) -> str:
    """What a plan or a product gives: `10 h in Meeting room`, `£5.00 to book with`, `3 days in the house`."""
    if each.kind is CreditKind.TIME:
        return _("%(time)s in %(rooms)s", time=amount(each.kind, each.amount), rooms=", ".join(each.types))
    much = amount(each.kind, each.amount)
    if each.kind is CreditKind.MONEY:
        return _("%(amount)s to book with", amount=much)
    if each.pass_name is not None:
        return _("%(amount)s in the house, %(pass_name)s", amount=much, pass_name=each.pass_name)
    return _("%(amount)s in the house", amount=much)


def shown(holder: Holder) -> CreditsShown:
    """What somebody, or a team, can use, and the last steps. Three statements, two for who has none."""
    funds = funds_of(session(), holder, auth.now())
    types = types_of(session(), [fund.grant_id for fund in funds]) if funds else {}
    return CreditsShown(
        [_fund(fund, types.get(fund.grant_id, [])) for fund in funds],
        [_step(step) for step in history(session(), holder)],
    )


def _fund(fund: Fund, types: Iterable[str]) -> FundRow:
    until = ""
    if fund.expires_at is not None:
        last = local_date(fund.expires_at - _MOMENT_BEFORE, zone(auth.portal().zone))
        until = _("Until %(day)s", day=wording.day_inside(last, auth.today()))
    money = _("Money to book with") if fund.kind is CreditKind.MONEY else _("Day passes")
    return FundRow(
        amount(fund.kind, fund.left),
        ", ".join(types) if fund.kind is CreditKind.TIME else money,
        until,
        fund.shared,
    )


def _step(step: Step) -> StepRow:
    sign = "−" if step.amount < 0 else "+"
    day = local_date(step.at, zone(auth.portal().zone))
    return StepRow(sign + amount(step.kind, abs(step.amount)), _words(step), wording.day(day, auth.today()))


def _words(step: Step) -> str:
    if step.room is not None:
        return _of_booking(step, step.room)
    if step.cause is CreditCause.VISITED:
        return _("A day at %(place)s", place=step.place or "")
    if step.cause is CreditCause.TAKEN:
        return _("Taken by the front desk: %(reason)s", reason=step.note)
    if step.source is CreditSource.CONTRACT:
        return _("From the plan %(plan)s", plan=step.plan or "")
    # A note that was forgotten with its person leaves who gave it
    return _("From the front desk: %(reason)s", reason=step.note) if step.note else _("From the front desk")


def _of_booking(step: Step, room: str) -> str:
    if step.booked_for is None or step.zone is None:
        return room
    tz = zone(step.zone)
    when = f"{wording.short_day(local_date(step.booked_for, tz))} {wording.clock_time(step.booked_for, tz)}"
    if step.cause is CreditCause.RETURNED:
        return _("%(room)s, %(when)s, cancelled", room=room, when=when)
    return _("%(room)s, %(when)s", room=room, when=when)
