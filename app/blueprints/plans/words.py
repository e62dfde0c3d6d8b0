"""Plans and contracts in the reader's words."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.domain.plans.calculating import ForecastInvoice
from app.domain.plans.discounts import Off
from app.domain.plans.showing import ContractShown, Offer
from app.domain.plans.terms import (
    ContractOver,
    ContractState,
    ContractTwice,
    Ending,
    NotForYou,
    OnlyByEnquiry,
    PausedAlready,
    PlanChanged,
    SamePlan,
    SoldOut,
    StillPending,
    TooEarly,
)
from app.kernel.errors import Refusal
from app.models import CycleUnit, PlanVersion
from app.web import contract_words, credit_words, wording
from app.web.invoices import Badge, percent


@dataclass(frozen=True, slots=True)
class Card:
    """A plan on offer."""

    id: int
    name: str
    description: str
    price: str
    cycle: str
    gives: list[str]
    facts: list[str]
    """What it asks for."""
    terms: str
    version_id: int
    own: bool
    sold_out: bool
    only_by_enquiry: bool
    takes_over: bool
    """Who is on another plan can go on with this one."""


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice to come."""

    day: str
    amount: str
    lines: str = ""
    """What it is for, where that is not said beside it."""


@dataclass(frozen=True, slots=True)
class Mine:
    """One's own contract."""

    id: int
    name: str
    badge: Badge
    days: str
    next_bill: str
    can_cancel: bool
    can_keep: bool
    can_pause: bool
    can_resume: bool
    can_change: bool
    can_take_back: bool
    """It waits for the front desk."""
    goes_on_with: str
    """The plan that follows it."""
    can_withdraw: bool
    """That is their own change, which they can withdraw until then: what staff changed of the same plan they cannot."""


def card(each: Offer) -> Card:
    version = each.version
    return Card(
        each.plan.id,
        each.plan.name,
        version.description,
        wording.tenant_money(version.price_minor),
        cycle_words(version),
        _gives(each),
        _facts(version),
        version.terms,
        version.id,
        each.own,
        each.sold_out,
        each.only_by_enquiry,
        each.takes_over,
    )


def bills(found: tuple[ForecastInvoice, ...], day: date) -> list[Bill]:
    return [
        Bill(wording.day(each.bill_on, day), wording.tenant_money(each.amount_minor), _parts(each))
        for each in found
    ]


def _parts(each: ForecastInvoice) -> str:
    """What an invoice is made of, where that is more than one thing."""
    if len(each.lines) < 2:
        return ""
    return " · ".join(_part(line.what, wording.tenant_money(line.amount_minor)) for line in each.lines)


def _part(what: str, amount: str) -> str:
    if what == "signup":
        return _("%(amount)s once, to sign up", amount=amount)
    if what == "deposit":
        return _("%(amount)s deposit", amount=amount)
    return _("%(amount)s for the plan", amount=amount)


def mine(each: ContractShown, day: date, follower: ContractShown | None) -> Mine:
    """One's own contract, and the one that goes on from it if there is one to come."""
    contract, ahead = each.contract, each.next_invoice
    to_come = follower if follower and follower.contract.starts_on > day else None
    going_on = each.state in (ContractState.ACTIVE, ContractState.PAUSED, ContractState.COMING)
    runs = each.state in (ContractState.ACTIVE, ContractState.COMING) and contract.ends_on is None
    cancelled = contract.cancelled_at is not None and each.state is not ContractState.ENDED
    return Mine(
        contract.id,
        each.plan_name,
        contract_words.state_badge(each.state),
        contract_words.contract_days(contract.starts_on, contract.ends_on, day),
        ""
        if ahead is None
        else _(
            "Next invoice %(day)s: %(amount)s",
            day=wording.day_inside(ahead.bill_on, day),
            amount=wording.tenant_money(ahead.amount_minor),
        ),
        each.held is not None and going_on and contract.ends_on is None,
        each.held is not None and cancelled,
        can_pause=runs and _may_pause(each, day),
        can_resume=any(pause.until_day >= day for pause in each.pauses),
        can_change=each.held is not None and going_on and contract.ends_on is None,
        can_take_back=each.state is ContractState.PENDING,
        goes_on_with=to_come.plan_name if to_come else "",
        can_withdraw=to_come is not None and to_come.contract.plan_id != contract.plan_id,
    )


def _may_pause(each: ContractShown, day: date) -> bool:
    version = None if each.held is None else each.held.version
    none_ahead = all(pause.until_day < day for pause in each.pauses)
    return version is not None and none_ahead and min(version.pauses_a_year, version.pause_cycles) > 0


def why_not(refusal: Refusal) -> str:
    """Why somebody is not on a plan now, for who has to look at the plans again."""
    if isinstance(refusal, TooEarly):
        return _("The earliest day is %(day)s.", day=wording.full_day(refusal.earliest))
    for kinds, sentence in _WHY_NOT.items():
        if isinstance(refusal, kinds):
            return str(sentence)
    return _("This plan is no longer on offer.")


def cycle_words(version: PlanVersion) -> str:
    return contract_words.cycle_words(version.cycle_unit, version.cycle_count)


def _facts(version: PlanVersion) -> list[str]:
    found = []
    if version.signup_fee_minor:
        found.append(_("%(amount)s once, to sign up", amount=wording.tenant_money(version.signup_fee_minor)))
    if version.deposit_minor:
        found.append(_("%(amount)s deposit", amount=wording.tenant_money(version.deposit_minor)))
    if version.min_cycles:
        found.append(_minimum(version))
    if version.notice_days:
        found.append(ngettext("%(num)s day’s notice", "%(num)s days’ notice", version.notice_days))
    if version.pauses_a_year and version.pause_cycles:
        found.append(ngettext("Pause once a year", "Pause %(num)s times a year", version.pauses_a_year))
    if version.needs_approval:
        found.append(_("The front desk approves who joins"))
    return found


def _gives(each: Offer) -> list[str]:
    """What the plan brings with each cycle."""
    cycle = cycle_words(each.version)
    given = [credit_words.given(gift, cycle) for gift in each.gives]
    return given if each.off is None else [*given, *_takes_off(each.off)]


def _takes_off(off: Off) -> list[str]:
    found = []
    if off.bookings and off.types:
        rooms = ", ".join(off.types)
        found.append(_("%(percent)s off bookings of %(rooms)s", percent=percent(off.bookings), rooms=rooms))
    elif off.bookings:
        found.append(_("%(percent)s off bookings", percent=percent(off.bookings)))
    if off.products:
        found.append(_("%(percent)s off what you buy once in the shop", percent=percent(off.products)))
    return found


def _minimum(version: PlanVersion) -> str:
    count = version.min_cycles * version.cycle_count
    if version.cycle_unit is CycleUnit.WEEK:
        return ngettext("At least %(num)s week", "At least %(num)s weeks", count)
    return ngettext("At least %(num)s month", "At least %(num)s months", count)


_WHY_NOT = {
    (ContractTwice, SamePlan): _l("You are on this plan already."),
    (SoldOut,): _l("The last place on this plan has just gone."),
    (PlanChanged,): _l("The plan has changed meanwhile. Look at it again before you join."),
    (OnlyByEnquiry,): _l("The front desk puts people on this plan. Ask them."),
    (NotForYou,): _l("This plan is for others."),
    (Ending, ContractOver): _l("It ends already."),
    (StillPending,): _l("It still waits for the front desk."),
    (PausedAlready,): _l("It is paused. End the pause first."),
}
