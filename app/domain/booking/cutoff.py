"""Until when somebody cancels a booking without staff: the resource says it, or a rule of the house did when it was booked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.models import Booking, CancellationStep, Resource

LATE_FOR_A_FEE = exists().where(
    CancellationStep.tenant_id == Resource.tenant_id,
    or_(
        CancellationStep.resource_type_id.is_(None),
        CancellationStep.resource_type_id == Resource.resource_type_id,
    ),
)
"""Whether the house says what cancelling late costs: who has it may until it starts."""


@dataclass(frozen=True, slots=True)
class RoomCutoff:
    """A room, and what it says of cancelling what is booked of it."""

    name: str
    minutes: int
    """Before the start, until when it costs nothing."""
    type_id: int
    late_for_a_fee: bool
    """Whether who has it may afterwards, too."""


def cutoff_of(session: Session, booking: Booking) -> datetime:
    """Of a booking as it is."""
    return cutoff_at(session, booking.resource_id, booking.starts_at, booking.cancel_cutoff_minutes)


def latest_change(booking: Booking, room_minutes: int | None) -> datetime:
    """The same where it is known what its room says."""
    ruled = booking.cancel_cutoff_minutes
    return booking.starts_at - timedelta(minutes=(room_minutes or 0) if ruled is None else ruled)


def cutoffs_of(session: Session, resource_ids: Collection[int]) -> dict[int, RoomCutoff]:
    """What rooms say, by their ids. One statement."""
    rows = session.execute(
        select(
            Resource.id,
            Resource.name,
            Resource.cancel_cutoff_minutes,
            Resource.resource_type_id,
            LATE_FOR_A_FEE.label("late_for_a_fee"),
        ).where(Resource.id.in_(resource_ids))
    )
    return {
        row.id: RoomCutoff(row.name, row.cancel_cutoff_minutes, row.resource_type_id, row.late_for_a_fee)
        for row in rows
    }


def cutoff_at(session: Session, resource_id: int, starts_at: datetime, ruled: int | None) -> datetime:
    """Of a booking that would be of that resource; `ruled` are the minutes before its start that a rule says."""
    own = select(Resource.cancel_cutoff_minutes).where(Resource.id == resource_id)
    minutes = session.scalar(own) if ruled is None else ruled
    return starts_at - timedelta(minutes=minutes or 0)
