"""The dates of what repeats, and what the clocks on the wall do to them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.booking.repeating import (
    BadPattern,
    Every,
    NoDates,
    Pattern,
    Said,
    TooFarAhead,
    TooManyDates,
    dates_of,
    farthest,
    said,
    span_on,
)

TODAY = date(2026, 3, 2)
SUNDAYS = {
    # (zone, spring forward, autumn back, the hour that spring skips, what it is then in UTC)
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25), 90, datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1), 150, datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
    "Australia/Lord_Howe": (
        date(2026, 10, 4),
        date(2026, 4, 5),
        135,
        datetime(2026, 10, 3, 15, 45, tzinfo=UTC),
    ),
}


def _days(*pattern: Any, **more: Any) -> list[str]:
    return [str(day) for day in dates_of(Pattern(*pattern, **more), TODAY).days]


def test_each_kind_gives_its_dates() -> None:
    monday = date(2026, 3, 2)
    assert _days(monday, Every.DAY, 3, count=3) == ["2026-03-02", "2026-03-05", "2026-03-08"]
    weekly = _days(monday, Every.WEEK, 2, frozenset({0, 2}), count=4)
    assert weekly == ["2026-03-02", "2026-03-04", "2026-03-16", "2026-03-18"]
    assert _days(monday, Every.YEAR, until=date(2028, 3, 2)) == ["2026-03-02", "2027-03-02", "2028-03-02"]


def test_a_month_without_that_date_is_passed_over() -> None:
    assert _days(date(2026, 3, 31), Every.MONTH_DATE, count=3) == ["2026-03-31", "2026-05-31", "2026-07-31"]


def test_a_fifth_weekday_is_the_last_one() -> None:
    last = _days(date(2026, 3, 31), Every.MONTH_WEEKDAY, count=3)
    assert last == ["2026-03-31", "2026-04-28", "2026-05-26"]
    assert _days(date(2026, 3, 10), Every.MONTH_WEEKDAY, count=2) == ["2026-03-10", "2026-04-14"]


@pytest.mark.parametrize(
    ("start", "found"),
    [
        (date(2026, 4, 22), ["2026-04-29", "2026-05-27", "2026-06-24"]),
        (date(2026, 4, 1), ["2026-04-29", "2026-05-27", "2026-06-24"]),
        (date(2026, 4, 29), ["2026-04-29", "2026-05-27", "2026-06-24"]),
        (date(2026, 12, 30), ["2026-12-30", "2027-01-27", "2027-02-24"]),
    ],
)
def test_the_last_weekday_of_the_month_may_be_meant_on_any(start: date, found: list[str]) -> None:
    dates = dates_of(Pattern(start, Every.MONTH_LAST, count=3), TODAY)
    assert ([str(day) for day in dates.days], dates.rule) == (found, "FREQ=MONTHLY;BYDAY=-1WE")


def test_weeks_count_from_the_first_date_that_happens() -> None:
    thursday = date(2026, 3, 5)
    assert _days(thursday, Every.WEEK, 2, frozenset({0}), count=2) == ["2026-03-09", "2026-03-23"]


def test_it_ends_within_24_months_and_is_bounded() -> None:
    assert farthest(date(2026, 2, 28)) == date(2028, 2, 28)
    assert farthest(date(2024, 2, 29)) == date(2026, 2, 28)
    assert len(_days(TODAY, Every.DAY, until=farthest(TODAY))) == 732
    with pytest.raises(TooManyDates):
        _days(TODAY, Every.DAY, count=10_000)
    with pytest.raises(TooFarAhead) as refused:
        _days(TODAY, Every.WEEK, until=date(2028, 3, 3))
    assert refused.value.last == date(2028, 3, 2)
    with pytest.raises(TooFarAhead):
        _days(TODAY, Every.YEAR, count=4)
    with pytest.raises(NoDates):
        _days(TODAY, Every.WEEK, 1, frozenset({4}), until=date(2026, 3, 5))


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"count": 3, "until": TODAY},
        {"count": 0},
        {"count": 2, "interval": 0},
        {"count": 2, "interval": 100},
    ],
)
def test_no_form_of_ours_makes_such(more: dict[str, object]) -> None:
    with pytest.raises(BadPattern):
        _days(TODAY, Every.DAY, **more)


def test_a_rule_says_what_it_was_made_of() -> None:
    assert said("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE") == Said(Every.WEEK, 2, (0, 2))
    assert said("FREQ=MONTHLY;BYDAY=-1TU") == Said(Every.MONTH_WEEKDAY, 1, (1,), -1)
    assert said("FREQ=MONTHLY;BYMONTHDAY=31") == Said(Every.MONTH_DATE, 1, ())


@pytest.mark.parametrize("name", [*SUNDAYS, "Asia/Kathmandu"])
def test_no_clock_change_moves_the_time_on_the_wall(name: str) -> None:
    tz = ZoneInfo(name)
    days = dates_of(Pattern(TODAY, Every.DAY, until=date(2027, 3, 1)), TODAY).days
    spans = [span_on(day, 570, 60, tz) for day in days]
    assert {each.start.astimezone(tz).strftime("%H:%M") for each in spans} == {"09:30"}
    assert {each.length for each in spans} == {timedelta(hours=1)}
    offsets = {each.start.astimezone(tz).utcoffset() for each in spans}
    assert len(offsets) == (1 if name == "Asia/Kathmandu" else 2)


@pytest.mark.parametrize("name", SUNDAYS)
def test_a_skipped_time_is_as_much_after_the_last_one_before(name: str) -> None:
    spring, _autumn, wall, moment = SUNDAYS[name]
    assert span_on(spring, wall, 30, ZoneInfo(name)).start == moment


@pytest.mark.parametrize("name", SUNDAYS)
def test_a_repeated_time_is_the_first_of_the_two(name: str) -> None:
    _spring, autumn, wall, _moment = SUNDAYS[name]
    wall = 105 if name == "Australia/Lord_Howe" else 90
    tz = ZoneInfo(name)
    span = span_on(autumn, wall, 60, tz)
    assert span.start.astimezone(tz).fold == 0
    again = span.start + timedelta(minutes=30 if name == "Australia/Lord_Howe" else 60)
    assert again.astimezone(tz).strftime("%H:%M") == span.start.astimezone(tz).strftime("%H:%M")
    assert span.length == timedelta(hours=1)
