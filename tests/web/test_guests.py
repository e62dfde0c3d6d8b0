"""Guests on the pages: expected by members, let in at the front desk, told by mail."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from app.models import BookingGuest, Notice
from tests.support.bookings import NOW, booked, span
from tests.support.rows import rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def booking(app: Flask, north: TenantWorld) -> int:
    return booked(app, north, "member", "Fern", span(10, days=0))


@pytest.fixture
def member(app: Flask, north: TenantWorld) -> Visitor:
    visitor = Visitor(app, north)
    visitor.sign_in("member")
    return visitor


def _add(member: Visitor, booking: int, name: str = "Gus Guest", email: str = "") -> int:
    page = f"/bookings/{booking}/guests"
    return member.post(page, {"name": name, "email": email}, form=page).status_code


def test_a_member_expects_and_takes_off(
    app: Flask, north: TenantWorld, member: Visitor, booking: int
) -> None:
    assert "Add guests" in member.get(f"/bookings/{booking}").text
    page = f"/bookings/{booking}/guests"
    assert _add(member, booking, email="gus@elsewhere.test") == 303
    assert "gets a mail" in member.get(page).text
    assert _add(member, booking, "Ana") == 303
    assert "2 guests" in member.get(f"/bookings/{booking}").text
    first = rows(app, north, BookingGuest)[0].id
    assert member.post(f"{page}/{first}/removal", form=page).status_code == 303
    assert [each.name for each in rows(app, north, BookingGuest)] == ["Ana"]
    kinds = [each.kind for each in rows(app, north, Notice) if each.kind.startswith("guest.")]
    assert kinds == ["guest.invited", "guest.cancelled"]


@pytest.mark.parametrize(
    ("name", "email", "sentence"),
    [("", "", "This is needed."), ("Gus", "gus at home", "looks like name@example.com")],
)
def test_what_is_wrong_is_said_at_its_field(
    member: Visitor, booking: int, name: str, email: str, sentence: str
) -> None:
    page = f"/bookings/{booking}/guests"
    answer = member.post(page, {"name": name, "email": email}, form=page)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_no_more_than_the_room_holds(member: Visitor, booking: int) -> None:
    statuses = [_add(member, booking, f"Guest {number}") for number in range(4)]
    assert statuses == [303, 303, 303, 422]


def test_the_front_desk_sees_them_and_lets_them_in(
    app: Flask, north: TenantWorld, member: Visitor, booking: int
) -> None:
    _add(member, booking)
    desk = Desk(app, north, "desk")
    here = "/admin/bookings/guests"
    page = desk.get(here).text
    assert "Gus Guest" in page
    assert "1 still to come" in page
    guest = rows(app, north, BookingGuest)[0].id
    assert desk.send(f"{here}/{guest}/arrival").status_code == 303
    assert "Here since 09:07" in desk.get(here).text
    assert "Gus Guest (here)" in desk.get(f"/admin/bookings/{booking}").text
    assert "Here" in member.get(f"/bookings/{booking}/guests").text
    assert "No guests that day" in desk.get(f"{here}?date=2026-11-30").text
