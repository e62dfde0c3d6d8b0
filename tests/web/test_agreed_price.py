"""Where no rate says what a room costs: members ask the front desk, and staff book it for what they agree on."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.models import Booking, ResourceType
from tests.support.rows import change, rows
from tests.support.staff import Desk
from tests.support.world import TenantWorld, World

DAY = (datetime.now(ZoneInfo("Europe/London")) + timedelta(days=3)).date().isoformat()
WISH = {"day": DAY, "at": "10:00", "minutes": "60", "people": "2", "title": "", "request_key": "k"}
ASKED = "No rate says what it costs then: agree on a price"


@pytest.fixture
def north(app: Flask, world: World) -> TenantWorld:
    north = world.northlight
    change(app, north, ResourceType, north.types["Meeting room"], hourly_minor=None)
    return north


@pytest.fixture
def desk(app: Flask, north: TenantWorld) -> Desk:
    return Desk(app, north, "desk")


def _new(desk: Desk, **more: str) -> Any:
    north = desk.tenant
    path = f"/admin/bookings?person={north.people['member']}&location={north.locations['Leith Walk']}"
    return desk.send(path, WISH | {"resource_id": str(north.rooms["Fern"])} | more)


def _booking(desk: Desk) -> Booking:
    (booking,) = rows(desk.app, desk.tenant, Booking)
    return booking


def test_staff_are_asked_for_a_price_and_book_for_it(desk: Desk) -> None:
    answer = _new(desk)
    assert answer.status_code == 422
    assert ASKED in answer.text
    assert 'name="agreed_minor"' in answer.text
    assert rows(desk.app, desk.tenant, Booking) == []
    assert _new(desk, agreed_minor="42.50").status_code == 303
    booking = _booking(desk)
    assert (booking.price_minor, booking.quote["agreed"], booking.quote["minutes"]) == (4250, True, 60)
    assert "£42.50 is agreed with the front desk" in desk.get(f"/admin/bookings/{booking.id}").text


def test_what_is_no_amount_is_told_at_the_field(desk: Desk) -> None:
    answer = _new(desk, agreed_minor="-1")
    assert answer.status_code == 422
    assert 'name="agreed_minor"' in answer.text
    assert 'value="-1"' in answer.text
    assert rows(desk.app, desk.tenant, Booking) == []


def test_where_there_is_a_price_nothing_else_is_agreed(desk: Desk, app: Flask) -> None:
    north = desk.tenant
    change(app, north, ResourceType, north.types["Meeting room"], hourly_minor=1800)
    assert _new(desk, agreed_minor="1").status_code == 303
    assert _booking(desk).price_minor == 1800


def test_its_member_sees_it_and_moves_it_no_further_by_themselves(desk: Desk, app: Flask) -> None:
    _new(desk, agreed_minor="42.50")
    booking, member = _booking(desk), Desk(app, desk.tenant, "member")
    assert "As agreed with the front desk" in member.get(f"/bookings/{booking.id}").text
    wish = {
        "resource_id": str(booking.resource_id),
        "day": DAY,
        "at": "12:00",
        "minutes": "60",
        "people": "2",
        "title": "",
        "sequence": "0",
        "agreed_minor": "1",
        "due": "1",
    }
    answer = member.post(f"/bookings/{booking.id}/edit", wish, form="/account")
    assert answer.status_code == 422
    assert "Ask the front desk for the price" in answer.text
    assert "agreed_minor" not in answer.text
    assert _booking(desk).starts_at == booking.starts_at


def test_staff_move_it_for_another_price(desk: Desk) -> None:
    _new(desk, agreed_minor="42.50")
    booking = _booking(desk)
    wish = {
        "resource_id": str(booking.resource_id),
        "day": DAY,
        "at": "12:00",
        "minutes": "120",
        "people": "2",
        "title": "",
        "sequence": "0",
    }
    answer = desk.send(f"/admin/bookings/{booking.id}/edit", wish)
    assert answer.status_code == 422
    assert ASKED in answer.text
    shown = desk.send(f"/admin/bookings/{booking.id}/edit/price", wish | {"agreed_minor": "80"}).text
    assert 'name="due" value="8000"' in shown
    assert 'name="agreed_minor"' in shown
    done = desk.send(f"/admin/bookings/{booking.id}/edit", wish | {"agreed_minor": "80", "due": "8000"})
    assert done.status_code == 303
    moved = _booking(desk)
    assert (moved.price_minor, moved.starts_at) == (8000, booking.starts_at + timedelta(hours=2))
