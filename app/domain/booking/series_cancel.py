"""Cancelling dates of a series: one, this and later, all, or a range that is paused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.announce_series import Done, announce_series
from app.domain.booking.blocking import unblock
from app.domain.booking.cancel_quote import CancelFee, CancelTerms, cancel_terms_of_each, sum_of_fees
from app.domain.booking.paying import by_credit
from app.domain.booking.repeating import days_of
from app.domain.booking.series_book import record
from app.domain.booking.series_rows import (
    Range,
    checked_reason,
    coming_of,
    count_change_of_each,
    day_of,
    hold_series,
    hold_standing,
    series_for,
    standing_of,
)
from app.domain.booking.series_terms import NothingToChange
from app.domain.booking.terms import FeeChanged, NotPermitted, ReasonNeeded
from app.domain.booking.unbilled import bill_fee, look_again
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
    keep_late: bool = False
    """What would cost something stays."""
    waive: bool = False
    """Staff ask nothing for what is late."""
    seen_fee: int | None = None
    """What the page said that all of it costs, in minor units; None takes any fee."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """How many dates were cancelled, and which were not because their cut-off had passed."""

    dates: int
    late: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class CancelDate:
    """One date that can be cancelled now, and what is kept of it then."""

    day: date
    """Of the rule."""
    span: Span
    fee: CancelFee


@dataclass(frozen=True, slots=True)
class CancelQuote:
    """What cancelling a range comes to, date by date."""

    dates: tuple[CancelDate, ...]
    late: tuple[date, ...]
    """Which cannot be cancelled by who asks: their cut-off has passed."""
    fee: CancelFee
    """Of all dates together."""

    @property
    def for_a_fee(self) -> tuple[CancelDate, ...]:
        return tuple(each for each in self.dates if each.fee)


@dataclass(frozen=True, slots=True)
class _Leaving:
    """Bookings of a range that are not over: those that who asks may cancel, by what terms, and the dates of the others."""

    bookings: tuple[Booking, ...]
    terms: Mapping[int, CancelTerms]
    late: tuple[date, ...]

    def fees(self) -> list[CancelFee]:
        return [self.terms[booking.id].fee for booking in self.bookings]


def quote_cancel_dates(session: Session, actor: Actor, wish: CancelDates, now: datetime) -> CancelQuote:
    """What cancelling them would come to. Writes nothing; no more statements than for one. Raises NotFound."""
    series = series_for(session, actor, wish.series_id)
    found = _leaving(session, actor, series, standing_of(session, series, wish.ranged), wish, now)
    dates = tuple(
        CancelDate(day_of(each), Span(each.starts_at, each.ends_at), found.terms[each.id].fee)
        for each in found.bookings
    )
    return CancelQuote(dates, found.late, _all_of(found))


def cancel_dates(session: Session, actor: Actor, wish: CancelDates, clock: Clock) -> Cancelled:
    """Cancel what of a range is still to come: rooms are free, credit is back, nobody is billed for it, and one notice tells.

    What has begun stays. What is past its cut-off is cancelled for the fee that a booking by itself is (0043), of which staff may
    ask nothing with `waive`; where the house has no steps it stays, but for staff. An open end ends the series there; a
    range that is closed leaves dates out, which `add_dates` books again. With a reason when it is somebody else's, when a fee is
    waived, or when staff cancel past a cut-off, and audited then. Raises NotFound, NothingToChange, ReasonNeeded,
    FeeChanged when it is more by now than `seen_fee`, NotPermitted, Malformed.
    """
    said = checked_reason(wish.reason)
    with writing(session):
        series = hold_series(session, actor, wish.series_id)
        staff = actor.acts_for_others(series.location_id)
        if wish.waive and not staff:
            raise NotPermitted
        standing = hold_standing(session, series, Range())
        now = clock()
        ranged = [each for each in standing if wish.ranged.holds(day_of(each))]
        found = _leaving(session, actor, series, ranged, wish, now)
        by_right = not (wish.waive or (staff and _any_late(found, now)))
        if not said and not (by_right and series.person_id == actor.person_id):
            raise ReasonNeeded
        if not found.bookings:
            raise NothingToChange(found.late)
        fee = _all_of(found)
        if wish.seen_fee is not None and not wish.waive and fee.total.minor > wish.seen_fee:
            raise FeeChanged(fee.total)
        fees = {} if wish.waive else {each.id: found.terms[each.id].fee for each in found.bookings}
        cancel_in_hand(session, found.bookings, now, by_id=actor.person_id, reason=said, fees=fees)
        end_series(
            series, wish.ranged, [day_of(each) for each in standing if each not in found.bookings], now
        )
        session.flush()
        _tell(session, actor, series, found, said, now, by_right=by_right, **_said_of(fee, waive=wish.waive))
        return Cancelled(len(found.bookings), found.late)


def _leaving(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    bookings: Sequence[Booking],
    wish: CancelDates,
    now: datetime,
) -> _Leaving:
    coming = coming_of(actor, series, bookings, now)
    terms = cancel_terms_of_each(session, coming, now) if coming else {}

    def may(booking: Booking) -> bool:
        its = terms[booking.id]
        if wish.keep_late and its.fee:
            return False
        return now <= its.cutoff or bool(its.ladder) or actor.acts_for_others(booking.location_id)

    leaving = tuple(each for each in coming if may(each))
    return _Leaving(leaving, terms, tuple(day_of(each) for each in coming if each not in leaving))


def _any_late(found: _Leaving, now: datetime) -> bool:
    return any(now > found.terms[each.id].cutoff for each in found.bookings)


def _all_of(found: _Leaving) -> CancelFee:
    currency = found.bookings[0].currency if found.bookings else ""
    return sum_of_fees(found.fees(), currency)


def _said_of(fee: CancelFee, *, waive: bool) -> dict[str, Any]:
    """What the audit trail says of a fee."""
    if not fee:
        return {}
    return {"waived_minor" if waive else "kept_minor": fee.total.minor}


def cancel_in_hand(
    session: Session,
    bookings: Sequence[Booking],
    now: datetime,
    *,
    by_id: int | None,
    reason: str = "",
    fees: Mapping[int, CancelFee] = MappingProxyType({}),
) -> None:
    """Cancel locked bookings for nothing but their fees, by their ids; `by_id` None is the portal. Whoever calls it tells whose they
    are, and their guests."""
    costly = [each for each in bookings if fees.get(each.id)]
    due = {each.id: each.price_minor - by_credit(each.quote).total_minor for each in costly}
    for booking in bookings:
        booking.status, booking.cancelled_at = BookingStatus.CANCELLED, now
        booking.cancelled_by_id, booking.cancel_reason = by_id, reason
    for booking in costly:
        booking.quote = {**booking.quote, "cancellation": fees[booking.id].as_json()}
    count_change_of_each(bookings, now)
    session.flush()
    unblock(session, *(booking.id for booking in bookings))
    free = [booking for booking in bookings if booking not in costly]
    give_back(session, [booking.id for booking in free], now)
    look_again(session, free)
    for booking in costly:
        fee = fees[booking.id]
        give_back(session, [booking.id], now, kept_percent=fee.percent)
        bill_fee(session, booking, due[booking.id], fee, now)
    booking_changed(session, *bookings)


def end_series(series: BookingSeries, ranged: Range, left: list[date], now: datetime) -> None:
    """Note that dates of a range were cancelled: where its end is open the rule goes no further than what is left, if anything is."""
    series.changed_at = now
    if ranged.last is None and left:
        days = days_of(series.rule, series.first_day, series.last_day)
        series.last_day = max(day for day in days if day <= max(left))


def _tell(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    found: _Leaving,
    reason: str,
    now: datetime,
    *,
    by_right: bool,
    **fee: Any,
) -> None:
    spans = [Span(each.starts_at, each.ends_at) for each in found.bookings]
    announce_series(session, series, Done.CANCELLED, spans, now, reason=reason)
    tell_guests_of(session, [each.id for each in found.bookings], CANCELLED, now)
    after = {"dates": len(found.bookings), "reason": reason, **fee}
    record(session, actor, series, "series.cancelled", now, by_right=by_right, **after)
    session.flush()
