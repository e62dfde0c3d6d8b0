"""Which bookings somebody is still to be billed for. They are charged once they are over: `domain.billing.stays`."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.or_nothing import insert_or_nothing
from app.domain.team.rights import team_to_book_for
from app.models import Booking, BookingExtra, UnbilledBooking


def note_unbilled(session: Session, actor: Actor, booking: Booking) -> None:
    """Note a confirmed booking that costs something, or comes with what does, within a transaction that holds it; twice is once.

    What one of a team books for another of it is the team's, and what staff book is whose booking it is.
    """
    _note(session, booking, by_staff=actor.acts_for_others(booking.location_id))


def note_unbilled_as_asked(session: Session, booking: Booking) -> None:
    """The same once staff have approved it: whoever asked for it booked it."""
    _note(session, booking, by_staff=False)


def _note(session: Session, booking: Booking, *, by_staff: bool) -> None:
    if not booking.price_minor and not _costs_extra(session, booking):
        return
    team_id = None
    if booking.booked_by_id != booking.person_id and not by_staff:
        team_id = team_to_book_for(session, booking.booked_by_id, booking.person_id)
    insert_or_nothing(session, UnbilledBooking, booking_id=booking.id, team_id=team_id)


def _costs_extra(session: Session, booking: Booking) -> bool:
    """A room that costs nothing may be booked with something that does."""
    lines = select(BookingExtra.id).where(BookingExtra.booking_id == booking.id, BookingExtra.total_minor > 0)
    return session.execute(lines.limit(1)).first() is not None


def forget_unbilled(session: Session, booking_ids: Collection[int]) -> None:
    """Nobody is billed for them, within a transaction that holds them."""
    if booking_ids:
        session.execute(delete(UnbilledBooking).where(UnbilledBooking.booking_id.in_(booking_ids)))
