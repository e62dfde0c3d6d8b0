"""The time zone of one's profile: one's own things are told by it, and a room's times say whose they are."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.domain.notices import tell
from tests.support.bookings import NOW, booked, span
from tests.support.messages import Talk, list_people
from tests.support.notices import BOOKING
from tests.support.rows import inside
from tests.support.visitor import Visitor
from tests.support.world import PASSWORD, World


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def _wish(member: Visitor, zone: str) -> None:
    given = {"first_name": "Maya", "last_name": "Okafor", "zone": zone}
    assert member.post("/account/profile", given, form="/account").status_code == 303


def test_a_device_was_seen_at_the_time_of_ones_own_clock(member: Visitor, app: Flask, world: World) -> None:
    Visitor(app, world.northlight).sign_in("member")
    assert "Last seen today, 09:07" in member.get("/account/sessions").text
    _wish(member, "Asia/Tokyo")
    page = member.get("/account/sessions").text
    assert "Last seen today, 18:07" in page
    assert "09:07" not in page


def test_messages_and_the_inbox_go_by_one_s_own_clock(member: Visitor, app: Flask, world: World) -> None:
    list_people(app, world.northlight, "member", "colleague")
    talk = Talk(app, world.northlight, NOW, "colleague", "member")
    talk.say("colleague", "Good morning")
    with inside(app, world.northlight) as session:
        tell(session, NOW, world.northlight.people["member"], "booking.confirmed", BOOKING)
    pages = ("/messages", f"/messages/{talk.id}", "/inbox")
    for page in pages:
        assert ">09:07<" in member.get(page).text, page
    _wish(member, "Asia/Tokyo")
    for page in pages:
        text = member.get(page).text
        assert ">18:07<" in text, page
        assert ">09:07<" not in text, page


def test_a_room_s_time_stays_its_own_and_says_so(member: Visitor, app: Flask, world: World) -> None:
    booking = booked(app, world.northlight, "member", "Fern", span(14, days=1))
    page = member.get(f"/bookings/{booking}").text
    assert "14:00 – 15:00" in page
    assert "London time" not in page
    _wish(member, "Asia/Tokyo")
    assert "14:00 – 15:00, London time" in member.get(f"/bookings/{booking}").text
    assert member.get(f"/bookings/day?date={(NOW + timedelta(days=1)).date()}").text.count("London time") == 1


def test_a_mail_tells_a_day_by_the_reader_s_clock(
    member: Visitor, app: Flask, world: World, tuesday: time_machine.Traveller
) -> None:
    # Ten in the evening is the next day in Tokyo: what is due in 14 days is due a day later there, too.
    tuesday.move_to(NOW.replace(hour=22), tick=False)
    member.sign_in("member")
    _wish(member, "Asia/Tokyo")
    member.post("/account/deletion", {"password": PASSWORD}, form="/account/deletion")
    app.extensions["portico_work"].deliver(world.northlight.id)
    mail = app.extensions["portico_outbox"].newest(world.northlight.id, 1)[0]
    assert "9 December 2026" in mail.text
