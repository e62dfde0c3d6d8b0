"""A booking that runs, for the verbs that change its end."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.booking.terms import AlreadyOver, NotBegun
from app.domain.team.made_for import administers_booking
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import Booking, BookingStatus, Resource


def begun(session: Session, actor: Actor, booking_id: int, clock: Clock) -> tuple[Booking, datetime]:
    """A running booking, one's own, as administrator of a team one of the team's, or for staff on their behalf anybody's,
    locked until the transaction ends, and the time then: who waited for the lock is not to change what ended, and was
    billed, meanwhile.

    Raises NotFound for another person's, NotBegun, and AlreadyOver when it ended, was cancelled or never confirmed.
    """
    booking = _locked(session, booking_id)
    if not _is_theirs(actor, booking) and not administers_booking(session, actor.person_id, booking.id):
        raise NotFound
    return _running(booking, clock())


def begun_at_door(
    session: Session, resource_id: int, booking_id: int, clock: Clock
) -> tuple[Booking, datetime]:
    """The same for whoever stands at the room's door. Raises NotFound for a booking of another room."""
    return _running(locked_at_door(session, resource_id, booking_id), clock())


def locked_for(session: Session, actor: Actor, booking_id: int) -> Booking:
    """One's own booking, or for staff on their behalf anybody's, locked until the transaction ends. Raises NotFound."""
    booking = _locked(session, booking_id)
    if not _is_theirs(actor, booking):
        raise NotFound
    return booking


def locked_at_checkout(session: Session, actor: Actor, booking_id: int) -> Booking:
    """The same, and while it is held one that the actor makes for a colleague. Raises NotFound."""
    booking = _locked(session, booking_id)
    makes = booking.status is BookingStatus.HELD and booking.booked_by_id == actor.person_id
    if not makes and booking.person_id != actor.person_id and not actor.acts_for_others(booking.location_id):
        raise NotFound
    return booking


def locked_at_door(session: Session, resource_id: int, booking_id: int) -> Booking:
    """A booking of the room at whose door somebody stands, locked. Raises NotFound for one of another room, and where there are
    several units: whose of them it is, nobody there can be asked."""
    booking = _locked(session, booking_id)
    units = session.scalar(select(Resource.units).where(Resource.id == resource_id))
    if booking.resource_id != resource_id or units != 1:
        raise NotFound
    return booking


def _locked(session: Session, booking_id: int) -> Booking:
    booking = session.scalars(
        select(Booking)
        .where(Booking.id == booking_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if booking is None:
        raise NotFound
    return booking


def _is_theirs(actor: Actor, booking: Booking) -> bool:
    return booking.person_id == actor.person_id or actor.acts_for_others(booking.location_id)


def _running(booking: Booking, now: datetime) -> tuple[Booking, datetime]:
    if booking.status in (BookingStatus.CANCELLED, BookingStatus.LAPSED) or booking.ends_at <= now:
        raise AlreadyOver
    if booking.status is not BookingStatus.CONFIRMED or booking.starts_at > now:
        raise NotBegun
    return booking, now


def record_change(
    session: Session, actor: Actor, booking: Booking, action: str, before: datetime, now: datetime
) -> None:
    """Write the audit row when staff, or who administrates its team, moved the end of somebody else's booking; `before` is the
    end it had."""
    if booking.person_id == actor.person_id:
        return
    audit.record(
        session,
        now,
        actor.person_id,
        action,
        subject="booking",
        subject_id=booking.id,
        for_id=booking.person_id,
        before={"ends_at": before.isoformat()},
        after={"ends_at": booking.ends_at.isoformat(), "price_minor": booking.price_minor},
    )
    session.flush()
