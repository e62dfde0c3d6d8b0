"""Ending a booking before its time."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.announce import announce_change
from app.domain.booking.begun import begun, record_change
from app.domain.booking.blocking import cut
from app.domain.booking.minutes import minute_of, moment_of
from app.domain.booking.watched import booking_changed
from app.domain.booking.writing import writing
from app.kernel.clock import Clock
from app.models import Booking, Resource


def end_early(session: Session, actor: Actor, booking_id: int, clock: Clock) -> Booking:
    """End a running booking at the next full minute and free the rest, parts of the room too.

    The buffer after it stays, from the new end on. The price stays as it was agreed: the room was kept from others
    until now, and what would be given back is for cancelling in time. In its last minute there is nothing to free and
    nothing changes. Staff with Permission.BOOKINGS end anybody's, audited.
    Commits nothing but what `begin_writing` ends. Raises NotFound for another person's, NotBegun, AlreadyOver.
    """
    with writing(session):
        booking, now = begun(session, actor, booking_id, clock)
        end = moment_of(minute_of(now) + 1)
        if end < booking.ends_at:
            _end_at(session, actor, booking, end, now)
    return booking


def _end_at(session: Session, actor: Actor, booking: Booking, end: datetime, now: datetime) -> None:
    before, booking.ends_at = booking.ends_at, end
    session.flush()
    buffer = session.scalar(select(Resource.buffer_after).where(Resource.id == booking.resource_id)) or 0
    cut(session, booking.id, end + timedelta(minutes=buffer))
    record_change(session, actor, booking, "booking.ended_early", before, now)
    booking_changed(session, booking)
    announce_change(session, booking, now)
