"""The front desk's day: the timeline, who is to be welcomed, moving what was dragged, and the day on paper."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.domain.booking.minutes import minute_of
from app.models import Booking, BookingStatus, OutsideCalendar, Role
from tests.support.booking_rows import book as row
from tests.support.bookings import NOW, booked, span, statements
from tests.support.limited import give
from tests.support.rows import change, inside
from tests.support.staff import Desk
from tests.support.world import World

DAY = "/admin/bookings/day"
TOMORROW = f"{DAY}?date=2026-11-25"


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "desk")


def _block(page: str, booking_id: int) -> str:
    found = re.search(rf'<a class="booked[^>]*href="/admin/bookings/{booking_id}".*?</a>', page, re.DOTALL)
    assert found
    return found[0]


def _booking(desk: Desk, booking_id: int) -> Booking:
    with inside(desk.app, desk.tenant) as session:
        return session.scalars(select(Booking).where(Booking.id == booking_id)).one()


def test_a_booking_stands_on_its_rooms_lane_with_who_has_it(app: Flask, desk: Desk, world: World) -> None:
    made = booked(app, world.northlight, "member", "Fern", span(10), title="Interview")
    page = desk.get(TOMORROW).text
    block = _block(page, made)
    assert 'aria-label="Maya Member 10:00 – 11:00, Interview, Fern, Expected"' in block
    assert 'data-moves="all"' in block
    assert 'data-at="600" data-minutes="60" data-sequence="0"' in block
    assert 'x="16.667%" width="8.333%"' in block  # from eight to eight
    assert 'aria-label="Fern: 1 booking"' in page
    assert 'aria-label="Rowan: nothing booked"' in page
    assert f'href="/admin/bookings/{made}/edit?then=day" aria-label="Move Maya Member, Fern at 10:00"' in page
    assert 'style="' not in page


def test_it_tells_who_came_who_did_not_and_whose_room_was_freed(app: Flask, desk: Desk, world: World) -> None:
    north = world.northlight
    came = row(app, north, "member", "Fern", -0.5, checked_in_at=NOW)
    running = row(app, north, "colleague", "Rowan", -0.5)
    due = row(app, north, "contact", "Cedar", 0.1)
    missed = row(app, north, "colleague", "Fern", -3, released_at=NOW - timedelta(hours=2))
    over = row(app, north, "member", "Fern", -5)
    held = row(
        app,
        north,
        "member",
        "Cedar",
        3,
        status=BookingStatus.HELD,
        hold_expires_at=NOW + timedelta(minutes=5),
    )
    lapsed = row(
        app,
        north,
        "member",
        "Cedar",
        5,
        status=BookingStatus.HELD,
        hold_expires_at=NOW - timedelta(minutes=1),
    )
    cancelled = row(app, north, "member", "Rowan", 5, status=BookingStatus.CANCELLED)
    page = desk.get(DAY).text
    for booking_id, presence, moves in (
        (came, "here", "end"),
        (running, "running", "end"),
        (due, "due", "all"),
        (missed, "missed", ""),
        (over, "over", ""),
        (held, "held", ""),
    ):
        block = _block(page, booking_id)
        assert f'class="booked {presence}"' in block, presence
        assert (f'data-moves="{moves}"' in block) if moves else ("data-moves" not in block), presence
    assert f"/admin/bookings/{lapsed}" not in page
    assert f"/admin/bookings/{cancelled}" not in page
    assert re.findall(r'<h2 id="group-(\w+)"', page) == ["due", "here", "later"]
    assert f'action="/admin/bookings/{due}/check-in"' in page
    assert f'action="/admin/bookings/{running}/check-in"' not in page


def test_what_is_booked_while_it_is_busy_elsewhere_is_said_with_a_link(
    app: Flask, desk: Desk, world: World
) -> None:
    north = world.northlight
    clashing = booked(app, north, "member", "Fern", span(10))
    missed = row(app, north, "member", "Fern", -0.5, released_at=NOW)
    beside, elsewhere = (
        booked(app, north, "colleague", *at) for at in (("Fern", span(12)), ("Rowan", span(10)))
    )
    assert "busy elsewhere" not in desk.get(TOMORROW).text
    with statements(app) as before:
        desk.get(TOMORROW)
    busy = [[minute_of(when.start), minute_of(when.end)] for when in (span(8, days=0), span(10, 30))]
    with inside(app, north) as session:
        fern = north.rooms["Fern"]
        session.add(OutsideCalendar(resource_id=fern, address="x", host="x", next_at=NOW, busy=busy))
        session.commit()
    with statements(app) as after:
        page = desk.get(TOMORROW).text
    assert re.search(rf'href="/admin/bookings/{clashing}">Fern, 10:00\s?–\s?11:00: busy elsewhere', page)
    assert page.count("busy elsewhere") == 1, (beside, elsewhere)
    assert len(after) == len(before)
    assert "busy elsewhere" not in desk.get(DAY).text, missed


def test_what_waits_for_a_yes_stands_there_and_leads_to_it(app: Flask, desk: Desk, world: World) -> None:
    north = world.northlight
    asked = row(app, north, "member", "Fern", 3, status=BookingStatus.TENTATIVE)
    unanswered = row(app, north, "colleague", "Rowan", -0.5, status=BookingStatus.TENTATIVE)
    page = desk.get(DAY).text
    block = _block(page, asked)
    assert 'class="booked waiting"' in block
    assert "Waits for approval" in block
    assert "data-moves" not in block
    assert re.findall(r'<h2 id="group-(\w+)"', page) == ["waiting"]
    assert (
        f'href="/admin/bookings/{asked}" aria-label="Decide about Maya Member, Fern at 12:07">Decide</a>'
        in page
    )
    assert f"/admin/bookings/{unanswered}" not in page
    assert "Waits for approval" in desk.get("/admin/bookings/day/print").text


def test_one_press_checks_somebody_in(app: Flask, desk: Desk, world: World) -> None:
    due = row(app, world.northlight, "member", "Cedar", 0.1)
    answer = desk.send(f"/admin/bookings/{due}/check-in")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(DAY)
    assert _booking(desk, due).checked_in_at == NOW
    assert "Maya Member is checked in to Cedar." in desk.get(answer.headers["Location"]).text
    assert [entry.action for entry in desk.audit()] == ["booking.checked_in"]


def test_too_early_is_said(app: Flask, desk: Desk, world: World) -> None:
    later = row(app, world.northlight, "member", "Cedar", 3)
    page = desk.get(desk.send(f"/admin/bookings/{later}/check-in").headers["Location"]).text
    assert "One checks in to it between 11:52 – 12:22." in page
    assert _booking(desk, later).checked_in_at is None


def test_what_was_dropped_opens_filled_in_and_comes_back_to_the_day(
    app: Flask, desk: Desk, world: World
) -> None:
    made = booked(app, world.northlight, "member", "Fern", span(10))
    rowan = world.northlight.rooms["Rowan"]
    address = (
        f"/admin/bookings/{made}/edit?room={rowan}&date=2026-11-25&start=13:00&minutes=90&sequence=0&then=day"
    )
    page = desk.get(address)
    assert page.status_code == 200
    assert f'<option selected value="{rowan}">' in page.text
    assert 'value="13:00"' in page.text
    due = re.search(r'name="due" value="(\d+)"', page.text)
    assert due
    wish = {
        "resource_id": str(rowan),
        "day": "2026-11-25",
        "at": "13:00",
        "minutes": "90",
        "people": "1",
        "title": "",
        "sequence": "0",
        "due": due[1],
    }
    answer = desk.send(f"/admin/bookings/{made}/edit?then=day", wish)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(DAY)
    assert _booking(desk, made).resource_id == rowan
    assert _booking(desk, made).starts_at == span(13).start


def test_the_second_who_drags_the_same_booking_is_told(app: Flask, desk: Desk, world: World) -> None:
    made = booked(app, world.northlight, "member", "Fern", span(10))
    change(app, world.northlight, Booking, made, sequence=1)
    stale = desk.get(f"/admin/bookings/{made}/edit?start=13:00&date=2026-11-25&sequence=0&then=day").text
    fresh = desk.get(f"/admin/bookings/{made}/edit?start=13:00&date=2026-11-25&sequence=1&then=day").text
    assert 'class="note critical"' in stale
    assert 'class="note critical"' not in fresh


def test_places_with_many_units_have_a_track_for_each_that_is_used(
    app: Flask, desk: Desk, world: World
) -> None:
    north = world.northlight
    row(app, north, "member", "Fern", 24)
    row(app, north, "colleague", "Fern", 24.5)
    row(app, north, "contact", "Fern", 25)
    page = desk.get(TOMORROW).text
    lane = page[page.index(f'id="desk-{north.rooms["Fern"]}"') :].split('class="room-row"')[0]
    assert lane.count('<svg class="lane">') == 2


def test_what_began_the_day_before_stands_there_too(app: Flask, desk: Desk, world: World) -> None:
    start = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    hours = (start - NOW).total_seconds() / 3600
    night = row(app, world.northlight, "member", "Fern", hours)
    block = _block(desk.get(TOMORROW).text, night)
    assert 'x="0%"' in block
    assert "data-moves" not in block


@pytest.mark.parametrize("path", [DAY, f"{DAY}/print"])
@pytest.mark.parametrize("day", ["2026-02-30", "x", "9999-01-01"])
def test_a_day_that_does_not_exist_shows_today_and_says_so(desk: Desk, path: str, day: str) -> None:
    page = desk.get(f"{path}?date={day}").text
    assert 'class="note caution"' in page


def test_the_day_on_paper_has_a_sheet_for_each_location_at_its_own_clock(
    app: Flask, desk: Desk, world: World
) -> None:
    booked(app, world.northlight, "member", "Fern", span(10), title="Interview")
    row(app, world.northlight, "colleague", "Tejo", 30)
    page = desk.get(f"{DAY}/print?date=2026-11-25").text
    assert page.count('class="section sheet-of-day"') == 2
    assert re.search(
        r"Fern</th><td[^>]*>10:00 – 11:00</td><td><bdi>Maya Member</bdi></td><td>Interview", page
    )
    assert re.search(r"Tejo</th><td[^>]*>10:07 – 11:07</td>", page)
    assert "New York time" in page


def test_who_is_limited_to_a_location_sees_no_other(app: Flask, world: World) -> None:
    north = world.northlight
    row(app, north, "member", "Tejo", 25)
    made = row(app, north, "member", "Fern", 25)
    give(app, north, "manager", Role.OWNER, places=["Leith Walk"])
    limited = Desk(app, north, "manager")
    assert f"/admin/bookings/{made}" in limited.get(TOMORROW).text
    assert limited.get(f"{TOMORROW}&location={north.locations['Porto']}").status_code == 404
    assert "Tejo" not in limited.get(f"{DAY}/print?date=2026-11-25").text


def test_it_is_for_staff_alone(app: Flask, desk: Desk, world: World) -> None:
    assert desk.get(DAY).status_code == 200
    assert Desk(app, world.northlight, "member").get(DAY).status_code == 404


@pytest.mark.parametrize("path", [TOMORROW, f"{DAY}/print?date=2026-11-25"])
def test_it_takes_six_statements_at_most_however_many_bookings(
    app: Flask, desk: Desk, world: World, path: str
) -> None:
    booked(app, world.northlight, "member", "Fern", span(8))
    desk.get(path)
    with statements(app) as few:
        desk.get(path)
    for hour in range(9, 19):
        booked(app, world.northlight, "member", "Fern", span(hour))
        booked(app, world.northlight, "colleague", "Rowan", span(hour))
    with statements(app) as many:
        assert desk.get(path).status_code == 200
    assert len(few) == len(many) <= 6, "\n".join(many)
