"""One of several units: named by staff, chosen at checkout, and named wherever the booking is."""

import re

import pytest
import time_machine
from flask import Flask

from app.models import Resource
from app.tenancy import tenant_session
from app.web.database import db
from tests.support.bookings import SEARCH, booked, hold, id_in, span
from tests.support.visitor import Visitor
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture(autouse=True)
def names(app: Flask, world: World) -> None:
    """Lark is two phone booths, of which one has a name."""
    tenant = world.northlight
    with app.app_context(), tenant_session(db.session.session_factory, tenant.id) as session:
        session.get_one(Resource, tenant.rooms["Lark"]).unit_names = ["Window"]
        session.commit()


def _visitor(app: Flask, world: World, who: str) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in(who)
    return visitor


def _confirm(visitor: Visitor, booking_id: int, **more: str) -> tuple[int, str]:
    fields = {"title": "Call", "people": "1", **more}
    answer = visitor.post(f"/bookings/{booking_id}/confirmation", fields, form=SEARCH)
    return answer.status_code, answer.text


def test_who_books_chooses_one_and_reads_it_everywhere(app: Flask, world: World) -> None:
    member = _visitor(app, world, "member")
    booking_id = id_in(hold(member, "Lark", span(10)))
    page = member.get(f"/bookings/{booking_id}/checkout").text
    assert '<option value="" selected>Any: Window</option>' in page
    assert '<option value="0">Window</option><option value="1">No. 2</option>' in page
    assert _confirm(member, booking_id, unit="1")[0] == 303
    mine = member.get("/bookings/mine").text
    assert "Lark, No. 2 is yours, tomorrow 10:00 – 11:00." in mine
    assert '<span class="title">Lark, No. 2' in mine
    assert "<h1>Lark, No. 2</h1>" in member.get(f"/bookings/{booking_id}").text
    assert "Lark, No. 2" in member.get("/inbox").text
    assert '"room":"Lark, No. 2"' in member.get("/app/offline-data").text.replace(": ", ":")
    desk = _visitor(app, world, "desk")
    place = world.northlight.locations["Leith Walk"]
    assert "Lark, No. 2" in desk.get(f"/admin/bookings?location={place}&date=2026-11-25&view=list").text
    assert "<h1>Lark, No. 2</h1>" in desk.get(f"/admin/bookings/{booking_id}").text


def test_one_that_was_taken_meanwhile_is_said_at_its_field_and_the_form_is_kept(
    app: Flask, world: World
) -> None:
    member = _visitor(app, world, "member")
    booked(app, world.northlight, "colleague", "Lark", span(10))
    booking_id = id_in(hold(member, "Lark", span(10)))
    status, page = _confirm(member, booking_id, unit="0")
    assert status == 422
    assert '<p class="error" id="booking-unit-error">' in page
    assert "Somebody else has Window then." in page
    assert 'value="Call"' in page
    assert '<option value="" selected>Any: No. 2</option><option value="1">No. 2</option>' in page
    assert _confirm(member, booking_id, unit="")[0] == 303


def test_a_room_asks_for_none(app: Flask, world: World) -> None:
    member = _visitor(app, world, "member")
    booking_id = id_in(hold(member, "Fern", span(10)))
    assert "booking-unit" not in member.get(f"/bookings/{booking_id}/checkout").text
    assert _confirm(member, booking_id)[0] == 303
    assert "<h1>Fern</h1>" in member.get(f"/bookings/{booking_id}").text


def test_a_change_says_before_the_button_which_it_will_be(app: Flask, world: World) -> None:
    member, colleague = _visitor(app, world, "member"), _visitor(app, world, "colleague")
    taken = id_in(hold(colleague, "Lark", span(12)))
    assert _confirm(colleague, taken, unit="1")[0] == 303
    mine = id_in(hold(member, "Lark", span(10)))
    assert _confirm(member, mine, unit="1")[0] == 303
    edit = f"/bookings/{mine}/edit?date=2026-11-25&minutes=60"
    said = "You will be on Window: No. 2 is not free then."
    assert said in member.get(f"{edit}&start=12:00").text
    assert said not in member.get(f"{edit}&start=13:00").text


def test_longer_says_on_the_button_which_it_changes_to(
    app: Flask, world: World, tuesday: time_machine.Traveller
) -> None:
    member, colleague = _visitor(app, world, "member"), _visitor(app, world, "colleague")
    taken = id_in(hold(colleague, "Lark", span(11)))
    assert _confirm(colleague, taken, unit="1")[0] == 303
    mine = id_in(hold(member, "Lark", span(10)))
    assert _confirm(member, mine, unit="1")[0] == 303
    tuesday.move_to(span(10, 30).start)
    assert "on Window" in member.get(f"/bookings/{mine}").text


def _change(visitor: Visitor, world: World, path: str, **wish: str) -> tuple[int, str]:
    """Send the form of a change as its page would: with the price that is shown for it."""
    filled = {
        "resource_id": str(world.northlight.rooms["Lark"]),
        "day": "2026-11-25",
        "at": "10:00",
        "minutes": "60",
        "people": "1",
        "title": "Call",
        "sequence": "0",
        **wish,
    }
    shown = visitor.post(f"{path}/price", filled, form=path, headers={"HX-Request": "true"}).text
    due = re.findall(r'name="due" value="(\d+)"', shown)
    answer = visitor.post(path, filled | ({"due": due[0]} if due else {}), form=path)
    return answer.status_code, answer.text


@pytest.mark.parametrize(("who", "area"), [("member", ""), ("desk", "/admin")])
def test_who_changes_it_chooses_another_that_is_free(app: Flask, world: World, who: str, area: str) -> None:
    booking_id = booked(app, world.northlight, "member", "Lark", span(10))
    visitor, path = _visitor(app, world, who), f"{area}/bookings/{booking_id}/edit"
    page = visitor.get(path).text
    assert '<option value="" selected>Any: Window</option>' in page
    assert '<option value="0">Window</option><option value="1">No. 2</option>' in page
    assert _change(visitor, world, path, unit="1")[0] == 303
    assert "<h1>Lark, No. 2</h1>" in visitor.get(path.removesuffix("/edit")).text
    assert "Lark, No. 2" in _visitor(app, world, "member").get("/inbox").text


@pytest.mark.parametrize(("who", "area"), [("member", ""), ("desk", "/admin")])
def test_one_that_was_taken_before_the_change_is_said_at_its_field(
    app: Flask, world: World, who: str, area: str
) -> None:
    booked(app, world.northlight, "colleague", "Lark", span(10))
    booking_id = booked(app, world.northlight, "member", "Lark", span(10))
    visitor, path = _visitor(app, world, who), f"{area}/bookings/{booking_id}/edit"
    status, page = _change(visitor, world, path, unit="0", title="Kept")
    assert status == 422
    assert 'id="booking-unit-error"' in page
    assert "Somebody else has Window then." in page
    assert 'value="Kept"' in page
    assert '<option value="0">' not in page
    assert _change(visitor, world, path, unit="")[0] == 303
    assert "<h1>Lark, No. 2</h1>" in visitor.get(path.removesuffix("/edit")).text


def test_what_was_chosen_is_not_asked_of_another_room(app: Flask, world: World) -> None:
    booking_id = booked(app, world.northlight, "member", "Lark", span(10))
    member, path = _visitor(app, world, "member"), f"/bookings/{booking_id}/edit"
    fern = str(world.northlight.rooms["Fern"])
    assert _change(member, world, path, unit="1", resource_id=fern)[0] == 303
    assert "<h1>Fern</h1>" in member.get(f"/bookings/{booking_id}").text
