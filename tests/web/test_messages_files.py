"""What hangs on a message: encoded anew, of a short list of sorts, for who may read it, and never run."""

import zlib
from datetime import UTC, datetime
from io import BytesIO
from struct import pack
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.domain.messaging.blocks import block
from app.models import (
    Attachment,
    Message,
    Person,
    Resource,
    StoredFile,
)
from app.web.message_files import file_name
from app.web.ports import files
from tests.support.messages import Talk, list_people
from tests.support.rows import inside, rows
from tests.support.visitor import Visitor
from tests.support.world import World


@pytest.fixture
def talk(app: Flask, world: World) -> Talk:
    list_people(app, world.northlight, "member", "colleague", "desk")
    return Talk(app, world.northlight, datetime.now(UTC), "member", "colleague")


@pytest.fixture
def maya(app: Flask, world: World) -> Visitor:
    return _visitor(app, world, "member")


def _visitor(app: Flask, world: World, who: str) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in(who)
    return visitor


def _send(talk: Talk, visitor: Visitor, name: str, data: bytes, body: str = "") -> tuple[int, str]:
    answer = _post(talk, visitor, {"body": body, "files": FileStorage(BytesIO(data), name)})
    return answer.status_code, answer.text


def _post(talk: Talk, visitor: Visitor, fields: dict[str, Any]) -> TestResponse:
    here = f"/messages/{talk.id}"
    # Packed here: what the client packs by itself stays open when it is large.
    boundary, packed = encode_multipart({"csrf_token": visitor.token(here), **fields})
    return visitor.client.post(
        here,
        data=packed,
        content_type=f"multipart/form-data; boundary={boundary}",
        base_url=f"http://{visitor.tenant.host}",
        buffered=True,
    )


def _jpeg() -> bytes:
    image, out = Image.new("RGB", (300, 150), "#6d2230"), BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def _bomb() -> bytes:
    """A PNG of a few bytes that says it is 60,000 pixels square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def test_a_picture_is_encoded_anew(app: Flask, talk: Talk, maya: Visitor) -> None:
    photo = _jpeg()
    assert b"taken at home" in photo
    assert _send(talk, maya, "box.jpg", photo)[0] == 303
    (attachment,) = rows(app, talk.tenant, Attachment)
    answer = maya.get(f"/messages/{talk.id}/files/{attachment.id}")
    assert (attachment.name, answer.mimetype) == ("box.webp", "image/webp")
    assert b"taken at home" not in answer.data
    with Image.open(BytesIO(answer.data)) as image:
        assert (image.format, image.size) == ("WEBP", (300, 150))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_file_is_a_download(app: Flask, talk: Talk, maya: Visitor) -> None:
    said = b"<html><script>alert(1)</script>"
    assert _send(talk, maya, "../../plan.txt", said)[0] == 303
    (attachment,) = rows(app, talk.tenant, Attachment)
    answer = maya.get(f"/messages/{talk.id}/files/{attachment.id}")
    assert answer.data == said
    assert answer.headers["Content-Disposition"] == "attachment; filename=plan.txt"
    assert answer.mimetype == "text/plain"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "run.exe", "run.pdf.js", "script", "a.xhtml"])
def test_what_could_run_is_refused(app: Flask, talk: Talk, maya: Visitor, name: str) -> None:
    status, page = _send(talk, maya, name, b"<svg onload=alert(1)>", "Look at this")
    assert status == 422
    assert "cannot be sent" in page
    assert "Look at this</textarea>" in page
    assert rows(app, talk.tenant, Message) == []


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("bomb.png", _bomb(), "million pixels"),
        ("torn.jpg", b"\xff\xd8\xff\xe0 torn", "or it is damaged"),
        ("page.webp", b"<html>", "or it is damaged"),
        ("large.pdf", b"%PDF" + b"\0" * (10 * 1024 * 1024), "larger than 10 MB"),
    ],
    ids=["bomb", "torn", "page", "large"],
)
def test_what_is_no_honest_file_gets_a_sentence(
    app: Flask, talk: Talk, maya: Visitor, name: str, data: bytes, sentence: str
) -> None:
    status, page = _send(talk, maya, name, data)
    assert status == 422
    assert sentence in page
    assert rows(app, talk.tenant, Message) == []


def test_a_file_is_for_who_may_read_the_message(app: Flask, world: World, talk: Talk, maya: Visitor) -> None:
    _send(talk, maya, "plan.pdf", b"%PDF")
    (attachment,) = rows(app, talk.tenant, Attachment)
    here = f"/messages/{talk.id}/files/{attachment.id}"
    assert _visitor(app, world, "colleague").get(here).status_code == 200
    assert _visitor(app, world, "desk").get(here).status_code == 404
    other = Talk(app, world.northlight, datetime.now(UTC), "desk", "member")
    assert maya.get(f"/messages/{other.id}/files/{attachment.id}").status_code == 404
    harbour = Visitor(app, world.harbour)
    harbour.sign_in("member")
    assert harbour.get(here).status_code == 404
    assert Visitor(app, world.northlight).get(here).status_code == 302


def test_a_picture_of_a_message_is_nobody_elses_under_its_digest(
    app: Flask, world: World, talk: Talk, maya: Visitor
) -> None:
    """Also not its sender's. The control: a room that shows the very same picture shows it to everybody."""
    _send(talk, maya, "box.jpg", _jpeg())
    (stored,) = rows(app, talk.tenant, StoredFile)
    address, stranger = f"/media/{stored.digest}", _visitor(app, world, "desk")
    assert [each.get(address).status_code for each in (stranger, maya)] == [404, 404]
    with inside(app, talk.tenant) as session:
        session.get_one(Resource, talk.tenant.rooms["Fern"]).photo_id = stored.id
    answer = stranger.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    harbour = Visitor(app, world.harbour)
    harbour.sign_in("member")
    assert harbour.get(address).status_code == 404


def test_a_picture_that_is_also_a_face_is_shown_as_one(app: Flask, talk: Talk, maya: Visitor) -> None:
    _send(talk, maya, "me.jpg", _jpeg())
    (stored,) = rows(app, talk.tenant, StoredFile)
    with inside(app, talk.tenant) as session:
        session.get_one(Person, talk.tenant.people["member"]).face_digest = stored.digest
    assert maya.get(f"/media/{stored.digest}").status_code == 200


def test_a_browser_that_has_a_file_asks_each_time_and_is_answered_in_short(
    app: Flask, world: World, talk: Talk, maya: Visitor
) -> None:
    """Until it may not see it any more: then what it has is no answer."""
    _send(talk, maya, "box.jpg", _jpeg())
    (attachment,) = rows(app, talk.tenant, Attachment)
    here, colin = f"/messages/{talk.id}/files/{attachment.id}", _visitor(app, world, "colleague")
    first = colin.get(here)
    assert first.headers["Cache-Control"] == "private, no-cache"
    mark = first.headers["ETag"]
    known = {"If-None-Match": mark}
    for each in (mark, f"W/{mark}"):  # weak where a proxy packed it on the way
        again = colin.get(here, headers={"If-None-Match": each})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", mark)
    assert colin.get(here, headers={"If-None-Match": '"another"'}).data == first.data
    with inside(app, talk.tenant) as session:
        message = session.get_one(Message, attachment.message_id)
        block(session, talk.tenant.actor("colleague"), talk.tenant.people["member"], talk.tick())
        message.sent_at = talk.tick()
    assert colin.get(here, headers=known).status_code == 404


def test_a_deleted_message_takes_its_file_along(app: Flask, talk: Talk, maya: Visitor) -> None:
    _send(talk, maya, "plan.pdf", b"%PDF one")
    (message,) = rows(app, talk.tenant, Message)
    (stored,) = rows(app, talk.tenant, StoredFile)
    with app.app_context():
        assert files().get(talk.tenant.id, stored.digest) == b"%PDF one"
    here = f"/messages/{talk.id}/{message.id}"
    maya.post(f"{here}/removal", form=here)
    assert rows(app, talk.tenant, Attachment) == []
    assert rows(app, talk.tenant, StoredFile) == []
    with app.app_context():
        assert files().get(talk.tenant.id, stored.digest) is None


def test_a_file_that_two_messages_carry_stays_with_the_other(app: Flask, talk: Talk, maya: Visitor) -> None:
    for _ in range(2):
        _send(talk, maya, "plan.pdf", b"%PDF same")
    first, second = rows(app, talk.tenant, Message)
    here = f"/messages/{talk.id}/{first.id}"
    maya.post(f"{here}/removal", form=here)
    (left,) = rows(app, talk.tenant, Attachment)
    assert left.message_id == second.id
    assert maya.get(f"/messages/{talk.id}/files/{left.id}").data == b"%PDF same"


def test_seven_files_are_one_too_many(app: Flask, talk: Talk, maya: Visitor) -> None:
    sent = [FileStorage(BytesIO(b"x"), f"{number}.txt") for number in range(7)]
    answer = _post(talk, maya, {"files": sent})
    assert answer.status_code == 422
    assert "At most 6 files" in answer.text
    assert rows(app, talk.tenant, Message) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("C:\\Users\\ines\\plan.pdf", "plan.pdf"),
        ("../../../etc/passwd.txt", "passwd.txt"),
        (".htaccess", "htaccess"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("", "file"),
    ],
)
def test_a_files_name_is_a_plain_name(typed: str, kept: str) -> None:
    assert file_name(typed) == kept


def test_a_long_name_keeps_its_end() -> None:
    kept = file_name("x" * 400 + ".pdf")
    assert kept.endswith(".pdf")
    assert len(kept) <= 120
