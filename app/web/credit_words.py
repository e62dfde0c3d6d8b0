"""Credit in the reader's words: what is left of it, and how it came and went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.credits.balance import allowances_of, types_of
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
class UsageRow:
    """How much of what a plan gives for the cycle in hand is used."""

    of: str
    sentence: str
    """`4 h of 10 h used`."""
    until: str
    used: int
    allowed: int
    """Both in the kind's own unit, for a bar."""


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
    usage: list[UsageRow]
    """Of one's own plans."""

    def __bool__(self) -> bool:
        return bool(self.funds or self.steps or self.usage)


def amount(kind: CreditKind, much: int) -> str:
    """`10 h`, `£5.00`, `3 days`."""
    if kind is CreditKind.DAYS:
        return ngettext("%(num)s day", "%(num)s days", much)
    return (
        wording.minutes(much) if kind in (CreditKind.TIME, CreditKind.MINUTES) else wording.tenant_money(much)
    )


def given(each: Given, cycle: str = "") -> str:
    """What a plan gives with each cycle, or a product once: `10 h a month in Meeting room`, `£5.00 to book with`."""
    much = amount(each.kind, each.amount)
    if cycle:
        much = _("%(amount)s %(cycle)s", amount=much, cycle=cycle)
    if each.kind is CreditKind.TIME:
        return _("%(time)s in %(rooms)s", time=much, rooms=", ".join(each.types))
    if each.kind is CreditKind.MONEY:
        if each.types:
            return _("%(amount)s to book with in %(rooms)s", amount=much, rooms=", ".join(each.types))
        return _("%(amount)s to book with", amount=much)
    if each.pass_name is not None:
        return _("%(amount)s in the house, %(pass_name)s", amount=much, pass_name=each.pass_name)
    return _("%(amount)s in the house", amount=much)


def shown(holder: Holder) -> CreditsShown:
    """What somebody, or a team, can use, and the last steps. Three statements, two for who has none."""
    found = allowances_of(session(), holder, auth.now())
    types = types_of(session(), [fund.grant_id for fund in found]) if found else {}
    return CreditsShown(
        [_fund(fund, types.get(fund.grant_id, [])) for fund in found if fund.left > 0],
        [_step(step) for step in history(session(), holder)],
        [
            _usage(fund, types.get(fund.grant_id, []))
            for fund in found
            if fund.of_cycle and fund.allowed > 0 and not fund.shared
        ],
    )


def _fund(fund: Fund, types: Iterable[str]) -> FundRow:
    return FundRow(amount(fund.kind, fund.left), _of(fund, types), _until(fund), fund.shared)


def _usage(fund: Fund, types: Iterable[str]) -> UsageRow:
    used = max(fund.allowed - fund.left, 0)
    sentence = _(
        "%(used)s of %(allowed)s used",
        used=amount(fund.kind, used),
        allowed=amount(fund.kind, fund.allowed),
    )
    return UsageRow(_of(fund, types), sentence, _until(fund), used, fund.allowed)


def _of(fund: Fund, types: Iterable[str]) -> str:
    """What it is for."""
    match fund.kind:
        case CreditKind.TIME:
            return ", ".join(types)
        case CreditKind.MONEY:
            rooms = ", ".join(types)
            return _("Money to book with in %(rooms)s", rooms=rooms) if rooms else _("Money to book with")
        case CreditKind.DAYS:
            return fund.pass_name or _("Day passes")
        case CreditKind.MINUTES:
            return fund.pass_name or _("Time in the house")


def _until(fund: Fund) -> str:
    if fund.expires_at is None:
        return ""
    last = local_date(fund.expires_at - _MOMENT_BEFORE, zone(auth.portal().zone))
    return _("Until %(day)s", day=wording.day_inside(last, auth.today()))


def _step(step: Step) -> StepRow:
    sign = "−" if step.amount < 0 else "+"
    day = local_date(step.at, zone(auth.portal().zone))
    return StepRow(sign + amount(step.kind, abs(step.amount)), _words(step), wording.day(day, auth.today()))


def _words(step: Step) -> str:
    if step.room is not None:
        return _of_booking(step, step.room)
    if step.stayed_from is not None and step.stayed_until is not None:
        return _of_stay(step, step.stayed_from, step.stayed_until)
    if step.cause is CreditCause.VISITED:
        return _("A day at %(place)s", place=step.place or "")
    if step.cause is CreditCause.TAKEN:
        return _("Taken by the front desk: %(reason)s", reason=step.note)
    return _of_source(step)


def _of_source(step: Step) -> str:
    if step.source is CreditSource.CONTRACT:
        return _("From the plan %(plan)s", plan=step.plan or "")
    if step.source is CreditSource.PRODUCT:
        return _("Bought: %(product)s", product=step.product or "")
    # A note that was forgotten with its person leaves who gave it
    return _("From the front desk: %(reason)s", reason=step.note) if step.note else _("From the front desk")


def _of_stay(step: Step, start: datetime, end: datetime) -> str:
    """`North Dock, Tue 24 Nov 9:10 to 10:45`, by the clock there."""
    tz = zone(step.zone or auth.portal().zone)
    return _(
        "%(place)s, %(day)s %(start)s to %(end)s",
        place=step.place or "",
        day=wording.short_day(local_date(start, tz)),
        start=wording.clock_time(start, tz),
        end=wording.clock_time(end, tz),
    )


def _of_booking(step: Step, room: str) -> str:
    if step.booked_for is None or step.zone is None:
        return room
    tz = zone(step.zone)
    when = f"{wording.short_day(local_date(step.booked_for, tz))} {wording.clock_time(step.booked_for, tz)}"
    if step.cause is CreditCause.RETURNED:
        return _("%(room)s, %(when)s, cancelled", room=room, when=when)
    return _("%(room)s, %(when)s", room=room, when=when)
