"""The booking in progress on its pages: staying longer and leaving early, with scripts and without."""

import re

import pytest
import time_machine
from flask import Flask

from app.domain.portal import touch
from app.models import Location
from tests.support.bookings import booked, span, statements
from tests.support.rows import inside
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
def running(app: Flask, world: World, tuesday: time_machine.Traveller) -> int:
    """Maya is in Cedar from 9:15 to 10:15; it is 9:27."""
    booking = booked(app, world.northlight, "member", "Cedar", span(9, 15, days=0))
    tuesday.shift(20 * 60)
    return booking


def _fields(page: str) -> dict[str, str]:
    """What the form that extends would send."""
    return dict(re.findall(r'name="(minutes|ends)" value="(\d+)"', page))


@pytest.mark.parametrize("path", ["/", "/bookings/mine"])
def test_the_panel_offers_both(member: Visitor, running: int, path: str) -> None:
    page = member.get(path).text
    assert 'aria-label="Extend by 30 min, £9.00, until 10:45"' in page
    assert f'action="/bookings/{running}/ending"' in page
    assert "End Cedar early?" in page


def test_staying_longer_works_without_javascript(member: Visitor, running: int) -> None:
    path = f"/bookings/{running}/extension"
    done = member.post(path, _fields(member.get("/").text), form="/")
    assert (done.status_code, done.headers["Location"]) == (303, f"/bookings/{running}")
    page = member.get(f"/bookings/{running}").text
    assert "Cedar is yours until 10:45." in page
    assert "09:15 – 10:45" in page
    assert "£27.00" in page
    assert "Extend by 30 min, £9.00, until 11:15" in page


def test_htmx_gets_the_panel_and_a_toast(member: Visitor, running: int) -> None:
    fields = _fields(member.get("/").text)
    part = member.post(f"/bookings/{running}/extension", fields, form="/", headers=PART)
    assert part.status_code == 200
    assert part.text.strip().startswith(f'<section class="panel now" id="running-{running}"')
    assert "1 h 18 min left" in part.text
    assert '<hx-partial hx-target="#toasts" hx-swap="beforeend">' in part.text
    assert "Cedar is yours until 10:45." in part.text


def test_pressing_twice_extends_once(member: Visitor, running: int) -> None:
    fields = _fields(member.get("/").text)
    for _ in range(2):
        assert member.post(f"/bookings/{running}/extension", fields, form="/").status_code == 303
    assert "09:15 – 10:45" in member.get(f"/bookings/{running}").text


def test_a_refusal_stands_in_its_place(app: Flask, member: Visitor, world: World, running: int) -> None:
    fields = _fields(member.get("/").text)
    booked(app, world.northlight, "colleague", "Cedar", span(10, 30, days=0))
    path = f"/bookings/{running}/extension"
    part = member.post(path, fields, form="/", headers=PART)
    assert part.status_code == 422
    assert re.search(r'role="alert">.*Somebody else has just taken it\.</p>', part.text)
    assert "<html" not in part.text
    page = member.post(path, fields, form="/")
    assert page.status_code == 422
    assert "Somebody else has just taken it." in page.text
    assert "<html" in page.text
    assert "09:15 – 10:15" in member.get("/").text
    assert "Extend by" not in member.get("/").text


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"minutes": "30"},
        {"minutes": "0", "ends": "1"},
        {"minutes": "-5", "ends": "29000000"},
        {"minutes": "x" * 100_000, "ends": "1"},
        {"minutes": "30", "ends": "9" * 18},
        {"minutes": "٣٠", "ends": "1"},
    ],
)
def test_a_broken_form_changes_nothing(member: Visitor, running: int, fields: dict[str, str]) -> None:
    answer = member.post(f"/bookings/{running}/extension", fields, form="/")
    assert answer.status_code == 422
    assert "Choose how much longer first." in answer.text
    assert "09:15 – 10:15" in member.get("/").text


def test_ending_asks_first_without_javascript(member: Visitor, running: int) -> None:
    path = f"/bookings/{running}/ending"
    question = member.get(path).text
    assert "<h1>End Cedar early?</h1>" in question
    assert "The price stays as it is." in question
    assert "48 min left" in member.get("/").text
    done = member.post(path, form=path)
    assert (done.status_code, done.headers["Location"]) == (303, f"/bookings/{running}")
    page = member.get(f"/bookings/{running}").text
    assert "You’ve ended Cedar early." in page
    assert "09:15 – 09:28" in page
    assert "£18.00" in page


def test_htmx_takes_the_panel_away(member: Visitor, running: int) -> None:
    part = member.post(f"/bookings/{running}/ending", form="/", headers=PART)
    assert part.status_code == 200
    assert "panel" not in part.text
    assert "You’ve ended Cedar early. It is free for others." in part.text


def test_what_has_not_begun_or_is_over_is_not_ended(
    app: Flask, member: Visitor, world: World, running: int, tuesday: time_machine.Traveller
) -> None:
    coming = booked(app, world.northlight, "member", "Fern", span(10))
    question = member.get(f"/bookings/{coming}/ending").text
    assert "It has not begun yet, so it can only be cancelled." in question
    assert member.post(f"/bookings/{coming}/ending", form="/").status_code == 422
    tuesday.shift(3600)
    for headers in ({}, PART):
        answer = member.post(f"/bookings/{running}/ending", form="/more", headers=headers)
        assert answer.status_code == 422
        assert "It is over or was cancelled before" in answer.text
    late = member.post(
        f"/bookings/{running}/extension", {"minutes": "30", "ends": "1"}, form="/more", headers=PART
    )
    assert late.status_code == 422
    assert "End early</button>" not in late.text


@pytest.mark.parametrize("verb", ["extension", "ending"])
def test_a_strangers_and_the_other_tenants_are_404(app: Flask, world: World, running: int, verb: str) -> None:
    for tenant, who in ((world.northlight, "colleague"), (world.harbour, "member"), (world.harbour, "owner")):
        other = Visitor(app, tenant)
        other.sign_in(who)
        answer = other.post(f"/bookings/{running}/{verb}", {"minutes": "30", "ends": "1"}, form="/more")
        assert answer.status_code == 404
        assert other.get(f"/bookings/{running}/ending").status_code == 404


@pytest.mark.parametrize("path", ["/", "/bookings/mine", "/bookings/{id}"])
def test_it_takes_eight_statements_at_most_however_many_run(
    app: Flask, member: Visitor, world: World, running: int, tuesday: time_machine.Traveller, path: str
) -> None:
    address = path.format(id=running)
    member.get(address)  # the note that the session is in use follows the first page after a while
    with statements(app) as few:
        member.get(address)
    for room in ("Fern", "Rowan", "Lark"):
        booked(app, world.northlight, "member", room, span(9, 30, days=0))
    tuesday.move_to(span(9, 40, days=0).start)
    member.get(address)
    with statements(app) as many:
        assert member.get(address).text.count("Extend by") == (1 if "{id}" in path else 4)
    assert len(few) == len(many) <= 8, "\n".join(many)


@pytest.mark.parametrize("path", ["/", "/bookings/mine"])
def test_a_booking_elsewhere_is_extended_where_it_is_shown(
    app: Flask, member: Visitor, world: World, tuesday: time_machine.Traveller, path: str
) -> None:
    booked(app, world.northlight, "member", "Rowan", span(14, days=0))
    booked(app, world.northlight, "member", "Tejo", span(14, days=0))
    tuesday.move_to(span(14, 10, days=0).start)
    member.get(path)
    with statements(app) as sent:
        page = member.get(path).text
    assert "End Rowan early?" in page
    assert "End Tejo early?" in page
    assert page.count("Extend by 30 min") == 2
    assert len(sent) <= 8, "\n".join(sent)


def test_a_booking_at_a_place_out_of_use_is_not_extended(
    app: Flask, member: Visitor, world: World, tuesday: time_machine.Traveller
) -> None:
    booked(app, world.northlight, "member", "Tejo", span(14, days=0))
    tuesday.move_to(span(14, 10, days=0).start)
    assert "Extend by" in member.get("/").text
    with inside(app, world.northlight) as session:
        porto = session.get_one(Location, world.northlight.locations["Porto"])
        porto.retired_at = span(14, 5, days=0).start
        touch(session)
        session.commit()
    page = member.get("/").text
    assert "End Tejo early?" in page
    assert "Extend by" not in page
