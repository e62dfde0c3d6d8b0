"""The very bytes of what goes out by mail, and what a calendar that has never heard of us makes of them.

`series_cancelled.ics` is compared in `test_series`.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.domain.booking.repeating import Every, Pattern, dates_of, span_on
from app.domain.calendars.repeats import Alone, Repeats
from app.domain.calendars.writing import Entry, Mailbox, Method, invitation_text
from tests.support.calendar_store import CalendarStore

GOLDEN = Path(__file__).parent / "golden"
HOUSE, MAYA = Mailbox("Northlight", "north@example.test"), Mailbox("Maya Brandt", "maya@example.test")
MADE = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


def _single(sequence: int, start: datetime, zone: str = "Europe/London") -> Entry:
    return Entry(
        "booking-1-7-a@portico",
        sequence,
        MADE + timedelta(hours=sequence),
        start,
        start + timedelta(minutes=90),
        zone,
        "Sprint, planning; review",
        "Fern, Leith Walk, 1 Shore",
        "https://north.example/bookings/7",
    )


def _series() -> Entry:
    """Mondays and Thursdays at nine in New York, over the night in March that has no half past two; one is left out, one is an hour
    later, and one the day after.
    """
    dates = dates_of(Pattern(date(2026, 3, 2), Every.WEEK, 1, frozenset({0, 3}), count=6), date(2026, 3, 1))
    first = span_on(dates.days[0], 540, 60, NEW_YORK)
    later = span_on(dates.days[2], 600, 60, NEW_YORK)
    day_after = span_on(dates.days[4] + timedelta(days=1), 540, 60, NEW_YORK)
    return Entry(
        "series-1-5-a@portico",
        3,
        MADE,
        first.start,
        first.end,
        "America/New_York",
        "Choir",
        "Fern, Leith Walk",
        "https://north.example/bookings/series/5",
        Repeats(
            dates.rule,
            dates.days[0],
            dates.days[-1],
            540,
            (dates.days[1],),
            (
                Alone(dates.days[2], later.start, later.end),
                Alone(dates.days[4], day_after.start, day_after.end),
            ),
        ),
    )


def _rooms() -> Entry:
    """Three Mondays at nine: the second at its time in another room, the third for something else where the others are."""
    monday = date(2026, 4, 6)
    days = [monday + timedelta(weeks=week) for week in range(3)]
    first, second, third = (span_on(day, 540, 60, NEW_YORK) for day in days)
    moved = (
        Alone(days[1], second.start, second.end, "Choir", "Cedar, Leith Walk"),
        Alone(days[2], third.start, third.end, "Concert", "Fern, Leith Walk"),
    )
    rule = dates_of(Pattern(monday, Every.WEEK, count=3), monday).rule
    repeats = Repeats(rule, days[0], days[-1], 540, (), moved)
    return replace(_series(), starts_at=first.start, ends_at=first.end, repeats=repeats)


TEN, NOON = datetime(2026, 4, 1, 9, tzinfo=UTC), datetime(2026, 4, 1, 11, tzinfo=UTC)
SENT = {
    "single_request": (_single(0, TEN), Method.REQUEST),
    "single_changed": (_single(1, NOON), Method.REQUEST),
    "single_zone": (_single(2, NOON + timedelta(hours=5), "America/New_York"), Method.REQUEST),
    "single_cancelled": (_single(3, NOON + timedelta(hours=5), "America/New_York"), Method.CANCEL),
    "series_request": (_series(), Method.REQUEST),
    "series_rooms": (_rooms(), Method.REQUEST),
}


@pytest.mark.parametrize("name", SENT)
def test_it_is_the_same_to_the_byte(name: str) -> None:
    entry, method = SENT[name]
    assert invitation_text(entry, method, HOUSE, MAYA) == (GOLDEN / f"{name}.ics").read_bytes()


def _received(*names: str) -> CalendarStore:
    store = CalendarStore()
    for name in names:
        store.receive((GOLDEN / f"{name}.ics").read_bytes())
    return store


def test_a_change_takes_the_place_of_what_was_there_and_a_cancellation_leaves_nothing() -> None:
    length = timedelta(minutes=90)
    assert _received("single_request").shown() == [(TEN, TEN + length)]
    assert _received("single_request", "single_changed").shown() == [(NOON, NOON + length)]
    # By the other clock it is noon as before.
    late = NOON + timedelta(hours=5)
    assert _received("single_request", "single_changed", "single_zone").shown() == [(late, late + length)]
    assert _received("single_request", "single_changed", "single_zone", "single_cancelled").shown() == []


def test_mails_that_come_in_another_order_end_the_same() -> None:
    assert _received("single_cancelled", "single_zone", "single_request", "single_changed").shown() == []
    assert _received("single_changed", "single_request").shown() == _received("single_changed").shown()


def test_a_series_shows_what_stands_and_goes_as_a_whole() -> None:
    store = _received("series_request")
    starts = [f"{start.astimezone(NEW_YORK):%m-%d %H:%M}" for start, _end in store.shown()]
    assert starts == ["03-02 09:00", "03-09 10:00", "03-12 09:00", "03-17 09:00", "03-19 09:00"]
    store.receive((GOLDEN / "series_cancelled.ics").read_bytes())
    assert store.shown() == []


def test_a_date_elsewhere_is_where_it_is_and_the_others_where_they_were() -> None:
    seated = [
        (f"{start.astimezone(NEW_YORK):%m-%d %H:%M}", room, what)
        for start, _end, room, what in _received("series_rooms").seated()
    ]
    assert seated == [
        ("04-06 09:00", "Fern", "Choir"),
        ("04-13 09:00", "Cedar", "Choir"),
        ("04-20 09:00", "Fern", "Concert"),
    ]
