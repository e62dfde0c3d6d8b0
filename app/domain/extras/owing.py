"""What is owed of what was ordered with a booking that is cancelled after its lead time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.extras.terms import is_late
from app.kernel.money import share
from app.models import Booking, BookingExtra


@dataclass(frozen=True, slots=True)
class OwedExtra:
    """So much of one line, in minor units of its booking's currency."""

    line_id: int
    name: str
    quantity: int
    minor: int


def owed_of(session: Session, booking_id: int, starts_at: datetime, now: datetime) -> tuple[OwedExtra, ...]:
    """What would be owed of a confirmed booking if it was cancelled at a moment: of each line its percentage, rounded half up.
    Nobody is billed for a line without a tax, so nothing is owed of it. One statement."""
    return tuple(
        OwedExtra(line.id, line.name, line.quantity, share(line.total_minor, line.cancel_percent, 100))
        for line in session.scalars(_owing().where(BookingExtra.booking_id == booking_id))
        if is_late(starts_at, line.lead_hours, now)
    )


def owing_among(session: Session, bookings: Iterable[Booking], now: datetime) -> set[int]:
    """The ids of those of which something would be owed. One statement."""
    starts = {booking.id: booking.starts_at for booking in bookings}
    lines = session.scalars(_owing().where(BookingExtra.booking_id.in_(starts)))
    return {line.booking_id for line in lines if is_late(starts[line.booking_id], line.lead_hours, now)}


def _owing() -> Select[BookingExtra]:
    return (
        select(BookingExtra)
        .where(
            BookingExtra.cancel_percent > 0,
            BookingExtra.total_minor > 0,
            BookingExtra.tax_rate_id.is_not(None),
        )
        .order_by(BookingExtra.id)
    )
