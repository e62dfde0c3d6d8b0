"""The week of one room: seven local days, and the starts at which a length fits."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.day_cells import Label
from app.domain.booking.terms import OutOfReach
from app.domain.booking.week import RoomWeek, monday_of, room_week
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.models import Resource
from tests.support.bookings import booked
from tests.support.rows import change, inside
from tests.support.world import TenantWorld, World

# A Monday in February, when London's clocks are UTC's; nobody's clock changes that week.
NOW = datetime(2027, 2, 1, 9, 10, tzinfo=UTC)
MONDAY = date(2027, 2, 1)


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 2, 1 + day, hour, minute, tzinfo=UTC)


def _week(
    session: Session, north: TenantWorld, room: str = "Fern", minutes: int = 60, monday: date = MONDAY
) -> RoomWeek:
    actor = north.actor("member")
    catalogue = load_catalogue(session, north.locations["Leith Walk"], actor.person_id, NOW)
    return room_week(session, actor, catalogue, north.rooms[room], monday, minutes, NOW)


def _starts(week: RoomWeek, day: int) -> list[str]:
    return [f"{span.start:%H:%M}" for span in week.days[day].starts]


@pytest.fixture(autouse=True)
def monday(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def test_it_offers_starts_where_the_length_fits(app: Flask, world: World) -> None:
    north = world.northlight
    booked(app, north, "colleague", "Fern", Span(_at(1, 10), _at(1, 11, 30)))
    with inside(app, north) as session:
        hour, two = _week(session, north), _week(session, north, minutes=120)
    assert _starts(hour, 1)[:3] == ["08:00", "08:30", "09:00"]
    assert "09:30" not in _starts(hour, 1)
    assert "11:30" in _starts(hour, 1)
    assert _starts(hour, 1)[-1] == "19:00"
    assert _starts(two, 1)[:2] == ["08:00", "11:30"]
    assert len(hour.days) == 7


def test_what_is_over_today_is_no_start(app: Flask, world: World) -> None:
    with inside(app, world.northlight) as session:
        week = _week(session, world.northlight)
    assert _starts(week, 0)[0] == "09:30"


def test_the_time_that_a_room_needs_around_a_booking_is_kept(app: Flask, world: World) -> None:
    north = world.northlight
    change(app, north, Resource, north.rooms["Fern"], buffer_after=15)
    booked(app, north, "colleague", "Fern", Span(_at(1, 10), _at(1, 11)))
    with inside(app, north) as session:
        week = _week(session, north)
    # Until 10:00 it would be, but a quarter of an hour of cleaning does not fit any more.
    assert "09:00" not in _starts(week, 1)
    assert "08:30" in _starts(week, 1)
    assert "11:00" not in _starts(week, 1)
    assert "11:30" in _starts(week, 1)


def test_ones_own_is_told_apart(app: Flask, world: World) -> None:
    north = world.northlight
    own = booked(app, north, "member", "Fern", Span(_at(2, 10), _at(2, 11)))
    booked(app, north, "colleague", "Fern", Span(_at(2, 12), _at(2, 13)))
    with inside(app, north) as session:
        cells = _week(session, north).days[2].cells
    assert [(cell.label, cell.booking_id) for cell in cells if cell.label is Label.MINE] == [
        (Label.MINE, own)
    ]
    assert sum(cell.label is Label.BUSY for cell in cells) == 1


def test_beyond_the_horizon_nothing_is_offered(app: Flask, world: World) -> None:
    north = world.northlight
    change(app, north, Resource, north.rooms["Fern"], horizon_days=3)
    with inside(app, north) as session:
        week = _week(session, north)
    assert _starts(week, 3)
    assert not _starts(week, 4)


def test_a_length_is_brought_within_the_rooms_limits(app: Flask, world: World) -> None:
    with inside(app, world.northlight) as session:
        assert _week(session, world.northlight, minutes=1).minutes == 15
        assert _week(session, world.northlight, minutes=1440).minutes < 1440


def test_a_day_on_which_the_clocks_change_starts_by_the_wall(app: Flask, world: World) -> None:
    monday = date(2027, 3, 22)  # on its Sunday London's clocks go forward
    with inside(app, world.northlight) as session:
        week = _week(session, world.northlight, monday=monday)
    assert week.days[5].starts[0].start == datetime(2027, 3, 27, 8, tzinfo=UTC)
    assert week.days[6].starts[0].start == datetime(2027, 3, 28, 7, tzinfo=UTC)


def test_it_refuses_what_is_too_far_or_not_there(app: Flask, world: World) -> None:
    north = world.northlight
    with inside(app, north) as session:
        with pytest.raises(OutOfReach):
            _week(session, north, monday=MONDAY + timedelta(days=4000))
        with pytest.raises(NotFound):
            _week(session, north, room="Tejo")


def test_a_week_begins_on_monday() -> None:
    assert monday_of(date(2027, 2, 7)) == MONDAY
    assert monday_of(MONDAY) == MONDAY
