"""The house's limit on how many bookings one person may have ahead: set by staff, heeded by whoever books."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.booking.terms import Malformed, Obstacle, Reason
from app.domain.levels import hold_level
from app.domain.reach import check_within_reach
from app.kernel.clock import Clock
from app.models import Booking, BookingStatus, Tenant
from app.tenancy import begin_writing, tenant_of

MOST_UPCOMING = 1000


def upcoming_limit(session: Session) -> int | None:
    """How many bookings one person may have ahead; None for any number."""
    return session.scalars(select(Tenant.upcoming_limit).where(Tenant.id == tenant_of(session))).one()


def limit_upcoming(session: Session, actor: Actor, most: int | None, clock: Clock) -> None:
    """Set the limit, or lift it with None; bookings made before stay. Audited. Raises Malformed for nonsense."""
    if most is not None and not 1 <= most <= MOST_UPCOMING:
        raise Malformed
    check_within_reach(actor, None)
    begin_writing(session)
    tenant = hold_level(session, None).tenant
    before, tenant.upcoming_limit = tenant.upcoming_limit, most
    if before != most:
        record(
            session,
            clock(),
            actor.person_id,
            "limits.changed",
            subject="tenant",
            subject_id=tenant.id,
            before={"upcoming": before},
            after={"upcoming": most},
        )
    session.flush()


def too_many_ahead(session: Session, person_id: int, now: datetime) -> tuple[Obstacle, ...]:
    """TOO_MANY_AHEAD {most} for who has as many confirmed bookings that are not over as the house allows.

    Holds do not count: nobody has two, and confirming counts again. Only after `hold_person` does the answer stay true.
    """
    ahead = (
        select(func.count(Booking.id))
        .where(
            Booking.tenant_id == Tenant.id,
            Booking.person_id == person_id,
            Booking.ends_at > now,
            Booking.status == BookingStatus.CONFIRMED,
        )
        .scalar_subquery()
    )
    most, has = session.execute(
        select(Tenant.upcoming_limit, ahead).where(Tenant.id == tenant_of(session))
    ).one()
    if most is None or has < most:
        return ()
    return (Obstacle(Reason.TOO_MANY_AHEAD, {"most": most}),)
