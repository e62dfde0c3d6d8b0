"""Cancelling a booking."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.booking.announce import announce, announce_without_entry, count_change
from app.domain.booking.asking import take_back_asked
from app.domain.booking.blocking import unblock
from app.domain.booking.cancel_quote import CancelFee, CancelTerms, cancel_terms
from app.domain.booking.paying import by_credit
from app.domain.booking.terms import (
    REASON_LENGTH,
    AlreadyOver,
    FeeChanged,
    Malformed,
    NotPermitted,
    ReasonNeeded,
    TooLateToCancel,
)
from app.domain.booking.unbilled import bill_fee
from app.domain.booking.watched import booking_changed
from app.domain.booking.writing import writing
from app.domain.credits.spending import give_back
from app.domain.guests.uninvited import forget_uninvited
from app.domain.team.made_for import administers_booking
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import BLOCKING, Booking, BookingStatus


def cancel(
    session: Session,
    actor: Actor,
    booking_id: int,
    clock: Clock,
    *,
    reason: str = "",
    seen_fee: int | None = None,
    waive: bool = False,
) -> Booking:
    """Cancel a booking, free the room, give back the credit that paid for it, and bill nobody for the rest.

    Commits nothing but what `begin_writing` ends.

    One's own until the cut-off, what waits for approval until it begins, and as administrator of a team what is the team's;
    staff on somebody's behalf until it ends. After the cut-off, where the house has steps for that, until it starts and for a
    fee: so much of the credit stays used, and so much of the rest is billed. Of what was ordered with it so much is owed as
    it says where its lead time has begun. Staff waive all of it with `waive`. With `seen_fee`,
    what the page said in minor units, FeeChanged when it is more by now. With a reason when it is somebody else's, when a
    fee is waived, or when staff cancel past the cut-off, and audited then.
    Raises NotFound for another person's, AlreadyOver, TooLateToCancel, ReasonNeeded, FeeChanged, NotPermitted, Malformed.
    """
    if len(reason) > REASON_LENGTH or "\0" in reason:
        raise Malformed
    with writing(session):
        query = select(Booking).where(Booking.id == booking_id).with_for_update()
        booking = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
        # Read once the row is held: who waited for it is not to cancel what ended, and was billed, meanwhile
        now = clock()
        staff = booking is not None and actor.acts_for_others(booking.location_id)
        booking = _cancellable(session, actor, booking, now, staff=staff)
        if waive and not staff:
            raise NotPermitted
        terms = cancel_terms(session, booking, now)
        by_right = _check(actor, booking, terms, reason.strip(), now, staff=staff)
        if seen_fee is not None and not waive and terms.fee.total.minor > seen_fee:
            raise FeeChanged(terms.fee.total)
        before = booking.status
        _write(session, actor, booking, None if waive or not terms.fee else terms.fee, reason.strip(), now)
        if not by_right or waive:
            _record(session, actor, booking, before, terms.fee if waive else None, now)
        return booking


def _cancellable(
    session: Session, actor: Actor, booking: Booking | None, now: datetime, *, staff: bool
) -> Booking:
    if booking is None:
        raise NotFound
    own = booking.person_id == actor.person_id
    if not own and not staff and not administers_booking(session, actor.person_id, booking.id):
        raise NotFound
    if booking.status not in BLOCKING or booking.ends_at <= now:
        raise AlreadyOver
    return booking


def _check(
    actor: Actor, booking: Booking, terms: CancelTerms, reason: str, now: datetime, *, staff: bool
) -> bool:
    """Whether somebody cancels their own by right, or for the fee that the house asks."""
    late = now > terms.cutoff and booking.status is not BookingStatus.TENTATIVE
    if late and not staff and (not terms.ladder or now > booking.starts_at):
        raise TooLateToCancel(terms.cutoff)
    by_right = booking.person_id == actor.person_id and (not late or not staff)
    if not by_right and not reason:
        raise ReasonNeeded
    return by_right


def _write(
    session: Session, actor: Actor, booking: Booking, fee: CancelFee | None, reason: str, now: datetime
) -> None:
    due = booking.price_minor - by_credit(booking.quote).total_minor
    was = booking.status
    booking.status, booking.cancelled_at, booking.cancelled_by_id = (
        BookingStatus.CANCELLED,
        now,
        actor.person_id,
    )
    booking.cancel_reason = reason
    if fee:
        booking.quote = {**booking.quote, "cancellation": fee.as_json()}
    count_change(booking, now)
    session.flush()
    unblock(session, booking.id)
    give_back(session, [booking.id], now, kept_percent=fee.percent if fee else 0)
    bill_fee(session, booking, due, fee, now)
    if was is not BookingStatus.CONFIRMED:
        forget_uninvited(session, [booking.id])
    booking_changed(session, booking)
    _tell(session, booking, was, now, own=booking.person_id == actor.person_id)


def _tell(session: Session, booking: Booking, before: BookingStatus, now: datetime, *, own: bool) -> None:
    """Whoever held it, or takes back what they asked for, has been promised nothing yet."""
    if before is BookingStatus.CONFIRMED:
        announce(session, booking, "booking.cancelled", now, reason=booking.cancel_reason)
    elif before is BookingStatus.TENTATIVE:
        take_back_asked(session, booking)
        if not own:
            announce_without_entry(session, booking, "booking.declined", now, reason=booking.cancel_reason)


def _record(
    session: Session,
    actor: Actor,
    booking: Booking,
    before: BookingStatus,
    waived: CancelFee | None,
    now: datetime,
) -> None:
    fee = {"waived_minor": waived.total.minor} if waived else {}
    audit.record(
        session,
        now,
        actor.person_id,
        "booking.cancelled",
        subject="booking",
        subject_id=booking.id,
        for_id=booking.person_id,
        before={"status": before.value},
        after={"status": booking.status.value, "reason": booking.cancel_reason, **fee},
    )
    session.flush()
