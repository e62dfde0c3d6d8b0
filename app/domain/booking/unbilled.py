"""Which bookings somebody is still to be billed for. They are charged once they are over: `domain.billing.stays`."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.or_nothing import insert_each_or_nothing, insert_or_nothing
from app.domain.team.rights import team_to_book_for
from app.models import Booking, UnbilledBooking


def note_unbilled(session: Session, actor: Actor, booking: Booking) -> None:
    """Note a confirmed booking that costs something, within a transaction that holds it; twice is once.

    What one of a team books for another of it is the team's, and what staff book is whose booking it is.
    """
    if booking.price_minor:
        team_id = _team_of(session, actor, booking)
        insert_or_nothing(session, UnbilledBooking, booking_id=booking.id, team_id=team_id)


def note_each_unbilled(session: Session, actor: Actor, bookings: Sequence[Booking]) -> None:
    """The same for several that one person booked for one person; no more statements than for one."""
    priced = [booking for booking in bookings if booking.price_minor]
    if priced:
        team_id = _team_of(session, actor, priced[0])
        rows = [{"booking_id": booking.id, "team_id": team_id} for booking in priced]
        insert_each_or_nothing(session, UnbilledBooking, rows)


def _team_of(session: Session, actor: Actor, booking: Booking) -> int | None:
    if booking.booked_by_id == booking.person_id or actor.acts_for_others(booking.location_id):
        return None
    return team_to_book_for(session, booking.booked_by_id, booking.person_id)


def forget_unbilled(session: Session, booking_ids: Collection[int]) -> None:
    """Nobody is billed for them, within a transaction that holds them."""
    if booking_ids:
        session.execute(delete(UnbilledBooking).where(UnbilledBooking.booking_id.in_(booking_ids)))
