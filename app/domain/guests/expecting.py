"""Expecting guests at a booking: who comes, who comes no more, and who has arrived."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record_row
from app.domain.booking.announce import facts_of
from app.domain.booking.asking import asks_first
from app.domain.booking.begun import locked_at_checkout
from app.domain.booking.limits_of import limits_of
from app.domain.booking.terms import AlreadyOver, HoldLapsed, Malformed, NotBookable, Obstacle, Reason
from app.domain.booking.watched import booking_changed
from app.domain.booking.writing import writing
from app.domain.guests.telling import CANCELLED, INVITED, tell_guest
from app.domain.lookup import hold_person, one
from app.domain.notices import tell
from app.domain.reach import check_within_reach, day_in_reach
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Refusal
from app.kernel.names import full_name
from app.models import BLOCKING, Booking, BookingGuest, BookingStatus, Person, Resource

NAME_LENGTH, EMAIL_LENGTH = 80, 254
MOST_AT_ONCE = 30
"""How many are named in one go, where one books for somebody."""
KEPT = timedelta(days=30)
"""How long after a booking its guests are known."""
_BATCH = 500


@dataclass(frozen=True, slots=True)
class NewGuest:
    name: str
    email: str = ""


def add_guest(session: Session, actor: Actor, booking_id: int, guest: NewGuest, clock: Clock) -> BookingGuest:
    """Expect somebody at one's booking until it ends, or at one that one makes for a colleague while it is held; staff for
    whose booking it is, audited. With more guests than people were said, it is for so many more.

    They are told when they have an address: at once of what is booked, and else once it is; and so is whose booking it is, when
    somebody else names them. The same guest twice is once.
    Commits nothing but what `begin_writing` ends. Raises NotFound, AlreadyOver, HoldLapsed, Malformed, and NotBookable when
    the room holds no more, or staff approve it and it was asked for fewer.
    """
    with writing(session):
        booking, now = _expecting(session, actor, booking_id, clock)
        row, is_new = _expect(session, actor, booking, guest, now)
        if is_new:
            _tell_host(session, actor, booking, now)
        return row


def _expect(
    session: Session, actor: Actor, booking: Booking, guest: NewGuest, now: datetime
) -> tuple[BookingGuest, bool]:
    """The same within a transaction that holds the booking, and whether they were not expected before."""
    name = guest.name.strip()
    if not name or len(name) > NAME_LENGTH or len(guest.email) > EMAIL_LENGTH or "\0" in name + guest.email:
        raise Malformed
    known = guests_of(session, booking.id)
    same = next((row for row in known if (row.name, row.email) == (name, guest.email)), None)
    if same is not None:
        return same, False
    _make_room(session, actor, booking, len(known) + 2, now)
    row = BookingGuest(
        booking_id=booking.id, person_id=booking.person_id, name=name, email=guest.email, added_at=now
    )
    session.add(row)
    session.flush()
    if _is_told(booking, row, now):
        tell_guest(session, row, INVITED, now)
    _record(session, actor, booking, "guest_added", now)
    booking_changed(session, booking)
    return row, True


def expect_each(
    session: Session, actor: Actor, booking: Booking, guests: Iterable[NewGuest], now: datetime
) -> None:
    """The same for several, within the transaction that has just made the booking, for no fewer people; of one that was made by
    the same request before, and does not stand any more, nobody. Raises as `add_guest`, and leaves nothing written then."""
    if booking.status is not BookingStatus.CONFIRMED:
        return
    try:
        added = [_expect(session, actor, booking, guest, now)[1] for guest in guests]
    except Refusal:
        session.rollback()
        raise
    if any(added):
        _tell_host(session, actor, booking, now)


def remove_guest(session: Session, actor: Actor, booking_id: int, guest_id: int, clock: Clock) -> None:
    """Expect somebody no more, and tell them; whoever has arrived stays. Raises NotFound, AlreadyOver and
    HoldLapsed."""
    with writing(session):
        booking, now = _expecting(session, actor, booking_id, clock)
        row = one(session, BookingGuest, guest_id, lock=True)
        if row.booking_id != booking.id or row.arrived_at is not None:
            raise NotFound
        if _is_told(booking, row, now):
            tell_guest(session, row, CANCELLED, now)
        session.delete(row)
        session.flush()
        _record(session, actor, booking, "guest_removed", now)
        _tell_host(session, actor, booking, now)
        booking_changed(session, booking)


def let_in(session: Session, actor: Actor, guest_id: int, now: datetime) -> BookingGuest:
    """Note that a guest has arrived, for staff of that location; twice is once. Raises NotFound."""
    with writing(session):
        booking_id = one(session, BookingGuest, guest_id).booking_id
        booking = one(session, Booking, booking_id)
        check_within_reach(actor, booking.location_id)
        row = one(session, BookingGuest, guest_id, lock=True)
        if row.arrived_at is None and booking.status is BookingStatus.CONFIRMED:
            row.arrived_at = now
            session.flush()
            _record(session, actor, booking, "guest_arrived", now)
            booking_changed(session, booking)
    return row


def guests_of(session: Session, booking_id: int) -> Sequence[BookingGuest]:
    """Who is expected, in the order in which they were named. One statement."""
    rows = select(BookingGuest).where(BookingGuest.booking_id == booking_id).order_by(BookingGuest.id)
    return session.scalars(rows).all()


def count_guests(session: Session, booking_id: int) -> int:
    """How many are expected. One statement."""
    count = select(func.count(BookingGuest.id)).where(BookingGuest.booking_id == booking_id)
    return session.execute(count).scalar_one()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A guest as the front desk expects them. Moments are UTC."""

    guest_id: int
    name: str
    host: str
    room: str
    level: str
    booking_id: int
    starts_at: datetime
    arrived_at: datetime | None


def arrivals(session: Session, actor: Actor, location_id: int, day: date) -> list[Arrival]:
    """Who is expected at a location on a local day, by the start of what they come to. Two statements.

    For staff. Raises NotFound for an unknown location, and for one out of reach.
    """
    start, end = day_in_reach(session, actor, location_id, day)
    rows = session.execute(
        select(
            BookingGuest.id,
            BookingGuest.name,
            BookingGuest.arrived_at,
            BookingGuest.booking_id,
            Person.first_name,
            Person.last_name,
            Resource.name.label("room"),
            Resource.level,
            Booking.starts_at,
        )
        .join(
            Booking, and_(Booking.tenant_id == BookingGuest.tenant_id, Booking.id == BookingGuest.booking_id)
        )
        .join(Resource, and_(Resource.tenant_id == Booking.tenant_id, Resource.id == Booking.resource_id))
        .join(Person, and_(Person.tenant_id == Booking.tenant_id, Person.id == Booking.person_id))
        .where(
            Booking.location_id == location_id,
            Booking.starts_at >= start,
            Booking.starts_at < end,
            Booking.status == BookingStatus.CONFIRMED,
        )
        .order_by(Booking.starts_at, Resource.name, BookingGuest.id)
    )
    return [
        Arrival(
            guest_id=row.id,
            name=row.name,
            host=full_name(row.first_name, row.last_name),
            room=row.room,
            level=row.level,
            booking_id=row.booking_id,
            starts_at=row.starts_at,
            arrived_at=row.arrived_at,
        )
        for row in rows
    ]


def forget_guests(session: Session, now: datetime) -> int:
    """Forget one batch of guests whose booking is over for long; returns how many."""
    old = (
        select(BookingGuest.id)
        .join(
            Booking, and_(Booking.tenant_id == BookingGuest.tenant_id, Booking.id == BookingGuest.booking_id)
        )
        .where(Booking.ends_at < now - KEPT)
        .order_by(BookingGuest.id)
        .limit(_BATCH)
    )
    gone = session.scalars(
        delete(BookingGuest).where(BookingGuest.id.in_(old)).returning(BookingGuest.id),
        execution_options={"synchronize_session": False},
    )
    return len(gone.all())


def _expecting(session: Session, actor: Actor, booking_id: int, clock: Clock) -> tuple[Booking, datetime]:
    """The booking and its person, locked, and the time then."""
    hold_person(session, one(session, Booking, booking_id).person_id)
    booking, now = locked_at_checkout(session, actor, booking_id), clock()
    ran_out = booking.hold_expires_at is not None and booking.hold_expires_at <= now
    if ran_out and booking.status in (BookingStatus.HELD, BookingStatus.LAPSED):
        raise HoldLapsed
    # What nobody has approved before it begins is let go
    over = booking.starts_at if booking.status is BookingStatus.TENTATIVE else booking.ends_at
    if booking.status not in BLOCKING or over <= now:
        raise AlreadyOver
    return booking, now


def _make_room(session: Session, actor: Actor, booking: Booking, people: int, now: datetime) -> None:
    """Have it be for as many as come, whose booking it is among them. What is held is so once it is booked, when all rules are
    asked, too. Raises NotBookable where it may be for no more, or staff approve what is for more."""
    if people <= booking.people:
        return
    limits = limits_of(session, actor, booking, now)
    if people > limits.capacity and Reason.TOO_MANY_PEOPLE.value not in booking.overridden:
        raise NotBookable((limits.too_many_people,))
    if booking.status is BookingStatus.HELD:
        return
    if asks_first(actor, booking.location_id, limits):
        approved = limits.facts("needs_approval", people=booking.people)
        raise NotBookable((Obstacle(Reason.NEEDS_APPROVAL, approved),))
    booking.people = people


def _is_told(booking: Booking, guest: BookingGuest, now: datetime) -> bool:
    """Whether a guest knows of it by now, or is to: it is booked, and has yet to begin."""
    return guest.email != "" and booking.status is BookingStatus.CONFIRMED and booking.starts_at > now


def _record(session: Session, actor: Actor, booking: Booking, verb: str, now: datetime) -> None:
    """What staff do for whose booking it is, and not what one does who makes it; without the guest's name, which is forgotten
    sooner than the trail."""
    if actor.person_id == booking.person_id or booking.status is BookingStatus.HELD:
        return
    record_row(session, actor, now, booking, verb, for_id=booking.person_id)
    session.flush()


def _tell_host(session: Session, actor: Actor, booking: Booking, now: datetime) -> None:
    """Tell whose booking it is how many are expected by now, when it was not they who changed that; without names, as the trail."""
    if actor.person_id == booking.person_id or booking.status is not BookingStatus.CONFIRMED:
        return
    facts = facts_of(session, booking) | {"guests": count_guests(session, booking.id)}
    tell(session, now, booking.person_id, "booking.guests_changed", facts)
