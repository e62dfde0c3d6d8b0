"""Ending a booking before its time."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.booking.announce import Was, announce, count_change
from app.domain.booking.begun import begun, begun_at_door, record_change
from app.domain.booking.blocking import cut
from app.domain.booking.minutes import minute_of, moment_of
from app.domain.booking.units import forget_later_units
from app.domain.booking.watched import booking_changed
from app.domain.booking.writing import writing
from app.kernel.clock import Clock
from app.models import Booking, Resource


def end_early(session: Session, actor: Actor, booking_id: int, clock: Clock) -> Booking:
    """End a running booking at the next full minute and free the rest, parts of the room too.

    The buffer after it stays, from the new end on. The price stays as it was agreed: the room was kept from others
    until now, and what would be given back is for cancelling in time. In its last minute there is nothing to free and
    nothing changes. A team's administrators end what is the team's, and staff
    with Permission.BOOKINGS anybody's, audited.
    Commits nothing but what `begin_writing` ends. Raises NotFound for another person's, NotBegun, AlreadyOver.
    """
    with writing(session):
        booking, now = begun(session, actor, booking_id, clock)
        was = Was.of(booking)
        if end_now(session, booking, now):
            record_change(session, actor, booking, "booking.ended_early", was.ends_at, now)
            announce(session, booking, "booking.changed", now, was=was)
    return booking


def end_at_door(session: Session, resource_id: int, booking_id: int, clock: Clock) -> Booking:
    """The same at the door of a room, by whoever stands there: its person finds it among what was done for them.

    Raises NotFound for a booking of another room, NotBegun, AlreadyOver.
    """
    with writing(session):
        booking, now = begun_at_door(session, resource_id, booking_id, clock)
        was = Was.of(booking)
        if end_now(session, booking, now):
            record_end(session, booking, "booking.ended_early", was.ends_at, now)
            announce(session, booking, "booking.changed", now, was=was)
    return booking


def end_now(session: Session, booking: Booking, now: datetime) -> bool:
    """End a locked booking at the next full minute and free the rest; whether there was any."""
    end = moment_of(minute_of(now) + 1)
    if end >= booking.ends_at:
        return False
    booking.ends_at = end
    count_change(booking, now)
    session.flush()
    buffer = session.scalar(select(Resource.buffer_after).where(Resource.id == booking.resource_id)) or 0
    cut(session, booking.id, end + timedelta(minutes=buffer))
    forget_later_units(session, booking)
    booking_changed(session, booking)
    return True


def record_end(session: Session, booking: Booking, action: str, before: datetime, now: datetime) -> None:
    """Write the audit row of an end that nobody who is signed in decided; `before` is the end it had."""
    record(
        session,
        now,
        None,
        action,
        subject="booking",
        subject_id=booking.id,
        for_id=booking.person_id,
        before={"ends_at": before.isoformat()},
        after={"ends_at": booking.ends_at.isoformat()},
    )
    session.flush()
