"""Adding dates to a series: those that were left out, and later ones."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.announce_series import Done, announce_series
from app.domain.booking.repeating import TooFarAhead, days_of, farthest
from app.domain.booking.rules import check_reach
from app.domain.booking.series_book import (
    Decision,
    check_ahead,
    decide,
    passed_over,
    preview_of,
    record,
    settle,
    wanted_on,
    write_dates,
)
from app.domain.booking.series_ground import Asked, load_ground, window_of
from app.domain.booking.series_rows import check_override, hold_series, series_for
from app.domain.booking.series_terms import AddDates, NoneChosen, Preview, Wanted
from app.domain.booking.whereabouts import whereabouts
from app.domain.booking.writing import writing
from app.kernel.clock import Clock
from app.kernel.spans import Span
from app.kernel.walltime import local_date, zone
from app.models import Booking, BookingSeries, BookingStatus


def preview_dates(session: Session, actor: Actor, wish: AddDates, now: datetime) -> Preview:
    """Every date of the rule to come that is not booked, up to `until`, with its state and price. Writes nothing.

    Empty where there is none. Raises NotFound, TooFarAhead, and as `preview_series`.
    """
    series = series_for(session, actor, wish.series_id)
    place = whereabouts(session, series.resource_id)
    wanted = _open(session, series, wish, now, zone(place.zone))
    if not wanted:
        return Preview(series.rule, place.zone, (), "")
    ground = load_ground(session, _asked(actor, series, wish), window_of(wanted), now)
    return preview_of(series.rule, ground, ground.weigh(wanted))


def add_dates(session: Session, actor: Actor, wish: AddDates, clock: Clock) -> int:
    """Book `days` of the rule that are not booked, all of them or none; returns how many. The series goes on until the last of them.

    Days that are booked meanwhile are so once. Raises NotFound, NoneChosen, SeriesNotBookable, CreditChanged, TooFarAhead.
    """
    with writing(session):
        series = hold_series(session, actor, wish.series_id)
        decision, bookings = write_dates(
            session, actor, series, lambda now: _decide(session, actor, series, wish, now), clock
        )
        now = bookings[0].created_at
        series.last_day = max(series.last_day, *(each.occurrence.day for each in decision.weighed))
        series.changed_at = now
        series.sequence += 1
        session.flush()
        settle(session, actor, bookings, wish.seen_due, now)
        _tell(session, actor, series, decision, bookings, now)
        return len(bookings)


def _decide(session: Session, actor: Actor, series: BookingSeries, wish: AddDates, now: datetime) -> Decision:
    wanted = _open(session, series, wish, now, zone(whereabouts(session, series.resource_id).zone))
    if not any(each.wanted for each in wanted):
        raise NoneChosen
    ground = load_ground(session, _asked(actor, series, wish), window_of(wanted), now)
    return decide(ground, series.rule, wanted)


def _asked(actor: Actor, series: BookingSeries, wish: AddDates) -> Asked:
    check_override(actor, series, asked=wish.override)
    return Asked(actor, series.person_id, series.resource_id, series.people, wish.override)


def _open(
    session: Session, series: BookingSeries, wish: AddDates, now: datetime, tz: ZoneInfo
) -> list[Wanted]:
    """The dates of the rule from today on that have no booking."""
    today = local_date(now, tz)
    until = wish.until or series.last_day
    if until > farthest(today):
        raise TooFarAhead(farthest(today))
    booked = _booked(session, series)
    days = [
        day for day in days_of(series.rule, series.first_day, until) if day >= today and day not in booked
    ]
    wanted = wanted_on(days, series.starts, series.minutes, wish.moved, tz)
    for each in wanted:
        check_reach(each.span, now)
        check_ahead(each.span, today, tz)
    return [replace(each, wanted=wish.days is None or each.day in wish.days) for each in wanted]


def _booked(session: Session, series: BookingSeries) -> set[date | None]:
    standing = select(Booking.series_day).where(
        Booking.series_id == series.id, Booking.status == BookingStatus.CONFIRMED
    )
    return set(session.scalars(standing))


def _tell(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    decision: Decision,
    bookings: list[Booking],
    now: datetime,
) -> None:
    passed = passed_over(decision)
    record(session, actor, series, "series.extended", now, dates=len(bookings), overridden=passed)
    announce_series(
        session,
        series,
        Done.ADDED,
        [Span(each.starts_at, each.ends_at) for each in bookings],
        now,
        total_minor=decision.preview.total_minor,
        currency=decision.preview.currency,
    )
