"""What repeats, read back by a library that knows nothing of us, at the very instants at which it is."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from dateutil.tz import gettz
from icalendar import Calendar

from app.domain.booking.repeating import (
    Every,
    NoDates,
    Pattern,
    TooFarAhead,
    dates_of,
    span_on,
)
from app.domain.calendars.repeats import Alone, Repeats
from app.domain.calendars.writing import Entry, Mailbox, Method, feed_text, file_text, invitation_text

TODAY = date(2026, 3, 2)
MADE = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
_NEAR_THE_CHANGE = (0, 60, 90, 105, 120, 150, 1380)
GOLDEN = Path(__file__).parent / "golden" / "series_cancelled.ics"

Instants = list[tuple[datetime, datetime]]


@dataclass(frozen=True)
class _Series:
    entry: Entry
    instants: Instants


def _generated(seed: int, count: int) -> Iterator[_Series]:
    dice = random.Random(seed)
    while count:
        made = _made(dice)
        if made is not None:
            count -= 1
            yield made


def _made(dice: random.Random) -> _Series | None:
    """A series with dates left out and dates moved; None where the dice gave none."""
    name = dice.choice(ZONES)
    tz, start = ZoneInfo(name), TODAY + timedelta(days=dice.randrange(300))
    until = start + timedelta(days=dice.randrange(1, 400))
    weekdays = frozenset(dice.sample(range(7), dice.randint(0, 3)))
    try:
        dates = dates_of(Pattern(start, dice.choice(list(Every)), dice.randint(1, 4), weekdays, until), TODAY)
    except (NoDates, TooFarAhead):
        return None
    starts = dice.choice([dice.randrange(0, 1440, 15), *_NEAR_THE_CHANGE])
    minutes = dice.choice([15, 60, 90, 480, 1500])
    left_out = sorted(dice.sample(dates.days, dice.randrange((len(dates.days) + 1) // 2)))
    moved, instants = [], []
    for day in sorted(set(dates.days) - set(left_out)):
        usual = span = span_on(day, starts, minutes, tz)
        if dice.random() < 0.1:
            span = span_on(day + timedelta(days=dice.randint(-1, 1)), dice.randrange(0, 1440, 15), 45, tz)
        if span != usual:
            moved.append(Alone(day, span.start, span.end))
        instants.append((span.start, span.end))
    repeats = Repeats(dates.rule, dates.days[0], dates.days[-1], starts, tuple(left_out), tuple(moved))
    first = span_on(dates.days[0], starts, minutes, tz)
    entry = Entry("u@x", 1, MADE, first.start, first.end, name, "Choir", repeats=repeats)
    return _Series(entry, sorted(instants))


@pytest.fixture(scope="module", autouse=True)
def _zones_by_name() -> None:
    """As programs have them: the library's own reading of a zone stays in summer after an hour that autumn repeats."""
    for name in ZONES:
        vobject.icalendar.registerTzid(name, gettz(name))


def _read(text: bytes) -> Instants:
    plain = re.sub(r"BEGIN:VTIMEZONE.*?END:VTIMEZONE\r\n", "", text.decode(), flags=re.DOTALL)
    events = vobject.readOne(plain).vevent_list
    (whole,) = [each for each in events if not hasattr(each, "recurrence_id")]
    alone = [each for each in events if hasattr(each, "recurrence_id")]
    told = {each.recurrence_id.value.replace(tzinfo=None) for each in alone}
    length = whole.dtend.value - whole.dtstart.value
    by_rule = [
        (start, start + length)
        for start in whole.getrruleset(addRDate=True)
        if start.replace(tzinfo=None) not in told
    ]
    by_themselves = [(each.dtstart.value, each.dtend.value) for each in alone]
    return sorted((start.astimezone(UTC), end.astimezone(UTC)) for start, end in by_rule + by_themselves)


@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_series_are_read_back_at_the_same_instants(seed: int) -> None:
    read = 0
    for series in _generated(seed, 100):
        assert _read(file_text(series.entry)) == series.instants, series.entry
        read += len(series.instants)
    assert read > 500


def test_the_same_series_is_the_same_bytes() -> None:
    first, again = (feed_text([each.entry for each in _generated(1, 20)], "All") for _ in range(2))
    assert first == again


def test_a_series_that_is_called_off_is_one_event() -> None:
    dates = dates_of(Pattern(date(2026, 3, 9), Every.WEEK, 2, frozenset({0, 2}), count=6), TODAY)
    span = span_on(dates.days[0], 600, 60, ZoneInfo("Europe/London"))
    entry = Entry(
        "series-1-5-a@portico",
        7,
        MADE,
        span.start,
        span.end,
        "Europe/London",
        "Choir",
        "Fern, Leith Walk",
        "https://north.example/bookings/series/5",
        Repeats(dates.rule, dates.days[0], dates.days[-1], 600, dates.days),
    )
    house, maya = Mailbox("Northlight", "north@example.test"), Mailbox("Maya", "maya@example.test")
    text = invitation_text(entry, Method.CANCEL, house, maya)
    assert text == GOLDEN.read_bytes()
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    facts: dict[str, Any] = {name: event.get(name) for name in ("UID", "SEQUENCE", "STATUS")}
    assert facts == {"UID": "series-1-5-a@portico", "SEQUENCE": 7, "STATUS": "CANCELLED"}
