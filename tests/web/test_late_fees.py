"""Cancelling late for a fee, on pages: what it costs before the button, and the steps that staff write."""

import re

import pytest
from flask import Flask

from app.models import AuditEntry, Booking, BookingStatus, CancellationStep
from tests.support.bookings import SEARCH, booked, span
from tests.support.rows import inside, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

LADDER = "/admin/limits/cancelling"


pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


@pytest.fixture
def manager(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "manager")


@pytest.fixture
def late(app: Flask, world: World, manager: Desk) -> int:
    """Maya has Cedar from half past ten; it is seven past nine, and the cut-off was at half past eight."""
    assert manager.send(LADDER, {"hours_1": "24", "percent_1": "50"}).status_code == 303
    return booked(app, world.northlight, "member", "Cedar", span(10, 30, days=0))


def _steps(app: Flask, world: World) -> set[tuple[int | None, int, int]]:
    steps = rows(app, world.northlight, CancellationStep)
    return {(each.resource_type_id, each.hours, each.percent) for each in steps}


def test_the_page_says_what_it_costs_before_the_button(
    app: Flask, world: World, member: Visitor, late: int
) -> None:
    assert "Now it costs a part of the price." in member.get(f"/bookings/{late}").text
    path = f"/bookings/{late}/cancellation"
    page = member.get(path).text
    assert "Cancelling now costs 50 %: £9.00." in page
    assert "Cancel for £9.00" in page
    done = member.post(path, {"reason": "", "fee": "900"}, form=path)
    assert done.status_code == 303
    (booking,) = rows(app, world.northlight, Booking)
    assert booking.status is BookingStatus.CANCELLED
    assert "so £9.00 of its price is kept." in member.get(f"/bookings/{late}").text


def test_a_fee_that_was_not_shown_is_not_taken(app: Flask, world: World, member: Visitor, late: int) -> None:
    path = f"/bookings/{late}/cancellation"
    refused = member.post(path, {"reason": "Rain"}, form=path)
    assert refused.status_code == 422
    assert "Cancelling costs £9.00 by now." in refused.text
    assert 'name="fee" value="900"' in refused.text
    (booking,) = rows(app, world.northlight, Booking)
    assert booking.status is BookingStatus.CONFIRMED


def test_in_time_it_costs_nothing_and_says_so(app: Flask, world: World, member: Visitor, late: int) -> None:
    early = booked(app, world.northlight, "member", "Cedar", span(10))
    page = member.get(f"/bookings/{early}/cancellation").text
    assert "It costs nothing" in page
    assert member.post(f"/bookings/{early}/cancellation", {"reason": ""}, form=SEARCH).status_code == 303


def test_staff_may_waive_it(app: Flask, world: World, manager: Desk, late: int) -> None:
    path = f"/admin/bookings/{late}"
    page = manager.get(path).text
    assert "Cancelling now costs 50 %: £9.00." in page
    assert 'name="waive"' in page
    done = manager.send(f"{path}/cancellation", {"reason": "Ill", "fee": "900", "waive": "y"})
    assert done.status_code == 303
    (entry,) = rows(app, world.northlight, AuditEntry, action="booking.cancelled")
    assert entry.after["waived_minor"] == 900


def test_staff_keep_it_otherwise(app: Flask, world: World, manager: Desk, late: int) -> None:
    path = f"/admin/bookings/{late}"
    assert manager.send(f"{path}/cancellation", {"reason": "Ill", "fee": "900"}).status_code == 303
    assert "£9.00 of its price is kept." in manager.get(path).text


def test_a_type_has_steps_of_its_own_until_they_are_emptied(
    app: Flask, world: World, manager: Desk, late: int
) -> None:
    type_id = world.northlight.types["Meeting room"]
    path = f"{LADDER}/{type_id}"
    assert "24 h: 50 %" in manager.get("/admin/limits").text
    assert manager.send(path, {"hours_2": "48", "percent_2": "20"}).status_code == 303
    assert (type_id, 48, 20) in _steps(app, world)
    page = manager.get(LADDER).text
    assert "48 h: 20 %" in page
    assert re.search(r'id="hours_1"[^>]*value="24"', page)
    assert manager.send(path, {}).status_code == 303
    assert len(_steps(app, world)) == 1
    changed = rows(app, world.northlight, AuditEntry, action="limits.changed")
    assert [each.after["late_cancelling"] for each in changed] == ["24 h: 50 %", "48 h: 20 %", ""]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"hours_1": "24"}, "This is needed."),
        ({"hours_1": "0", "percent_1": "50"}, "hours_1-error"),
        ({"hours_1": "24", "percent_1": "101"}, "percent_1-error"),
        ({"hours_1": "24", "percent_1": "50", "hours_2": "24", "percent_2": "60"}, "at the same hour."),
        ({"hours_1": "24", "percent_1": "50", "hours_2": "2", "percent_2": "10"}, "cannot keep less"),
    ],
)
def test_steps_that_cannot_be_are_said_at_their_line(
    app: Flask, world: World, manager: Desk, wrong: dict[str, str], sentence: str
) -> None:
    refused = manager.send(LADDER, wrong)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert _steps(app, world) == set()


def test_a_large_fee_can_be_agreed_to(app: Flask, world: World, member: Visitor, late: int) -> None:
    with inside(app, world.northlight) as session:
        session.get_one(Booking, late).price_minor = 2_400_000
    path = f"/bookings/{late}/cancellation"
    assert 'name="fee" value="1200000"' in member.get(path).text
    assert member.post(path, {"reason": "", "fee": "1200000"}, form=path).status_code == 303
