"""Day passes: who is on no plan spends one for each day in the house, where the tenant asks for that."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.credits.balance import lock_days
from app.domain.credits.paying import spread
from app.domain.credits.terms import NoPass
from app.domain.levels import hold_level
from app.domain.or_nothing import insert_or_nothing
from app.domain.reach import check_within_reach
from app.kernel.walltime import local_date, zone
from app.models import CreditCause, CreditLine, Location, Role, Tenant
from app.tenancy import begin_writing, tenant_of

NIGHT = timedelta(hours=3)
"""A day in the house lasts until three in the morning: who stays past midnight pays for one."""


def needs_pass(session: Session) -> bool:
    """Whether who is on no plan needs a day pass to check in."""
    query = select(Tenant.check_in_needs_pass).where(Tenant.id == tenant_of(session))
    return session.scalars(query).one()


def ask_for_passes(session: Session, actor: Actor, now: datetime, *, needed: bool) -> None:
    """Have who is on no plan need a day pass from now on, or not. Audited."""
    check_within_reach(actor, None)
    begin_writing(session)
    tenant = hold_level(session, None).tenant
    before, tenant.check_in_needs_pass = tenant.check_in_needs_pass, needed
    if before is not needed:
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


def let_in(session: Session, actor: Actor, place: Location, now: datetime) -> None:
    """Let somebody check in, within a transaction that writes and holds them; a day pass is spent where one is needed, once
    for each local day. Staff, and who is on a plan, need none. Raises NoPass.
    """
    if actor.is_member or actor.role is not Role.NONE or not needs_pass(session):
        return
    day = local_date(now - NIGHT, zone(place.zone))
    key = f"visit:{actor.person_id}:{day}"
    if session.scalars(select(CreditLine.id).where(CreditLine.reason_key == key)).first() is not None:
        return
    for grant_id, _one in spread(lock_days(session, actor.person_id, now), 1):
        insert_or_nothing(
            session,
            CreditLine,
            grant_id=grant_id,
            amount=-1,
            cause=CreditCause.VISITED,
            reason_key=key,
            location_id=place.id,
            note="",
            created_at=now,
        )
        return
    raise NoPass
