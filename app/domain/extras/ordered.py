"""What was ordered with bookings, as money."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import BookingExtra


def ordered_minor(session: Session, booking_ids: Collection[int]) -> dict[int, int]:
    """What all that was ordered with each of these bookings costs, by their ids, in minor units; those with nothing that costs
    are left out. One statement; none for none."""
    if not booking_ids:
        return {}
    costs = func.sum(BookingExtra.total_minor)
    lines = (
        select(BookingExtra.booking_id, costs)
        .where(BookingExtra.booking_id.in_(booking_ids))
        .group_by(BookingExtra.booking_id)
        .having(costs > 0)
    )
    return {booking_id: int(minor) for booking_id, minor in session.execute(lines)}
