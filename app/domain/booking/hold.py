"""Holding a room while somebody decides or pays: hold it, then confirm it or let it go."""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.announce import announce
from app.domain.booking.asking import ask_staff, asks_first, check_in_time_to_ask
from app.domain.booking.blocking import keep, let_go
from app.domain.booking.by_team import not_for_oneself
from app.domain.booking.claim import check_shape, claim
from app.domain.booking.confirming import limits_at_confirming
from app.domain.booking.paying import pay_by_credit
from app.domain.booking.rules import Limits
from app.domain.booking.terms import (
    AlreadyOver,
    BookRoom,
    HoldLapsed,
    NotBookable,
)
from app.domain.booking.unbilled import note_unbilled
from app.domain.booking.units import take_unit
from app.domain.booking.watched import booking_changed
from app.domain.booking.writing import writing
from app.domain.credits.terms import CreditChanged
from app.domain.guests.expecting import count_guests
from app.domain.lookup import hold_person, one
from app.domain.team.rights import may_book_for
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.models import Booking, BookingStatus

HOLD_FOR = timedelta(minutes=10)


def hold(session: Session, actor: Actor, command: BookRoom, clock: Clock) -> Booking:
    """Hold a room for ten minutes with its price; it blocks like a booking until then.

    Whatever the person held before is let go: nobody holds two rooms at once. Refuses and is called as `book`.
    """
    return claim(session, actor, command, clock, hold_for=HOLD_FOR).booking


def confirm(
    session: Session,
    actor: Actor,
    booking_id: int,
    clock: Clock,
    *,
    title: str = "",
    people: int | None = None,
    unit: int | None = None,
    seen_due: int | None = None,
) -> Booking:
    """Make a held booking a confirmed one, or where staff approve it first one that waits for them; confirming twice is
    confirming once. Commits nothing itself.

    With a `unit` it has that one, from 0; else that which was held. An empty title leaves the one given with the hold; it is for
    no fewer people than were named, who are told. Credit pays for what it can; with `seen_due`, what the page said would be left
    to pay, CreditChanged when more would be. Raises HoldLapsed when it ran out, AlreadyOver when it was cancelled, NotFound for
    another person's, Malformed, and NotBookable when more people come than fit, somebody else has the unit or the person has as
    many bookings ahead as the house allows.
    """
    with writing(session):
        # Before the booking, as whoever orders with it does: each would wait for the other's for ever
        hold_person(session, one(session, Booking, booking_id).person_id)
        booking = _own(session, actor, booking_id)
        if booking.status not in (BookingStatus.CONFIRMED, BookingStatus.TENTATIVE):
            _check_whose(session, actor, booking)
            _check_in_time(booking, clock())
            if unit is not None:
                # Before anything else of it is written: whoever wants what it has is not kept waiting for one who waits for them
                take_unit(session, booking, unit, clock())
            limits = _take(session, actor, booking, clock, title, people)
            _ask_or_pay(session, actor, booking, limits, seen_due, clock())
    return booking


def release(session: Session, actor: Actor, booking_id: int, clock: Clock) -> None:
    """Let a hold go before it runs out; one that ran out, or was confirmed meanwhile, stays as it is.

    Commits nothing itself. Raises NotFound for another person's.
    """
    with writing(session):
        booking = _own(session, actor, booking_id)
    if booking.status is BookingStatus.HELD and _expiry(booking) > clock():
        let_go(session, [booking_id])


def _own(session: Session, actor: Actor, booking_id: int) -> Booking:
    """The booking, locked until the transaction ends."""
    query = select(Booking).where(Booking.id == booking_id).with_for_update()
    booking = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if booking is None or (
        actor.person_id not in (booking.person_id, booking.booked_by_id)
        and not actor.acts_for_others(booking.location_id)
    ):
        raise NotFound
    return booking


def _check_in_time(booking: Booking, now: datetime) -> None:
    if booking.status is BookingStatus.CANCELLED:
        raise AlreadyOver
    if booking.status is BookingStatus.LAPSED or _expiry(booking) <= now:
        raise HoldLapsed


def _take(
    session: Session, actor: Actor, booking: Booking, clock: Clock, title: str, people: int | None
) -> Limits:
    """Have it block for good, under the limits that hold for it."""
    now = clock()
    people = max(booking.people if people is None else people, count_guests(session, booking.id) + 1)
    check_shape(BookRoom(booking.resource_id, Span(booking.starts_at, booking.ends_at), people, title))
    limits = _check_limits(session, actor, booking, people, now)
    booking.people, booking.title = people, title or booking.title
    booking.status, booking.hold_expires_at = BookingStatus.CONFIRMED, None
    booking.changed_at = now
    session.flush()
    keep(session, booking.id)
    booking_changed(session, booking)
    return limits


def _ask_or_pay(
    session: Session, actor: Actor, booking: Booking, limits: Limits, seen_due: int | None, now: datetime
) -> None:
    if asks_first(actor, booking.location_id, limits):
        check_in_time_to_ask(booking, now)
        booking.status = BookingStatus.TENTATIVE
        session.flush()
        ask_staff(session, booking, now)
        return
    announce(session, booking, "booking.confirmed", now)
    due = pay_by_credit(session, booking, now)
    if seen_due is not None and due > seen_due:
        raise CreditChanged(due)
    note_unbilled(session, actor, booking, now)


def _expiry(held: Booking) -> datetime:
    """When a held booking runs out; the table holds every hold to having that."""
    return cast("datetime", held.hold_expires_at)


def _check_whose(session: Session, actor: Actor, booking: Booking) -> None:
    """What a team lets its people do may have changed while the room was held."""
    if actor.acts_for_others(booking.location_id):
        return
    if booking.person_id != actor.person_id:
        if not may_book_for(session, actor.person_id, booking.person_id):
            raise NotFound
    elif booking.booked_by_id == actor.person_id:
        against = not_for_oneself(session, actor.person_id, holding=False)
        if against:
            raise NotBookable(against)


def _check_limits(session: Session, actor: Actor, booking: Booking, people: int, now: datetime) -> Limits:
    """What may have changed since the room was held: how many come, and what else the person has by now."""
    limits, against = limits_at_confirming(session, actor, booking, people, now)
    left = tuple(each for each in against if each.reason.value not in booking.overridden)
    if left:
        raise NotBookable(left)
    return limits
