"""Moving dates of a series to another time: one to any day, or all from a date on to another time of day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.announce_series import Done, announce_series
from app.domain.booking.blocking import Outrun, block_each, sweep_each, unblock
from app.domain.booking.claim import TRIES
from app.domain.booking.paying import pay_each_by_credit
from app.domain.booking.rules import check_reach
from app.domain.booking.series_book import Decision, agreed, check_ahead, decide, record, wanted_on
from app.domain.booking.series_ground import Asked, load_ground, window_of
from app.domain.booking.series_rows import (
    Range,
    changeable,
    check_override,
    count_change_of_each,
    day_of,
    hold_series,
    hold_standing,
)
from app.domain.booking.series_terms import AllElsewhere, Moved, NothingToChange
from app.domain.booking.terms import NotBookable, RoomTaken
from app.domain.booking.unbilled import bill_each_again
from app.domain.booking.watched import booking_changed
from app.domain.booking.whereabouts import whereabouts
from app.domain.booking.writing import writing
from app.domain.credits.spending import give_back
from app.domain.extras.following import follow_each
from app.domain.guests.telling import CHANGED, tell_guests_of
from app.kernel.clock import Clock
from app.kernel.spans import Span
from app.kernel.walltime import local_date, zone
from app.models import Booking, BookingSeries


@dataclass(frozen=True, slots=True)
class MoveDates:
    """Another time of day, in minutes after midnight, and another length for the dates of a range.

    `days` are on other days, too: the dates of the rule by where they go.
    """

    series_id: int
    ranged: Range
    starts: int
    minutes: int
    days: Mapping[date, date]
    left: frozenset[date] = frozenset()
    """Dates that stay where they are."""
    override: bool = False


@dataclass(frozen=True, slots=True)
class MovedDates:
    """How many dates were moved, and which were not because their cut-off had passed."""

    dates: int
    late: tuple[date, ...]
    elsewhere: tuple[date, ...]
    """Which were not because they are in another room, where each was moved by itself."""


def move_dates(session: Session, actor: Actor, wish: MoveDates, clock: Clock) -> MovedDates:
    """Move what of a range is still to come, all of it or nothing, by the rules that booking goes by.

    A date that was moved to another room by itself stays: there it is moved by itself, too. An open end makes the new time the usual one, for dates that are added later. What costs something else is paid for anew:
    credit comes back and pays what it can. One notice tells; it is audited when it is somebody else's. Raises
    NotFound, NothingToChange, AllElsewhere, SeriesNotBookable with every date that is to move, Malformed, TooFarAhead,
    NotPermitted, and NotBookable where others have too much then of what was ordered with one.
    """
    with writing(session):
        series = hold_series(session, actor, wish.series_id)
        check_override(actor, series, asked=wish.override)
        standing = hold_standing(session, series, wish.ranged)
        found = changeable(session, actor, series, standing, clock())
        chosen = [each for each in found.bookings if day_of(each) not in wish.left]
        bookings = [each for each in chosen if each.resource_id == series.resource_id]
        elsewhere = tuple(day_of(each) for each in chosen if each not in bookings)
        if not bookings and elsewhere:
            raise AllElsewhere(elsewhere)
        if not bookings:
            raise NothingToChange(found.late)
        decision, now = _write(session, actor, series, bookings, wish, clock)
        if wish.ranged.last is None:
            series.starts, series.minutes = wish.starts, wish.minutes
        series.sequence += 1
        series.changed_at = now
        session.flush()
        _tell(session, actor, series, bookings, now)
        return MovedDates(len(decision.weighed), found.late, elsewhere)


def _write(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    bookings: Sequence[Booking],
    wish: MoveDates,
    clock: Clock,
) -> tuple[Decision, datetime]:
    for _ in range(TRIES):
        now = clock()
        decision = _decide(session, actor, series, bookings, wish, now)
        rows = {each.occurrence.day: each.rows for each in decision.weighed}
        every = [row for each in rows.values() for row in each]
        try:
            with session.begin_nested():
                sweep_each(session, series.location_id, every, series.person_id, now)
                unblock(session, *(booking.id for booking in bookings))
                block_each(session, [(booking, rows[day_of(booking)]) for booking in bookings])
        except Outrun:
            continue
        _change(session, actor, bookings, decision, now)
        return decision, now
    raise RoomTaken


def _decide(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    bookings: Sequence[Booking],
    wish: MoveDates,
    now: datetime,
) -> Decision:
    tz = zone(whereabouts(session, series.resource_id).zone)
    days = [day_of(booking) for booking in bookings]
    moved = {day: Moved(wish.days.get(day, day), wish.starts, wish.minutes) for day in days}
    wanted = wanted_on(days, wish.starts, wish.minutes, moved, tz)
    for each in wanted:
        check_reach(each.span, now)
        check_ahead(each.span, local_date(now, tz), tz)
    asked = Asked(actor, series.person_id, series.resource_id, series.people, wish.override)
    moving = {booking.id for booking in bookings}
    return decide(load_ground(session, asked, window_of(wanted), now, moving=moving), series.rule, wanted)


def _change(
    session: Session, actor: Actor, bookings: Sequence[Booking], decision: Decision, now: datetime
) -> None:
    """Their times, and the money of those that cost something else now."""
    decided = {each.occurrence.day: each for each in decision.weighed}
    dearer = []
    for booking in bookings:
        one = decided[day_of(booking)]
        booking.starts_at, booking.ends_at = one.occurrence.span.start, one.occurrence.span.end
        booking.no_show_warned_at = None
        booking.overridden = sorted({*booking.overridden, *(each.reason.value for each in one.passed)})
        booking.cancel_cutoff_minutes = one.limits.cancel_minutes
        price = agreed(one)
        if _money(booking.quote) != _money(price.as_json()):
            booking.quote, booking.price_minor = price.as_json(), price.total_minor
            dearer.append(booking)
    count_change_of_each(bookings, now)
    session.flush()
    short = follow_each(session, bookings, now)
    if short:
        raise NotBookable(short)
    if dearer:
        _pay_anew(session, actor, dearer, now)
    booking_changed(session, bookings[0])


def _money(quote: Mapping[str, object]) -> tuple[object, object]:
    return quote["total_minor"], quote["minutes"]


def _pay_anew(session: Session, actor: Actor, bookings: list[Booking], now: datetime) -> None:
    ids = [booking.id for booking in bookings]
    # A booking is moved as often as one likes: each time its credit comes back, and pays, under a name of its own.
    step = f":{bookings[0].series_id}.{int(now.timestamp() * 1_000_000)}"
    give_back(session, ids, now, step)
    pay_each_by_credit(session, bookings, now, step)
    bill_each_again(session, actor, bookings)


def _tell(
    session: Session, actor: Actor, series: BookingSeries, bookings: Sequence[Booking], now: datetime
) -> None:
    spans = sorted(Span(each.starts_at, each.ends_at) for each in bookings)
    announce_series(session, series, Done.MOVED, spans, now)
    tell_guests_of(session, [each.id for each in bookings], CHANGED, now)
    record(
        session,
        actor,
        series,
        "series.moved",
        now,
        dates=len(bookings),
        starts_at=spans[0].start.isoformat(),
        ends_at=spans[0].end.isoformat(),
    )
    session.flush()
