"""Checking in to a booking: saying, in the portal or at the door, that one came."""

from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.booking.begun import locked_at_door, locked_for
from app.domain.booking.check_in_window import KEPT_MINUTES, check_in_window
from app.domain.booking.terms import AlreadyOver
from app.domain.booking.watched import booking_changed
from app.domain.booking.writing import writing
from app.kernel.clock import Clock
from app.kernel.errors import Refusal
from app.kernel.spans import Span
from app.models import Booking, BookingStatus, Resource, Tenant
from app.tenancy import tenant_of


class NotCheckInTime(Refusal):
    """One checks in around the start, `window` says when. Before it nobody has come, after it nobody waits any more."""

    def __init__(self, window: Span) -> None:
        super().__init__(f"between {window.start} and {window.end}")
        self.window = window


def kept_minutes(session: Session, resource_id: int) -> int:
    """For how many minutes a room is kept for who does not check in; 0 where that has no end."""
    kept = session.scalar(
        select(KEPT_MINUTES)
        .join(Tenant, and_(Tenant.id == Resource.tenant_id, Tenant.id == tenant_of(session)))
        .where(Resource.id == resource_id)
    )
    return kept or 0


def check_in_to(session: Session, actor: Actor, booking_id: int, clock: Clock) -> Booking:
    """Say that one came to one's booking; saying it again changes nothing. Staff say it for others, audited.

    Commits nothing but what `begin_writing` ends. Raises NotFound for another person's, AlreadyOver, NotCheckInTime.
    """
    with writing(session):
        booking = locked_for(session, actor, booking_id)
        _check_in(session, booking, actor.person_id, clock())
    return booking


def check_in_at_door(session: Session, resource_id: int, booking_id: int, clock: Clock) -> Booking:
    """The same at the door of a room, by whoever stands there. Raises NotFound for a booking of another room too."""
    with writing(session):
        booking = locked_at_door(session, resource_id, booking_id)
        _check_in(session, booking, None, clock())
    return booking


def _check_in(session: Session, booking: Booking, by_id: int | None, now: datetime) -> None:
    if booking.status is not BookingStatus.CONFIRMED or booking.ends_at <= now:
        raise AlreadyOver
    if booking.checked_in_at is not None:
        return
    window = check_in_window(booking.starts_at, booking.ends_at, kept_minutes(session, booking.resource_id))
    if not window.start <= now < window.end:
        raise NotCheckInTime(window)
    booking.checked_in_at = now
    if by_id != booking.person_id:
        record(
            session,
            now,
            by_id,
            "booking.checked_in",
            subject="booking",
            subject_id=booking.id,
            for_id=booking.person_id,
        )
    session.flush()
    booking_changed(session, booking)
