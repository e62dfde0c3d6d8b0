"""Guests of what nobody has after all: let go, declined, taken back. They were told of nothing, and are forgotten."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import Booking, BookingGuest, BookingStatus


def forget_uninvited(session: Session, booking_ids: Sequence[int]) -> None:
    """Forget who was to come to bookings that never came to be, within the transaction that ends them."""
    session.execute(
        delete(BookingGuest).where(BookingGuest.booking_id.in_(booking_ids)),
        execution_options={"synchronize_session": False},
    )


def forget_uninvited_of(session: Session, person_id: int) -> None:
    """The same for all that somebody holds or asks for, while they do."""
    unmade = select(Booking.id).where(
        Booking.person_id == person_id, Booking.status.in_((BookingStatus.HELD, BookingStatus.TENTATIVE))
    )
    session.execute(
        delete(BookingGuest).where(BookingGuest.booking_id.in_(unmade)),
        execution_options={"synchronize_session": False},
    )
