"""What one person may do to the others' pages, lists and disk, and what becomes of files that nobody was sent."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from app.domain.messaging import send
from app.settings import Settings
from tests.support.messages import Talk, list_people
from tests.support.visitor import Visitor
from tests.support.world import World

ONE_FILE = b"%PDF-1.4 a file"


@pytest.fixture
def talk(app: Flask, world: World) -> Talk:
    list_people(app, world.northlight, "member", "colleague", "desk")
    return Talk(app, world.northlight, datetime.now(UTC), "member", "colleague")


@pytest.fixture
def maya(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def _send(talk: Talk, who: Visitor, where: str, data: bytes, **more: str) -> TestResponse:
    fields = {"body": "Look", "files": FileStorage(BytesIO(data), "a.pdf"), **more}
    return who.post(where, fields, form=f"/messages/{talk.id}", content_type="multipart/form-data")


def _kept(settings: Settings) -> set[bytes]:
    """What lies on the disk of what these tests send."""
    found = (path.read_bytes() for path in Path(settings.data_dir).rglob("*") if path.is_file())
    return {data for data in found if data.startswith(ONE_FILE)}


def test_what_is_pressed_is_counted(app: Flask, talk: Talk, maya: Visitor) -> None:
    app.config["LIMITS"]["message change by account"] = "3 per minute"
    said = talk.say("colleague", "Hello").message_id
    where, page = f"/messages/{talk.id}", f"/messages/{talk.id}"
    pressed = ("/typing", f"/{said}/reactions/heart", "/draft", "/quiet")
    answers = [maya.post(where + each, form=page) for each in pressed]
    assert [answer.status_code for answer in answers] == [204, 303, 204, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert maya.get(page).status_code == 200


def test_conversations_are_not_begun_by_the_hundred(
    app: Flask, world: World, talk: Talk, maya: Visitor
) -> None:
    app.config["LIMITS"]["conversation by account"] = "2 per hour"
    people = world.northlight.people
    group = {"people": [people["colleague"], people["desk"]], "title": "Noise"}
    # Going on with who one writes to already begins nothing.
    for _time in range(3):
        answer = maya.post(f"/messages/to/{people['colleague']}", {"body": "Hello"}, form="/messages/new")
        assert answer.status_code == 303
    made = [maya.post("/messages", group, form="/messages/new").status_code for _time in range(3)]
    assert made == [303, 303, 429]
    refused = maya.post(f"/messages/to/{people['desk']}", {"body": "Hello"}, form="/messages/new")
    assert refused.status_code == 429
    assert "Too many tries" in refused.text


def test_a_day_takes_so_many_bytes(
    settings: Settings, talk: Talk, maya: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "MOST_BYTES_A_DAY", 2 * len(ONE_FILE) + 2)
    where = f"/messages/{talk.id}"
    answers = [_send(talk, maya, where, ONE_FILE + mark) for mark in (b"1", b"2", b"3")]
    assert [answer.status_code for answer in answers] == [303, 303, 422]
    assert "which is the most. Try again tomorrow." in answers[-1].text
    assert _kept(settings) == {ONE_FILE + b"1", ONE_FILE + b"2"}
    assert maya.post(where, {"body": "Words are free"}, form=where).status_code == 303


def test_files_of_what_was_not_sent_are_not_kept(settings: Settings, talk: Talk, maya: Visitor) -> None:
    where, again = f"/messages/{talk.id}", "client-id-1"
    assert _send(talk, maya, where, ONE_FILE, client_id=again).status_code == 303
    assert _send(talk, maya, where, ONE_FILE + b"others", client_id=again).status_code == 303
    assert _send(talk, maya, "/messages/999999", ONE_FILE + b"nowhere").status_code == 404
    # The very same bytes that somebody else was sent stay where they are.
    assert _send(talk, maya, "/messages/999999", ONE_FILE).status_code == 404
    assert _kept(settings) == {ONE_FILE}
