"""The rooms page is taken from memory only where it would come out the same: it is never stale by one booking."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask

from app.domain.booking.cancel import cancel
from app.domain.spaces.resources import details_of, edit_resource
from app.factory import create_app
from app.models import Contract, Resource
from app.settings import Settings
from app.tenancy import tenant_session
from app.web.database import db
from tests.support.bookings import NOW, SEARCH, booked, hold, span, statements
from tests.support.visitor import Visitor
from tests.support.world import World

_FRESH = re.compile(r'(csrf_token" value="|X-CSRFToken": "|request_key" value=")[^"]+')


@dataclass
class Scene:
    """The portal as it has been running, and people at it."""

    app: Flask
    settings: Settings
    world: World
    clock: time_machine.Traveller
    member: Visitor
    colleague: Visitor
    latest: int = 0

    def page(self, visitor: Visitor) -> str:
        """The rooms page without what no two answers share."""
        return _FRESH.sub(r"\1", visitor.get(SEARCH).text)

    def page_without_memory(self, visitor: Visitor) -> str:
        """What an application answers that has met nobody yet."""
        app = create_app(self.settings)
        other = Visitor(app, visitor.tenant)
        other.hold_cookie(visitor.cookie())
        try:
            return self.page(other)
        finally:
            with app.app_context():
                db.engine.dispose()


@pytest.fixture
def scene(app: Flask, settings: Settings, world: World) -> Iterator[Scene]:
    with time_machine.travel(NOW, tick=False) as clock:
        member, colleague = Visitor(app, world.northlight), Visitor(app, world.northlight)
        member.sign_in("member")
        colleague.sign_in("colleague")
        yield Scene(app, settings, world, clock, member, colleague)


def _hold(scene: Scene) -> None:
    assert hold(scene.colleague, "Fern", span(10)).status_code == 303


def _let_it_lapse(scene: Scene) -> None:
    scene.clock.shift(11 * 60)


def _book(scene: Scene) -> None:
    scene.latest = booked(scene.app, scene.world.northlight, "colleague", "Cedar", span(10))


def _cancel_and_book_elsewhere(scene: Scene) -> None:
    # The number of bookings stays as it was.
    north = scene.world.northlight
    with scene.app.app_context(), tenant_session(db.session.session_factory, north.id) as session:
        cancel(session, north.actor("colleague"), scene.latest, lambda: datetime.now(UTC))
    booked(scene.app, north, "colleague", "Rowan", span(10))


def _book_for_oneself(scene: Scene) -> None:
    booked(scene.app, scene.world.northlight, "member", "Fern", span(10))


def _rename(scene: Scene) -> None:
    north = scene.world.northlight
    with scene.app.app_context(), tenant_session(db.session.session_factory, north.id) as session:
        room = session.get_one(Resource, north.rooms["Lark"])
        details = replace(details_of(session, room), name="Skylark")
        edit_resource(session, north.actor("owner"), room.id, details, lambda: datetime.now(UTC))


def _change_plan(scene: Scene) -> None:
    north = scene.world.northlight
    with scene.app.app_context(), tenant_session(db.session.session_factory, north.id) as session:
        session.add(
            Contract(
                person_id=north.people["member"], plan_id=north.plans["Residents"], starts_on=date(2026, 2, 1)
            )
        )


def _speak_spanish(scene: Scene) -> None:
    answer = scene.member.post(
        "/account/profile", {"first_name": "Maya", "last_name": "Member", "locale": "es"}, form="/account"
    )
    assert answer.status_code == 303, answer.text
    scene.member.get("/account")  # shows that it was saved, once


STEPS: tuple[Callable[[Scene], None], ...] = (
    _hold,
    _let_it_lapse,
    _book,
    _cancel_and_book_elsewhere,
    _book_for_oneself,
    _rename,
    _change_plan,
    _speak_spanish,
)


def test_it_is_never_stale_by_anything_that_happens(scene: Scene) -> None:
    before = scene.page(scene.member)
    for step in STEPS:
        step(scene)
        now = scene.page(scene.member)
        assert now != before, f"{step.__name__} does not show"
        assert now == scene.page_without_memory(scene.member), step.__name__
        assert scene.page(scene.colleague) == scene.page_without_memory(scene.colleague), step.__name__
        before = now


def test_it_remembers(scene: Scene) -> None:
    scene.page(scene.member)
    kept = scene.app.extensions["portico_fragments"]._parts
    pages = [key for key, part in kept.items() if "<!doctype html>" in part[0]]
    kept[pages[-1]] = ("from memory",)
    assert scene.page(scene.member) == "from memory"
    with statements(scene.app) as asked:
        scene.page(scene.member)
    # Who asks, what is booked, and which plans they are on; nothing else.
    assert len([each for each in asked if not each.startswith("BEGIN")]) == 3


def test_a_remembered_page_carries_the_forms_key_of_who_asks(scene: Scene) -> None:
    first, second = (
        re.search(r'csrf_token" value="([^"]+)', scene.member.get(SEARCH).text) for _ in range(2)
    )
    other = re.search(r'csrf_token" value="([^"]+)', scene.colleague.get(SEARCH).text)
    assert first is not None
    assert second is not None
    assert other is not None
    assert first[1] != other[1]
    assert hold(scene.colleague, "Fern", span(10), csrf_token=other[1]).status_code == 303
    assert hold(scene.colleague, "Fern", span(12), csrf_token=second[1]).status_code == 400


def test_it_is_not_stale_by_a_booking_of_the_next_day(scene: Scene) -> None:
    for room in ("Fern", "Cedar", "Rowan", "Lark", "Lark"):  # two units
        for hour, minutes in ((8, 465), (16, 240)):
            booked(scene.app, scene.world.northlight, "colleague", room, span(hour, minutes=minutes))
    before = scene.page(scene.member)
    assert "Nearest to what you asked" in before
    booked(scene.app, scene.world.northlight, "colleague", "Fern", span(10, days=2))
    now = scene.page(scene.member)
    assert now != before
    assert now == scene.page_without_memory(scene.member)


def test_a_message_is_shown_once(scene: Scene) -> None:
    quiet = scene.page(scene.member)
    with scene.member.client.session_transaction(base_url=f"http://{scene.world.northlight.host}") as cookie:
        cookie["_flashes"] = [("message", "Welcome back")]
    assert "Welcome back" in scene.page(scene.member)
    assert scene.page(scene.member) == quiet


def test_the_other_tenant_never_gets_it(scene: Scene) -> None:
    stranger = Visitor(scene.app, scene.world.harbour)
    stranger.sign_in("member")
    assert "Northlight" in scene.page(scene.member)
    assert "Northlight" not in scene.page(stranger)
    assert scene.page(stranger) == scene.page_without_memory(stranger)
