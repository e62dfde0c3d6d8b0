"""Saying yes or no to a booking that waits for staff (docs/decisions/0044-approval-extras-guests.md)."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission
from app.domain.audit import record_row
from app.domain.booking.announce import announce, announce_without_entry, count_change
from app.domain.booking.asker import asker_for
from app.domain.booking.asking import take_back_asked
from app.domain.booking.begun import locked_for
from app.domain.booking.blocking import unblock
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.house_rules.judging import judge
from app.domain.booking.house_rules.quotas import stays_of
from app.domain.booking.minutes import minute_of, stretch_of
from app.domain.booking.paying import pay_by_credit
from app.domain.booking.terms import (
    OVERRIDABLE,
    REASON_LENGTH,
    Malformed,
    NotBookable,
    NotPermitted,
    Obstacle,
    Reason,
    ReasonNeeded,
)
from app.domain.booking.unbilled import note_unbilled_as_asked
from app.domain.booking.upcoming import too_many_ahead
from app.domain.booking.view import BookingView
from app.domain.booking.watched import booking_changed
from app.domain.booking.writing import writing
from app.domain.guests.uninvited import forget_uninvited
from app.domain.lookup import hold_person, one
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Refusal
from app.kernel.spans import Span
from app.models import Booking, BookingStatus

_SINCE_ASKED = frozenset({Reason.TOO_SOON, Reason.STAFF_ONLY})
"""What time alone has made of it while it waited, for it was asked for in time; and that staff decide, as they do here."""


class NotWaiting(Refusal):
    """Somebody else has decided meanwhile, it was taken back, or its time has come."""


class CannotStand(Refusal):
    """Its person was locked out, or its room is out of use."""


def approve(
    session: Session, actor: Actor, booking_id: int, clock: Clock, *, passing: Collection[Reason] = ()
) -> Booking:
    """Make what somebody asked for a confirmed booking: credit pays for it now, and what is left is billed. They are told,
    and so are those who they said would come.

    The rules are asked again, but for what was passed over when it was made, and for `passing`: limits that staff
    (Permission.OVERRIDE) have just seen. Audited. Commits nothing but what `begin_writing` ends.
    Raises NotFound, NotWaiting, CannotStand, NotPermitted, and NotBookable with every reason.
    """
    if passing and not actor.may(Permission.OVERRIDE):
        raise NotPermitted
    with writing(session):
        booking = _waiting(session, actor, booking_id)
        now = clock()
        _check_waiting(booking, now)
        found = _against(session, actor, booking, now)
        passed = [each for each in found if each.reason in passing and each.reason in OVERRIDABLE]
        against = tuple(each for each in found if each not in passed)
        if against:
            raise NotBookable(against)
        booking.status, booking.changed_at = BookingStatus.CONFIRMED, now
        booking.overridden = [*booking.overridden, *(each.reason.value for each in passed)]
        session.flush()
        pay_by_credit(session, booking, now)
        note_unbilled_as_asked(session, booking, now)
        after = {"status": booking.status.value, "overridden": booking.overridden}
        _decided(session, actor, booking, "approved", after, now)
        announce(session, booking, "booking.confirmed", now)
    return booking


def decline(session: Session, actor: Actor, booking_id: int, clock: Clock, *, reason: str) -> Booking:
    """Say no, with a reason that its person is told; the room is free for others. Nothing had been paid. Audited.

    Commits nothing but what `begin_writing` ends. Raises NotFound, NotWaiting, ReasonNeeded and Malformed.
    """
    reason = reason.strip()
    if len(reason) > REASON_LENGTH or "\0" in reason:
        raise Malformed
    if not reason:
        raise ReasonNeeded
    with writing(session):
        booking = _waiting(session, actor, booking_id)
        now = clock()
        _check_waiting(booking, now)
        booking.status, booking.cancelled_at = BookingStatus.CANCELLED, now
        booking.cancelled_by_id, booking.cancel_reason = actor.person_id, reason
        count_change(booking, now)
        session.flush()
        unblock(session, booking.id)
        forget_uninvited(session, [booking.id])
        after = {"status": booking.status.value, "reason": reason}
        _decided(session, actor, booking, "declined", after, now)
        announce_without_entry(session, booking, "booking.declined", now, reason=reason)
    return booking


def against_approval(
    session: Session, actor: Actor, view: BookingView, now: datetime
) -> tuple[Obstacle, ...]:
    """What stands against approving something by now, for staff to see before they decide. Raises CannotStand."""
    return _against(session, actor, view, now)


def _waiting(session: Session, actor: Actor, booking_id: int) -> Booking:
    """The booking and its person, locked. Raises NotFound where the actor is not one of those who decide."""
    hold_person(session, one(session, Booking, booking_id).person_id)
    booking = locked_for(session, actor, booking_id)
    if not actor.acts_for_others(booking.location_id):
        raise NotFound
    return booking


def _check_waiting(booking: Booking, now: datetime) -> None:
    # Asked once the row is held: who waited for it is not to decide about what was decided meanwhile
    if booking.status is not BookingStatus.TENTATIVE or booking.starts_at <= now:
        raise NotWaiting


def _against(
    session: Session, actor: Actor, booking: Booking | BookingView, now: datetime
) -> tuple[Obstacle, ...]:
    try:
        catalogue = load_catalogue(session, booking.location_id, booking.person_id, now)
        bookable = catalogue.room(booking.resource_id)
        asker = asker_for(session, actor, booking.person_id, catalogue, now, colleague=True)
    except NotFound:
        raise CannotStand from None
    span = Span(booking.starts_at, booking.ends_at)
    rules = catalogue.rules_for(asker)
    stays = stays_of(session, rules, booking.person_id, stretch_of(span), minute_of(now))
    others = (stay for stay in stays if stay.booking_id != booking.id)
    limits, found = judge(rules, bookable.limits, asker, others, span, people=booking.people, now=now)
    if limits.most_ahead is None:
        found += too_many_ahead(session, booking.person_id, now, beside=booking.id)
    had = {*booking.overridden, *_SINCE_ASKED}
    return tuple(each for each in found if each.reason.value not in had)


def _decided(
    session: Session, actor: Actor, booking: Booking, verb: str, after: Mapping[str, object], now: datetime
) -> None:
    before = {"status": BookingStatus.TENTATIVE.value}
    record_row(session, actor, now, booking, verb, for_id=booking.person_id, before=before, after=dict(after))
    session.flush()
    take_back_asked(session, booking)
    booking_changed(session, booking)
