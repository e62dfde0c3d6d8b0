"""Booking a room at once."""

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.announce import announce
from app.domain.booking.claim import claim
from app.domain.booking.terms import BookRoom
from app.kernel.clock import Clock
from app.models import Booking, BookingStatus


def book(session: Session, actor: Actor, command: BookRoom, clock: Clock) -> Booking:
    """Book a room, confirmed at once unless staff approve it first; the same `request_key` again returns the first booking.

    Staff book for somebody with `for_person_id` (Permission.BOOKINGS) and pass over limits with `override`
    (Permission.OVERRIDE); both are audited, and what was passed over is stored in `overridden`. The person gets a
    notice in the same transaction. Call it first in a transaction and commit afterwards (see `claim`).
    Raises NotPermitted, Malformed, OutOfReach, NotFound, RoomTaken, NotBookable, and CreditChanged where more would be billed than
    `seen_due`.
    """
    claimed = claim(session, actor, command, clock, hold_for=None)
    if claimed.fresh and claimed.booking.status is BookingStatus.CONFIRMED:
        announce(session, claimed.booking, "booking.confirmed", claimed.booking.created_at)
    return claimed.booking
