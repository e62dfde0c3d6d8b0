"""Saving a look and a logo, with everything that people and attackers send."""

import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from app.domain.look import INK_TEXT
from app.models import AuditEntry, StoredFile, Tenant, ThemeSetting
from app.tenancy import tenant_session
from app.web.database import db
from tests.support.sign_in import sign_in_client
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
LOOK = {
    "name": "Northlight",
    "short_name": "Northlight",
    "primary": "",
    "on_primary": "",
    "radius": "soft",
    "font": "inter",
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="30" fill="#e0501a"/></svg>'


@pytest.fixture
def owner(app: Flask, world: World) -> FlaskClient:
    client = app.test_client()
    sign_in_client(app, client, world.northlight, "owner")
    return client


def _post(client: FlaskClient, path: str, data: dict[str, Any]) -> TestResponse:
    token = _TOKEN.search(client.get("/admin/settings").text)
    assert token
    answer = client.post(f"/admin/settings/{path}", data={"csrf_token": token[1], **data}, buffered=True)
    answer.request.input_stream.close()  # a large body waits in a file
    return answer


def _upload(client: FlaskClient, data: bytes, name: str = "logo.svg", **fields: Any) -> TestResponse:
    return _post(client, "logo", {"logo": (BytesIO(data), name), **fields})


def _rows(app: Flask, tenant: TenantWorld, model: type[Any]) -> list[Any]:
    with app.app_context(), tenant_session(db.session.session_factory, tenant.id) as session:
        rows = list(session.query(model))
        session.expunge_all()
        return rows


def _sheet_of(client: FlaskClient, path: str = "/") -> str:
    found = re.search(r'href="(/theme/\w+\.css)"', client.get(path).text)
    assert found
    return found[1]


def _png(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "#1a50e0").save(out, "PNG")
    return out.getvalue()


def _bomb() -> bytes:
    """A PNG of a few kB that says it is 30,000 pixels a side."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30000, 30000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(4096)))
        + chunk(b"IEND", b"")
    )


@pytest.fixture(autouse=True)
def nothing_is_left_half_written(app: Flask, world: World) -> Iterator[None]:
    yield
    assert not _rows(app, world.harbour, AuditEntry)


def test_two_colours_dress_everybodys_next_page(app: Flask, world: World, owner: FlaskClient) -> None:
    member = app.test_client()
    sign_in_client(app, member, world.northlight, "member")
    before = _sheet_of(member, "/account")
    answer = _post(owner, "look", LOOK | {"primary": "#B3005E", "on_primary": INK_TEXT, "radius": "round"})
    assert answer.status_code == 303
    after = _sheet_of(member, "/account")
    assert after != before
    css = member.get(after)
    assert css.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "--brand:#b3005e" in css.text
    (row,) = _rows(app, world.northlight, ThemeSetting)
    assert (row.primary, row.on_primary, row.radius, row.font) == ("#b3005e", INK_TEXT, "round", None)


def test_the_name_is_everybodys(app: Flask, world: World, owner: FlaskClient) -> None:
    assert _post(owner, "look", LOOK | {"name": "Nordlicht", "short_name": "Licht"}).status_code == 303
    manifest = app.test_client().get("/manifest.webmanifest").get_json(force=True)
    assert (manifest["name"], manifest["short_name"]) == ("Nordlicht", "Licht")
    (row,) = _rows(app, world.northlight, AuditEntry)
    assert row.action == "portal.renamed"


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("primary", "red", "Write a colour as #"),
        ("primary", "#12345", "Write a colour as #"),
        ("primary", "#1f5c4d;}body{display:none", "Write a colour as #"),
        ("primary", "x" * 100_000, "characters are too many"),
        ("on_primary", "#123456", "Choose one from the list."),
        ("radius", "square", "Choose one from the list."),
        ("font", "Comic Sans", "Choose one from the list."),
        ("short_name", "Thirteen long", "characters are too many; 12 fit"),
        ("name", "", "This is needed."),
        ("name", "Nor\u202ethlight", "characters that cannot be shown"),
    ],
)
def test_bad_input_gets_a_sentence_at_its_field(
    app: Flask, world: World, owner: FlaskClient, field: str, typed: str, sentence: str
) -> None:
    answer = _post(owner, "look", LOOK | {"primary": "#00aa77"} | {field: typed})
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-error"[^§]*?{re.escape(sentence)}', answer.text)
    if field != "primary":
        assert 'value="#00aa77"' in answer.text, "the rest of the form is kept"
    assert not _rows(app, world.northlight, ThemeSetting)
    assert not _rows(app, world.northlight, AuditEntry)


def test_a_location_has_a_look_of_its_own(app: Flask, world: World, owner: FlaskClient) -> None:
    porto = world.northlight.locations["Porto"]
    member = app.test_client()
    sign_in_client(app, member, world.northlight, "member")
    everywhere = _sheet_of(member, "/account")
    own = {"location": porto, "primary": "#b3005e", "on_primary": "", "radius": "", "font": ""}
    assert _post(owner, "look", own).status_code == 303
    assert _sheet_of(member, "/account") == everywhere
    _post(owner, "look", LOOK | {"font": "classic"})
    css = {path: member.get(path).text for path in (_sheet_of(owner, f"/admin/settings?location={porto}"),)}
    assert css
    (mine,) = (row for row in _rows(app, world.northlight, ThemeSetting) if row.location_id)
    assert (mine.primary, mine.font) == ("#b3005e", None)


def test_a_logo_changes_icons_and_the_default_colour(app: Flask, world: World, owner: FlaskClient) -> None:
    page = owner.get("/admin/settings").text
    before = set(re.findall(r"/icons/(\w+)/", page))
    assert _upload(owner, SVG).status_code == 303
    page = owner.get("/admin/settings").text
    after = set(re.findall(r"/icons/(\w+)/", page))
    assert len(before) == len(after) == 1
    assert before != after
    assert "Icons and splash screens are made from it." in page
    assert "--brand:#e0501a" in owner.get(_sheet_of(owner, "/admin/settings")).text
    (file,) = _rows(app, world.northlight, StoredFile)
    assert file.mime == "image/svg+xml"


def test_a_logo_is_removed(app: Flask, world: World, owner: FlaskClient) -> None:
    _upload(owner, SVG)
    assert _post(owner, "logo/removal", {}).status_code == 303
    assert "None yet" in owner.get("/admin/settings").text
    assert [row.action for row in _rows(app, world.northlight, AuditEntry)] == ["logo.changed"] * 2


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_photograph_of_a_logo_is_kept_as_png(
    app: Flask, world: World, owner: FlaskClient, kind: str
) -> None:
    out = BytesIO()
    Image.new("RGB", (200, 100), "#1a50e0").save(out, kind)
    assert _upload(owner, out.getvalue(), f"logo.{kind.lower()}").status_code == 303
    (file,) = _rows(app, world.northlight, StoredFile)
    assert (file.mime, file.width, file.height) == ("image/png", 200, 100)


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        (SVG.replace(b"<circle", b"<script>alert(1)</script><circle"), 422, "can act or reach out"),
        (SVG.replace(b"<circle", b'<circle onload="alert(1)"'), 422, "can act or reach out"),
        (SVG.replace(b"<circle", b'<image href="https://evil.test/x.png"/><circle'), 422, "can act or reach out"),
        (SVG.replace(b"<circle", b"<text>Northlight</text><circle"), 422, "Turn the text into outlines"),
        (SVG.replace(b"<circle", b"<g/>" * 3000 + b"<circle"), 422, "far more than a logo needs"),
        (SVG.replace(b' viewBox="0 0 64 64"', b""), 422, "does not say how large"),
        (SVG.replace(b"<circle", b"<!--" + b"x" * 300_000 + b"--><circle"), 413, "too large"),
        (_bomb(), 413, "too large"),
        (_png(16, 16), 422, "too small for an icon"),
        (b"MZ\x90\x00" * 100, 422, "not a picture we can read"),
        (b"GIF89a" + bytes(100), 422, "not a picture we can read"),
        (b"", 422, "not a picture we can read"),
        (_png(64, 64) + bytes(6 * 1024 * 1024), 413, "too large"),
        (_png(64, 64) + bytes(20 * 1024 * 1024), 413, "too large"),
    ],
    ids=["script", "handler", "outside", "text", "complex", "no-size", "long-svg", "bomb", "tiny", "exe", "gif",
         "empty", "6MB", "20MB"],
)  # fmt: skip
def test_a_logo_that_cannot_be_taken_is_told_why(
    app: Flask, world: World, owner: FlaskClient, data: bytes, status: int, sentence: str
) -> None:
    answer = _upload(owner, data)
    assert answer.status_code == status
    assert re.search(rf'id="logo-error"[^§]*?{re.escape(sentence)}', answer.text)
    for model in (StoredFile, ThemeSetting, AuditEntry):
        assert not _rows(app, world.northlight, model)


def test_many_logos_in_a_short_time_have_to_wait(app: Flask, owner: FlaskClient) -> None:
    app.config["LIMITS"]["logo by account"] = "1 per minute"
    assert _upload(owner, SVG).status_code == 303
    answer = _upload(owner, SVG.replace(b"#e0501a", b"#1a50e0"))
    assert answer.status_code == 429
    assert "Wait a few minutes" in answer.text


def test_the_preview_wears_colours_that_nobody_saved(app: Flask, world: World, owner: FlaskClient) -> None:
    page = owner.get(
        "/admin/settings/preview?page=book&scheme=dark&primary=%23b3005e&radius=round&name=Trial"
    )
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    assert 'data-scheme="dark"' in page.text
    assert "Trial" in page.text
    sheet = re.search(r'href="(/admin/settings/preview\.css\?[^"]+)"', page.text)
    assert sheet
    css = owner.get(sheet[1].replace("&amp;", "&"))
    assert css.headers["Cache-Control"] == "no-store"
    assert "--brand:#b3005e" in css.text
    assert "--r:18px" in css.text
    assert not _rows(app, world.northlight, ThemeSetting)
    assert "frame-ancestors 'none'" in owner.get("/admin/settings").headers["Content-Security-Policy"]


def test_a_preview_without_javascript_comes_from_the_forms_button(owner: FlaskClient) -> None:
    answer = _post(owner, "preview", LOOK | {"primary": "#b3005e", "page": "dialog", "scheme": "light"})
    assert answer.status_code == 200
    assert "primary=%23b3005e" in answer.text
    assert 'role="dialog"' in answer.text or "<dialog" in answer.text


@pytest.mark.parametrize(
    "query", ["primary=red", "font=%00", "radius=9", "page=../../x", "scheme=blue", "primary=%23fff;}"]
)
def test_a_senseless_preview_is_the_saved_look(owner: FlaskClient, query: str) -> None:
    saved = owner.get("/admin/settings/preview.css").text
    assert owner.get("/admin/settings/preview.css?primary=%23b3005e").text != saved
    assert owner.get(f"/admin/settings/preview.css?{query}").text == saved
    assert owner.get(f"/admin/settings/preview?{query}").status_code == 200


def test_the_report_says_what_became_of_a_colour(owner: FlaskClient) -> None:
    assert "Nothing to adjust" in owner.get("/admin/settings/report?primary=%231f5c4d").text
    yellow = owner.get("/admin/settings/report?primary=%23ffe600").text
    assert "Ink on it" in yellow
    assert "darker shade" in yellow


def test_the_revision_rises_with_every_save(app: Flask, world: World, owner: FlaskClient) -> None:
    def revision() -> int:
        with app.app_context(), tenant_session(db.session.session_factory, world.northlight.id) as session:
            return session.get_one(Tenant, world.northlight.id).revision

    first = revision()
    _post(owner, "look", LOOK | {"primary": "#b3005e", "name": "Nordlicht"})
    second = revision()
    assert second > first
    _post(owner, "look", LOOK | {"primary": "#b3005e", "name": "Nordlicht"})
    assert revision() == second
