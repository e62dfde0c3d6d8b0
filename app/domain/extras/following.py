"""What was ordered follows its booking: to another time, room or length."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.booking.terms import Obstacle, Reason
from app.domain.extras.stock import offers_in_hand, taken_beside
from app.domain.extras.terms import cost_of
from app.kernel.spans import Span
from app.models import Booking, BookingExtra


def follow(session: Session, booking: Booking, now: datetime) -> tuple[Obstacle, ...]:
    """After its time, place or length has changed, within the transaction that holds the booking: what is priced by the hour
    costs by the new length. What others have too much of then is EXTRA_TAKEN {name, left}. One statement where nothing was
    ordered."""
    lines = session.scalars(select(BookingExtra).where(BookingExtra.booking_id == booking.id)).all()
    if not lines:
        return ()
    span = Span(booking.starts_at, booking.ends_at)
    offers = offers_in_hand(session, [line.offer_id for line in lines])
    counted = {offer.id: offer.stock for offer in offers.values() if offer.stock is not None}
    taken = taken_beside(session, booking.id, booking.location_id, span, counted, now)
    found = []
    for line in lines:
        line.total_minor = cost_of(line.price_minor, line.pricing, line.quantity, span.minutes)
        left = counted.get(line.offer_id, line.quantity + taken.get(line.offer_id, 0)) - taken.get(
            line.offer_id, 0
        )
        if line.quantity > left:
            found.append(Obstacle(Reason.EXTRA_TAKEN, {"name": line.name, "left": max(left, 0)}))
    session.flush()
    return tuple(found)


def follow_each(session: Session, bookings: Sequence[Booking], now: datetime) -> tuple[Obstacle, ...]:
    """The same for several; one statement where nothing was ordered with any of them."""
    of_them = BookingExtra.booking_id.in_([booking.id for booking in bookings])
    rows = session.execute(select(BookingExtra.booking_id, BookingExtra.offer_id).where(of_them)).all()
    ordered = {row.booking_id for row in rows}
    # All at once, in the order of their ids, as everybody does
    offers_in_hand(session, {row.offer_id for row in rows})
    found = (follow(session, booking, now) for booking in bookings if booking.id in ordered)
    return tuple(obstacle for each in found for obstacle in each)
