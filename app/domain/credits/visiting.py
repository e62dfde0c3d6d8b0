"""Passes at the door: who is on no plan that lets them in uses one, where the tenant asks for that."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.credits.balance import Pass, lock_passes
from app.domain.credits.terms import NoPass
from app.domain.house_day import house_day
from app.domain.levels import hold_level
from app.domain.or_nothing import insert_or_nothing
from app.domain.passes.fitting import ANYWHERE, Terms, day_at, terms_of
from app.domain.reach import check_within_reach
from app.kernel.walltime import zone
from app.models import (
    Contract,
    CreditCause,
    CreditGrant,
    CreditKind,
    CreditLine,
    Location,
    PlanBenefit,
    Role,
    Tenant,
)
from app.models.plan import running_on
from app.tenancy import begin_writing, tenant_of

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What somebody is let in with."""

    until: datetime | None = None
    """When it stops holding, where that may be before the place closes."""
    grant_id: int | None = None
    """The time pass whose minutes run meanwhile."""
    paid_visit_id: int | None = None
    """What they pay for it as they go."""


def needs_pass(session: Session) -> bool:
    """Whether who is on no plan that lets them in needs a pass to check in."""
    query = select(Tenant.check_in_needs_pass).where(Tenant.id == tenant_of(session))
    return session.scalars(query).one()


def ask_for_passes(session: Session, actor: Actor, now: datetime, *, needed: bool) -> None:
    """Have who is on no plan need a pass from now on, or not. Audited."""
    check_within_reach(actor, None)
    begin_writing(session)
    level = hold_level(session, None)
    tenant = level.tenant
    before, tenant.check_in_needs_pass = tenant.check_in_needs_pass, needed
    if before is not needed:
        level.touch()
        record(
            session,
            now,
            actor.person_id,
            "limits.changed",
            subject="tenant",
            subject_id=tenant.id,
            before={"needs_pass": before},
            after={"needs_pass": needed},
        )
    session.flush()


def let_in(session: Session, actor: Actor, place: Location, now: datetime) -> Ticket:
    """Let somebody check in, within a transaction that writes and holds them. Raises NoPass.

    Staff need nothing, nor does who is on a plan without passes. Others use a pass that holds here and now: one that was
    spent today already, else the first by its priority and then the soonest to expire. A day pass is spent for the local day,
    which lasts until the place's cut-off; of a time pass nothing is spent before they leave.
    """
    if actor.role is not Role.NONE or not needs_pass(session) or _is_on_open_plan(session, actor, now):
        return Ticket()
    tz = zone(place.zone)
    key = f"visit:{actor.person_id}:{day_at(place, now)}"
    spent = _spent(session, key)
    known = lock_passes(session, actor.person_id, now)
    terms = terms_of(session, {each for each in [*spent, *(own.pass_type_id for own in known)] if each})
    for type_id in spent:
        until = _terms(terms, type_id).holds_until(place.id, now, tz)
        if until is not None:
            return Ticket(_or_none(until))
    for each in known:
        until = _terms(terms, each.pass_type_id).holds_until(place.id, now, tz)
        if until is not None:
            return _use(session, each, place, f"{key}:{each.grant_id}" if spent else key, until, now)
    raise NoPass(tuple(dict.fromkeys(each.name for each in known if each.name is not None)))


def _use(session: Session, found: Pass, place: Location, key: str, until: datetime, now: datetime) -> Ticket:
    if found.kind is CreditKind.MINUTES:
        return Ticket(min(until, now + found.left * _MINUTE), found.grant_id)
    insert_or_nothing(
        session,
        CreditLine,
        grant_id=found.grant_id,
        amount=-1,
        cause=CreditCause.VISITED,
        reason_key=key,
        location_id=place.id,
        note="",
        created_at=now,
    )
    return Ticket(_or_none(until))


def _spent(session: Session, key: str) -> list[int | None]:
    """Of the passes that were spent on a day, the kinds."""
    query = (
        select(CreditGrant.pass_type_id)
        .join(
            CreditLine,
            (CreditLine.tenant_id == CreditGrant.tenant_id) & (CreditLine.grant_id == CreditGrant.id),
        )
        .where((CreditLine.reason_key == key) | CreditLine.reason_key.startswith(f"{key}:", autoescape=True))
    )
    return list(session.scalars(query))


def _is_on_open_plan(session: Session, actor: Actor, now: datetime) -> bool:
    """Whether a contract of theirs runs that gives no passes, and so lets them in at any time."""
    gives_passes = exists().where(
        PlanBenefit.tenant_id == Contract.tenant_id,
        PlanBenefit.version_id == Contract.version_id,
        PlanBenefit.kind.in_((CreditKind.DAYS, CreditKind.MINUTES)),
    )
    query = select(Contract.id).where(
        Contract.person_id == actor.person_id, running_on(house_day(session, now)), ~gives_passes
    )
    return session.scalars(query.limit(1)).first() is not None


def _terms(terms: dict[int, Terms], type_id: int | None) -> Terms:
    return ANYWHERE if type_id is None else terms[type_id]


def _or_none(until: datetime) -> datetime | None:
    return None if until == datetime.max.replace(tzinfo=UTC) else until
