"""Who is to look again when a booking has changed: everybody at its place, and whose it is wherever they are."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from app.domain.live import changed
from app.models import Booking, WaitlistEntry


def booking_changed(session: Session, *bookings: Booking) -> None:
    """Have the pages that show them ask again after the commit."""
    places = {booking.location_id for booking in bookings}
    changed(session, "bookings", places=places, people={booking.person_id for booking in bookings})


def booking_moved(session: Session, booking: Booking, left_id: int) -> None:
    """The same, at the place that it left too."""
    changed(session, "bookings", places={left_id, booking.location_id}, people=[booking.person_id])


def bookings_moved(session: Session, bookings: Collection[Booking], left: Collection[int]) -> None:
    """The same for several, at all the places that they left."""
    places = {booking.location_id for booking in bookings} | set(left)
    changed(session, "bookings", places=places, people={booking.person_id for booking in bookings})


def waiting_changed(session: Session, entry: WaitlistEntry) -> None:
    """The same for somebody's place in the waiting list, which concerns nobody else."""
    changed(session, "bookings", people=[entry.person_id])
