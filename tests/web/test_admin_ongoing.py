"""A member's booking in progress at the front desk: extended by the member's rules and price, and ended early."""

import re

import pytest
import time_machine
from flask import Flask

from app.models import Booking, Occupancy
from tests.support.bookings import booked, span
from tests.support.rows import rows
from tests.support.staff import Desk
from tests.support.world import World

QUARTER = 15 * 60


pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "desk")


@pytest.fixture
def running(app: Flask, world: World, tuesday: time_machine.Traveller) -> int:
    """Maya is in Cedar from 9:15 to 10:15, with a buffer of 15 minutes after it; it is 9:27."""
    booking = booked(app, world.northlight, "member", "Cedar", span(9, 15, days=0))
    tuesday.shift(20 * 60)
    return booking


def _fields(page: str) -> dict[str, str]:
    """What the button that extends would send."""
    return dict(re.findall(r'name="(minutes|ends)" value="(\d+)"', page))


def _booking(desk: Desk, booking_id: int) -> Booking:
    (booking,) = rows(desk.app, desk.tenant, Booking, id=booking_id)
    return booking


def test_it_extends_by_the_members_price_and_notes_who_did(desk: Desk, running: int) -> None:
    path = f"/admin/bookings/{running}"
    page = desk.get(path).text
    assert "48 min left" in page
    assert 'aria-label="Extend by 30 min, £9.00, until 10:45"' in page
    done = desk.send(f"{path}/extension", _fields(page))
    assert (done.status_code, done.location) == (303, path)
    assert "Maya Member has Cedar until 10:45." in desk.get(path).text
    booking = _booking(desk, running)
    assert (booking.ends_at, booking.price_minor) == (span(9, 15, 90, days=0).end, 2700)
    (entry,) = desk.audit()
    assert (entry.action, entry.actor_id) == ("booking.extended", desk.tenant.people["desk"])
    assert (entry.before, entry.after) == (
        {"ends_at": "2026-11-24T10:15:00+00:00"},
        {"ends_at": "2026-11-24T10:45:00+00:00", "price_minor": 2700},
    )


def test_pressing_twice_extends_once(desk: Desk, running: int) -> None:
    path = f"/admin/bookings/{running}"
    fields = _fields(desk.get(path).text)
    for _ in range(2):
        assert desk.send(f"{path}/extension", fields).status_code == 303
    assert _booking(desk, running).ends_at == span(9, 15, 90, days=0).end


def test_a_room_that_was_taken_meanwhile_is_refused(app: Flask, desk: Desk, running: int) -> None:
    path = f"/admin/bookings/{running}"
    fields = _fields(desk.get(path).text)
    booked(app, desk.tenant, "colleague", "Cedar", span(10, 30, days=0))
    answer = desk.send(f"{path}/extension", fields)
    assert answer.status_code == 422
    assert "Somebody else has just taken it." in answer.text
    assert "It cannot be extended" in answer.text
    assert 'name="minutes"' not in answer.text
    assert _booking(desk, running).ends_at == span(9, 15, days=0).end
    assert desk.audit() == []


def test_the_rules_are_those_of_whose_booking_it_is(
    app: Flask, desk: Desk, tuesday: time_machine.Traveller
) -> None:
    """Rowan is for members: the desk has no contract, and Maya's booking goes on all the same."""
    booking = booked(app, desk.tenant, "member", "Rowan", span(9, 15, days=0))
    tuesday.shift(QUARTER)
    path = f"/admin/bookings/{booking}"
    assert desk.send(f"{path}/extension", _fields(desk.get(path).text)).status_code == 303
    assert _booking(desk, booking).ends_at == span(9, 15, 90, days=0).end


def test_it_ends_early_and_frees_the_room(app: Flask, desk: Desk, running: int) -> None:
    path = f"/admin/bookings/{running}"
    assert "End Cedar early?" in desk.get(path).text
    assert desk.send(f"{path}/ending").status_code == 303
    booking = _booking(desk, running)
    assert (booking.ends_at, booking.price_minor) == (span(9, 15, 13, days=0).end, 1800)
    assert [row.blocks_until for row in rows(app, desk.tenant, Occupancy)] == [span(9, 15, 28, days=0).end]
    assert [entry.action for entry in desk.audit()] == ["booking.ended_early"]
    booked(app, desk.tenant, "colleague", "Cedar", span(9, 45, days=0))


@pytest.mark.parametrize("verb", ["extension", "ending"])
def test_what_does_not_run_is_left_alone(
    app: Flask, desk: Desk, tuesday: time_machine.Traveller, verb: str
) -> None:
    booking = booked(app, desk.tenant, "member", "Cedar", span(10, days=0))
    path, ends = f"/admin/bookings/{booking}", int(span(10, days=0).end.timestamp()) // 60
    fields = {"minutes": "30", "ends": str(ends)}
    assert "In progress" not in desk.get(path).text
    early = desk.send(f"{path}/{verb}", fields)
    assert early.status_code == 422
    assert "It has not begun yet" in early.text
    tuesday.shift(3 * 60 * 60)
    late = desk.send(f"{path}/{verb}", fields)
    assert late.status_code == 422
    assert "It is over" in late.text
    assert desk.audit() == []


@pytest.mark.parametrize("fields", [{}, {"minutes": "-5", "ends": "1"}, {"minutes": "30", "ends": "9" * 30}])
def test_a_wish_that_is_none_changes_nothing(desk: Desk, running: int, fields: dict[str, str]) -> None:
    answer = desk.send(f"/admin/bookings/{running}/extension", fields)
    assert answer.status_code == 422
    assert "Choose how much longer first." in answer.text
    assert _booking(desk, running).ends_at == span(9, 15, days=0).end


def test_members_have_no_such_buttons(app: Flask, world: World, desk: Desk, running: int) -> None:
    fields = _fields(desk.get(f"/admin/bookings/{running}").text)
    for who in ("member", "colleague"):
        visitor = Desk(app, world.northlight, who)
        for verb in ("extension", "ending"):
            answer = visitor.post(f"/admin/bookings/{running}/{verb}", fields, form="/account")
            assert answer.status_code == 404, (who, verb)
    assert _booking(desk, running).ends_at == span(9, 15, days=0).end
