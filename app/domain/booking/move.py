"""Changing a booking: another time, another room, longer or shorter, with the difference in money
(docs/decisions/0043-changing-a-booking.md)."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record_row
from app.domain.booking.announce import Was, announce, count_change, forget_presence
from app.domain.booking.blocking import Outrun, block, sweep, unblock
from app.domain.booking.catalogue import Catalogue
from app.domain.booking.claim import TRIES, check_shape
from app.domain.booking.move_deciding import Move, check_movable, decide_move
from app.domain.booking.moving import ChangedMeanwhile, MoveBooking, MoveQuote
from app.domain.booking.paying import by_credit, settle_price, would_settle
from app.domain.booking.rules import check_reach
from app.domain.booking.terms import BookRoom, NotBookable, Obstacle, Reason, RoomTaken
from app.domain.booking.unbilled import bill_again
from app.domain.booking.units import take_unit
from app.domain.booking.watched import booking_moved
from app.domain.booking.when_paid import due_of, nothing_unseen, owed_for, taxed_like
from app.domain.booking.writing import writing
from app.domain.credits.terms import CreditChanged
from app.domain.extras.following import follow, leave_out
from app.domain.lookup import hold_people
from app.domain.unit_names import UnitName, unit_name, unit_names
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.models import Booking, Resource


def move(session: Session, actor: Actor, booking_id: int, command: MoveBooking, clock: Clock) -> Booking:
    """Make a confirmed booking what the command says, all of it or nothing; one that is so already stays untouched.

    One's own, as administrator of a team what is the team's, for staff on their behalf anybody's (audited). Of one that
    has begun only the end moves, and its price never falls. Priced anew at today's rates where room or time change;
    credit pays what that is more as far as it goes, and comes back to where it came from for what it is less. Commits
    nothing but what `begin_writing` ends.
    Raises NotFound, AlreadyOver, ChangedMeanwhile, OnlyItsEnd, TooLateToMove, NotPermitted, Malformed, OutOfReach,
    RoomTaken, CreditChanged where more would be billed than was seen, PaidAtOnce where that was not said, or NotBookable with
    every reason.
    """
    _check_shape(command, clock())
    # Who comes too late finds out here, without ever waiting for the write lock.
    _decide(session, actor, _find(session, booking_id), command, clock())
    with writing(session):
        return _move(session, actor, booking_id, command, clock)


def quote_move(
    session: Session,
    actor: Actor,
    booking_id: int,
    command: MoveBooking,
    now: datetime,
    known: Catalogue | None = None,
) -> MoveQuote:
    """What that would cost, and everything that stands against it; writes nothing. Raises as `move`, but never RoomTaken or
    NotBookable: the obstacles are in the quote. `known` is a location that was recalled for whose booking it is: it is not
    loaded again where the wish is there."""
    _check_shape(command, now)
    booking = check_movable(session, actor, _find(session, booking_id), command, now)
    wanted = decide_move(session, actor, booking, command, now, known)
    had, currency = by_credit(booking.quote), booking.currency
    total, paid, back = would_settle(session, booking, command.resource_id, wanted.price, now)
    extras_before, extras_after = wanted.follows.before_minor, wanted.follows.after_minor(wanted.left_out)
    return MoveQuote(
        before=Money(booking.price_minor, currency),
        after=Money(total, currency),
        by_credit=paid,
        back=back,
        extras_before=Money(extras_before, currency),
        extras_after=Money(extras_after, currency),
        due_before=Money(booking.price_minor - had.total_minor + extras_before, currency),
        due_after=Money(total - paid.total_minor + extras_after, currency),
        obstacles=wanted.against,
        alternatives=wanted.alternatives(session),
        unit_names=unit_names(
            wanted.bookable.room.units, wanted.bookable.room.unit_names, wanted.unit_numbers
        ),
        free_units=_free_units(wanted),
        moves=bool(booking.unit_numbers and wanted.unit_numbers)
        and booking.resource_id == command.resource_id
        and wanted.unit_numbers != booking.unit_numbers,
        late=wanted.late,
        agreed=wanted.price is not None and wanted.price.agreed,
    )


def _free_units(wanted: Move) -> tuple[tuple[int, UnitName], ...]:
    room = wanted.bookable.room
    if room.units == 1:
        return ()
    return tuple((unit, unit_name(room.unit_names, unit)) for unit in wanted.free_units)


def _check_shape(command: MoveBooking, now: datetime) -> None:
    wish = BookRoom(command.resource_id, command.span, command.people, command.title)
    check_shape(replace(wish, agreed_minor=command.agreed_minor))
    check_reach(command.span, now)


def _find(session: Session, booking_id: int, *, lock: bool = False) -> Booking | None:
    query = select(Booking).where(Booking.id == booking_id).execution_options(populate_existing=True)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def _decide(
    session: Session, actor: Actor, found: Booking | None, command: MoveBooking, now: datetime
) -> tuple[Booking, Move | None]:
    """What to write; nothing where the booking is so already. Raises RoomTaken, NotBookable, and as `check_movable`."""
    is_so = found is not None and _is_so(found, command)
    # A form that is sent twice finds its own change, not somebody else's
    booking = check_movable(
        session, actor, found, replace(command, seen_sequence=None) if is_so else command, now
    )
    if is_so:
        return booking, None
    wanted = decide_move(session, actor, booking, command, now)
    if wanted.against == (Obstacle(Reason.TAKEN),):
        raise RoomTaken(wanted.alternatives(session))
    if wanted.against:
        raise NotBookable(wanted.against, wanted.alternatives(session))
    return booking, wanted


def _is_so(booking: Booking, command: MoveBooking) -> bool:
    is_so = booking.resource_id, booking.starts_at, booking.ends_at, booking.people, booking.title
    span = command.span
    seated = command.unit is None or booking.unit_numbers == [command.unit]
    return seated and is_so == (command.resource_id, span.start, span.end, command.people, command.title)


def _move(session: Session, actor: Actor, booking_id: int, command: MoveBooking, clock: Clock) -> Booking:
    person_id = session.scalar(select(Booking.person_id).where(Booking.id == booking_id))
    if person_id is None:
        raise NotFound
    # In one order, and before the booking, as whoever books for them does.
    hold_people(session, {person_id, actor.person_id})
    found = _find(session, booking_id, lock=True)
    if found is not None and found.person_id != person_id:
        raise ChangedMeanwhile
    for _ in range(TRIES):
        now = clock()
        booking, wanted = _decide(session, actor, found, command, now)
        if wanted is None:
            return booking
        before = _facts(session, booking)
        if _block(session, booking, wanted, now):
            with nothing_unseen(session, [booking], only_later=command.only_later):
                _write(session, actor, booking, command, wanted, before, now)
            return booking
    raise RoomTaken


def _block(session: Session, booking: Booking, wanted: Move, now: datetime) -> bool:
    """Have the booking block what it is to block instead of what it does; False when somebody was quicker, and nothing changed."""
    if wanted.takes is not None:
        take_unit(session, booking, wanted.takes, now)
        return True
    if not wanted.rows:
        return True
    try:
        with session.begin_nested():
            sweep(session, wanted.catalogue.id, wanted.rows, booking.person_id, now)
            unblock(session, booking.id)
            block(session, booking, wanted.rows, wanted.catalogue.id)
    except Outrun:
        return False
    return True


def _write(
    session: Session,
    actor: Actor,
    booking: Booking,
    command: MoveBooking,
    wanted: Move,
    before: dict[str, object],
    now: datetime,
) -> None:
    was, place = Was.of(booking), booking.location_id
    due_before = due_of(booking)
    if booking.starts_at != command.span.start or booking.resource_id != command.resource_id:
        forget_presence(booking)
    if not taxed_like(session, command.resource_id, [booking.resource_id]):
        # Which may be taxed otherwise
        booking.quote = {**booking.quote, "tax_rate_id": None}
    booking.resource_id = command.resource_id
    booking.location_id = wanted.catalogue.id
    if not wanted.stays:
        booking.cancel_cutoff_minutes = wanted.limits.cancel_minutes
    booking.starts_at, booking.ends_at = command.span.start, command.span.end
    booking.people, booking.title = command.people, command.title
    booking.unit_numbers = wanted.unit_numbers
    booking.overridden = sorted({each.reason.value for each in wanted.passed} | _still(booking, wanted))
    count_change(booking, now)
    session.flush()
    left_out = leave_out(session, booking.id, wanted.left_out)
    if not wanted.stays:
        _settle(session, actor, booking, command, wanted, due_before, now)
    _record(session, actor, booking, before, left_out, now)
    booking_moved(session, booking, place)
    if _facts(session, booking) != before:
        announce(session, booking, "booking.changed", now, was=was)


def _settle(
    session: Session,
    actor: Actor,
    booking: Booking,
    command: MoveBooking,
    wanted: Move,
    due_before: int,
    now: datetime,
) -> None:
    """The money of another room or time, with what was ordered: what is by the hour costs by the new length."""
    short = follow(session, booking, now)
    if short:
        raise NotBookable(short)
    if wanted.price is not None:
        settle_price(session, booking, wanted.price, now)
    due = owed_for(session, [booking])[booking.id]
    if command.seen_due is not None and due > command.seen_due:
        raise CreditChanged(due)
    bill_again(session, actor, booking, due_before, now)


def _still(booking: Booking, wanted: Move) -> set[str]:
    """Where room and time stay, so does what was passed over for them."""
    return set(booking.overridden) if wanted.stays else set()


def _facts(session: Session, booking: Booking) -> dict[str, object]:
    facts: dict[str, object] = {
        "resource_id": booking.resource_id,
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "title": booking.title,
        "price_minor": booking.price_minor,
    }
    if booking.unit_numbers:
        place = session.get_one(Resource, booking.resource_id)
        facts["which_unit"] = list(unit_names(place.units, place.unit_names, booking.unit_numbers))
    return facts


def _record(
    session: Session,
    actor: Actor,
    booking: Booking,
    before: dict[str, object],
    left_out: list[str],
    now: datetime,
) -> None:
    """Write the audit row of what was done to somebody else's booking, or past a limit."""
    if booking.person_id == actor.person_id and not booking.overridden:
        return
    for_id = booking.person_id if booking.person_id != actor.person_id else None
    after = {**_facts(session, booking), "overridden": booking.overridden}
    if left_out:
        after["left_out"] = left_out
    record_row(session, actor, now, booking, "moved", for_id=for_id, before=before, after=after)
    session.flush()
