"""The verbs that make, change, order and remove rates. What was booked before keeps the price that it was quoted."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record_row
from app.domain.booking.rate_facts import CONDITIONS, NAMED
from app.domain.booking.rates import STEP, Conditions
from app.domain.lookup import one
from app.domain.prices.naming import Named, name_for, named_by
from app.domain.reach import check_within_reach
from app.domain.spaces.saving import finish
from app.kernel.errors import NotFound, Refusal
from app.kernel.walltime import minute_face
from app.models import Rate, RateUnit, Resource, ResourceType
from app.tenancy import begin_writing


class Backwards(Refusal):
    """A range ends before it begins; `field` is the end."""

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name)
        self.field = field_name


class Halved(Refusal):
    """Two fields that only make sense together, of which `field` is empty."""

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name)
        self.field = field_name


class FixedNotByTheHour(Refusal):
    """Only what is charged by the hour or by the step can be fixed up to a length."""


class NeverHolds(Refusal):
    """No day of the week is among its days."""


class NobodyNamed(Refusal):
    """It is for some plans or teams only, and names none."""


@dataclass(frozen=True, slots=True)
class RateDetails:
    """What staff decide about a rate; see `models.Rate` and `models.RateTarget`."""

    name: str
    unit: RateUnit
    amount_minor: int
    step_minutes: int = STEP
    minimum_minor: int | None = None
    cap_minor: int | None = None
    fixed_minutes: int | None = None
    fixed_minor: int | None = None
    always: bool = False
    active: bool = True
    conditions: Conditions = field(default_factory=Conditions)


@dataclass(frozen=True, slots=True)
class Owner:
    """What a rate is of: a type of resource, or one resource. Exactly one is not None."""

    type_id: int | None = None
    resource_id: int | None = None


def rates_of(session: Session) -> list[Rate]:
    """Every rate, in the operator's order within its type or resource."""
    return list(session.scalars(select(Rate).order_by(Rate.position, Rate.id)))


def details_of(rate: Rate, named: Named | None = None) -> RateDetails:
    """A rate as its editor shows it; `named` is what it is for (`naming.named_by`), None for nothing."""
    named = named or Named()
    columns = {name: getattr(rate, name) for name in CONDITIONS}
    conditions = Conditions(**columns, plan_ids=named.plan_ids, team_ids=named.team_ids)
    own = {name: getattr(rate, name) for name in _OWN}
    return RateDetails(**own, conditions=conditions)


def owner_name(session: Session, owner: Owner) -> str:
    """What the type or the resource is called. Raises NotFound."""
    if owner.type_id is not None:
        return one(session, ResourceType, owner.type_id).name
    return one(session, Resource, owner.resource_id or 0).name


def create_rate(session: Session, actor: Actor, owner: Owner, details: RateDetails, now: datetime) -> Rate:
    """Add a rate after the others of its type or resource.

    Raises NotFound for an owner, a plan or a team that is unknown, Backwards, Halved, FixedNotByTheHour, NeverHolds and
    NobodyNamed.
    """
    check_details(details)
    check_within_reach(actor, None)
    begin_writing(session)
    _hold_owner(session, owner)
    rate = Rate(
        resource_type_id=owner.type_id,
        resource_id=owner.resource_id,
        position=len(_beside(session, owner)),
        **columns_of(details),
    )
    session.add(rate)
    session.flush()
    name_for(session, rate.id, details.conditions)
    record_row(session, actor, now, rate, "created", after=_facts(details))
    finish(session)
    return rate


def edit_rate(session: Session, actor: Actor, rate_id: int, details: RateDetails, now: datetime) -> Rate:
    """Change a rate. Raises as `create_rate`."""
    check_details(details)
    rate = _held(session, actor, rate_id)
    old, new = changes(_facts(_details(session, rate)), _facts(details))
    if new:
        for name, value in columns_of(details).items():
            setattr(rate, name, value)
        name_for(session, rate.id, details.conditions)
        record_row(session, actor, now, rate, "edited", before=old, after=new)
        finish(session)
    return rate


def copy_rate(session: Session, actor: Actor, rate_id: int, name: str, now: datetime) -> Rate:
    """A second one with the same terms, off until somebody has looked at it. Raises NotFound."""
    rate = _held(session, actor, rate_id)
    owner = _owner(rate)
    details = replace(_details(session, rate), name=name[: Rate.name.type.length], active=False)
    made = Rate(
        resource_type_id=owner.type_id,
        resource_id=owner.resource_id,
        position=len(_beside(session, owner)),
        **columns_of(details),
    )
    session.add(made)
    session.flush()
    name_for(session, made.id, details.conditions)
    record_row(session, actor, now, made, "created", after=_facts(details))
    finish(session)
    return made


def move_rate(session: Session, actor: Actor, rate_id: int, now: datetime, *, up: bool) -> None:
    """Swap it with the one before or after it; the first and the last stay. Raises NotFound."""
    rate = _held(session, actor, rate_id)
    ordered = _beside(session, _owner(rate))
    at = ordered.index(rate)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(ordered):
        return
    ordered[at], ordered[to] = ordered[to], ordered[at]
    for position, each in enumerate(ordered):
        each.position = position
    record_row(session, actor, now, rate, "moved", before={"position": at}, after={"position": to})
    finish(session)


def remove_rate(session: Session, actor: Actor, rate_id: int, now: datetime) -> None:
    """Remove a rate for good. Raises NotFound."""
    rate = _held(session, actor, rate_id)
    record_row(session, actor, now, rate, "removed", before=_facts(_details(session, rate)))
    session.delete(rate)
    finish(session)


def check_details(details: RateDetails) -> None:
    """Raise Backwards, Halved, FixedNotByTheHour, NeverHolds or NobodyNamed for terms that make no sense."""
    when = details.conditions
    for first, last, name in (
        (details.minimum_minor, details.cap_minor, "cap_minor"),
        (when.least_minutes, when.most_minutes, "most_minutes"),
        (when.least_notice_minutes, when.most_notice_minutes, "most_notice_minutes"),
        (_ordinal(when.first_day), _ordinal(when.last_day), "last_day"),
    ):
        if first is not None and last is not None and last < first:
            raise Backwards(name)
    _check_pair("from_minute", when.from_minute, "until_minute", when.until_minute)
    _check_pair("fixed_minutes", details.fixed_minutes, "fixed_minor", details.fixed_minor)
    if when.from_minute is not None and when.from_minute == when.until_minute:
        raise Backwards("until_minute")
    if details.fixed_minutes is not None and details.unit not in (RateUnit.STEP, RateUnit.HOUR):
        raise FixedNotByTheHour
    if not when.weekdays:
        raise NeverHolds
    if when.named_only and not (when.plan_ids or when.team_ids):
        raise NobodyNamed


def _check_pair(one_name: str, one_value: int | None, other_name: str, other_value: int | None) -> None:
    if (one_value is None) != (other_value is None):
        raise Halved(one_name if one_value is None else other_name)


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


_OWN = (
    "name",
    "unit",
    "amount_minor",
    "step_minutes",
    "minimum_minor",
    "cap_minor",
    "fixed_minutes",
    "fixed_minor",
    "always",
    "active",
)


def _held(session: Session, actor: Actor, rate_id: int) -> Rate:
    """The rate, and what it is of, locked: those beside it stay in their order meanwhile."""
    check_within_reach(actor, None)
    begin_writing(session)
    _hold_owner(session, _owner(one(session, Rate, rate_id)))
    return one(session, Rate, rate_id, lock=True)


def _details(session: Session, rate: Rate) -> RateDetails:
    return details_of(rate, named_by(session, [rate.id]).get(rate.id))


def _hold_owner(session: Session, owner: Owner) -> None:
    if owner.type_id is not None:
        one(session, ResourceType, owner.type_id, lock=True)
    elif owner.resource_id is not None:
        one(session, Resource, owner.resource_id, lock=True)
    else:
        raise NotFound


def _owner(rate: Rate) -> Owner:
    return Owner(rate.resource_type_id, rate.resource_id)


def _beside(session: Session, owner: Owner) -> list[Rate]:
    """The rates of the same type or resource, in their order."""
    mine = (
        Rate.resource_type_id == owner.type_id
        if owner.type_id is not None
        else Rate.resource_id == owner.resource_id
    )
    return list(session.scalars(select(Rate).where(mine).order_by(Rate.position, Rate.id)))


def columns_of(details: RateDetails) -> dict[str, Any]:
    """The columns of `models.Rate` that say the same, but for what it names."""
    own = {name: getattr(details, name) for name in _OWN}
    return own | {name: getattr(details.conditions, name) for name in CONDITIONS}


def _facts(details: RateDetails) -> dict[str, Any]:
    """What says something: plain JSON values, but for what is as it is without anybody's saying so."""
    usual = columns_of(RateDetails(details.name, details.unit, details.amount_minor))
    said = {
        name: value
        for name, value in columns_of(details).items()
        if value != usual[name] or name in ("name", "unit", "amount_minor", "active")
    }
    named = {name: sorted(getattr(details.conditions, name)) for name in NAMED}
    return {name: _fact(name, value) for name, value in said.items()} | {
        name: ids for name, ids in named.items() if ids
    }


def _fact(name: str, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if name == "weekdays":
        return [day + 1 for day in range(7) if value >> day & 1]
    if name in ("from_minute", "until_minute") and value is not None:
        return minute_face(value)
    return value
