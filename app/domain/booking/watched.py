"""Who is to look again when a booking has changed: everybody at its place, and whose it is wherever they are."""

from sqlalchemy.orm import Session

from app.domain.live import changed
from app.models import Booking


def booking_changed(session: Session, booking: Booking) -> None:
    """Have the pages that show it ask again after the commit."""
    changed(session, "bookings", places=[booking.location_id], people=[booking.person_id])
