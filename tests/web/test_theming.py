"""The stylesheet and the icons as they are served: readable in both schemes, under addresses that change with them."""

import re
import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.look import Given, change_look, put_up_logo
from app.domain.portal import read_portal
from app.tenancy import begin_writing, tenant_session
from app.theming.icons import ICON_NAMES, render_icons
from app.theming.logo import read_logo
from app.theming.palette import PAIRS, contrast
from app.web import icons, themes
from app.web.database import db
from tests.support.world import World

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FOR_EVER = "public, max-age=31536000, immutable"
LOGO = read_logo(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><path fill="#e0501a" d="M4 4h56L32 60z"/></svg>'
)
SIZES = {"icon-192.png": 192, "icon-512.png": 512, "maskable-512.png": 512, "monochrome-512.png": 512,
         "apple-touch-180.png": 180, "favicon-32.png": 32, "shortcut-96.png": 96}  # fmt: skip
_BOTH = re.compile(r"--([\w-]+):light-dark\((#[0-9a-f]{6}),(#[0-9a-f]{6})\)")

Dress = Callable[..., None]


@pytest.fixture
def dress(app: Flask, world: World) -> Dress:
    """Saves a look for Northlight."""
    owner = world.northlight.actor("owner")

    def change(given: Given, location: int | None = None) -> None:
        with app.app_context(), tenant_session(db.session.session_factory, world.northlight.id) as session:
            begin_writing(session)
            change_look(session, owner, location, given, NOW)

    return change


def _page(client: FlaskClient) -> str:
    return client.get("/login").text


def _sheet(client: FlaskClient) -> str:
    found = re.search(r'href="(/theme/\w+\.css)"', _page(client))
    assert found
    return found[1]


def _version(client: FlaskClient) -> str:
    found = re.search(r'href="/icons/(\w+)/favicon\.svg"', _page(client))
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("primary", "text"),
    [(None, None), ("#1f5c4d", "#ffffff"), ("#ffe600", None), ("#ffe600", "#ffffff"), ("#ffffff", None),
     ("#000000", None), ("#00ff41", None), ("#c8102e", "#17181a"), ("#808080", "#ffffff"), ("#0b0b3b", None)],
)  # fmt: skip
def test_the_served_stylesheet_reads_in_both_schemes(
    client: FlaskClient, dress: Dress, primary: str | None, text: str | None
) -> None:
    dress(Given(primary, text))
    css = client.get(_sheet(client))
    assert css.mimetype == "text/css"
    served = {role: colours for role, *colours in _BOTH.findall(css.text)}
    assert {role for pair in PAIRS for role in (pair.foreground, pair.ground)} <= served.keys()
    for scheme in (0, 1):
        for pair in PAIRS:
            ratio = contrast(served[pair.foreground][scheme], served[pair.ground][scheme])
            assert ratio >= pair.minimum, (pair, scheme, ratio)


def test_a_stylesheet_is_kept_for_ever_and_an_old_one_is_the_present_one(
    client: FlaskClient, dress: Dress
) -> None:
    old = _sheet(client)
    assert client.get(old).headers["Cache-Control"] == FOR_EVER
    dress(Given("#b3005e"))
    new = _sheet(client)
    assert new != old
    assert client.get(new).headers["Cache-Control"] == FOR_EVER
    answer = client.get(old)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text == client.get(new).text


def test_a_tenants_page_waits_for_one_stylesheet(client: FlaskClient, world: World) -> None:
    page = _page(client)
    assert re.findall(r'<link rel="stylesheet" href="([^"]+)">', page) == [_sheet(client)]
    css = client.get(_sheet(client)).text
    with client.application.app_context():
        ours = themes.assets().path("app.css").read_text()
    # Our own styles declare the order of the layers, so they come first; the theme's layer wins over their greys
    assert css.startswith(ours)
    assert css.removeprefix(ours).startswith("@layer theme{:root{--brand:")


def test_a_change_of_our_own_styles_changes_the_address_too(
    app: Flask, client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, index = _sheet(client), app.extensions["portico_assets"]
    # Another build's file, as the packer would name it
    monkeypatch.setitem(
        app.extensions,
        "portico_assets",
        replace(index, files={**index.files, "app.css": index.files["day.css"]}),
    )
    new = _sheet(client)
    assert new != old
    assert client.get(new).headers["Cache-Control"] == FOR_EVER
    assert client.get(old).headers["Cache-Control"] == "no-store"
    assert client.get(old).text == client.get(new).text


def test_a_look_is_packed_once(app: Flask, world: World) -> None:
    with app.app_context(), tenant_session(db.session.session_factory, world.northlight.id) as session:
        look = read_portal(session).look(None)
        assert themes.stylesheet(look) is themes.stylesheet(look)


def test_a_locations_stylesheet_is_served_too(
    app: Flask, world: World, client: FlaskClient, dress: Dress
) -> None:
    dress(Given("#b3005e"), world.northlight.locations["Porto"])
    with app.app_context(), tenant_session(db.session.session_factory, world.northlight.id) as session:
        look = read_portal(session).look(world.northlight.locations["Porto"])
        digest = themes.stylesheet_digest(look)
    answer = client.get(f"/theme/{digest}.css")
    assert answer.headers["Cache-Control"] == FOR_EVER
    assert "--brand:#b3005e" in answer.text


def test_every_icon_has_its_size_and_is_kept_for_ever(client: FlaskClient) -> None:
    version = _version(client)
    for name in ICON_NAMES:
        answer = client.get(f"/icons/{version}/{name}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == FOR_EVER
        if name in SIZES:
            assert struct.unpack(">II", answer.data[16:24]) == (SIZES[name],) * 2
        else:
            assert answer.mimetype == "image/svg+xml"


def test_a_new_look_has_new_icons_and_old_addresses_show_them(client: FlaskClient, dress: Dress) -> None:
    old = _version(client)
    picture = client.get(f"/icons/{old}/icon-192.png").data
    dress(Given("#b3005e"))
    new = _version(client)
    assert new != old
    answer = client.get(f"/icons/{old}/icon-192.png")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data == client.get(f"/icons/{new}/icon-192.png").data != picture


def test_corners_and_font_leave_the_icons_alone(client: FlaskClient, dress: Dress) -> None:
    before, sheet = _version(client), _sheet(client)
    dress(Given(font="classic", radius="round"))
    assert _sheet(client) != sheet
    assert _version(client) == before


def test_a_logo_changes_what_the_manifest_names(app: Flask, world: World, client: FlaskClient) -> None:
    def addresses() -> set[str]:
        manifest = client.get("/manifest.webmanifest").get_json(force=True)
        return {icon["src"] for icon in manifest["icons"]}

    before = addresses()
    with app.app_context(), tenant_session(db.session.session_factory, world.northlight.id) as session:
        digest = app.extensions["portico_files"].put(world.northlight.id, LOGO.data)
        begin_writing(session)
        put_up_logo(session, world.northlight.actor("owner"), None, LOGO, digest, NOW)
    after = addresses()
    assert before.isdisjoint(after)
    for address in after:
        assert client.get(address).headers["Cache-Control"] == FOR_EVER


@pytest.mark.parametrize("name", ["icon-64.png", "favicon.ico", "..%2Fsecret", "icon-192.png.bak"])
def test_an_unknown_icon_is_404(client: FlaskClient, world: World, name: str) -> None:
    assert client.get(f"/icons/{_version(client)}/icon-192.png").status_code == 200
    assert client.get(f"/icons/{_version(client)}/{name}").status_code == 404


def test_a_browser_that_asks_for_favicon_ico_gets_one(client: FlaskClient, world: World) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")


def test_icons_are_drawn_once(client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    draw = render_icons

    def counting(*args: object) -> dict[str, bytes]:
        drawn.append("once")
        return draw(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(icons, "render_icons", counting)
    version = _version(client)
    for name in (*ICON_NAMES, *ICON_NAMES):
        client.get(f"/icons/{version}/{name}")
    assert drawn == ["once"]


def test_a_lost_logo_leaves_initials(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context(), tenant_session(db.session.session_factory, world.northlight.id) as session:
        begin_writing(session)
        put_up_logo(session, world.northlight.actor("owner"), None, LOGO, "0" * 64, NOW)
    assert client.get(f"/icons/{_version(client)}/icon-192.png").status_code == 200


def test_theme_and_icons_ask_for_nobody(client: FlaskClient, world: World) -> None:
    for path in (_sheet(client), f"/icons/{_version(client)}/icon-192.png", "/favicon.ico"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers, path


def test_each_tenant_has_its_own(client: FlaskClient, world: World, dress: Dress) -> None:
    dress(Given("#b3005e"))
    theirs = client.get("/login", base_url=f"http://{world.harbour.host}").text
    assert _sheet(client) not in theirs
    answer = client.get(_sheet(client), base_url=f"http://{world.harbour.host}")
    assert "--brand:#b3005e" not in answer.text
