"""Moving dates of a series to another time, day or room
(docs/decisions/0042-repeating-bookings.md)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.announce import forget_presence
from app.domain.booking.announce_series import Done, announce_series
from app.domain.booking.blocking import Outrun, block_each, sweep_each, unblock
from app.domain.booking.claim import TRIES
from app.domain.booking.moving import ChangedMeanwhile
from app.domain.booking.paying import pay_each_by_credit
from app.domain.booking.series_book import (
    Decision,
    decide,
    passed_over,
    record,
)
from app.domain.booking.series_moving import MoveDates, MovedDates, Stays
from app.domain.booking.series_picking import (
    Picked,
    following_of,
    ground_of,
    late_of,
    pick,
    priced_anew,
    wanted_of,
)
from app.domain.booking.series_rows import (
    changeable,
    changes_of,
    check_override,
    count_change_of_each,
    day_of,
    hold_series,
    hold_standing,
)
from app.domain.booking.series_terms import AllElsewhere, NoneChosen
from app.domain.booking.terms import NotBookable, RoomTaken
from app.domain.booking.unbilled import bill_each_again
from app.domain.booking.units import units_in
from app.domain.booking.watched import bookings_moved
from app.domain.booking.when_paid import nothing_unseen, owed_for, taxed_like
from app.domain.booking.writing import writing
from app.domain.credits.spending import give_back
from app.domain.credits.terms import CreditChanged
from app.domain.extras.following import follow_each
from app.domain.guests.telling import CHANGED, tell_guests_of
from app.kernel.clock import Clock
from app.kernel.spans import Span
from app.models import Booking, BookingSeries


def move_dates(session: Session, actor: Actor, wish: MoveDates, clock: Clock) -> MovedDates:
    """Move what of a range is still to come, all of it or nothing, by the rules that booking goes by.

    A date that was moved to another room by itself stays unless it is chosen; one that is as wished already stays untouched. An
    open end makes the new time and room the usual ones, for dates that are added later. What costs something else is paid for
    anew: credit comes back and pays what it can. One notice tells; it is audited when it is somebody else's. Raises
    NotFound, NothingToChange, NoneChosen, AllElsewhere, SeriesNotBookable with every date that is to move, ChangedMeanwhile,
    CreditChanged where more would be billed in addition than was seen, PaidAtOnce where that was not said, Malformed, TooFarAhead,
    OutOfReach, NotPermitted, and NotBookable where others have too much then of what was ordered with one.
    """
    with writing(session):
        series = hold_series(session, actor, wish.series_id)
        check_override(actor, series, asked=wish.override)
        standing = hold_standing(session, series, wish.ranged)
        now = clock()
        found = changeable(session, actor, series, standing, now)
        picked = pick(session, series, wish, found, now)
        so_already, elsewhere = picked.days(Stays.AS_WISHED), picked.days(Stays.ELSEWHERE)
        if not picked.moving:
            # A form that is sent twice finds its own change, not somebody else's
            _check_any(wish, so_already, elsewhere)
            return MovedDates(len(so_already), found.late, elsewhere)
        if wish.seen_sequence not in (None, changes_of(session, series)):
            raise ChangedMeanwhile
        _write(session, actor, series, picked, wish, clock)
        return MovedDates(len(picked.moving), found.late, elsewhere)


def _check_any(wish: MoveDates, so_already: Sequence[date], elsewhere: tuple[date, ...]) -> None:
    if so_already:
        return
    if wish.chosen is not None:
        raise NoneChosen
    raise AllElsewhere(elsewhere)


def _write(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    picked: Picked,
    wish: MoveDates,
    clock: Clock,
) -> None:
    for _ in range(TRIES):
        now = clock()
        ground = ground_of(session, actor, series, wish, picked, now)
        late = late_of(picked, following_of(session, actor, series, picked, picked.moving, now))
        decision = decide(ground, series.rule, wanted_of(picked), late)
        rows = {each.occurrence.day: each.rows for each in decision.weighed}
        every = [row for each in rows.values() for row in each]
        try:
            with session.begin_nested():
                sweep_each(session, series.location_id, every, series.person_id, now)
                unblock(session, *(booking.id for booking in picked.moving))
                blocked = [(booking, rows[day_of(booking)]) for booking in picked.moving]
                block_each(session, blocked, series.location_id)
        except Outrun:
            continue
        before = _facts(picked.moving)
        in_room = picked.in_room
        with nothing_unseen(session, picked.moving, only_later=wish.only_later):
            more = _change(session, actor, series, picked, decision, now)
            if wish.seen_more is not None and more > wish.seen_more:
                raise CreditChanged(more)
        _make_usual(series, wish, picked.room_id, now)
        session.flush()
        _tell(session, actor, series, picked, decision, before, now, in_room=in_room)
        return
    raise RoomTaken


def _change(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    picked: Picked,
    decision: Decision,
    now: datetime,
) -> int:
    """Their times and their room, and the money of those that cost something else now: what is billed in addition."""
    decided = {each.occurrence.day: each for each in decision.weighed}
    bookings = picked.moving
    anew = priced_anew(picked, bookings, decided)
    rooms = {each.id: each.resource_id for each in bookings}
    taxed_alike = taxed_like(session, picked.room_id, set(rooms.values()))
    owed = owed_for(session, bookings)
    left = {booking.location_id for booking in bookings}
    for booking in bookings:
        one = decided[day_of(booking)]
        booking.resource_id, booking.location_id = picked.room_id, series.location_id
        booking.starts_at, booking.ends_at = one.occurrence.span.start, one.occurrence.span.end
        booking.unit_numbers = units_in(decision.ground.bookable, one.rows)
        forget_presence(booking)
        booking.overridden = sorted({*booking.overridden, *(each.reason.value for each in one.passed)})
        booking.cancel_cutoff_minutes = one.limits.cancel_minutes
    for booking, price in anew:
        # In a room of its type it is taxed as it was agreed
        tax = {"tax_rate_id": booking.quote.get("tax_rate_id")} if rooms[booking.id] in taxed_alike else {}
        booking.quote, booking.price_minor = {**price.as_json(), **tax}, price.total_minor
    count_change_of_each(bookings, now)
    session.flush()
    short = follow_each(session, bookings, now)
    if short:
        raise NotBookable(short)
    if anew:
        _pay_anew(session, series, [booking for booking, _price in anew], now)
    owes = owed_for(session, bookings)
    if anew or owes != owed:
        bill_each_again(session, actor, bookings, now)
    bookings_moved(session, bookings, left)
    return sum(owes.values()) - sum(owed.values())


def _pay_anew(session: Session, series: BookingSeries, bookings: list[Booking], now: datetime) -> None:
    # A booking is moved as often as one likes: each time its credit comes back, and pays, under a name of its own.
    step = f":{series.id}.{series.sequence}"
    give_back(session, [booking.id for booking in bookings], now, step)
    pay_each_by_credit(session, bookings, now, step)


def _make_usual(series: BookingSeries, wish: MoveDates, room_id: int, now: datetime) -> None:
    """Where the end is open, dates that are added later are like that, too."""
    if wish.ranged.last is None:
        series.resource_id, series.starts, series.minutes = room_id, wish.starts, wish.minutes
    series.sequence += 1
    series.changed_at = now


def _facts(bookings: Sequence[Booking]) -> dict[str, Any]:
    """What the audit trail says of dates: the first of them, and what all cost."""
    first = min(bookings, key=lambda each: each.starts_at)
    return {
        "resource_id": first.resource_id,
        "starts_at": first.starts_at.isoformat(),
        "ends_at": first.ends_at.isoformat(),
        "price_minor": sum(each.price_minor for each in bookings),
    }


def _tell(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    picked: Picked,
    decision: Decision,
    before: dict[str, Any],
    now: datetime,
    *,
    in_room: bool,
) -> None:
    bookings = picked.moving
    spans = sorted(Span(each.starts_at, each.ends_at) for each in bookings)
    done = Done.MOVED if in_room else Done.ROOM
    announce_series(session, series, done, spans, now, resource_id=picked.room_id)
    tell_guests_of(session, [each.id for each in bookings], CHANGED, now)
    after = {**_facts(bookings), "dates": len(bookings), "overridden": passed_over(decision)}
    record(session, actor, series, "series.moved", now, before=before, **after)
    session.flush()
