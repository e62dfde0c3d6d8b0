"""What costs by the hour when its booking gets longer or shorter: said before the button, and billed as it was said."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.domain.billing.running import run_billing
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.extend import extend, offers
from app.domain.booking.mine import show
from app.domain.booking.move import move, quote_move
from app.domain.booking.moving import MoveBooking
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_book import book_series
from app.domain.booking.series_move import move_dates
from app.domain.booking.series_move_quote import preview_move
from app.domain.booking.series_moving import MoveDates
from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import BookSeries
from app.domain.booking.shorten import end_early
from app.domain.credits.terms import CreditChanged
from app.kernel.spans import Span
from app.models import Booking, Charge, ExtraPricing, ResourceType
from tests.support.kitchen import START, Kitchen
from tests.support.tariffs import WORDS

ROOM, BARISTA = 1800, 900
"""An hour of each."""


def _taxed(kitchen: Kitchen) -> None:
    kind = kitchen.session.get_one(ResourceType, kitchen.tenant.types["Meeting room"])
    kind.tax_rate_id = kitchen.rates[20]
    kitchen.session.commit()


def _with_barista(kitchen: Kitchen, hour: int = 12) -> Booking:
    """Tomorrow at noon for an hour, with a barista by the hour and a lunch that costs the same however long it is."""
    _taxed(kitchen)
    barista = kitchen.offer("Barista", BARISTA, pricing=ExtraPricing.HOUR)
    lunch = kitchen.offer("Lunch", 500, pricing=ExtraPricing.BOOKING)
    booking = kitchen.book(hour=hour)
    kitchen.order(booking, {barista: 1, lunch: 1})
    return booking


def _wish(booking: Booking, minutes: int) -> MoveBooking:
    span = Span(booking.starts_at, booking.starts_at + timedelta(minutes=minutes))
    return MoveBooking(booking.resource_id, span, booking.people)


def _billed(kitchen: Kitchen) -> int:
    """What is charged of everything once it is over."""
    kitchen.now = kitchen.now + timedelta(days=40)
    run_billing(kitchen.session, kitchen.now.date(), WORDS, lambda: kitchen.now)
    return kitchen.session.scalar(select(func.sum(Charge.unit_minor))) or 0


@pytest.mark.parametrize(("minutes", "extras"), [(120, 2 * BARISTA + 500), (30, BARISTA // 2 + 500)])
def test_the_difference_that_is_said_is_what_is_billed(kitchen: Kitchen, minutes: int, extras: int) -> None:
    booking = _with_barista(kitchen)
    wish = _wish(booking, minutes)
    quote = quote_move(kitchen.session, kitchen.member, booking.id, wish, kitchen.now)
    room = ROOM * minutes // 60
    assert (quote.extras_before.minor, quote.extras_after.minor) == (BARISTA + 500, extras)
    assert (quote.due_before.minor, quote.due_after.minor) == (ROOM + BARISTA + 500, room + extras)
    unseen = replace(wish, seen_due=quote.due_after.minor - 1)
    with pytest.raises(CreditChanged):
        kitchen.do(move, kitchen.member, booking.id, unseen, lambda: kitchen.now)
    seen = replace(wish, seen_due=quote.due_after.minor)
    kitchen.do(move, kitchen.member, booking.id, seen, lambda: kitchen.now)
    assert _billed(kitchen) == quote.due_after.minor


def test_what_extending_costs_more_counts_what_is_by_the_hour(kitchen: Kitchen) -> None:
    booking = _with_barista(kitchen)
    kitchen.now = booking.starts_at + timedelta(minutes=40)
    view = show(kitchen.session, kitchen.member, booking.id, kitchen.now)
    place = load_catalogue(kitchen.session, booking.location_id, booking.person_id, kitchen.now)
    offer = offers(kitchen.session, kitchen.member, place, [view], kitchen.now)[booking.id]
    assert (offer.minutes, offer.difference.minor) == (30, (ROOM + BARISTA) // 2)
    kitchen.do(extend, kitchen.member, booking.id, offer.minutes, lambda: kitchen.now)
    assert _billed(kitchen) == ROOM + BARISTA + 500 + offer.difference.minor


def test_what_has_begun_never_gets_cheaper(kitchen: Kitchen) -> None:
    """The control: half an hour before it begins, it does."""
    booking = _with_barista(kitchen)
    kitchen.now = booking.starts_at + timedelta(minutes=10)
    kitchen.do(move, kitchen.member, booking.id, _wish(booking, 30), lambda: kitchen.now)
    assert ("Barista", 1, BARISTA) in kitchen.lines(booking)
    kitchen.do(end_early, kitchen.member, booking.id, lambda: kitchen.now)
    kitchen.do(extend, kitchen.member, booking.id, 30, lambda: kitchen.now)
    assert ("Barista", 1, BARISTA) in kitchen.lines(booking)
    other = _with_waiter(kitchen)
    kitchen.now = other.starts_at - timedelta(minutes=30)
    kitchen.do(move, kitchen.member, other.id, _wish(other, 30), lambda: kitchen.now)
    assert ("Waiter", 1, BARISTA // 2) in kitchen.lines(other)


def _with_waiter(kitchen: Kitchen) -> Booking:
    waiter = kitchen.offer("Waiter", BARISTA, pricing=ExtraPricing.HOUR)
    booking = kitchen.book(hour=15)
    kitchen.order(booking, {waiter: 1})
    return booking


@pytest.mark.parametrize("minutes", [120, 30])
def test_dates_of_a_series_are_said_and_billed_with_it(kitchen: Kitchen, minutes: int) -> None:
    _taxed(kitchen)
    barista = kitchen.offer("Barista", BARISTA, pricing=ExtraPricing.HOUR)
    pattern = Pattern(START + timedelta(days=1), Every.WEEK, count=3)
    wish = BookSeries(kitchen.tenant.rooms["Fern"], pattern, 12 * 60, 60)
    series = kitchen.do(book_series, kitchen.member, wish, lambda: kitchen.now).series
    first, second, _third = kitchen.session.scalars(select(Booking).order_by(Booking.starts_at)).all()
    for each in (first, second):
        kitchen.order(each, {barista: 1})
    longer = MoveDates(series.id, Range(), 12 * 60, minutes)
    found = preview_move(kitchen.session, kitchen.member, longer, kitchen.now)
    after = ROOM * 3 * minutes // 60 + 2 * BARISTA * minutes // 60
    assert (found.before_minor, found.after_minor) == (3 * ROOM + 2 * BARISTA, after)
    assert found.more_minor == found.after_minor - found.before_minor
    unseen = replace(longer, seen_more=found.more_minor - 1)
    with pytest.raises(CreditChanged):
        kitchen.do(move_dates, kitchen.member, unseen, lambda: kitchen.now)
    kitchen.do(move_dates, kitchen.member, replace(longer, seen_more=found.more_minor), lambda: kitchen.now)
    assert _billed(kitchen) == after
