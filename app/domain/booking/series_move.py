"""Moving dates of a series to another time, day or room, with the price of all of them before anything is done
(docs/decisions/0042-repeating-bookings.md)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.announce import forget_presence
from app.domain.booking.announce_series import Done, announce_series
from app.domain.booking.blocking import Outrun, block_each, sweep_each, unblock
from app.domain.booking.claim import TRIES
from app.domain.booking.moving import ChangedMeanwhile
from app.domain.booking.paying import pay_each_by_credit, would_pay_each_anew
from app.domain.booking.quotes import Quote
from app.domain.booking.rules import check_reach
from app.domain.booking.series_book import (
    Decision,
    agreed,
    check_ahead,
    decide,
    passed_over,
    record,
    wanted_on,
)
from app.domain.booking.series_ground import Asked, Ground, Weighed, load_ground, window_of
from app.domain.booking.series_moving import MoveDate, MoveDates, MovedDates, MovePreview, Paid, Stays
from app.domain.booking.series_rows import (
    Changeable,
    changeable,
    changes_of,
    check_override,
    count_change_of_each,
    day_of,
    hold_series,
    hold_standing,
    series_for,
    standing_of,
)
from app.domain.booking.series_terms import AllElsewhere, NoneChosen, NothingToChange, Wanted
from app.domain.booking.terms import NotBookable, Obstacle, RoomTaken
from app.domain.booking.unbilled import bill_each_again
from app.domain.booking.units import units_in
from app.domain.booking.watched import bookings_moved
from app.domain.booking.when_paid import due_of, nothing_unseen, same_type
from app.domain.booking.whereabouts import whereabouts
from app.domain.booking.writing import writing
from app.domain.credits.spending import give_back
from app.domain.credits.terms import CreditChanged
from app.domain.extras.following import Following, cost_of_ordered, follow_each, following_of_each
from app.domain.guests.telling import CHANGED, tell_guests_of
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.kernel.walltime import local_date, zone
from app.models import Booking, BookingSeries, Resource


@dataclass(frozen=True, slots=True)
class _Picked:
    """What a wish makes of the dates that may be changed."""

    room_id: int
    zone: str
    moving: tuple[Booking, ...]
    stays: Mapping[date, Stays]
    wanted: Mapping[date, Wanted]
    """Where each would be, by its date of the rule."""

    def days(self, why: Stays) -> tuple[date, ...]:
        return tuple(day for day, stays in self.stays.items() if stays is why)

    @property
    def in_room(self) -> bool:
        return all(booking.resource_id == self.room_id for booking in self.moving)


def preview_move(session: Session, actor: Actor, wish: MoveDates, now: datetime) -> MovePreview:
    """What each date of the range would be and cost, by the code that moves them. Writes nothing; no more statements than for one.

    Raises NotFound, NothingToChange where none may be changed, NotPermitted, Malformed, TooFarAhead, OutOfReach.
    """
    series = series_for(session, actor, wish.series_id)
    check_override(actor, series, asked=wish.override)
    standing = standing_of(session, series, wish.ranged)
    found = changeable(session, actor, series, standing, now)
    picked = _pick(session, series, wish, found, now)
    weighed: dict[date, Weighed] = {}
    follows = _follows(session, actor, series, picked, standing, now)
    if picked.moving:
        ground = _ground(session, actor, series, wish, picked, now)
        late = _late(picked, follows)
        weighed = {each.occurrence.day: each for each in ground.weigh(_wanted(picked), late)}
    after = _paid_after(session, picked, weighed, now)
    return MovePreview(
        picked.zone,
        standing[0].currency,
        changes_of(session, series),
        tuple(
            _with_extras(_date(each, found.late, picked, weighed, after), follows.get(each.id, Following()))
            for each in standing
            if each.starts_at > now
        ),
    )


def move_dates(session: Session, actor: Actor, wish: MoveDates, clock: Clock) -> MovedDates:
    """Move what of a range is still to come, all of it or nothing, by the rules that booking goes by.

    A date that was moved to another room by itself stays unless it is chosen; one that is as wished already stays untouched. An
    open end makes the new time and room the usual ones, for dates that are added later. What costs something else is paid for
    anew: credit comes back and pays what it can. One notice tells; it is audited when it is somebody else's. Raises
    NotFound, NothingToChange, NoneChosen, AllElsewhere, SeriesNotBookable with every date that is to move, ChangedMeanwhile,
    CreditChanged where more would be billed in addition than was seen, PaidAtOnce where that was not said, Malformed, TooFarAhead, OutOfReach,
    NotPermitted, and NotBookable where others have too much then of what was ordered with one.
    """
    with writing(session):
        series = hold_series(session, actor, wish.series_id)
        check_override(actor, series, asked=wish.override)
        standing = hold_standing(session, series, wish.ranged)
        now = clock()
        found = changeable(session, actor, series, standing, now)
        picked = _pick(session, series, wish, found, now)
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


def _pick(
    session: Session, series: BookingSeries, wish: MoveDates, found: Changeable, now: datetime
) -> _Picked:
    if not found.bookings:
        raise NothingToChange(found.late)
    room_id = _room(session, series, wish)
    place = whereabouts(session, room_id)
    tz = zone(place.zone)
    days = [day_of(booking) for booking in found.bookings]
    wanted = {each.day: each for each in wanted_on(days, wish.starts, wish.minutes, wish.moved, tz)}
    stays: dict[date, Stays] = {}
    moving = []
    for booking in found.bookings:
        day = day_of(booking)
        why = _stays(series, wish, booking, room_id, wanted[day].span)
        if why is not None:
            stays[day] = why
            continue
        check_reach(wanted[day].span, now)
        check_ahead(wanted[day].span, local_date(now, tz), tz)
        moving.append(booking)
    return _Picked(room_id, place.zone, tuple(moving), stays, wanted)


def _room(session: Session, series: BookingSeries, wish: MoveDates) -> int:
    """Where they go. Raises NotFound for a room that is elsewhere: the days and the time are those of the clock there."""
    if wish.resource_id in (None, series.resource_id):
        return series.resource_id
    here = select(Resource.id).where(
        Resource.id == wish.resource_id,
        Resource.location_id == series.location_id,
        Resource.retired_at.is_(None),
    )
    room_id = session.scalar(here)
    if room_id is None:
        raise NotFound
    return room_id


def _stays(
    series: BookingSeries, wish: MoveDates, booking: Booking, room_id: int, span: Span
) -> Stays | None:
    elsewhere = booking.resource_id != series.resource_id
    if wish.chosen is None and elsewhere:
        return Stays.ELSEWHERE
    if wish.chosen is not None and day_of(booking) not in wish.chosen:
        return Stays.ELSEWHERE if elsewhere else Stays.LEFT
    is_so = booking.resource_id, booking.starts_at, booking.ends_at
    return Stays.AS_WISHED if is_so == (room_id, span.start, span.end) else None


def _wanted(picked: _Picked) -> list[Wanted]:
    return [picked.wanted[day_of(booking)] for booking in picked.moving]


def _ground(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    wish: MoveDates,
    picked: _Picked,
    now: datetime,
) -> Ground:
    asked = Asked(
        actor, series.person_id, picked.room_id, series.people, wish.override, location_id=series.location_id
    )
    moving = {booking.id for booking in picked.moving}
    window = window_of(_wanted(picked))
    return load_ground(session, asked, window, now, moving=moving, in_room=picked.in_room)


def _follows(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    picked: _Picked,
    bookings: Sequence[Booking],
    now: datetime,
) -> dict[int, Following]:
    """What was ordered with dates, as it would be, by their ids; of those that stay as it is."""
    spans = {each.id: Span(each.starts_at, each.ends_at) for each in bookings}
    spans |= {each.id: picked.wanted[day_of(each)].span for each in picked.moving}
    staff = actor.acts_for_others(series.location_id)
    return following_of_each(session, bookings, spans, now, staff=staff)


def _late(picked: _Picked, follows: Mapping[int, Following]) -> dict[date, list[Obstacle]]:
    """What was ordered with a date and cannot come along, by its date."""
    return {
        day_of(each): [one.obstacle for one in follows[each.id].late]
        for each in picked.moving
        if each.id in follows and follows[each.id].late
    }


def _priced_anew(
    picked: _Picked, bookings: Iterable[Booking], decided: Mapping[date, Weighed]
) -> list[tuple[Booking, Quote]]:
    """Those that cost something else then, and those that credit for another type of room may have paid."""
    found = []
    for booking in bookings:
        price = agreed(decided[day_of(booking)])
        stays = booking.resource_id == picked.room_id
        if not stays or _money(booking.quote) != _money(price.as_json()):
            found.append((booking, price))
    return found


def _money(quote: Mapping[str, object]) -> tuple[object, object]:
    return quote["total_minor"], quote["minutes"]


def _paid(booking: Booking) -> Paid:
    return Paid(booking.price_minor, due_of(booking))


def _paid_after(
    session: Session, picked: _Picked, weighed: Mapping[date, Weighed], now: datetime
) -> dict[date, Paid]:
    """Of the dates that can move, and cost something else then."""
    can = [booking for booking in picked.moving if weighed[day_of(booking)].occurrence.free]
    anew = _priced_anew(picked, can, weighed)
    credit = would_pay_each_anew(session, anew, picked.room_id, now)
    return {
        day_of(booking): Paid(price.total_minor, price.total_minor - paid.total_minor)
        for (booking, price), paid in zip(anew, credit, strict=True)
    }


def _date(
    booking: Booking,
    late: tuple[date, ...],
    picked: _Picked,
    weighed: Mapping[date, Weighed],
    after: Mapping[date, Paid],
) -> MoveDate:
    day, was, before = day_of(booking), Span(booking.starts_at, booking.ends_at), _paid(booking)
    if day not in weighed:
        stays = Stays.LATE if day in late else picked.stays.get(day, Stays.ELSEWHERE)
        span = picked.wanted[day].span if day in picked.wanted else was
        return MoveDate(day, was, span, stays, (), before, before, booking.pays)
    one = weighed[day].occurrence
    return MoveDate(day, was, one.span, None, one.obstacles, before, after.get(day, before), booking.pays)


def _with_extras(one: MoveDate, follows: Following) -> MoveDate:
    """Credit pays nothing of what was ordered with it."""
    after = follows.after_minor() if one.moves else follows.before_minor
    return replace(one, before=_more(one.before, follows.before_minor), after=_more(one.after, after))


def _more(paid: Paid, minor: int) -> Paid:
    return Paid(paid.price_minor + minor, paid.due_minor + minor)


def _write(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    picked: _Picked,
    wish: MoveDates,
    clock: Clock,
) -> None:
    for _ in range(TRIES):
        now = clock()
        ground = _ground(session, actor, series, wish, picked, now)
        late = _late(picked, _follows(session, actor, series, picked, picked.moving, now))
        decision = decide(ground, series.rule, _wanted(picked), late)
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
    picked: _Picked,
    decision: Decision,
    now: datetime,
) -> int:
    """Their times and their room, and the money of those that cost something else now: what is billed in addition."""
    decided = {each.occurrence.day: each for each in decision.weighed}
    bookings = picked.moving
    anew = _priced_anew(picked, bookings, decided)
    ids = [booking.id for booking in bookings]
    alike = {
        room: same_type(session, room, picked.room_id) for room in {each.resource_id for each in bookings}
    }
    taxed_alike = {each.id for each in bookings if alike[each.resource_id]}
    due_before, extras_before = sum(map(due_of, bookings)), cost_of_ordered(session, ids)
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
        tax = {"tax_rate_id": booking.quote.get("tax_rate_id")} if booking.id in taxed_alike else {}
        booking.quote, booking.price_minor = {**price.as_json(), **tax}, price.total_minor
    count_change_of_each(bookings, now)
    session.flush()
    short = follow_each(session, bookings, now)
    if short:
        raise NotBookable(short)
    if anew:
        _pay_anew(session, series, [booking for booking, _price in anew], now)
    extras = cost_of_ordered(session, ids) - extras_before
    if anew or extras:
        bill_each_again(session, actor, bookings, now)
    bookings_moved(session, bookings, left)
    return sum(map(due_of, bookings)) - due_before + extras


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
    picked: _Picked,
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
