"""Changing a booking on its page: the price before the button, with scripts and without, by whose it is and by staff."""

import re

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.models import AuditEntry, Booking
from tests.support.bookings import booked, span
from tests.support.rows import rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

PART = {"HX-Request": "true"}


pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "desk")


@pytest.fixture
def cedar(app: Flask, world: World) -> int:
    """Maya has Cedar tomorrow from ten to eleven, for £18."""
    return booked(app, world.northlight, "member", "Cedar", span(10), title="Talk")


def _booking(app: Flask, world: World, booking_id: int) -> Booking:
    (booking,) = rows(app, world.northlight, Booking, id=booking_id)
    return booking


def _fields(world: World, page: str, **wish: str) -> dict[str, str]:
    """What the form sends, with what somebody fills in."""
    hidden = dict(re.findall(r'name="(sequence|due)"[^>]*value="(\d+)"', page))
    filled = {
        "resource_id": str(world.northlight.rooms["Cedar"]),
        "day": "2026-11-25",
        "at": "10:00",
        "minutes": "60",
        "people": "1",
        "title": "Talk",
    }
    return filled | hidden | wish


def _send(member: Visitor, world: World, booking_id: int, page: str = "", **wish: str) -> TestResponse:
    path = f"/bookings/{booking_id}/edit"
    return member.post(path, _fields(world, page or member.get(path).text, **wish), form=path)


def test_the_page_says_what_is_and_what_it_costs(member: Visitor, cedar: int) -> None:
    assert f'href="/bookings/{cedar}/edit"' in member.get(f"/bookings/{cedar}").text
    page = member.get(f"/bookings/{cedar}/edit").text
    assert re.search(r'type="time"[^>]*value="10:00"', page)
    assert "It costs nothing more." in page
    assert 'name="due" value="1800"' in page


def test_a_price_that_was_not_shown_is_shown_first(
    app: Flask, world: World, member: Visitor, cedar: int
) -> None:
    shown = _send(member, world, cedar, minutes="120")
    assert shown.status_code == 200
    assert "You pay £18.00 more." in shown.text
    assert _booking(app, world, cedar).sequence == 0
    done = _send(member, world, cedar, shown.text, minutes="120")
    assert (done.status_code, done.location) == (303, f"/bookings/{cedar}")
    booking = _booking(app, world, cedar)
    assert (booking.ends_at, booking.price_minor, booking.title) == (span(10, minutes=120).end, 3600, "Talk")
    assert "Changed: Cedar, tomorrow 10:00 – 12:00." in member.get(done.location).text


def test_each_field_asks_for_the_price_alone(app: Flask, world: World, member: Visitor, cedar: int) -> None:
    path = f"/bookings/{cedar}/edit"
    wish = _fields(world, member.get(path).text, minutes="30")
    part = member.post(f"{path}/price", wish, form=path, headers=PART).text
    assert part.startswith('<div class="stack" id="change-price"')
    assert "You pay £9.00 less." in part
    page = member.post(f"{path}/price", wish, form=path).text
    assert "<h1>Change Cedar</h1>" in page
    assert "You pay £9.00 less." in page
    assert _booking(app, world, cedar).sequence == 0


def test_shorter_is_the_same(app: Flask, world: World, member: Visitor, cedar: int) -> None:
    shown = _send(member, world, cedar, minutes="30")
    assert _send(member, world, cedar, shown.text, minutes="30").status_code == 303
    assert _booking(app, world, cedar).price_minor == 900


def test_what_stands_against_it_is_said_with_what_is_near(
    app: Flask, world: World, member: Visitor, cedar: int
) -> None:
    booked(app, world.northlight, "colleague", "Cedar", span(12))
    refused = _send(member, world, cedar, at="12:00")
    assert refused.status_code == 422
    assert "Taken then." in refused.text
    near = re.search(rf'href="(/bookings/{cedar}/edit\?[^"]+)"', refused.text)
    assert near
    there = member.get(near[1].replace("&amp;", "&")).text
    assert "Taken then" not in there
    assert 'name="due"' in there


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"day": "never"}, "There is no such day"),
        ({"at": "25:00"}, "Write a time such as 14:30."),
        ({"minutes": "7"}, "Booked for 15 min or longer."),
        ({"minutes": "0"}, "Choose one from the list."),
        ({"resource_id": "999999"}, "Choose one from the list."),
        ({"people": "0"}, "people"),
        ({"at": "21:30"}, "Open "),
        ({"people": "50"}, "It holds 8 people"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    world: World, member: Visitor, cedar: int, wish: dict[str, str], sentence: str
) -> None:
    refused = _send(member, world, cedar, **{"title": "Another talk", **wish})
    assert refused.status_code == 422
    assert sentence in refused.text
    assert 'value="Another talk"' in refused.text


def test_who_saw_an_older_booking_is_told(
    app: Flask, world: World, member: Visitor, desk: Desk, cedar: int
) -> None:
    old = member.get(f"/bookings/{cedar}/edit").text
    shown = desk.get(f"/admin/bookings/{cedar}/edit").text
    wish = _fields(world, shown, at="14:00")
    assert desk.send(f"/admin/bookings/{cedar}/edit", wish).status_code == 303
    refused = _send(member, world, cedar, old, at="15:00")
    assert refused.status_code == 422
    assert "Somebody else has changed this booking meanwhile." in refused.text
    assert _booking(app, world, cedar).starts_at == span(14).start
    # What was typed stays, and can be sent once it has been seen
    assert _send(member, world, cedar, refused.text, at="15:00").status_code == 303
    assert _booking(app, world, cedar).starts_at == span(15).start


def test_of_what_runs_only_the_end_is_asked_for(
    app: Flask, world: World, member: Visitor, tuesday: time_machine.Traveller
) -> None:
    running = booked(app, world.northlight, "member", "Cedar", span(9, 15, days=0))
    tuesday.shift(20 * 60)
    page = member.get(f"/bookings/{running}/edit").text
    assert 'name="at"' not in page
    shown = _send(member, world, running, minutes="90")
    assert "You pay £9.00 more." in shown.text
    assert _send(member, world, running, shown.text, minutes="90").status_code == 303
    assert _booking(app, world, running).ends_at == span(9, 15, 90, days=0).end


def test_what_is_over_and_what_is_anothers_has_no_such_page(
    app: Flask, world: World, member: Visitor, cedar: int, tuesday: time_machine.Traveller
) -> None:
    other = booked(app, world.northlight, "colleague", "Fern", span(15))
    for path in (f"/bookings/{other}/edit", "/bookings/999999/edit"):
        assert member.get(path).status_code == 404
    tuesday.shift(3 * 24 * 3600)
    member.sign_in("member")
    assert member.get(f"/bookings/{cedar}/edit").status_code == 404


@pytest.mark.parametrize(
    "asked",
    ["minutes=0", "minutes=99999999", "minutes=x", "date=never&start=99:99", "room=x", "room=&start="],
)
def test_an_address_that_asks_for_nonsense_shows_what_is(member: Visitor, cedar: int, asked: str) -> None:
    page = member.get(f"/bookings/{cedar}/edit?{asked}")
    assert page.status_code == 200
    assert "It costs nothing more." in page.text


def test_staff_change_it_past_a_limit_once_they_have_seen_it(
    app: Flask, world: World, desk: Desk, cedar: int
) -> None:
    path = f"/admin/bookings/{cedar}/edit"
    assert f'href="{path}"' in desk.get(f"/admin/bookings/{cedar}").text
    wish = _fields(world, desk.get(path).text, at="21:00")
    refused = desk.send(path, wish)
    assert refused.status_code == 422
    assert "You may change it all the same." in refused.text
    assert 'name="confirmed" value="outside_hours"' in refused.text
    done = desk.send(path, wish | {"confirmed": "outside_hours"})
    assert (done.status_code, done.location) == (303, f"/admin/bookings/{cedar}")
    assert _booking(app, world, cedar).overridden == ["outside_hours"]
    (entry,) = rows(app, world.northlight, AuditEntry, action="booking.moved")
    assert entry.for_id == world.northlight.people["member"]


def test_staff_see_what_is_billed_more(world: World, desk: Desk, cedar: int) -> None:
    path = f"/admin/bookings/{cedar}/edit"
    wish = _fields(world, desk.get(path).text, minutes="120")
    part = desk.send(f"{path}/price", wish)
    assert "£18.00 more is billed." in part.text
