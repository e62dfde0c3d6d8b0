"""What no form of ours sends: answered with a page or a sentence, never with an error of ours."""

import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from unicodedata import normalize

import pytest
from flask import Flask

from app.web.htmx import go_to
from app.web.limits import by_address
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "desk")


def _booking(world: World, **more: object) -> dict[str, object]:
    day = (datetime.now(UTC) + timedelta(days=30)).date()
    return {
        "resource_id": world.northlight.rooms["Fern"],
        "day": day.isoformat(),
        "at": "10:00",
        "minutes": "60",
        "people": "1",
        "title": "",
        **more,
    }


def test_the_day_of_a_named_location_is_shown(app: Flask, world: World) -> None:
    member = Visitor(app, world.northlight)
    member.sign_in("member")
    for view in ("", "&view=table"):
        answer = member.get(f"/bookings/day?location={world.northlight.locations['Porto']}{view}")
        assert answer.status_code == 200
        assert "Tejo" in answer.text


@pytest.mark.parametrize("key", ["\0", "a\0b", "x" * 1000, "\u202e"])
def test_a_forged_request_key_of_the_front_desk_breaks_nothing(desk: Desk, world: World, key: str) -> None:
    path = f"/admin/bookings?person={world.northlight.people['member']}"
    assert desk.send(path, _booking(world, request_key=key)).status_code in {303, 422}


def test_a_file_in_place_of_a_request_key_breaks_nothing(desk: Desk, world: World) -> None:
    path = f"/admin/bookings?person={world.northlight.people['member']}"
    answer = desk.send(path, _booking(world, request_key=(BytesIO(b"abc"), "key.txt")))
    assert answer.status_code in {303, 422}


def test_the_way_on_for_htmx_is_plain_ascii(app: Flask) -> None:
    """A server sends headers in Latin-1: anything else would end the connection without an answer."""
    with app.test_request_context("/", headers={"HX-Request": "true"}):
        assert go_to("/bookings?date=2026").headers["HX-Redirect"] == "/bookings?date=2026"
        assert go_to("/räume/漢?q=é").headers["HX-Redirect"] == "/r%C3%A4ume/%E6%BC%A2?q=%C3%A9"
        assert go_to("/100%25?q=a%20b").headers["HX-Redirect"] == "/100%25?q=a%20b"


def test_visitors_of_a_server_on_both_internets_are_counted_apart(app: Flask, world: World) -> None:
    """Or sixty wrong passwords of one stranger would keep everybody out of signing in."""

    def key_of(address: str) -> str:
        with app.test_request_context("/login", environ_base={"REMOTE_ADDR": address}):
            return by_address("sign-in by address").key

    assert key_of("::ffff:203.0.113.5") == key_of("203.0.113.5") != key_of("::ffff:203.0.113.6")
    assert key_of("2001:db8::1") == key_of("2001:db8::2") != key_of("2001:db8:0:1::1")


def test_accents_without_end_keep_nobody_waiting(app: Flask, world: World) -> None:
    """To put accents in order takes the square of their number: a megabyte of them would take half an hour."""
    accents = "\u0301" * 8000 + "\u0323" * 8000
    started = time.process_time()
    normalize("NFC", accents)
    in_order = time.process_time() - started

    visitor = Visitor(app, world.northlight)
    visitor.get("/login")
    started = time.process_time()
    answer = visitor.post("/login", {"email": accents, "password": "whatever it is"})
    assert time.process_time() - started < in_order / 2
    assert answer.status_code == 422
    assert "16,000 characters are too many; 254 fit." in answer.text
