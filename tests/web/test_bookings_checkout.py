"""From a button to a booking: held for ten minutes, confirmed once, refused with what is nearest."""

import re

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.web.slots import slot_value
from tests.support.bookings import SEARCH, booked, hold, id_in, span, statements
from tests.support.visitor import Visitor
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def test_a_room_is_held_then_booked_then_mine(member: Visitor) -> None:
    held = hold(member, "Fern", span(10), people="3")
    assert held.status_code == 303
    page = member.get(held.headers["Location"])
    assert "Tomorrow, 10:00 – 11:00" in page.text
    assert "1 h at £18.00 an hour" in page.text
    assert "Nothing to pay now: the front desk says how it is paid." in page.text
    assert "Book for £18.00" in page.text
    booking = id_in(held)
    done = member.post(f"/bookings/{booking}/confirmation", {"title": "Planning", "people": "3"}, form=SEARCH)
    assert (done.status_code, done.headers["Location"]) == (303, "/bookings/mine")
    mine = member.get("/bookings/mine").text
    assert "Fern is yours, tomorrow 10:00 – 11:00." in mine
    assert "Planning" in mine
    assert f'href="/bookings/{booking}"' in mine


def test_a_held_room_is_not_free_for_others(app: Flask, member: Visitor, world: World) -> None:
    colleague = Visitor(app, world.northlight)
    colleague.sign_in("colleague")
    assert "Book Fern" in colleague.get(SEARCH).text
    hold(member, "Fern", span(10))
    assert 'aria-label="Book Fern"' not in colleague.get(SEARCH).text


def test_the_same_form_sent_twice_holds_once(member: Visitor) -> None:
    first = hold(member, "Fern", span(10), request_key="a-page")
    again = hold(member, "Fern", span(10), request_key="a-page")
    assert id_in(first) == id_in(again)
    assert id_in(hold(member, "Rowan", span(10), request_key="a-page")) != id_in(first)


def test_an_old_page_still_books_after_its_hold_was_let_go(member: Visitor) -> None:
    first = hold(member, "Fern", span(10), request_key="a-page")
    gone = member.post(f"/bookings/{id_in(first)}/release", form=SEARCH)
    assert gone.status_code == 303
    assert gone.headers["Location"].startswith("/bookings/search?date=2026-11-25&start=10:00")
    assert 'aria-label="Book Fern"' in member.get(SEARCH).text
    assert id_in(hold(member, "Fern", span(10), request_key="a-page")) != id_in(first)


def test_who_comes_second_is_offered_what_is_nearest(app: Flask, member: Visitor, world: World) -> None:
    booked(app, world.northlight, "colleague", "Fern", span(10))
    late = hold(member, "Fern", span(10))
    assert late.status_code == 422
    assert "Somebody else has just taken it." in late.text
    assert re.search(r'name="slot" value="\d+\.\d+\.60" aria-label="Book Cedar, 10:00 – 11:00"', late.text)
    assert "/bookings/search?date=2026-11-25&amp;start=10:00" in late.text


def test_a_room_that_is_not_for_me_is_refused_with_the_reason(member: Visitor) -> None:
    answer = hold(member, "Alder", span(10))
    assert answer.status_code == 422
    assert "Comes with the Residents plan." in answer.text


def test_a_hold_that_ran_out_can_be_held_again(member: Visitor, tuesday: time_machine.Traveller) -> None:
    held = hold(member, "Fern", span(10))
    assert "Held for you until 09:17" in member.get(held.headers["Location"]).text
    tuesday.shift(11 * 60)
    late = member.post(
        f"/bookings/{id_in(held)}/confirmation", {"title": "Planning", "people": "1"}, form=SEARCH
    )
    assert late.status_code == 422
    assert "The time that it was held for you is over" in late.text
    assert "Hold it again" in late.text
    assert hold(member, "Fern", span(10)).status_code == 303


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"title": "x" * 100_000}, "characters are too many"),
        ({"title": "a\0b"}, "cannot be shown"),
        ({"title": "a\u202eb"}, "cannot be shown"),
        ({"people": "-2"}, "At least 1."),
        ({"people": "5"}, "It holds 4 people."),
        ({"people": "many"}, "Write a whole number"),
    ],
)
def test_answers_that_do_not_fit_book_nothing(
    member: Visitor, answers: dict[str, str], sentence: str
) -> None:
    booking = id_in(hold(member, "Fern", span(10)))
    given = {"title": "Planning", "people": "2", **answers}
    answer = member.post(f"/bookings/{booking}/confirmation", given, form=SEARCH)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Book for £18.00" in answer.text
    kept = 'value="Planning"' if "title" not in answers else 'value="2"'
    assert kept in answer.text
    assert "Held for you" in member.get("/bookings/mine").text


def test_a_limit_of_the_house_is_not_blamed_on_the_number_of_people(
    app: Flask, world: World, member: Visitor
) -> None:
    booking = id_in(hold(member, "Fern", span(10)))
    booked(app, world.northlight, "member", "Rowan", span(13))
    too_many = member.post(f"/bookings/{booking}/confirmation", {"people": "5"}, form=SEARCH)
    assert "booking-people-error" in too_many.text
    manager = Visitor(app, world.northlight)
    manager.sign_in("manager")
    assert manager.post("/admin/limits", {"upcoming": "1"}, form="/admin/limits").status_code == 303
    refused = member.post(f"/bookings/{booking}/confirmation", {"people": "1"}, form=SEARCH)
    assert refused.status_code == 422
    assert "One person may have 1 booking ahead, and there is one already." in refused.text
    assert "booking-people-error" not in refused.text


@pytest.mark.parametrize("slot", ["", "1", "x.y.z", "1.2.3.4", "1.99999999999.60", "1.29920860.0", "²." * 3])
def test_a_button_that_we_never_drew_is_a_sentence(member: Visitor, slot: str) -> None:
    answer = member.post("/bookings/holds", {"slot": slot, "people": "1"}, form=SEARCH)
    assert answer.status_code == 422
    assert "Choose a room and a time first." in answer.text


def test_a_span_of_years_is_refused(member: Visitor, world: World) -> None:
    room = world.northlight.rooms["Fern"]
    answer = member.post("/bookings/holds", {"slot": f"{room}.29920860.99999", "people": "1"}, form=SEARCH)
    assert answer.status_code == 422
    assert "further away than anybody can book" in answer.text


def test_another_tenants_room_is_404(member: Visitor, world: World) -> None:
    slot = slot_value(world.harbour.rooms["Fern"], span(10))
    assert member.post("/bookings/holds", {"slot": slot, "people": "1"}, form=SEARCH).status_code == 404


ROUTES = [
    ("GET", ""),
    ("GET", "/checkout"),
    ("GET", "/cancellation"),
    ("POST", "/confirmation"),
    ("POST", "/release"),
    ("POST", "/cancellation"),
]


@pytest.mark.parametrize(("method", "end"), ROUTES)
def test_strangers_get_404(app: Flask, member: Visitor, world: World, method: str, end: str) -> None:
    mine = id_in(hold(member, "Fern", span(10)))
    colleague, other = Visitor(app, world.northlight), Visitor(app, world.harbour)
    colleague.sign_in("colleague")
    other.sign_in("member")
    for stranger in (colleague, other):
        path = f"/bookings/{mine}{end}"
        answer = stranger.get(path) if method == "GET" else stranger.post(path, {"people": "1"}, form=SEARCH)
        assert answer.status_code == 404, stranger.tenant.slug
    path = f"/bookings/{mine}{end}"
    own = member.get(path) if method == "GET" else member.post(path, {"people": "1"}, form=SEARCH)
    assert own.status_code in {200, 303}


def test_an_id_that_no_database_holds_is_404(member: Visitor) -> None:
    assert member.get(f"/bookings/{2**63}").status_code == 404
    assert member.get("/bookings/0").status_code == 404


def test_checkout_takes_eight_statements_at_most(app: Flask, member: Visitor) -> None:
    page = hold(member, "Fern", span(10)).headers["Location"]
    with statements(app) as asked:
        member.get(page)
    assert len(asked) <= 8, "\n".join(asked)


PART = {"headers": {"HX-Request": "true"}}


def _hold_part(member: Visitor, room: str = "Fern") -> TestResponse:
    slot = slot_value(member.tenant.rooms[room], span(10))
    return member.post("/bookings/holds", {"slot": slot, "people": "1"}, form=SEARCH, **PART)


def test_scripts_get_the_checkout_as_a_sheet_at_the_pages_address(member: Visitor) -> None:
    sheet = _hold_part(member)
    assert sheet.status_code == 200
    assert "HX-Request" in sheet.headers["Vary"]
    assert "<html" not in sheet.text
    assert "Book for £18.00" in sheet.text
    address = re.search(r'data-address="(/bookings/\d+/checkout)"', sheet.text)
    assert address
    page = member.get(address[1]).text
    assert "<html" in page
    assert "data-sheet-content" not in page
    assert 'hx-target="#sheet"' not in page
    assert "Held for you until 09:17" in page


def test_scripts_get_what_is_wrong_as_a_sheet(app: Flask, member: Visitor, world: World) -> None:
    booked(app, world.northlight, "colleague", "Fern", span(10))
    taken = _hold_part(member)
    assert taken.status_code == 422
    assert taken.text.lstrip().startswith("<div data-sheet-content")
    assert "data-stale" in taken.text
    assert "Somebody else has just taken it." in taken.text
    assert re.search(r'aria-label="Book Cedar, 10:00 – 11:00"', taken.text)
    held = _hold_part(member, "Rowan")
    assert "data-stale" not in held.text
    path = re.search(r'action="(/bookings/\d+/confirmation)"', held.text)
    assert path
    wrong = member.post(path[1], {"title": "Planning", "people": "900"}, form=SEARCH, **PART)
    assert wrong.status_code == 422
    assert wrong.text.lstrip().startswith("<div data-sheet-content")
    assert "It holds 12 people." in wrong.text
    right = member.post(path[1], {"title": "Planning", "people": "2"}, form=SEARCH, **PART)
    assert (right.status_code, right.headers["HX-Redirect"]) == (204, "/bookings/mine")


def test_an_old_page_does_not_open_the_checkout_of_what_is_booked_by_now(member: Visitor) -> None:
    booking = id_in(hold(member, "Fern", span(10), request_key="a-page"))
    member.post(f"/bookings/{booking}/confirmation", {"people": "1"}, form=SEARCH)
    slot = slot_value(member.tenant.rooms["Fern"], span(10))
    again = member.post(
        "/bookings/holds", {"slot": slot, "people": "1", "request_key": "a-page"}, form=SEARCH, **PART
    )
    assert (again.status_code, again.headers["HX-Redirect"]) == (204, f"/bookings/{booking}")
