"""The nights on which clocks change, counted quarter by quarter: prices, rules, hours, availability and series.

London and New York by an hour, Lord Howe by half of one, and Kathmandu never, at three quarters past everybody else's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.calendar import Calendar, ClosedDays, WeeklyHours
from app.domain.booking.house_rules.terms import When
from app.domain.booking.house_rules.windows import touches
from app.domain.booking.minutes import Stretch, minute_of, moment_of
from app.domain.booking.pricing import price
from app.domain.booking.rates import Conditions, Tariff, Wish, standard
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.rules import Asker, Limits, obstacles
from app.domain.booking.series_book import book_series
from app.domain.booking.series_move import move_dates
from app.domain.booking.series_moving import MoveDates
from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import BookSeries
from app.domain.booking.terms import Obstacle, Reason, RoomTaken
from app.kernel.spans import Span
from app.kernel.walltime import TimeRepeated, TimeSkipped, day_bounds, nearest_utc, to_utc
from app.models import Booking, Location, OpeningHours, RateUnit, Resource
from tests.domain.booking.conftest import Desk

ROOM = 7
MEMBER = Asker(1, is_member=True)


@dataclass(frozen=True)
class Night:
    """A local day on which the clocks change, and by how many minutes it is longer than others."""

    zone: str
    day: date
    longer: int

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def bounds(self) -> Stretch:
        start, end = day_bounds(self.day, self.tz)
        return minute_of(start), minute_of(end)

    def quarters(self) -> Iterator[tuple[int, int]]:
        """(minute, minutes after midnight on the wall) of each quarter hour that passes."""
        for minute in range(*self.bounds, 15):
            local = moment_of(minute).astimezone(self.tz)
            yield minute, local.hour * 60 + local.minute

    def span(self, start: time, end: time) -> Span:
        return Span(*(nearest_utc(self.day, each, self.tz) for each in (start, end)))


NIGHTS = [
    Night("Europe/London", date(2026, 3, 29), -60),
    Night("Europe/London", date(2026, 10, 25), 60),
    Night("America/New_York", date(2026, 3, 8), -60),
    Night("America/New_York", date(2026, 11, 1), 60),
    Night("Australia/Lord_Howe", date(2026, 10, 4), -30),
    Night("Australia/Lord_Howe", date(2026, 4, 5), 30),
    Night("Asia/Kathmandu", date(2026, 3, 29), 0),
]
BY_NIGHT = pytest.mark.parametrize("night", NIGHTS, ids=lambda night: f"{night.zone} {night.day}")
MIDNIGHT, SIX = time(), time(6)


@BY_NIGHT
def test_a_local_day_has_the_quarters_that_pass(night: Night) -> None:
    assert len(list(night.quarters())) * 15 == 24 * 60 + night.longer
    local = Calendar(night.tz).day(night.day)
    for minute, wall in night.quarters():
        assert local.wall(minute) == wall


# --- prices -----------------------------------------------------------------------------------------------------------


@BY_NIGHT
def test_hours_are_charged_as_they_pass(night: Night) -> None:
    wish = Wish(
        night.span(MIDNIGHT, SIX), night.tz, is_member=True, booked_at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    quote = price(standard(1200, None), wish, "GBP")
    assert quote is not None
    assert (quote.minutes, quote.total_minor) == (360 + night.longer, 1200 * (360 + night.longer) // 60)


@BY_NIGHT
def test_each_quarter_goes_by_the_rate_of_its_time_on_the_wall(night: Night) -> None:
    """From one to a quarter past three a quarter costs three, else one: what is repeated costs twice, what is skipped nothing."""
    small, usual = (
        Tariff(
            RateUnit.STEP,
            300,
            "Small hours",
            conditions=Conditions(from_minute=60, until_minute=195),
            always=True,
        ),
        Tariff(RateUnit.STEP, 100, "Usual"),
    )
    wish = Wish(
        night.span(MIDNIGHT, SIX), night.tz, is_member=True, booked_at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    quote = price([small, usual], wish, "GBP")
    expected = sum(300 if 60 <= wall < 195 else 100 for _minute, wall in night.quarters() if wall < 360)
    assert quote is not None
    assert quote.total_minor == expected


@BY_NIGHT
@pytest.mark.parametrize(
    ("unit", "days", "count"), [(RateUnit.DAY, 1, 1), (RateUnit.DAY, 3, 3), (RateUnit.WEEK, 7, 1)]
)
def test_days_and_weeks_are_those_of_the_place(night: Night, unit: RateUnit, days: int, count: int) -> None:
    span = Span(
        nearest_utc(night.day, MIDNIGHT, night.tz),
        nearest_utc(night.day + timedelta(days=days), MIDNIGHT, night.tz),
    )
    wish = Wish(span, night.tz, is_member=True, booked_at=datetime(2026, 3, 1, tzinfo=UTC))
    quote = price([Tariff(unit, 5000, "Whole")], wish, "GBP")
    assert quote is not None
    assert quote.total_minor == 5000 * count


# --- rules ------------------------------------------------------------------------------------------------------------


def _against(
    night: Night, wanted: Stretch, now: datetime, calendar: Calendar | None = None, **limits: Any
) -> list[Obstacle]:
    span = Span(moment_of(wanted[0]), moment_of(wanted[1]))
    found = obstacles(
        replace(Limits(ROOM, capacity=4, max_minutes=3000), **limits),
        MEMBER,
        calendar or Calendar(night.tz),
        span,
        people=1,
        now=now,
    )
    return list(found)


def _long_before(night: Night) -> datetime:
    return nearest_utc(night.day - timedelta(days=3), MIDNIGHT, night.tz)


@BY_NIGHT
def test_lengths_are_minutes_that_pass(night: Night) -> None:
    span = night.span(MIDNIGHT, SIX)
    wanted, length = (minute_of(span.start), minute_of(span.end)), 360 + night.longer
    now = _long_before(night)
    assert _against(night, wanted, now, min_minutes=length, max_minutes=length) == []
    assert [each.reason for each in _against(night, wanted, now, min_minutes=length + 1)] == [
        Reason.TOO_SHORT
    ]
    assert [each.reason for each in _against(night, wanted, now, max_minutes=length - 1)] == [Reason.TOO_LONG]


@BY_NIGHT
def test_notice_is_time_that_passes(night: Night) -> None:
    span = night.span(SIX, time(7))
    wanted = minute_of(span.start), minute_of(span.end)
    midnight = nearest_utc(night.day, MIDNIGHT, night.tz)
    assert _against(night, wanted, midnight, notice_minutes=360 + night.longer) == []
    late = _against(night, wanted, midnight, notice_minutes=361 + night.longer)
    assert [each.reason for each in late] == [Reason.TOO_SOON]


@BY_NIGHT
def test_the_horizon_is_counted_in_days_of_the_place(night: Night) -> None:
    """A minute before midnight of the day before, the last quarter of the day is within a day, and the next one is not."""
    start, end = night.bounds
    now = moment_of(start - 1)
    assert _against(night, (end - 15, end), now, horizon_days=1) == []
    too_far = _against(night, (end, end + 15), now, horizon_days=1)
    assert [each.reason for each in too_far] == [Reason.TOO_FAR_AHEAD]


@BY_NIGHT
@pytest.mark.parametrize("grid", [30, 60])
def test_starts_are_on_the_grid_of_the_clock_on_the_wall(night: Night, grid: int) -> None:
    for minute, wall in night.quarters():
        found = _against(night, (minute, minute + 15), _long_before(night), grid_minutes=grid)
        assert [each.reason for each in found] == ([Reason.OFF_GRID] if wall % grid else []), wall


# Begin and end outside of what any of these clocks skips or repeats.
_HOURS = [(0, 60), (45, 240), (480, 1200), (1380, 1440)]


@BY_NIGHT
@pytest.mark.parametrize("hours", _HOURS, ids=str)
def test_opening_hours_are_open_while_the_wall_says_so(night: Night, hours: tuple[int, int]) -> None:
    calendar = Calendar(night.tz, {None: [WeeklyHours(day, *hours) for day in range(7)]})
    for minute, wall in night.quarters():
        found = _against(night, (minute, minute + 15), _long_before(night), calendar)
        assert [each.reason for each in found] == (
            [] if hours[0] <= wall < hours[1] else [Reason.OUTSIDE_HOURS]
        ), wall


@BY_NIGHT
def test_a_closed_day_is_closed_from_its_midnight_to_the_next(night: Night) -> None:
    calendar = Calendar(night.tz, {}, {None: [ClosedDays(night.day, night.day, message="Works")]})
    start, end = night.bounds
    now = _long_before(night)
    for minute in range(start - 60, end + 60, 15):
        found = [each.reason for each in _against(night, (minute, minute + 15), now, calendar)]
        assert found == ([Reason.CLOSED] if start <= minute < end else [])


@BY_NIGHT
@pytest.mark.parametrize("window", [(45, 240), (480, 1200), (1320, 300)], ids=str)
def test_a_rule_holds_while_the_wall_says_so(night: Night, window: tuple[int, int]) -> None:
    opens, closes = window
    when = When(opens=opens, closes=closes)
    calendar = Calendar(night.tz)
    for minute, wall in night.quarters():
        holds = opens <= wall < closes if opens < closes else wall >= opens or wall < closes
        assert touches(when, calendar, (minute, minute + 15)) == holds, wall


@BY_NIGHT
def test_a_time_that_is_typed_names_one_moment_or_is_refused(night: Night) -> None:
    """Every quarter that the wall shows once is found again, one that it shows twice or never is neither guessed."""
    shown = [wall for _minute, wall in night.quarters()]
    moments = {wall: minute for minute, wall in night.quarters()}
    for wall in range(0, 1440, 15):
        typed = time(wall // 60, wall % 60)
        if shown.count(wall) == 1:
            assert minute_of(to_utc(night.day, typed, night.tz)) == moments[wall]
            continue
        with pytest.raises(TimeRepeated if wall in shown else TimeSkipped):
            to_utc(night.day, typed, night.tz)


# --- what is booked, on either engine -------------------------------------------------------------------------------------


@pytest.fixture
def moved_to(front: Desk) -> "Place":
    return Place(front)


class Place:
    """Leith Walk, open around the clock, wherever a test puts it; its Fern costs 12.00 an hour."""

    def __init__(self, front: Desk) -> None:
        self.front = front
        self.id = front.world.locations["Leith Walk"]

    def go(self, zone: str) -> None:
        session = self.front.session
        session.get_one(Location, self.id).zone = zone
        for hours in session.scalars(select(OpeningHours)):
            session.delete(hours)
        fern = session.get_one(Resource, self.front.world.rooms["Fern"])
        fern.hourly_minor, fern.cap_minor = 1200, None
        fern.min_minutes, fern.max_minutes, fern.grid_minutes = 15, 2880, 15
        fern.buffer_before = fern.buffer_after = 0
        session.commit()


@BY_NIGHT
def test_what_is_booked_through_the_night_is_taken_for_as_long_as_it_passes(
    moved_to: Place, member: Actor, colleague: Actor, night: Night
) -> None:
    moved_to.go(night.zone)
    front = moved_to.front
    through = night.span(MIDNIGHT, SIX)
    booking = front.book(member, "Fern", through)
    assert booking.price_minor == 1200 * (360 + night.longer) // 60
    for begins in (through.start, through.end - timedelta(minutes=15)):
        with pytest.raises(RoomTaken):
            front.book(colleague, "Fern", Span(begins, begins + timedelta(minutes=15)))
    found = front.search(colleague, Span(through.start, through.end))
    assert "Fern" not in {each.room.name for each in found.free}
    # Whoever comes next begins when it ends, and whoever came before ended when it began.
    front.book(colleague, "Fern", Span(through.end, through.end + timedelta(hours=1)))
    front.book(colleague, "Fern", Span(through.start - timedelta(hours=1), through.start))


@BY_NIGHT
def test_what_the_wall_shows_twice_can_be_booked_twice(
    moved_to: Place, member: Actor, colleague: Actor, night: Night
) -> None:
    moved_to.go(night.zone)
    walls = [wall for _minute, wall in night.quarters()]
    for minute, wall in night.quarters():
        if walls.count(wall) == 2:
            front = moved_to.front
            span = Span(moment_of(minute), moment_of(minute + 15))
            front.book(member if minute % 30 else colleague, "Fern", span)
    booked = moved_to.front.session.scalars(select(Booking)).all()
    assert len(booked) == 2 * max(night.longer, 0) // 15


@pytest.mark.parametrize("zone", sorted({night.zone for night in NIGHTS}))
@pytest.mark.parametrize(("starts", "minutes"), [(570, 60), (105, 90)], ids=["morning", "night"])
def test_a_series_over_both_changes_stays_on_the_wall_and_costs_what_passes(
    moved_to: Place, session: Session, member: Actor, zone: str, starts: int, minutes: int
) -> None:
    """Every Sunday of the year, so on both of the nights; at a quarter to two, which some of them skip or repeat."""
    moved_to.go(zone)
    tz, front = ZoneInfo(zone), moved_to.front
    pattern = Pattern(date(2026, 3, 8), Every.WEEK, count=36)
    claimed = front.do(book_series, member, BookSeries(front.world.rooms["Fern"], pattern, starts, minutes))
    bookings = session.scalars(select(Booking).order_by(Booking.series_day)).all()
    assert len(bookings) == 36
    nights = {night.day for night in NIGHTS if night.zone == zone and night.longer}
    assert len(nights) == len(nights & {each.series_day for each in bookings}) == (0 if "Asia" in zone else 2)
    for each in bookings:
        assert each.series_day is not None
        usual = nearest_utc(each.series_day, time(starts // 60, starts % 60), tz)
        assert (each.starts_at, each.ends_at - each.starts_at) == (usual, timedelta(minutes=minutes))
        assert each.price_minor == 1200 * minutes // 60
    # Half an hour later, each by the clock on the wall.
    wish = MoveDates(claimed.series.id, Range(), starts + 30, minutes)
    front.do(move_dates, member, wish)
    for each in session.scalars(select(Booking)).all():
        session.refresh(each)
        assert each.series_day is not None
        later = (starts + 30) // 60, (starts + 30) % 60
        assert each.starts_at == nearest_utc(each.series_day, time(*later), tz)
