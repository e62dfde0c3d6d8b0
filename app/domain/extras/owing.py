"""What is owed of what was ordered with a booking that is cancelled after its lead time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.extras.terms import is_late
from app.kernel.money import share
from app.models import BookingExtra


@dataclass(frozen=True, slots=True)
class OwedExtra:
    """So much of one line, in minor units of its booking's currency."""

    line_id: int
    name: str
    quantity: int
    minor: int


def is_owed(line: BookingExtra, starts_at: datetime, now: datetime) -> bool:
    """Whether something of it is owed by now, whatever becomes of its booking: by the terms on which it was ordered."""
    return line.cancel_percent > 0 and is_late(starts_at, line.lead_hours, now)


def owed_of_each(
    session: Session, starts: Mapping[int, datetime], now: datetime
) -> dict[int, tuple[OwedExtra, ...]]:
    """What would be owed of confirmed bookings if they were cancelled at a moment, by their ids: of each line its percentage,
    rounded half up. Nobody is billed for a line without a tax, so nothing is owed of it. `starts` says when each starts. One
    statement."""
    found: dict[int, tuple[OwedExtra, ...]] = {}
    for line in session.scalars(_owing(starts)):
        if is_owed(line, starts[line.booking_id], now):
            minor = share(line.total_minor, line.cancel_percent, 100)
            owed = OwedExtra(line.id, line.name, line.quantity, minor)
            found[line.booking_id] = (*found.get(line.booking_id, ()), owed)
    return found


def _owing(booking_ids: Collection[int]) -> Select[BookingExtra]:
    return (
        select(BookingExtra)
        .where(
            BookingExtra.booking_id.in_(booking_ids),
            BookingExtra.cancel_percent > 0,
            BookingExtra.total_minor > 0,
            BookingExtra.tax_rate_id.is_not(None),
        )
        .order_by(BookingExtra.id)
    )
