"""Shifts as people meet them: kept by staff, told to whoever asks for anything else, chosen on every page."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask

from app.models import Booking, BookingRule, Resource
from app.web.slots import slot_value
from tests.support.bookings import SEARCH, booked, hold, span, statements
from tests.support.rows import change, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

WEEK = {f"shift-day{day}": "" for day in range(7)}
WORKDAYS = {f"shift-day{day}": "9-13, 13:00-16:00" for day in range(5)}
EVERY_DAY = [[540, 780, 127], [780, 960, 127], [1020, 1200, 127]]
MORNING = span(9, 0, 240)
SENTENCE = "Booked in shifts: 09:00–13:00, 13:00–16:00, 17:00–20:00"
DAY = "/bookings/day?date=2026-11-25"


pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def manager(app: Flask, north: TenantWorld) -> Desk:
    return Desk(app, north, "manager")


@pytest.fixture
def member(app: Flask, north: TenantWorld) -> Visitor:
    visitor = Visitor(app, north)
    visitor.sign_in("member")
    return visitor


@pytest.fixture
def fern(app: Flask, north: TenantWorld) -> int:
    """Booked in shifts."""
    change(app, north, Resource, north.rooms["Fern"], shifts=EVERY_DAY)
    return north.rooms["Fern"]


def _text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def _path(manager: Desk, room: str = "Fern") -> str:
    return f"/admin/resources/{manager.tenant.rooms[room]}"


def _shifts(manager: Desk, room: str = "Fern") -> list[list[int]] | None:
    (found,) = rows(manager.app, manager.tenant, Resource, name=room)
    return found.shifts


def test_staff_set_shifts_and_take_them_away(manager: Desk) -> None:
    path = f"{_path(manager)}/shifts"
    assert manager.send(path, WEEK | WORKDAYS | {"shift-day5": "10:00-24:00"}).status_code == 303
    assert _shifts(manager) == [[540, 780, 31], [600, 1440, 32], [780, 960, 31]]
    page = manager.get(_path(manager)).text
    assert page.count('value="9:00-13:00, 13:00-16:00"') == 5
    assert manager.send(path, WEEK).status_code == 303
    assert _shifts(manager) is None
    set_, taken = [entry for entry in manager.audit() if entry.action == "resource.shifts_set"]
    assert set_.after["shifts"][0] == "0 09:00-13:00"
    assert taken.after == {"shifts": []}
    assert (
        "Set the shifts of a resource" in Desk(manager.app, manager.tenant, "owner").get("/admin/audit").text
    )


def test_the_same_again_is_no_change(manager: Desk) -> None:
    for _ in range(2):
        manager.send(f"{_path(manager)}/shifts", WEEK | WORKDAYS)
    assert [entry.action for entry in manager.audit()] == ["resource.shifts_set"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("9-13, 12-14", "These shifts overlap."),
        ("9-13, 9-13", "These shifts overlap."),
        ("13-9", "Write hours as 9:00-13:00, the later time last; 24:00 is midnight."),
        ("22-02", "Write hours as 9:00-13:00, the later time last; 24:00 is midnight."),
        ("9-25", "Write hours as 9:00-13:00"),
        ("noon", "Write hours as 9:00-13:00"),
        (", ".join(f"{hour}-{hour + 1}" for hour in range(7)), "At most 6"),
    ],
)
def test_what_is_no_shift_is_said_at_its_day(manager: Desk, typed: str, words: str) -> None:
    before = manager.counts()
    answer = manager.send(f"{_path(manager)}/shifts", WEEK | {"shift-day2": typed, "shift-day3": "8-9"})
    assert answer.status_code == 422
    assert words in _text(answer.text)
    assert 'id="shift-day2-error"' in answer.text
    assert 'value="8-9"' in answer.text
    assert (_shifts(manager), manager.counts()) == (None, before)


def test_nobody_else_sets_them(app: Flask, north: TenantWorld, manager: Desk, member: Visitor) -> None:
    path = f"{_path(manager)}/shifts"
    assert member.post(path, WEEK | WORKDAYS, form="/").status_code == 404
    assert _shifts(manager) is None


def test_what_is_odd_is_told_where_they_are_set(app: Flask, north: TenantWorld, manager: Desk) -> None:
    assert "opening hours on" not in _text(manager.get(_path(manager)).text)
    manager.send(f"{_path(manager)}/shifts", WEEK | {"shift-day0": "6-9", "shift-day1": "6-9, 9-12"})
    text = _text(manager.get(_path(manager)).text)
    assert "06:00–09:00 is not within the opening hours on" in text
    assert "less time than is kept free" not in text
    manager.send(f"{_path(manager, 'Cedar')}/shifts", WEEK | {"shift-day1": "9-12, 12-14, 15-16"})
    text = _text(manager.get(_path(manager, "Cedar")).text)
    assert "Between 09:00–12:00 and 12:00–14:00 there is less time than is kept free" in text
    assert "12:00–14:00 and 15:00" not in text


def test_the_search_names_the_shifts_and_offers_the_nearest(member: Visitor, fern: int) -> None:
    page = member.get(SEARCH).text
    assert SENTENCE in _text(page)
    assert slot_value(fern, MORNING) in page
    assert "09:00 – 13:00" in _text(page)
    assert "Fern" in _text(member.get("/bookings/search?date=2026-11-25&start=09:00&minutes=240").text)


def test_a_hold_of_anything_else_is_refused_with_what_would_work(member: Visitor, fern: int) -> None:
    answer = hold(member, "Fern", span(10))
    assert answer.status_code == 422
    assert SENTENCE in _text(answer.text)
    assert slot_value(fern, MORNING) in answer.text
    assert hold(member, "Fern", MORNING).status_code == 303


def test_why_says_it_and_what_works(member: Visitor, fern: int) -> None:
    text = _text(member.get(f"/bookings/why?slot={slot_value(fern, span(16))}").text)
    assert f"Shifts refused {SENTENCE}." in text
    assert "When bookings start" not in text
    assert "Wed 25 Nov, 17:00 – 20:00" in text
    text = _text(member.get(f"/bookings/why?slot={slot_value(fern, MORNING)}").text)
    assert "Shifts passed In shifts: 09:00–13:00" in text
    assert "Length passed A shift, or several up to 8 h" in text


def test_the_grid_has_whole_shifts_and_its_table_leads_to_them(member: Visitor, fern: int) -> None:
    grid = member.get(DAY).text
    (lane,) = re.findall(rf'<div class="room-row" id="lane-{fern}"[^>]*>', grid)
    assert 'data-free="540-780,780-960,1020-1200"' in lane
    assert "data-whole" in lane
    assert grid.count("data-whole") == 1
    table = unescape(member.get(f"{DAY}&view=table").text)
    assert "start=17:00&minutes=180" in table


def test_the_week_of_the_room_offers_them(member: Visitor, fern: int) -> None:
    page = member.get(f"/bookings/rooms/{fern}?date=2026-11-25").text
    assert slot_value(fern, MORNING) in page
    assert "09:00 – 13:00" in _text(page)
    assert slot_value(fern, span(9, 0, 420)) not in page
    assert (
        slot_value(fern, span(9, 0, 420))
        in member.get(f"/bookings/rooms/{fern}?date=2026-11-25&minutes=420").text
    )
    assert slot_value(fern, span(9)) not in page


def test_changing_a_booking_says_it_too(app: Flask, north: TenantWorld, member: Visitor, fern: int) -> None:
    booking_id = booked(app, north, "member", "Fern", MORNING)
    page = _text(member.get(f"/bookings/{booking_id}/edit?start=10:00&minutes=60").text)
    assert SENTENCE in page


def test_staff_book_past_it_after_the_warning(manager: Desk, fern: int) -> None:
    tenant = manager.tenant
    path = f"/admin/bookings?person={tenant.people['member']}&location={tenant.locations['Leith Walk']}"
    wish: dict[str, Any] = {
        "resource_id": str(fern),
        "day": "2026-11-25",
        "at": "10:00",
        "minutes": "60",
        "people": "1",
        "title": "",
        "request_key": "a-key",
    }
    answer = manager.send(path, wish)
    assert answer.status_code == 422
    assert SENTENCE in _text(answer.text)
    assert manager.send(path, wish | {"confirmed": "out_of_shift"}).status_code == 303
    (booking,) = rows(manager.app, tenant, Booking)
    assert booking.overridden == ["out_of_shift"]
    assert "the shifts" in _text(manager.get(f"/admin/bookings/{booking.id}").text)


RULE = {"name": "Days", "whom": "everybody", "rooms": "all", "access": ""}


def test_a_rule_sets_shifts_and_lifts_them(manager: Desk, member: Visitor, fern: int) -> None:
    owner = Desk(manager.app, manager.tenant, "owner")
    rules = "/admin/booking-rules"
    assert owner.send(rules, RULE | {"shifts": "8:00-12:00, 12-16"}).status_code == 303
    (rule,) = rows(owner.app, owner.tenant, BookingRule)
    assert rule.terms["sets"] == {"shifts": [[480, 720, 127], [720, 960, 127]]}
    assert "in shifts: 08:00–12:00, 12:00–16:00" in _text(owner.get(rules).text)
    form = owner.get(f"{rules}/{rule.id}").text
    assert 'value="8:00-12:00, 12:00-16:00"' in form
    assert "Booked in shifts: 08:00–12:00, 12:00–16:00" in _text(member.get(SEARCH).text)
    assert owner.send(f"{rules}/{rule.id}", RULE | {"without_shifts": "y"}).status_code == 303
    assert "not in shifts" in _text(owner.get(rules).text)
    (lifted,) = re.findall(r'<input[^>]*name="without_shifts"[^>]*>', owner.get(f"{rules}/{rule.id}").text)
    assert "checked" in lifted
    assert "Booked in shifts" not in _text(member.get(SEARCH).text)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"shifts": "8-12, 11-13"}, "These shifts overlap."),
        ({"shifts": "13-8"}, "the later time last"),
        ({"shifts": "8-12", "without_shifts": "y"}, "Either shifts or none"),
        ({"shifts": ""}, "It sets nothing yet."),
    ],
)
def test_a_rule_that_makes_no_sense_is_said(manager: Desk, typed: dict[str, str], words: str) -> None:
    owner = Desk(manager.app, manager.tenant, "owner")
    answer = owner.send("/admin/booking-rules", RULE | typed)
    assert answer.status_code == 422
    assert words in _text(answer.text)
    assert rows(owner.app, owner.tenant, BookingRule) == []


def test_they_cost_the_pages_no_statement(app: Flask, north: TenantWorld, member: Visitor) -> None:
    def asked(path: str) -> int:
        with statements(app) as found:
            assert member.get(path).status_code == 200
        return len(found)

    pages = (SEARCH, DAY, f"/bookings/rooms/{north.rooms['Fern']}?date=2026-11-25")
    for path in pages:
        member.get(path)
    before = [asked(path) for path in pages]
    change(app, north, Resource, north.rooms["Fern"], shifts=EVERY_DAY)
    for path in pages:
        member.get(path)
    assert [asked(path) for path in pages] == before
