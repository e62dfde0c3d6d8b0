"""What was ordered and where its booking goes: not to where it is too late to order it, and no way out of what is owed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.booking.cancel_quote import fee_said
from app.domain.booking.move import move, quote_move
from app.domain.booking.moving import MoveBooking
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_book import book_series
from app.domain.booking.series_cancel import CancelDates, cancel_dates
from app.domain.booking.series_move import move_dates
from app.domain.booking.series_moving import MoveDates
from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import BookSeries, NothingToChange, SeriesNotBookable
from app.domain.booking.terms import FeeChanged, NotBookable, Reason
from app.domain.extras.terms import TooLateForExtra
from app.kernel.spans import Span
from app.models import AuditEntry, Booking, BookingExtra, BookingExtraOffer, BookingStatus, ExtraPricing
from tests.support.kitchen import START, Kitchen


def _moved(booking: Booking, hours: int, **more: Any) -> MoveBooking:
    by = timedelta(hours=hours)
    span = Span(booking.starts_at + by, booking.ends_at + by)
    return MoveBooking(booking.resource_id, span, booking.people, **more)


def _move(kitchen: Kitchen, booking: Booking, hours: int, who: str = "member", **more: Any) -> Booking:
    wish = _moved(booking, hours, **more)
    done: Booking = kitchen.do(move, kitchen.who(who), booking.id, wish, lambda: kitchen.now)
    return done


def _refused(kitchen: Kitchen, booking: Booking, hours: int, **more: Any) -> list[Reason]:
    with pytest.raises(NotBookable) as refused:
        _move(kitchen, booking, hours, **more)
    return [each.reason for each in refused.value.obstacles]


def _lunch(kitchen: Kitchen, hours: int, percent: int = 0) -> tuple[int, Booking]:
    """Tomorrow at noon, in 27 hours, with lunch that is ordered so many hours before."""
    lunch = kitchen.offer(lead_hours=hours, cancel_percent=percent)
    booking = kitchen.book()
    kitchen.order(booking, {lunch: 2}, kitchen.who("desk"))
    return lunch, booking


def test_it_does_not_come_to_where_it_is_too_late_for_it(kitchen: Kitchen) -> None:
    """The controls: without it, or to where there is time, the booking moves."""
    lunch, booking = _lunch(kitchen, 25)
    assert _refused(kitchen, booking, -2) == [Reason.EXTRA_TOO_LATE]
    assert kitchen.lines(booking) == [("Lunch", 2, 1800)]
    _move(kitchen, booking, 2)
    _move(kitchen, booking, -2)
    assert kitchen.lines(booking) == [("Lunch", 2, 1800)]
    kitchen.order(booking, {lunch: 0})
    _move(kitchen, booking, -2)


def test_left_out_the_rest_moves(kitchen: Kitchen) -> None:
    lunch, booking = _lunch(kitchen, 25)
    coffee = kitchen.offer("Coffee", 300)
    kitchen.order(booking, {coffee: 1})
    wish = _moved(booking, -2)
    quote = quote_move(kitchen.session, kitchen.member, booking.id, wish, kitchen.now)
    assert [(each.offer_id, each.name, each.may_be_left) for each in quote.late] == [(lunch, "Lunch", True)]
    assert quote.obstacles == (quote.late[0].obstacle,)
    left_out = replace(wish, without=frozenset({lunch, coffee}))
    quote = quote_move(kitchen.session, kitchen.member, booking.id, left_out, kitchen.now)
    assert (quote.obstacles, len(quote.late)) == ((), 1)
    _move(kitchen, booking, -2, without=frozenset({lunch, coffee}))
    # What can come along does
    assert kitchen.lines(booking) == [("Coffee", 1, 300)]


def test_what_is_prepared_only_staff_leave_out_or_carry(kitchen: Kitchen) -> None:
    lunch, booking = _lunch(kitchen, 27)
    assert _refused(kitchen, booking, -2, without=frozenset({lunch})) == [Reason.EXTRA_TOO_LATE]
    assert _refused(kitchen, booking, -2, who="desk") == [Reason.EXTRA_TOO_LATE]
    moved = _move(kitchen, booking, -2, "manager", override=True)
    assert "extra_too_late" in moved.overridden
    assert kitchen.lines(booking) == [("Lunch", 2, 1800)]
    _move(kitchen, booking, -1, "manager", without=frozenset({lunch}))
    assert kitchen.lines(booking) == []
    entries = kitchen.session.scalars(select(AuditEntry).where(AuditEntry.action == "booking.moved")).all()
    assert [each.after.get("left_out") for each in entries] == [None, ["Lunch"]]


@pytest.mark.parametrize("percent", [0, 100])
def test_moving_away_keeps_it_and_is_no_way_out_of_what_is_owed(kitchen: Kitchen, percent: int) -> None:
    _lunch_id, booking = _lunch(kitchen, 27, percent)
    if percent:
        assert _refused(kitchen, booking, 48) == [Reason.EXTRA_PREPARED]
        moved = _move(kitchen, booking, 48, "manager", override=True)
        assert "extra_prepared" in moved.overridden
    else:
        _move(kitchen, booking, 48)
    assert kitchen.lines(booking) == [("Lunch", 2, 1800)]


def test_where_it_starts_as_before_nothing_is_asked(kitchen: Kitchen) -> None:
    _lunch_id, booking = _lunch(kitchen, 27, 100)
    span = Span(booking.starts_at, booking.ends_at + timedelta(minutes=30))
    wish = MoveBooking(kitchen.tenant.rooms["Rowan"], span, 2)
    kitchen.do(move, kitchen.member, booking.id, wish, lambda: kitchen.now)
    assert kitchen.lines(booking) == [("Lunch", 2, 1800)]


def _weekly(kitchen: Kitchen) -> tuple[int, list[Booking]]:
    """Fern tomorrow at noon and the two weeks after."""
    first = START + timedelta(days=1)
    wish = BookSeries(kitchen.tenant.rooms["Fern"], Pattern(first, Every.WEEK, count=3), 12 * 60, 60)
    series = kitchen.do(book_series, kitchen.member, wish, lambda: kitchen.now).series
    found = select(Booking).where(Booking.series_id == series.id).order_by(Booking.starts_at)
    return series.id, list(kitchen.session.scalars(found))


def test_dates_that_move_carry_it_only_where_there_is_time(kitchen: Kitchen) -> None:
    series_id, (tomorrow, later, last) = _weekly(kitchen)
    lunch = kitchen.offer(lead_hours=25)
    for each in (tomorrow, later):
        kitchen.order(each, {lunch: 1})
    wish = MoveDates(series_id, Range(), 10 * 60, 60)
    with pytest.raises(SeriesNotBookable) as refused:
        kitchen.do(move_dates, kitchen.member, wish, lambda: kitchen.now)
    against = {one.day: [each.reason for each in one.obstacles] for one in refused.value.against}
    first: date = tomorrow.series_day or date.min
    assert against == {first: [Reason.EXTRA_TOO_LATE]}
    others = frozenset(each.series_day for each in (later, last) if each.series_day)
    done = kitchen.do(move_dates, kitchen.member, replace(wish, chosen=others), lambda: kitchen.now)
    assert done.dates == 2
    assert kitchen.lines(later) == [("Lunch", 1, 900)]
    everything = replace(wish, override=True)
    assert kitchen.do(move_dates, kitchen.who("manager"), everything, lambda: kitchen.now).dates == 1
    assert kitchen.lines(tomorrow) == [("Lunch", 1, 900)]


def test_dates_of_which_something_is_owed_are_cancelled_for_that_or_stay(kitchen: Kitchen) -> None:
    series_id, (tomorrow, later, _last) = _weekly(kitchen)
    lunch = kitchen.offer(lead_hours=30, cancel_percent=100)
    for each in (tomorrow, later):
        kitchen.order(each, {lunch: 1}, kitchen.who("desk"))
    free_ones = CancelDates(series_id, Range(), keep_late=True)
    done = kitchen.do(cancel_dates, kitchen.member, free_ones, lambda: kitchen.now)
    assert (done.dates, done.late) == (2, (tomorrow.series_day,))
    assert tomorrow.status is BookingStatus.CONFIRMED
    with pytest.raises(NothingToChange):
        kitchen.do(cancel_dates, kitchen.member, free_ones, lambda: kitchen.now)
    unseen = CancelDates(series_id, Range(), seen_fee=0)
    with pytest.raises(FeeChanged):
        kitchen.do(cancel_dates, kitchen.member, unseen, lambda: kitchen.now)
    seen = CancelDates(series_id, Range(), seen_fee=900)
    assert kitchen.do(cancel_dates, kitchen.member, seen, lambda: kitchen.now).dates == 1
    fee = fee_said(tomorrow.quote)
    assert fee is not None
    assert fee.ordered.minor == 900
    assert kitchen.session.scalars(select(BookingExtra.id)).all() != []


def test_nobody_gets_out_of_what_is_owed_by_less_of_it(kitchen: Kitchen) -> None:
    """By the terms on which it was ordered: the offer may ask for less time by now."""
    lunch, booking = _lunch(kitchen, 27, 100)
    kitchen.session.get_one(BookingExtraOffer, lunch).lead_hours = 1
    kitchen.session.commit()
    with pytest.raises(TooLateForExtra):
        kitchen.order(booking, {lunch: 0})
    assert kitchen.lines(booking) == [("Lunch", 2, 1800)]
    kitchen.order(booking, {lunch: 0}, kitchen.who("desk"))
    assert kitchen.lines(booking) == []


def test_nobody_gets_out_of_what_is_owed_by_a_shorter_booking(kitchen: Kitchen) -> None:
    barista = kitchen.offer("Barista", pricing=ExtraPricing.HOUR, lead_hours=27, cancel_percent=100)
    spare = kitchen.offer("Projector", pricing=ExtraPricing.HOUR)
    booking = kitchen.book()
    kitchen.order(booking, {barista: 1, spare: 1}, kitchen.who("desk"))
    minutes = (booking.ends_at - booking.starts_at) // timedelta(minutes=1)
    whole = 900 * minutes // 60
    span = Span(booking.starts_at, booking.starts_at + timedelta(minutes=minutes // 2))
    wish = MoveBooking(booking.resource_id, span, booking.people)
    kitchen.do(move, kitchen.member, booking.id, wish, lambda: kitchen.now)
    # The control: of what nobody owes it is half
    assert kitchen.lines(booking) == [("Barista", 1, whole), ("Projector", 1, whole // 2)]
