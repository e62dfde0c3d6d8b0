"""Asking for a room that the front desk approves, and the front desk's yes and no, on the pages."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from app.models import Booking, BookingStatus, Closure, Notice, Resource
from tests.support.bookings import NOW, hold, id_in, span
from tests.support.rows import change, inside, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

REQUESTS = "/admin/bookings/requests"


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def north(app: Flask, world: World) -> TenantWorld:
    change(app, world.northlight, Resource, world.northlight.rooms["Fern"], needs_approval=True)
    return world.northlight


@pytest.fixture
def member(app: Flask, north: TenantWorld) -> Visitor:
    visitor = Visitor(app, north)
    visitor.sign_in("member")
    return visitor


@pytest.fixture
def desk(app: Flask, north: TenantWorld) -> Desk:
    return Desk(app, north, "desk")


@pytest.fixture
def asked(member: Visitor) -> int:
    """What the member asks for, as its pages let them."""
    booking_id = id_in(hold(member, "Fern", span(10)))
    checkout = f"/bookings/{booking_id}/checkout"
    page = member.get(checkout).text
    assert "The front desk approves this room" in page
    assert "Ask for it" in page
    answer = member.post(
        f"/bookings/{booking_id}/confirmation", {"title": "Board", "people": "2"}, form=checkout
    )
    assert answer.status_code == 303
    return booking_id


def _status(app: Flask, north: TenantWorld) -> BookingStatus:
    return rows(app, north, Booking)[0].status


def test_the_person_sees_that_it_waits_and_takes_it_back(
    app: Flask, north: TenantWorld, member: Visitor, asked: int
) -> None:
    mine = member.get("/bookings/mine").text
    assert "You have asked for Fern" in mine
    assert "Waits for approval" in mine
    page = member.get(f"/bookings/{asked}").text
    assert "The front desk has yet to approve it" in page
    assert "no credit used, before it is approved" in page
    cancellation = f"/bookings/{asked}/cancellation"
    assert member.post(cancellation, form=cancellation).status_code == 303
    assert _status(app, north) is BookingStatus.CANCELLED


def test_the_desk_sees_what_waits_and_approves(
    app: Flask, north: TenantWorld, desk: Desk, asked: int, member: Visitor
) -> None:
    assert "1 request waits for your approval" in desk.get("/admin/bookings").text
    page = desk.get(REQUESTS).text
    assert "Maya Member, Fern" in page
    assert "Nothing stands against it" in desk.get(f"/admin/bookings/{asked}").text
    assert desk.send(f"/admin/bookings/{asked}/approval").status_code == 303
    assert _status(app, north) is BookingStatus.CONFIRMED
    assert "Nothing waits" in desk.get(REQUESTS).text
    assert "Waits for approval" not in member.get("/bookings/mine").text
    again = desk.send(f"/admin/bookings/{asked}/approval")
    assert again.status_code == 303
    assert "somebody else has decided" in desk.get(f"/admin/bookings/{asked}").text


def test_the_notice_has_the_button_that_approves(
    app: Flask, north: TenantWorld, desk: Desk, asked: int
) -> None:
    inbox = desk.get("/inbox").text
    assert "Maya Member asks for Fern" in inbox.replace("\u2068", "").replace("\u2069", "")
    assert f'action="/admin/bookings/{asked}/approval"' in inbox


def test_declining_takes_a_reason_that_the_person_reads(
    app: Flask, north: TenantWorld, desk: Desk, asked: int, member: Visitor
) -> None:
    refused = desk.send(f"/admin/bookings/{asked}/refusal", {"reason": ""})
    assert refused.status_code == 422
    assert _status(app, north) is BookingStatus.TENTATIVE
    assert desk.send(f"/admin/bookings/{asked}/refusal", {"reason": "We paint the walls"}).status_code == 303
    assert "We paint the walls" in member.get(f"/bookings/{asked}").text
    assert "You cannot have Fern" in member.get("/inbox").text


def test_what_stands_against_it_is_said_and_passed_over(
    app: Flask, north: TenantWorld, desk: Desk, asked: int
) -> None:
    day = span(10).start.date()
    with inside(app, north) as session:
        session.add(Closure(location_id=north.locations["Leith Walk"], first_day=day, last_day=day))
    assert "This stands against it" in desk.get(f"/admin/bookings/{asked}").text
    refused = desk.send(f"/admin/bookings/{asked}/approval")
    assert refused.status_code == 422
    assert 'value="closed"' in refused.text
    assert desk.send(f"/admin/bookings/{asked}/approval", {"confirmed": "closed"}).status_code == 303
    assert _status(app, north) is BookingStatus.CONFIRMED


def test_the_room_asks_for_approval_once_staff_say_so(app: Flask, north: TenantWorld) -> None:
    manager = Desk(app, north, "manager")
    page = manager.get(f"/admin/resources/{north.rooms['Cedar']}").text
    assert "Wait for our approval" in page


def test_the_calendar_file_says_that_it_is_tentative(member: Visitor, asked: int, desk: Desk) -> None:
    assert "STATUS:TENTATIVE" in member.get(f"/bookings/{asked}/calendar.ics").text
    desk.send(f"/admin/bookings/{asked}/approval")
    assert "STATUS:CONFIRMED" in member.get(f"/bookings/{asked}/calendar.ics").text


def test_mails_of_it_bring_no_entry(app: Flask, north: TenantWorld, desk: Desk, asked: int) -> None:
    desk.send(f"/admin/bookings/{asked}/refusal", {"reason": "No"})
    told = {notice.kind: notice.data for notice in rows(app, north, Notice)}
    assert "calendar" not in told["booking.declined"]
