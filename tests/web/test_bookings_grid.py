"""The grid of a day in the browser's hands: days on which the clocks change, what it may be asked for, and the search beside it."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete

from app.domain.portal import touch
from app.kernel.spans import Span
from app.models import Booking, Location, OpeningHours, Resource
from app.web.slots import slot_value
from tests.support.bookings import SEARCH, hold, statements
from tests.support.rows import change, inside, rows
from tests.support.visitor import Visitor
from tests.support.world import World

AUTUMN, SPRING = "2027-10-31", "2027-03-28"
"""London's clocks: in autumn an hour from one on comes again, in spring there is none."""


pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


@pytest.fixture
def around_the_clock(app: Flask, world: World) -> None:
    with inside(app, world.northlight) as session:
        session.execute(delete(OpeningHours))


def _hours(page: str) -> list[str]:
    return re.findall(r'<text x="[^"]*" dx="6" y="21">([^<]*)</text>', page)


@pytest.mark.usefixtures("around_the_clock")
def test_an_hour_that_comes_twice_is_there_twice_and_told_apart(member: Visitor) -> None:
    page = member.get(f"/bookings/day?date={AUTUMN}").text
    assert _hours(page)[:5] == ["0", "1", "1 again", "2", "3"]
    assert len(_hours(page)) == 25
    assert 'data-change="120,-60"' in page
    assert "data-day-grid" in page
    assert 'data-free="0-1500"' in page


@pytest.mark.usefixtures("around_the_clock")
def test_an_hour_that_is_skipped_is_not_there(member: Visitor) -> None:
    page = member.get(f"/bookings/day?date={SPRING}").text
    assert _hours(page)[:3] == ["0", "2", "3"]
    assert len(_hours(page)) == 23
    assert 'data-change="60,60"' in page


@pytest.mark.usefixtures("around_the_clock")
@pytest.mark.parametrize(
    ("zone", "day", "start", "moments"),
    [
        ("Europe/London", AUTUMN, "01:30", ("10-31 00:30", "10-31 01:30")),
        ("Australia/Lord_Howe", "2027-04-04", "01:45", ("04-03 14:45", "04-03 15:15")),
    ],
)
def test_the_search_has_the_first_and_leads_to_the_second(
    app: Flask, member: Visitor, world: World, zone: str, day: str, start: str, moments: tuple[str, str]
) -> None:
    north = world.northlight
    with inside(app, north) as session:
        session.get_one(Location, north.locations["Leith Walk"]).zone = zone
        touch(session)
    address = f"/bookings/search?date={day}&start={start}&minutes=60&people=2"
    for moment, said, other in zip(moments, ("first", "second"), ("second", "first"), strict=True):
        page = member.get(address).text
        assert f"so {start} comes twice. This is the {said}." in page
        begins = datetime.fromisoformat(f"2027-{moment}+00:00")
        assert f'value="{slot_value(north.rooms["Fern"], Span(begins, begins + timedelta(hours=1)))}"' in page
        found = re.search(rf'href="([^"]*)">Look at the {other}<', page)
        assert found
        address = html.unescape(found[1])
        assert {"people=2", "minutes=60", f"date={day}"} <= set(address.partition("?")[2].split("&"))
    assert "again" not in address


@pytest.mark.usefixtures("around_the_clock")
def test_once_the_first_has_passed_there_is_but_the_second(member: Visitor) -> None:
    asked = f"/bookings/search?date={AUTUMN}&start=01:30&minutes=60&people=2"
    with time_machine.travel(datetime(2027, 10, 31, 1, 10, tzinfo=UTC)):
        member.sign_in("member")
        page = member.get(asked)
        assert page.status_code == 200
        assert "comes twice" not in page.text
        assert f".{int(datetime(2027, 10, 31, 1, 30, tzinfo=UTC).timestamp()) // 60}.60" in page.text
    with time_machine.travel(datetime(2027, 10, 31, 1, 50, tzinfo=UTC)):
        assert "That time has passed." in member.get(asked).text


@pytest.mark.usefixtures("around_the_clock")
def test_that_a_time_is_the_second_is_forgotten_with_the_time(member: Visitor) -> None:
    page = member.get(f"/bookings/search?date={AUTUMN}&start=03:30&minutes=60&people=2&again=1").text
    assert "comes twice" not in page
    assert 'name="again"' not in page
    assert member.get(f"/bookings/search?date={AUTUMN}&start=03:30&minutes=60&again=x%00").status_code == 200


@pytest.mark.usefixtures("around_the_clock")
def test_the_second_of_both_hours_is_the_one_that_is_booked(
    app: Flask, member: Visitor, world: World
) -> None:
    page = member.get(f"/bookings/day?date={AUTUMN}").text
    begins = int(re.findall(r'data-begins="(\d+)"', page)[0])
    room = world.northlight.rooms["Fern"]
    second = datetime(2027, 10, 31, 1, tzinfo=UTC)
    # The second hour from one on is the third of the day, as the script counts it
    assert begins + 120 == int(second.timestamp()) // 60
    part = member.get(f"/bookings/day/choice?slot={room}.{begins + 120}.60", headers={"HX-Request": "true"})
    assert "01:00 again – 02:00" in part.text
    assert hold(member, "Fern", Span(second, second + timedelta(hours=1))).status_code in {200, 303}
    (held,) = rows(app, world.northlight, Booking)
    assert held.starts_at == second


@pytest.mark.usefixtures("around_the_clock")
def test_steps_that_a_change_of_the_clocks_breaks_are_not_drawn_on(
    app: Flask, member: Visitor, world: World
) -> None:
    change(app, world.northlight, Resource, world.northlight.rooms["Fern"], grid_minutes=90)
    assert "data-day-grid" not in member.get(f"/bookings/day?date={AUTUMN}").text
    assert "data-day-grid" in member.get("/bookings/day?date=2027-10-30").text


@pytest.mark.usefixtures("around_the_clock")
def test_the_week_of_a_room_has_both_hours(member: Visitor, world: World) -> None:
    fern = world.northlight.rooms["Fern"]
    page = member.get(f"/bookings/rooms/{fern}?date={AUTUMN}&minutes=30").text
    second = int(datetime(2027, 10, 31, 1, tzinfo=UTC).timestamp()) // 60
    for minute, words in ((second - 60, "01:00"), (second, "01:00 again"), (second + 30, "01:30 again")):
        assert f'slot={fern}.{minute}.30">{words}</a>' in page


def test_the_phones_window_is_as_long_as_rooms_allow(app: Flask, member: Visitor, world: World) -> None:
    for room in world.northlight.rooms.values():
        change(app, world.northlight, Resource, room, min_minutes=90, max_minutes=120, grid_minutes=30)
    page = member.get("/bookings/day?date=2026-11-25").text
    assert 'data-length="90"' in page
    assert 'step="30"' in page
    assert re.findall(r'<option value="(\d+)"( selected)?>', page) == [("90", " selected"), ("120", "")]


def _options(page: str, name: str) -> list[str]:
    found = re.search(rf'<select id="{name}".*?</select>', page, re.DOTALL)
    return re.findall(r'value="([^"]*)"', found[0]) if found else []


def test_the_search_offers_a_long_day(member: Visitor) -> None:
    page = member.get(SEARCH).text
    assert (_options(page, "start")[0], _options(page, "start")[-1]) == ("06:00", "22:00")
    assert _options(page, "minutes")[-1] == "480"


@pytest.mark.usefixtures("around_the_clock")
def test_the_search_offers_all_that_hours_and_limits_allow(app: Flask, member: Visitor, world: World) -> None:
    change(app, world.northlight, Resource, world.northlight.rooms["Fern"], max_minutes=1440)
    page = member.get(SEARCH).text
    assert (_options(page, "start")[0], _options(page, "start")[-1]) == ("00:00", "23:45")
    assert _options(page, "minutes")[-4:] == ["600", "720", "1080", "1440"]


def test_the_grid_takes_eight_statements_at_most(app: Flask, member: Visitor) -> None:
    member.get("/bookings/day")
    with statements(app) as asked:
        member.get("/bookings/day")
    assert len(asked) <= 8
