"""Cancelling dates of a series: one, this and later, all, or a range that is paused."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.announce_series import Done, announce_series
from app.domain.booking.blocking import unblock
from app.domain.booking.repeating import days_of
from app.domain.booking.series_book import record
from app.domain.booking.series_rows import (
    Range,
    changeable,
    checked_reason,
    count_change_of_each,
    day_of,
    hold_series,
    hold_standing,
)
from app.domain.booking.series_terms import NothingToChange
from app.domain.booking.terms import ReasonNeeded
from app.domain.booking.unbilled import look_again
from app.domain.booking.watched import booking_changed
from app.domain.booking.writing import writing
from app.domain.credits.spending import give_back
from app.domain.guests.telling import CANCELLED, tell_guests_of
from app.kernel.clock import Clock
from app.kernel.spans import Span
from app.models import Booking, BookingSeries, BookingStatus


@dataclass(frozen=True, slots=True)
class CancelDates:
    """Dates of a range, and why."""

    series_id: int
    ranged: Range
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """How many dates were cancelled, and which were not because their cut-off had passed."""

    dates: int
    late: tuple[date, ...]


def cancel_dates(session: Session, actor: Actor, wish: CancelDates, clock: Clock) -> Cancelled:
    """Cancel what of a range is still to come: rooms are free, credit is back, nobody is billed for it, and one notice tells.

    What has begun stays, and so does what is past its cut-off, but for staff. An open end ends the series there; a
    range that is closed leaves dates out, which `add_dates` books again. With a reason when it is somebody else's, and
    audited then. Raises NotFound, NothingToChange, ReasonNeeded, Malformed.
    """
    said = checked_reason(wish.reason)
    with writing(session):
        series = hold_series(session, actor, wish.series_id)
        if series.person_id != actor.person_id and not said:
            raise ReasonNeeded
        standing = hold_standing(session, series, Range())
        now = clock()
        found = changeable(
            session, actor, series, [each for each in standing if wish.ranged.holds(day_of(each))], now
        )
        if not found.bookings:
            raise NothingToChange(found.late)
        _cancel(session, actor, found.bookings, said, now)
        _end(series, wish.ranged, [day_of(each) for each in standing if each not in found.bookings], now)
        session.flush()
        _tell(session, actor, series, found.bookings, said, now)
        return Cancelled(len(found.bookings), found.late)


def _cancel(
    session: Session, actor: Actor, bookings: tuple[Booking, ...], reason: str, now: datetime
) -> None:
    for booking in bookings:
        booking.status, booking.cancelled_at = BookingStatus.CANCELLED, now
        booking.cancelled_by_id, booking.cancel_reason = actor.person_id, reason
    count_change_of_each(bookings, now)
    session.flush()
    ids = [booking.id for booking in bookings]
    unblock(session, *ids)
    give_back(session, ids, now)
    look_again(session, bookings)
    booking_changed(session, *bookings)


def _end(series: BookingSeries, ranged: Range, left: list[date], now: datetime) -> None:
    """Where the end is open the rule goes no further than what is left, if anything is."""
    series.changed_at = now
    if ranged.last is None and left:
        days = days_of(series.rule, series.first_day, series.last_day)
        series.last_day = max(day for day in days if day <= max(left))


def _tell(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    bookings: tuple[Booking, ...],
    reason: str,
    now: datetime,
) -> None:
    spans = [Span(each.starts_at, each.ends_at) for each in bookings]
    announce_series(session, series, Done.CANCELLED, spans, now, reason=reason)
    tell_guests_of(session, [each.id for each in bookings], CANCELLED, now)
    record(session, actor, series, "series.cancelled", now, dates=len(bookings), reason=reason)
    session.flush()
