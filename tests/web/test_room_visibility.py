"""Rooms that pages do not list: reached by their link, or by the front desk alone."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Resource, ResourceVisibility
from app.web.slots import slot_value
from tests.support.bookings import SEARCH, hold, span
from tests.support.rows import change, inside
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

LISTS = (
    SEARCH,
    "/bookings/day?date=2026-11-25",
    "/bookings/day?date=2026-11-25&view=table",
    "/bookings/week?date=2026-11-25",
    "/",
)


pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def member(app: Flask, north: TenantWorld) -> Visitor:
    visitor = Visitor(app, north)
    visitor.sign_in("member")
    return visitor


@pytest.fixture
def manager(app: Flask, north: TenantWorld) -> Desk:
    return Desk(app, north, "manager")


def _be(app: Flask, north: TenantWorld, visibility: ResourceVisibility) -> int:
    change(app, north, Resource, north.rooms["Fern"], visibility=visibility)
    return north.rooms["Fern"]


@pytest.mark.parametrize("visibility", [ResourceVisibility.LINK, ResourceVisibility.STAFF])
def test_no_list_shows_it_and_the_timeline_does(
    app: Flask, north: TenantWorld, member: Visitor, manager: Desk, visibility: ResourceVisibility
) -> None:
    _be(app, north, visibility)
    for address in LISTS:
        answer = member.get(address)
        assert answer.status_code == 200
        assert "Fern" not in answer.text
    assert "Fern" in manager.get("/admin/bookings/day?date=2026-11-25").text


@pytest.mark.parametrize("address", LISTS[:2])
def test_the_pictures_of_the_others_are_there(
    app: Flask, north: TenantWorld, member: Visitor, address: str
) -> None:
    _be(app, north, ResourceVisibility.STAFF)
    sheets = set(re.findall(r"/media/rooms/\w+\.svg", member.get(address).text))
    assert sheets
    for sheet in sheets:
        assert member.get(sheet).status_code == 200


def test_its_link_leads_to_booking_it(app: Flask, north: TenantWorld, member: Visitor) -> None:
    fern = _be(app, north, ResourceVisibility.LINK)
    assert member.get(f"/bookings/rooms/{fern}").status_code == 200
    slot = slot_value(fern, span(10))
    part = member.get(f"/bookings/day/choice?slot={slot}", headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "Fern" in part.text
    assert hold(member, "Fern", span(10)).status_code == 303


def test_a_room_for_staff_is_not_there(app: Flask, north: TenantWorld, member: Visitor) -> None:
    fern = _be(app, north, ResourceVisibility.STAFF)
    assert member.get(f"/bookings/rooms/{fern}").status_code == 404
    assert member.get(f"/bookings/why?slot={slot_value(fern, span(10))}").status_code == 404
    assert hold(member, "Fern", span(10)).status_code == 404


def test_staff_say_where_it_is_seen(app: Flask, north: TenantWorld, manager: Desk) -> None:
    fern = _be(app, north, ResourceVisibility.LINK)
    page = manager.get(f"/admin/resources/{fern}").text
    assert f'href="/bookings/rooms/{fern}"' in page
    form = {
        "name": "Fern",
        "resource_type_id": str(north.types["Meeting room"]),
        "position": "0",
        "capacity": "4",
        "units": "1",
        "audience": "signed_in",
        "visibility": "staff",
        "min_minutes": "15",
        "max_minutes": "480",
        "grid_minutes": "15",
        "buffer_before": "0",
        "buffer_after": "0",
        "notice_minutes": "0",
        "cooldown_minutes": "30",
        "cooldown_any_minutes": "0",
        "cancel_cutoff_minutes": "0",
    }
    refused = manager.send(f"/admin/resources/{fern}", form | {"visibility": "moon"})
    assert refused.status_code == 422
    assert manager.send(f"/admin/resources/{fern}", form).status_code == 303
    with inside(app, north) as session:
        stored = session.execute(select(Resource.visibility).where(Resource.id == fern)).scalar_one()
    assert stored is ResourceVisibility.STAFF
    assert manager.audit()[-1].after["visibility"] == "staff"
