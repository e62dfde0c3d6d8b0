"""Cancelling a booking."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.booking.announce import announce, announce_without_entry, count_change
from app.domain.booking.asking import take_back_asked
from app.domain.booking.blocking import unblock
from app.domain.booking.terms import REASON_LENGTH, AlreadyOver, Malformed, ReasonNeeded, TooLateToCancel
from app.domain.booking.unbilled import forget_unbilled
from app.domain.booking.watched import booking_changed
from app.domain.booking.writing import writing
from app.domain.credits.spending import give_back
from app.domain.team.rights import administers
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import BLOCKING, Booking, BookingStatus, Resource


def cancel(session: Session, actor: Actor, booking_id: int, clock: Clock, *, reason: str = "") -> Booking:
    """Cancel a booking, free the room, give back the credit that paid for it, and bill nobody for the rest.

    Commits nothing but what `begin_writing` ends.

    One's own until the cut-off, what waits for approval until it begins, and as administrator of a team those of its people; staff on somebody's behalf until it
    ends. With a reason when it is somebody else's or the cut-off has passed, and audited then.
    Raises NotFound for another person's, AlreadyOver, TooLateToCancel, ReasonNeeded, Malformed.
    """
    if len(reason) > REASON_LENGTH or "\0" in reason:
        raise Malformed
    with writing(session):
        return _cancel(session, actor, booking_id, clock, reason.strip())


def _cancel(session: Session, actor: Actor, booking_id: int, clock: Clock, reason: str) -> Booking:
    booking = session.scalars(select(Booking).where(Booking.id == booking_id).with_for_update()).one_or_none()
    # Read once the row is held: who waited for it is not to cancel what ended, and was billed, meanwhile
    now = clock()
    staff = booking is not None and actor.acts_for_others(booking.location_id)
    if booking is None:
        raise NotFound
    own = booking.person_id == actor.person_id
    if not own and not staff and not administers(session, actor.person_id, booking.person_id):
        raise NotFound
    if booking.status not in BLOCKING or booking.ends_at <= now:
        raise AlreadyOver
    cutoff = _cutoff(session, booking)
    in_time = now <= cutoff or booking.status is BookingStatus.TENTATIVE
    by_right = own and in_time
    if not in_time and not staff:
        raise TooLateToCancel(cutoff)
    if not by_right and not reason:
        raise ReasonNeeded
    before = booking.status
    booking.status, booking.cancelled_at, booking.cancelled_by_id = (
        BookingStatus.CANCELLED,
        now,
        actor.person_id,
    )
    booking.cancel_reason = reason
    count_change(booking, now)
    session.flush()
    unblock(session, booking.id)
    give_back(session, [booking.id], now)
    forget_unbilled(session, [booking.id])
    booking_changed(session, booking)
    _tell(session, booking, before, now, own=own)
    if not by_right:
        audit.record(
            session,
            now,
            actor.person_id,
            "booking.cancelled",
            subject="booking",
            subject_id=booking.id,
            for_id=booking.person_id,
            before={"status": before.value},
            after={"status": booking.status.value, "reason": reason},
        )
        session.flush()
    return booking


def _tell(session: Session, booking: Booking, before: BookingStatus, now: datetime, *, own: bool) -> None:
    """Whoever held it, or takes back what they asked for, has been promised nothing yet."""
    if before is BookingStatus.CONFIRMED:
        announce(session, booking, "booking.cancelled", now, reason=booking.cancel_reason)
    elif before is BookingStatus.TENTATIVE:
        take_back_asked(session, booking)
        if not own:
            announce_without_entry(session, booking, "booking.declined", now, reason=booking.cancel_reason)


def _cutoff(session: Session, booking: Booking) -> datetime:
    minutes = session.scalar(select(Resource.cancel_cutoff_minutes).where(Resource.id == booking.resource_id))
    return booking.starts_at - timedelta(minutes=minutes or 0)
