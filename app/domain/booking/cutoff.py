"""Until when somebody cancels a booking without staff: the resource says it, or a rule of the house did when it was booked."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Booking, Resource


def cutoff_of(session: Session, booking: Booking) -> datetime:
    """Of a booking as it is."""
    return cutoff_at(session, booking.resource_id, booking.starts_at, booking.cancel_cutoff_minutes)


def latest_change(booking: Booking, room_minutes: int | None) -> datetime:
    """The same where it is known what its room says."""
    ruled = booking.cancel_cutoff_minutes
    return booking.starts_at - timedelta(minutes=(room_minutes or 0) if ruled is None else ruled)


def cutoffs_of(session: Session, resource_ids: Collection[int]) -> dict[int, int | None]:
    """What rooms say, in minutes before the start. One statement."""
    query = select(Resource.id, Resource.cancel_cutoff_minutes).where(Resource.id.in_(resource_ids))
    return {row.id: row.cancel_cutoff_minutes for row in session.execute(query)}


def cutoff_at(session: Session, resource_id: int, starts_at: datetime, ruled: int | None) -> datetime:
    """Of a booking that would be of that resource; `ruled` are the minutes before its start that a rule says."""
    own = select(Resource.cancel_cutoff_minutes).where(Resource.id == resource_id)
    minutes = session.scalar(own) if ruled is None else ruled
    return starts_at - timedelta(minutes=minutes or 0)
