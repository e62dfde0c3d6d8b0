"""Booking a room again and again: every date that is wanted, or none.

Nothing here commits, but for `begin_writing` (see `claim`). A refusal leaves nothing written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.booking.announce_series import Done, announce_series
from app.domain.booking.blocking import Outrun, block_each, sweep_each
from app.domain.booking.claim import TRIES, check_shape, person_to_book_for
from app.domain.booking.minutes import DAY
from app.domain.booking.paying import pay_each_by_credit
from app.domain.booking.quotes import Quote
from app.domain.booking.repeating import Dates, TooFarAhead, dates_of, farthest, span_on
from app.domain.booking.rules import LONGEST, check_reach
from app.domain.booking.series_ground import Asked, Ground, Weighed, load_ground, window_of
from app.domain.booking.series_terms import (
    BookSeries,
    Moved,
    NoneChosen,
    Preview,
    SeriesClaim,
    SeriesNotBookable,
    Wanted,
)
from app.domain.booking.terms import BookRoom, Malformed, Obstacle, RoomTaken
from app.domain.booking.unbilled import note_each_unbilled
from app.domain.booking.units import units_in
from app.domain.booking.watched import booking_changed
from app.domain.booking.whereabouts import whereabouts
from app.domain.booking.writing import writing
from app.domain.credits.terms import CreditChanged
from app.domain.lookup import hold_people
from app.kernel.clock import Clock
from app.kernel.spans import Span
from app.kernel.walltime import local_date, zone
from app.models import Booking, BookingSeries, BookingStatus

LONGEST_MINUTES = int(LONGEST.total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Decision:
    """The rules said yes to all that is wanted: what to write."""

    ground: Ground
    preview: Preview
    weighed: tuple[Weighed, ...]
    """Of the dates that are wanted."""


def preview_series(session: Session, actor: Actor, wish: BookSeries, now: datetime) -> Preview:
    """Every date of a wish with its state and its price, in ten statements at most. Writes nothing.

    Raises NotPermitted, Malformed, OutOfReach, NotFound, and as `dates_of`.
    """
    person_id = person_to_book_for(session, actor, wish.for_person_id, override=wish.override)
    dates, wanted = _dates(session, wish, now)
    asked = Asked(actor, person_id, wish.resource_id, wish.people, wish.override)
    ground = load_ground(session, asked, window_of(wanted), now)
    return preview_of(dates.rule, ground, ground.weigh(wanted))


def book_series(session: Session, actor: Actor, wish: BookSeries, clock: Clock) -> SeriesClaim:
    """Book every date that is not left out, confirmed at once; the same `request_key` again returns the first series.

    Each is priced and paid for as it would be by itself; one notice tells of all. Raises SeriesNotBookable with every date when one
    that is wanted cannot be had, NoneChosen, CreditChanged when more would be due than `seen_due`, and as `preview_series`.
    """
    person_id = person_to_book_for(session, actor, wish.for_person_id, override=wish.override)
    earlier = _same_request(session, person_id, wish)
    if earlier:
        return earlier
    asked = Asked(actor, person_id, wish.resource_id, wish.people, wish.override)
    # Who comes too late finds out here, without ever waiting for the write lock.
    _decide(session, asked, wish, clock())
    with writing(session):
        hold_people(session, {person_id, actor.person_id})
        earlier = _same_request(session, person_id, wish)
        if earlier:
            return earlier
        series = _series(session, asked, wish, clock())
        decision, bookings = write_dates(
            session, actor, series, lambda now: _decide(session, asked, wish, now), clock
        )
        _finish(session, actor, series, decision, bookings, wish)
        return SeriesClaim(series, len(bookings), fresh=True)


def decide(
    ground: Ground,
    rule: str,
    wanted: list[Wanted],
    beside: Mapping[date, Sequence[Obstacle]] = MappingProxyType({}),
) -> Decision:
    """Raises SeriesNotBookable unless everything that is wanted can be had; NoneChosen where nothing is. `beside` is what stands
    against dates beside the rules of the room."""
    weighed = ground.weigh(wanted, beside)
    preview = preview_of(rule, ground, weighed)
    if any(each.wanted and not each.free for each in preview.occurrences):
        raise SeriesNotBookable(preview)
    chosen = tuple(each for each in weighed if each.occurrence.wanted)
    if not chosen:
        raise NoneChosen
    return Decision(ground, preview, chosen)


def preview_of(rule: str, ground: Ground, weighed: list[Weighed]) -> Preview:
    occurrences = sorted((each.occurrence for each in weighed), key=lambda each: each.day)
    return Preview(rule, ground.catalogue.zone, tuple(occurrences), ground.catalogue.currency)


Deciding = Callable[[datetime], Decision]


def write_dates(
    session: Session, actor: Actor, series: BookingSeries, deciding: Deciding, clock: Clock
) -> tuple[Decision, list[Booking]]:
    """Write the bookings and their rows, deciding anew whenever somebody was quicker. Raises what deciding raises."""
    for _ in range(TRIES):
        now = clock()
        decision = deciding(now)
        rows = [row for each in decision.weighed for row in each.rows]
        bookings = [_booking(actor, series, decision.ground, each, now) for each in decision.weighed]
        try:
            with session.begin_nested():
                sweep_each(session, series.location_id, rows, series.person_id, now)
                session.add_all(bookings)
                session.flush()
                block_each(session, zip(bookings, (each.rows for each in decision.weighed), strict=True))
        except Outrun:
            continue
        return decision, bookings
    raise RoomTaken


def settle(
    session: Session, actor: Actor, bookings: list[Booking], seen_due: int | None, now: datetime
) -> None:
    """Pay for what was written as far as credit goes, and note the rest. Raises CreditChanged when more is due than was seen."""
    due = pay_each_by_credit(session, bookings, now)
    if seen_due is not None and due > seen_due:
        raise CreditChanged(due)
    note_each_unbilled(session, actor, bookings, now)
    booking_changed(session, bookings[0])


def record(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    action: str,
    now: datetime,
    *,
    by_right: bool = True,
    before: dict[str, Any] | None = None,
    **after: Any,
) -> None:
    """Write the audit row of what was done to somebody else's series, past a limit, or not `by_right`."""
    if by_right and series.person_id == actor.person_id and not after.get("overridden"):
        return
    audit.record(
        session,
        now,
        actor.person_id,
        action,
        subject="booking_series",
        subject_id=series.id,
        for_id=series.person_id if series.person_id != actor.person_id else None,
        before=before,
        after={"resource_id": series.resource_id, "person_id": series.person_id, **after},
    )


def passed_over(decision: Decision) -> list[str]:
    """Names of the limits that staff passed over for any date."""
    return sorted({each.reason.value for one in decision.weighed for each in one.passed})


def _finish(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    decision: Decision,
    bookings: list[Booking],
    wish: BookSeries,
) -> None:
    now = series.created_at
    settle(session, actor, bookings, wish.seen_due, now)
    record(
        session,
        actor,
        series,
        "series.created",
        now,
        rule=series.rule,
        dates=len(bookings),
        overridden=passed_over(decision),
    )
    announce_series(
        session,
        series,
        Done.BOOKED,
        [Span(each.starts_at, each.ends_at) for each in bookings],
        now,
        total_minor=decision.preview.total_minor,
        currency=decision.preview.currency,
    )


def _decide(session: Session, asked: Asked, wish: BookSeries, now: datetime) -> Decision:
    dates, wanted = _dates(session, wish, now)
    return decide(load_ground(session, asked, window_of(wanted), now), dates.rule, wanted)


def _dates(session: Session, wish: BookSeries, now: datetime) -> tuple[Dates, list[Wanted]]:
    tz = zone(whereabouts(session, wish.resource_id).zone)
    today = local_date(now, tz)
    dates = dates_of(wish.pattern, today)
    wanted = wanted_on(dates.days, wish.starts, wish.minutes, wish.moved, tz)
    for each in wanted:
        check_shape(
            BookRoom(wish.resource_id, each.span, wish.people, wish.title, request_key=wish.request_key)
        )
        check_reach(each.span, now)
        check_ahead(each.span, today, tz)
    return dates, [replace(each, wanted=each.day not in wish.left_out) for each in wanted]


def check_ahead(span: Span, today: date, tz: ZoneInfo) -> None:
    """Raise TooFarAhead for a date that was moved to where none of the rule may be."""
    if local_date(span.start, tz) > farthest(today):
        raise TooFarAhead(farthest(today))


def wanted_on(
    days: Iterable[date], starts: int, minutes: int, moved: Mapping[date, Moved], tz: ZoneInfo
) -> list[Wanted]:
    """The dates as wishes, those that are moved where they are moved to. Raises Malformed for no time of a day or no length."""
    usual = Moved(date.min, starts, minutes)
    wanted = []
    for day in days:
        at = moved.get(day, replace(usual, day=day))
        if not 0 <= at.starts < DAY or not 1 <= at.minutes <= LONGEST_MINUTES:
            raise Malformed
        wanted.append(Wanted(day, span_on(at.day, at.starts, at.minutes, tz)))
    return wanted


def _same_request(session: Session, person_id: int, wish: BookSeries) -> SeriesClaim | None:
    if wish.request_key is None:
        return None
    mine = select(BookingSeries).where(
        BookingSeries.person_id == person_id, BookingSeries.request_key == wish.request_key
    )
    series = session.scalars(mine).one_or_none()
    if series is None:
        return None
    count = session.scalar(select(func.count(Booking.id)).where(Booking.series_id == series.id))
    return SeriesClaim(series, count or 0, fresh=False)


def _series(session: Session, asked: Asked, wish: BookSeries, now: datetime) -> BookingSeries:
    dates, _ = _dates(session, wish, now)
    series = BookingSeries(
        person_id=asked.person_id,
        booked_by_id=asked.actor.person_id,
        resource_id=asked.resource_id,
        location_id=whereabouts(session, asked.resource_id).location_id,
        rule=dates.rule,
        first_day=dates.days[0],
        last_day=dates.days[-1],
        starts=wish.starts,
        minutes=wish.minutes,
        title=wish.title,
        people=wish.people,
        request_key=wish.request_key,
        created_at=now,
        changed_at=now,
    )
    session.add(series)
    session.flush()
    return series


def agreed(weighed: Weighed) -> Quote:
    """The price of a date that can be had. Raises ValueError for one that has none: it stands against it."""
    if weighed.occurrence.price is None:
        raise ValueError(weighed.occurrence.day)
    return weighed.occurrence.price


def _booking(actor: Actor, series: BookingSeries, ground: Ground, weighed: Weighed, now: datetime) -> Booking:
    one, price = weighed.occurrence, agreed(weighed)
    return Booking(
        resource_id=series.resource_id,
        location_id=series.location_id,
        person_id=series.person_id,
        booked_by_id=actor.person_id,
        starts_at=one.span.start,
        ends_at=one.span.end,
        status=BookingStatus.CONFIRMED,
        title=series.title,
        people=ground.asked.people,
        unit_numbers=units_in(ground.bookable, weighed.rows),
        price_minor=price.total_minor,
        currency=price.currency,
        quote=price.as_json(),
        cancel_cutoff_minutes=weighed.limits.cancel_minutes,
        overridden=[each.reason.value for each in weighed.passed],
        series_id=series.id,
        series_day=one.day,
        created_at=now,
    )
