"""Booking for a member: what it costs stands before the button, with scripts and without, and is what it is booked for."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.domain.credits.terms import Holder
from app.models import Booking, ResourceType
from tests.support.credits import granted
from tests.support.rows import change, inside, rows
from tests.support.staff import Desk
from tests.support.world import World

DAY = (datetime.now(ZoneInfo("Europe/London")) + timedelta(days=3)).date().isoformat()
PART = {"HX-Request": "true"}


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "desk")


def _query(desk: Desk) -> str:
    return f"person={desk.tenant.people['member']}&location={desk.tenant.locations['Leith Walk']}"


def _wish(desk: Desk, **more: str) -> dict[str, str]:
    wish = {"day": DAY, "at": "10:00", "minutes": "60", "people": "2", "title": "Board", "request_key": "k"}
    return wish | {"resource_id": str(desk.tenant.rooms["Fern"])} | more


def _due(page: str) -> str:
    return str(re.findall(r'name="due" value="(\d*)"', page)[0])


def _book(desk: Desk, **more: str) -> tuple[int, str]:
    answer = desk.send(f"/admin/bookings?{_query(desk)}", _wish(desk, **more))
    return answer.status_code, answer.text


def test_the_page_shows_what_it_costs_and_why_and_that_is_booked_at_one_press(desk: Desk) -> None:
    page = desk.get(f"/admin/bookings/new?{_query(desk)}&date={DAY}&room={desk.tenant.rooms['Fern']}").text
    assert "1 h at £18.00 an hour" in page
    assert "Why this price?" in page
    assert "Prices are with" in page
    assert _due(page) == "1800"
    assert page.index('id="booking-price"') < page.index('data-busy="Booking"')
    assert _book(desk, due=_due(page), at="09:00")[0] == 303


def test_a_room_that_a_browser_shows_first_has_its_price_too(desk: Desk) -> None:
    assert _due(desk.get(f"/admin/bookings/new?{_query(desk)}&date={DAY}").text) != ""


def test_another_length_is_priced_as_a_part_and_as_a_page(desk: Desk) -> None:
    path, wish = f"/admin/bookings/price?{_query(desk)}", _wish(desk, minutes="120")
    part = desk.send(path, wish, headers=PART).text
    assert "<html" not in part
    assert _due(part) == "3600"
    page = desk.send(path, wish).text
    assert "<html" in page
    assert _due(page) == "3600"
    assert 'value="Board"' in page, "what was typed stays"
    assert rows(desk.app, desk.tenant, Booking) == []


def test_what_is_not_filled_in_has_no_price_and_says_so_at_its_field(desk: Desk) -> None:
    path, wish = f"/admin/bookings/price?{_query(desk)}", _wish(desk, minutes="0")
    assert "Fill in the form to see what it costs." in desk.send(path, wish, headers=PART).text
    assert "At least 1" in desk.send(path, wish).text
    far = desk.send(path, _wish(desk, day="2099-01-01"), headers=PART)
    assert (far.status_code, _due(far.text)) == (200, "")


@pytest.mark.parametrize(
    ("seen", "sentence"),
    [("1800", "The price has changed meanwhile."), ("", "This is what it costs. Book it if that suits.")],
)
def test_a_price_that_was_not_on_the_page_is_shown_first(desk: Desk, seen: str, sentence: str) -> None:
    status, text = _book(desk, minutes="120", due=seen)
    assert status == 422
    assert sentence in text
    assert rows(desk.app, desk.tenant, Booking) == []
    assert _book(desk, minutes="120", due=_due(text))[0] == 303
    assert [each.price_minor for each in rows(desk.app, desk.tenant, Booking)] == [3600]


def test_what_credit_pays_is_taken_off(app: Flask, desk: Desk) -> None:
    with inside(app, desk.tenant) as session:
        granted(session, Holder(desk.tenant.people["member"]), 500)
    page = desk.send(f"/admin/bookings/price?{_query(desk)}", _wish(desk)).text
    assert "−£5.00" in page
    assert "Credit pays for £5.00 of it." in page
    assert _due(page) == "1300"


def test_where_no_rate_says_it_staff_are_asked_and_see_what_they_agree_on(app: Flask, desk: Desk) -> None:
    change(app, desk.tenant, ResourceType, desk.tenant.types["Meeting room"], hourly_minor=None)
    path = f"/admin/bookings/price?{_query(desk)}"
    asked = desk.send(path, _wish(desk), headers=PART).text
    assert "No rate says what it costs then: agree on a price." in asked
    assert 'name="agreed_minor"' in asked
    assert _due(asked) == ""
    agreed = desk.send(path, _wish(desk, agreed_minor="42.50"), headers=PART).text
    assert "As agreed with the front desk" in agreed
    assert _due(agreed) == "4250"
    assert _book(desk, agreed_minor="42.50", due="4250")[0] == 303


def test_a_limit_stands_beside_the_price_that_it_is_booked_for_all_the_same(desk: Desk) -> None:
    status, text = _book(desk, people="9", due="1800")
    assert status == 422
    assert "Book anyway" in text
    assert _due(text) == "1800"
    assert _book(desk, people="9", due="1800", confirmed="too_many_people")[0] == 303


def test_another_houses_people_and_places_have_no_price(desk: Desk, world: World) -> None:
    foreign, place = world.harbour, desk.tenant.locations["Leith Walk"]
    for query in (
        f"person={foreign.people['member']}&location={place}",
        f"person={desk.tenant.people['member']}&location={foreign.locations['Leith Walk']}",
    ):
        assert desk.send(f"/admin/bookings/price?{query}", _wish(desk)).status_code == 404
