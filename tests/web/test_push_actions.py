"""What a banner's buttons are made of, and what they may: the same as the inbox offers, and no write by one press."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.domain.portal import read_portal
from app.domain.push_sending import Receiver
from app.jobs.push import SHORT, SPACIOUS
from app.jobs.push_parcel import Banner
from app.models import ConversationMember, Notice
from app.models.base import LARGEST_ID
from app.notice_kinds import KINDS
from app.ports import PushTarget
from app.settings import Settings
from app.web.language import LANGUAGES
from app.web.notice_words import words_of
from app.web.push_words import PushWords
from tests.conftest import settings_for
from tests.support.messages import Talk, list_people
from tests.support.notices import SAMPLES
from tests.support.push.devices import device_for
from tests.support.push.process import PushService, push_service
from tests.support.rows import inside, rows
from tests.support.visitor import Visitor
from tests.support.world import World

ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"])
PUSHED = [kind.key for kind in KINDS if kind.push is not None]


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with push_service() as service:
        yield service


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return replace(settings_for(database, tmp_path / "instance"), push_subject="mailto:host@example.org")


def _banner(app: Flask, world: World, kind: str, **more: Any) -> Banner:
    with inside(app, world.northlight) as session:
        portal = read_portal(session)
    given: dict[str, Any] = {
        "data": SAMPLES[kind],
        "times": 1,
        "discreet": False,
        "unread": 1,
        "locale": "en",
    }
    return Banner(portal, 7, kind, **(given | more))


def _shown(app: Flask, banner: Banner, most: int = SPACIOUS) -> dict[str, Any]:
    receiver = Receiver(1, PushTarget("", "", ""), "https://northlight.example", "en")
    data = PushWords(app).render(banner, receiver, most)
    assert len(data) <= most
    found: dict[str, Any] = json.loads(data)["notification"]
    return found


@ONE_ENGINE
@pytest.mark.parametrize("kind", PUSHED)
def test_a_banner_offers_what_the_inbox_does(app: Flask, world: World, kind: str) -> None:
    banner = _banner(app, world, kind)
    with app.app_context():
        actions = words_of(banner).actions
    shown = _shown(app, banner).get("actions", [])
    assert [each["action"] for each in shown] == [each.key for each in actions][:2]
    for each in shown:
        assert each["title"]
        assert each["navigate"] == f"https://northlight.example/inbox/7?action={each['action']}"
    assert len({each.key for each in actions}) == len(actions)


@ONE_ENGINE
def test_some_kinds_have_buttons_and_only_reading_is_done_by_the_worker(app: Flask, world: World) -> None:
    found = {kind: _shown(app, _banner(app, world, kind)) for kind in PUSHED}
    assert {kind for kind, shown in found.items() if "actions" in shown} >= {
        "message.received",
        "sign_up.waiting",
        "booking.cancelled",
    }
    assert {kind: shown["data"] for kind, shown in found.items() if "data" in shown} == {
        "message.received": {"notice": 7, "reads": "read"}
    }


@ONE_ENGINE
def test_a_discreet_banner_has_no_buttons(app: Flask, world: World) -> None:
    assert _shown(app, _banner(app, world, "message.received"))["actions"]
    shown = _shown(app, _banner(app, world, "message.received", discreet=True))
    assert "actions" not in shown
    assert "data" not in shown


@ONE_ENGINE
@pytest.mark.parametrize("locale", LANGUAGES)
def test_it_fits_whatever_was_written(app: Flask, world: World, locale: str) -> None:
    long = {"text": "語" * 2000, "from": "語" * 200, "group": "語" * 80}
    data = SAMPLES["message.received"] | long
    for most in (SPACIOUS, SHORT, 900):
        shown = _shown(app, _banner(app, world, "message.received", data=data, locale=locale), most)
        assert shown["title"]


class Phone:
    """A signed-in browser of the member, with a device that the server knows."""

    def __init__(self, app: Flask, world: World, service: PushService) -> None:
        self.visitor = Visitor(app, world.northlight)
        self.visitor.sign_in("member")
        with inside(app, world.northlight) as session:
            kit = app.extensions["portico_push"]
            self.target = device_for(session, world.northlight, "member", kit, service, datetime.now(UTC))

    def read(self, **said: object) -> Any:
        return self.visitor.post_bare("/account/push/reading", {"endpoint": self.target.endpoint, **said})


def test_reading_takes_the_conversation_along_and_says_what_is_left(
    app: Flask, world: World, service: PushService
) -> None:
    north, phone = world.northlight, Phone(app, world, service)
    list_people(app, north, "member", "colleague")
    talk = Talk(app, north, datetime.now(UTC), "member", "colleague")
    first = talk.say("colleague", "One")
    member = north.people["member"]
    (notice,) = rows(app, north, Notice, kind="message.received", person_id=member)
    new = [each for each in rows(app, north, Notice, person_id=member) if not each.read_at]
    answer = phone.read(notice=notice.id)
    assert (answer.status_code, answer.get_json()) == (200, {"unread": len(new) - 1})
    assert rows(app, north, ConversationMember, person_id=member)[0].read_up_to == first.message_id
    assert rows(app, north, Notice, id=notice.id)[0].read_at
    assert phone.read(notice=notice.id).get_json() == {"unread": len(new) - 1}


def test_it_takes_the_devices_own_address_and_ones_own_notice(
    app: Flask, world: World, service: PushService
) -> None:
    north, phone = world.northlight, Phone(app, world, service)
    list_people(app, north, "member", "colleague")
    talk = Talk(app, north, datetime.now(UTC), "member", "colleague")
    talk.say("colleague", "One")
    talk.say("member", "Two")
    mine, theirs = (
        rows(app, north, Notice, kind="message.received", person_id=north.people[who])[0].id
        for who in ("member", "colleague")
    )
    assert phone.read(notice=mine, endpoint="https://push.example/guessed").status_code == 404
    assert phone.read(notice=theirs).status_code == 404
    for nonsense in ("", "x", "-1", "²", "9" * 19, "9" * 20):
        assert phone.read(notice=nonsense).status_code == 400, nonsense
    assert phone.read(notice=LARGEST_ID).status_code == 404
    assert phone.read().status_code == 400
    assert not [each for each in rows(app, north, Notice) if each.read_at]
    stranger = Visitor(app, north)
    said = {"endpoint": phone.target.endpoint, "notice": mine}
    assert stranger.post_bare("/account/push/reading", said).status_code == 302
    assert phone.read(notice=mine).status_code == 200, "and with both it is read"


def test_marking_read_from_the_inbox_needs_a_token(app: Flask, world: World) -> None:
    north = world.northlight
    list_people(app, north, "member", "colleague")
    talk = Talk(app, north, datetime.now(UTC), "member", "colleague")
    sent = talk.say("colleague", "One")
    maya = Visitor(app, north)
    maya.sign_in("member")
    here = f"/messages/{talk.id}/reading"
    assert f'action="{here}"' in maya.get("/inbox").text
    assert maya.post_bare(here, {"up_to": sent.message_id}).status_code == 400
    for odd in ("0", "-5", "x", "9" * 30):
        answer = maya.post(here, {"up_to": odd}, form="/inbox")
        assert (answer.status_code, answer.location) == (303, "/inbox")
    assert "One" in maya.get("/inbox").text
    desk = Visitor(app, north)
    desk.sign_in("desk")
    assert desk.post(here, form="/account").status_code == 404


def test_what_posts_is_asked_once_more_and_reads_nothing(app: Flask, world: World) -> None:
    north = world.northlight
    list_people(app, north, "member", "colleague")
    Talk(app, north, datetime.now(UTC), "member", "colleague").say("colleague", "One")
    (notice,) = rows(app, north, Notice, kind="message.received")
    maya = Visitor(app, north)
    maya.sign_in("member")
    page = maya.get(f"/inbox/{notice.id}?action=read")
    assert page.status_code == 200
    assert "Mark read" in page.text
    assert rows(app, north, Notice, id=notice.id)[0].read_at is None
    assert maya.get(f"/inbox/{notice.id}?action=none").status_code == 404
    assert maya.get(f"/inbox/{notice.id}?action=reply").location.endswith("#body")
