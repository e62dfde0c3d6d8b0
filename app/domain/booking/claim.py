"""Getting a room: the one way in which occupancy rows come to be (docs/decisions/0002-overlap-rule.md).

Nothing here commits, but for `begin_writing`, which ends whatever the session had begun: call these verbs first in a
transaction and commit afterwards. A refusal leaves nothing written: what came after `begin_writing` is rolled back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor, Permission
from app.domain.booking.alternatives import instead
from app.domain.booking.asker import asker_for
from app.domain.booking.asking import ask_staff, asks_first, check_in_time_to_ask
from app.domain.booking.blocking import Outrun, block, sweep
from app.domain.booking.by_team import not_for_oneself
from app.domain.booking.catalogue import Bookable, Catalogue
from app.domain.booking.catalogue_of import ReadCatalogue, load_catalogue_of, recall_catalogue_of
from app.domain.booking.minutes import Stretch, in_whole_minutes
from app.domain.booking.occupancy import Blocks, UnitStretch, load_blocks_of, rows_for
from app.domain.booking.paying import pay_by_credit
from app.domain.booking.pricing import agreed_price
from app.domain.booking.quotes import Quote
from app.domain.booking.rules import Limits, check_reach
from app.domain.booking.survey import Survey, survey
from app.domain.booking.terms import (
    DEAREST_MINOR,
    MOST_PEOPLE,
    OVERRIDABLE,
    REQUEST_KEY_LENGTH,
    TITLE_LENGTH,
    BookRoom,
    Malformed,
    NotBookable,
    NotPermitted,
    Obstacle,
    Reason,
    RoomQuery,
    RoomTaken,
)
from app.domain.booking.unbilled import note_unbilled
from app.domain.booking.units import units_in
from app.domain.booking.upcoming import too_many_ahead
from app.domain.booking.watched import booking_changed
from app.domain.booking.writing import writing
from app.domain.credits.terms import CreditChanged
from app.domain.lookup import hold_people
from app.domain.reach import check_within_reach
from app.domain.team.rights import may_book_for
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import Booking, BookingStatus

TRIES = 20
"""How often a booking looks for another unit, or what changes one looks again, after somebody was quicker, before it gives up."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of a wish. `fresh` is False when the same request had been answered before."""

    booking: Booking
    fresh: bool


@dataclass(frozen=True, slots=True)
class _Wish:
    """Who wants what for whom, and whether to have or to hold it."""

    actor: Actor
    person_id: int
    command: BookRoom
    hold_for: timedelta | None


@dataclass(frozen=True, slots=True)
class _Decision:
    """The rules said yes: what to write."""

    catalogue: Catalogue
    bookable: Bookable
    limits: Limits
    surveyed: Survey
    rows: list[UnitStretch]
    price: Quote
    passed: list[Obstacle]


def claim(
    session: Session, actor: Actor, command: BookRoom, clock: Clock, hold_for: timedelta | None
) -> Claim:
    """Write a booking: confirmed, or held for a while when `hold_for` says how long; where staff approve it first, it waits for
    them instead of being confirmed.

    Raises NotPermitted, Malformed, OutOfReach, NotFound (room or person), RoomTaken, CreditChanged where more would be billed than
    was seen, or NotBookable with every reason.
    """
    whom = person_to_book_for(session, actor, command.for_person_id, override=command.override)
    wish = _Wish(actor, whom, command, hold_for)
    check_shape(command)
    check_reach(command.span, clock())
    for _ in range(TRIES):
        earlier = _same_request(session, wish)
        if earlier:
            return Claim(earlier, fresh=False)
        # Who comes too late finds out here, without ever waiting for the write lock.
        looked = _decide(session, wish, clock(), recall_catalogue_of)
        with writing(session):
            claimed = _write(session, wish, looked, clock)
            if claimed:
                return claimed
            # The lock is for those who write: who was outrun looks again without it
            session.rollback()
    raise RoomTaken


def check_shape(command: BookRoom) -> None:
    """Raise Malformed for what the tables cannot hold, so that no database error ever surfaces."""
    texts = command.title, command.request_key or ""
    if not (
        1 <= command.people <= MOST_PEOPLE
        and len(command.title) <= TITLE_LENGTH
        and len(texts[1]) <= REQUEST_KEY_LENGTH
        and in_whole_minutes(command.span)
        and 0 <= (command.agreed_minor or 0) <= DEAREST_MINOR
    ):
        raise Malformed
    if any("\0" in text for text in texts):
        raise Malformed


def person_to_book_for(session: Session, actor: Actor, person_id: int | None, *, override: bool) -> int:
    """Whose booking it will be: the actor's own for None. Raises NotPermitted for whom they may not book for, or not past limits."""
    whom = person_id or actor.person_id
    if whom != actor.person_id and not as_staff(actor) and not may_book_for(session, actor.person_id, whom):
        raise NotPermitted
    if override and not actor.may(Permission.OVERRIDE):
        raise NotPermitted
    return whom


def as_staff(actor: Actor) -> bool:
    """Whether the page in hand lets staff book for anybody; elsewhere they book as who is in a team, like everybody."""
    return actor.on_behalf and actor.may(Permission.BOOKINGS)


def _same_request(session: Session, wish: _Wish) -> Booking | None:
    key = wish.command.request_key
    if key is None:
        return None
    mine = select(Booking).where(Booking.person_id == wish.person_id, Booking.request_key == key)
    return session.scalars(mine).one_or_none()


def _decide(session: Session, wish: _Wish, now: datetime, read: ReadCatalogue) -> _Decision:
    """Look at the rules and at what is blocked, all at once. Raises RoomTaken, NotBookable, NotFound."""
    command = wish.command
    catalogue = read(session, command.resource_id, wish.person_id, now)
    location_id, for_another = catalogue.id, wish.person_id != wish.actor.person_id
    if command.override or (for_another and as_staff(wish.actor)):
        check_within_reach(wish.actor, location_id)
    bookable = catalogue.room(command.resource_id)
    asker = asker_for(session, wish.actor, wish.person_id, catalogue, now, colleague=not as_staff(wish.actor))
    surveyed = survey(session, catalogue, asker, RoomQuery(location_id, command.span, command.people), now)
    rows = _rows(bookable, surveyed.wanted, surveyed.blocks)
    limits, ruled = surveyed.limits(bookable), surveyed.against(bookable)
    personal = () if limits.most_ahead is not None else too_many_ahead(session, wish.person_id, now)
    if wish.person_id == wish.actor.person_id:
        personal = (*personal, *not_for_oneself(session, wish.person_id, holding=wish.hold_for is not None))
    price = catalogue.price(bookable, command.span, asker, now)
    if price is None and command.agreed_minor is not None and as_staff(wish.actor):
        price = agreed_price(command.span, command.agreed_minor, catalogue.currency)
    found = (*ruled, *personal, *([Obstacle(Reason.NO_PRICE)] if price is None else []))
    passed = [each for each in found if command.override and each.reason in OVERRIDABLE]
    against = tuple(each for each in found if each not in passed)
    if rows is None and not against:
        raise RoomTaken(instead(session, surveyed, bookable))
    if rows is None or price is None or against:
        taken = () if rows is not None else (Obstacle(Reason.TAKEN),)
        # Who may not book at all, or not one more, is not helped by another room.
        near = () if any(each in against for each in personal) else instead(session, surveyed, bookable)
        raise NotBookable((*taken, *against), near)
    return _Decision(catalogue, bookable, limits, surveyed, rows, price, passed)


def _write(session: Session, wish: _Wish, looked: _Decision, clock: Clock) -> Claim | None:
    """Write what was found free a moment ago; None, for the caller to roll back, where somebody was quicker."""
    if _outrun(session, wish, looked, clock()):
        return None
    # In one order, so that two who book for each other do not wait for each other.
    hold_people(session, {wish.person_id, wish.actor.person_id})
    earlier = _same_request(session, wish)
    if earlier:
        return Claim(earlier, fresh=False)
    now = clock()
    decision = _decide(session, wish, now, load_catalogue_of)
    booking = _booking(wish, decision, now)
    # Nobody holds two rooms at once
    giving_up = wish.actor.person_id if wish.hold_for and not wish.command.offered else None
    place, rows, whose = decision.catalogue.id, decision.rows, wish.person_id
    try:
        sweep(session, place, rows, whose, now, giving_up=giving_up)
        session.add(booking)
        session.flush()
        block(session, booking, rows)
    except Outrun:
        return None
    except IntegrityError as error:
        # The same request a moment ago is found in the next round; a person or room that is gone, nowhere.
        if "request_key" not in str(error.orig):
            raise NotFound from error
        return None
    _finish(session, wish, booking, decision.limits, now)
    return Claim(booking, fresh=True)


def _outrun(session: Session, wish: _Wish, looked: _Decision, now: datetime) -> bool:
    """Whether somebody blocked the room since the look; one statement, at a tenth of what deciding again costs those behind."""
    rooms = {looked.bookable.room.id, *(part_id for part_id, _units in looked.bookable.parts)}
    window = looked.surveyed.window
    blocks = load_blocks_of(session, looked.catalogue.id, rooms, window, wish.person_id, now)
    return _rows(looked.bookable, looked.surveyed.wanted, blocks) is None


def _rows(bookable: Bookable, wanted: Stretch, blocks: Blocks) -> list[UnitStretch] | None:
    """What the booking would block, buffers included; None where it does not fit."""
    start, end = wanted
    return rows_for(bookable, blocks, start - bookable.buffer_before, end + bookable.buffer_after)


def _finish(session: Session, wish: _Wish, booking: Booking, limits: Limits, now: datetime) -> None:
    if booking.status is BookingStatus.CONFIRMED and asks_first(wish.actor, booking.location_id, limits):
        check_in_time_to_ask(booking, now)
        booking.status = BookingStatus.TENTATIVE
        session.flush()
        ask_staff(session, booking, now)
    elif booking.status is BookingStatus.CONFIRMED:
        due, seen = pay_by_credit(session, booking, now), wish.command.seen_due
        if seen is not None and due > seen:
            raise CreditChanged(due)
        note_unbilled(session, wish.actor, booking, now, chosen=wish.command.pays)
    _record(session, wish.actor, booking, now)
    booking_changed(session, booking)


def _booking(wish: _Wish, decision: _Decision, now: datetime) -> Booking:
    command, hold_for = wish.command, wish.hold_for
    bookable, price = decision.bookable, decision.price
    return Booking(
        resource_id=bookable.room.id,
        location_id=decision.catalogue.id,
        person_id=wish.person_id,
        booked_by_id=wish.actor.person_id,
        starts_at=command.span.start,
        ends_at=command.span.end,
        status=BookingStatus.HELD if hold_for else BookingStatus.CONFIRMED,
        hold_expires_at=now + hold_for if hold_for else None,
        offered=command.offered,
        title=command.title,
        people=command.people,
        unit_numbers=units_in(bookable, decision.rows),
        price_minor=price.total_minor,
        currency=price.currency,
        quote=price.as_json(),
        request_key=command.request_key,
        cancel_cutoff_minutes=decision.limits.cancel_minutes,
        overridden=[each.reason.value for each in decision.passed],
        created_at=now,
    )


def _record(session: Session, actor: Actor, booking: Booking, now: datetime) -> None:
    """Write the audit row of what was done for somebody else, or past a limit."""
    if booking.person_id == actor.person_id and not booking.overridden:
        return
    audit.record(
        session,
        now,
        actor.person_id,
        "booking.created",
        subject="booking",
        subject_id=booking.id,
        for_id=booking.person_id if booking.person_id != actor.person_id else None,
        after={
            "resource_id": booking.resource_id,
            "person_id": booking.person_id,
            "overridden": booking.overridden,
            "starts_at": booking.starts_at.isoformat(),
            "ends_at": booking.ends_at.isoformat(),
        },
    )
