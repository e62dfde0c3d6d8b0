"""Opening hours and closures in local time, on days of 23, 24 and 25 hours."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain.booking.calendar import Calendar, ClosedDays, WeeklyHours
from app.domain.booking.minutes import Stretch, moment_of

LONDON = ZoneInfo("Europe/London")
ROOM = 7


def _told(stretches: list[Stretch]) -> list[tuple[str, str]]:
    return [(f"{moment_of(start):%d %H:%M}", f"{moment_of(end):%d %H:%M}") for start, end in stretches]


def _every_day(opens: int, closes: int) -> list[WeeklyHours]:
    return [WeeklyHours(weekday, opens, closes) for weekday in range(7)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 28), [("28 08:00", "28 20:00")]),
        (date(2026, 3, 29), [("29 07:00", "29 19:00")]),  # the clocks went forward in the night
        (date(2026, 10, 24), [("24 07:00", "24 19:00")]),
        (date(2026, 10, 25), [("25 08:00", "25 20:00")]),
    ],
    ids=str,
)
def test_hours_are_local_whatever_the_clocks_did(day: date, expected: list[tuple[str, str]]) -> None:
    calendar = Calendar(LONDON, {None: _every_day(8 * 60, 20 * 60)})
    assert _told(calendar.open(ROOM, day)) == expected


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 3, 30), 24), (date(2026, 10, 25), 25)], ids=str
)
def test_open_around_the_clock_is_as_long_as_the_day(day: date, hours: int) -> None:
    for calendar in (Calendar(LONDON), Calendar(LONDON, {None: _every_day(0, 1440)})):
        ((start, end),) = calendar.open(ROOM, day)
        assert end - start == hours * 60


def test_hours_within_the_skipped_hour_are_no_hours() -> None:
    calendar = Calendar(LONDON, {None: _every_day(60, 120)})
    assert len(calendar.open(ROOM, date(2026, 3, 28))) == 1
    assert calendar.open(ROOM, date(2026, 3, 29)) == []


def test_a_room_lives_by_its_own_hours_alone() -> None:
    calendar = Calendar(LONDON, {None: _every_day(480, 1200), ROOM: [WeeklyHours(0, 600, 720)]})
    monday, tuesday = date(2026, 3, 2), date(2026, 3, 3)
    assert _told(calendar.open(ROOM, monday)) == [("02 10:00", "02 12:00")]
    assert calendar.open(ROOM, tuesday) == []
    assert _told(calendar.open(8, tuesday)) == [("03 08:00", "03 20:00")]


def test_open_through_midnight_is_one_stretch() -> None:
    calendar = Calendar(LONDON, {None: [WeeklyHours(0, 1200, 1440), WeeklyHours(1, 0, 120)]})
    tuesday_one = int(datetime(2026, 3, 3, 1, tzinfo=UTC).timestamp()) // 60
    assert _told(calendar.open_from(ROOM, date(2026, 3, 2), tuesday_one)) == [("02 20:00", "03 02:00")]


@pytest.mark.parametrize(
    ("closure", "shut", "open_"),
    [
        (
            ClosedDays(date(2026, 5, 1), date(2026, 5, 2)),
            ["2026-05-01", "2026-05-02"],
            ["2026-05-03", "2027-05-01"],
        ),
        (ClosedDays(date(2020, 5, 1), date(2020, 5, 1), yearly=True), ["2026-05-01"], ["2026-05-02"]),
        (
            ClosedDays(date(2020, 12, 24), date(2021, 1, 2), yearly=True),
            ["2026-12-24", "2026-12-31", "2027-01-01", "2027-01-02"],
            ["2026-12-23", "2027-01-03"],
        ),
        (
            ClosedDays(date(2020, 2, 29), date(2020, 2, 29), yearly=True),
            ["2028-02-29"],
            ["2026-02-28", "2026-03-01"],
        ),
        (ClosedDays(date(2020, 3, 1), date(2021, 3, 1), yearly=True), ["2026-07-01"], []),
    ],
)
def test_closures(closure: ClosedDays, shut: list[str], open_: list[str]) -> None:
    assert all(closure.covers(date.fromisoformat(day)) for day in shut)
    assert not any(closure.covers(date.fromisoformat(day)) for day in open_)


def test_a_rooms_closure_is_its_own_and_the_locations_is_everybodys() -> None:
    day, other = date(2026, 5, 1), date(2026, 5, 4)
    calendar = Calendar(LONDON, closures={None: [ClosedDays(day, day)], ROOM: [ClosedDays(other, other)]})
    assert [bool(calendar.open(room, day)) for room in (ROOM, 8)] == [False, False]
    assert [bool(calendar.open(room, other)) for room in (ROOM, 8)] == [False, True]


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 1)], ids=str)
def test_the_wall_clock_goes_there_and_back(day: date) -> None:
    local = Calendar(LONDON).day(day)
    for wall in (0, 30, 300, 720, 1439):
        assert local.wall(local.at(wall)) == wall
    assert local.at(1440) == local.end
