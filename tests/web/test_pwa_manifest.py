"""The manifest: each tenant's own, by host name alone, and new addresses for whatever looks new."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app.domain.portal import touch
from app.models import SectionSetting, ThemeSetting
from app.sections import SECTIONS
from app.tenancy import tenant_session
from app.web.database import db
from tests.support.sign_in import sign_in_client
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


def _manifest(client: FlaskClient, tenant: TenantWorld) -> dict[str, Any]:
    answer = client.get("/manifest.webmanifest", base_url=f"http://{tenant.host}")
    assert answer.status_code == 200
    members: dict[str, Any] = answer.get_json(force=True)
    return members


def _change_settings(app: Flask, tenant: TenantWorld, *rows: Any) -> None:
    with app.app_context(), tenant_session(db.session.session_factory, tenant.id) as session:
        session.add_all(rows)
        touch(session)


def test_it_says_what_an_installed_app_needs(client: FlaskClient, world: World) -> None:
    members = _manifest(client, world.northlight)
    assert members["id"] == "/"
    assert members["scope"] == "/"
    assert members["start_url"] == "/"
    assert members["display"] == "standalone"
    assert members["name"] == "Northlight"
    assert 0 < len(members["short_name"]) <= 12
    assert "Northlight" in members["description"]
    assert (members["lang"], members["dir"]) == ("en", "ltr")
    assert members["launch_handler"] == {"client_mode": "navigate-existing"}
    assert members["categories"]
    for colour in ("theme_color", "background_color"):
        assert len(members[colour]) == 7
        assert members[colour].startswith("#")


def test_it_is_served_so_that_browsers_ask_again(client: FlaskClient) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    assert answer.headers["Cache-Control"] == "no-cache"
    again = client.get("/manifest.webmanifest", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data


def test_icons_have_separate_purposes_and_their_declared_size(client: FlaskClient, world: World) -> None:
    icons = _manifest(client, world.northlight)["icons"]
    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
        ("512x512", "monochrome"),
    }
    for icon in icons:
        _assert_picture(client, icon)


def test_screenshots_exist_for_phone_and_window(client: FlaskClient, world: World) -> None:
    pictures = _manifest(client, world.northlight)["screenshots"]
    assert [picture["form_factor"] for picture in pictures] == ["narrow", "wide"]
    for picture in pictures:
        width, height = _assert_picture(client, picture)
        assert min(width, height) >= 320
        assert max(width, height) <= 2.3 * min(width, height)


def _assert_picture(client: FlaskClient, member: dict[str, str]) -> tuple[int, int]:
    answer = client.get(member["src"])
    assert answer.mimetype == member["type"]
    assert "immutable" in answer.headers["Cache-Control"]
    with Image.open(BytesIO(answer.data)) as image:
        assert "{}x{}".format(*image.size) == member["sizes"]
        return image.size


def test_a_screenshot_that_no_manifest_names_is_not_drawn(client: FlaskClient, world: World) -> None:
    good = _manifest(client, world.northlight)["screenshots"][0]["src"]
    assert client.get(good).status_code == 200
    assert client.get(good.replace("narrow", "square")).status_code == 404
    assert client.get("/app/screenshots/0123456789abcdef/narrow.png").status_code == 404


def test_each_tenant_has_its_own(app: Flask, client: FlaskClient, world: World) -> None:
    _change_settings(app, world.harbour, ThemeSetting(primary="#3b2fd4"))
    ours, theirs = _manifest(client, world.northlight), _manifest(client, world.harbour)
    assert theirs["name"] == "Harbour"
    assert theirs["theme_color"] != ours["theme_color"]
    assert {icon["src"] for icon in theirs["icons"]}.isdisjoint(icon["src"] for icon in ours["icons"])


def test_icons_and_screenshots_move_only_when_the_look_does(
    app: Flask, client: FlaskClient, world: World
) -> None:
    def addresses() -> set[str]:
        members = _manifest(client, world.northlight)
        return {member["src"] for member in members["icons"] + members["screenshots"]}

    before = addresses()
    _change_settings(app, world.northlight)
    assert addresses() == before
    _change_settings(app, world.northlight, ThemeSetting(primary="#b3261e"))
    assert addresses().isdisjoint(before)


def _shortcuts(client: FlaskClient, tenant: TenantWorld) -> list[str]:
    return [shortcut["url"] for shortcut in _manifest(client, tenant)["shortcuts"]]


def test_a_section_that_is_off_has_no_shortcut(app: Flask, client: FlaskClient, world: World) -> None:
    bookings, community = ["/bookings/search", "/bookings/mine"], ["/directory", "/messages"]
    # One of each section before the second of any, for a phone shows few.
    everything = [bookings[0], *community, bookings[1]]
    shortcuts = _manifest(client, world.northlight)["shortcuts"]
    assert [shortcut["url"] for shortcut in shortcuts] == everything
    assert all(shortcut["name"] and shortcut["icons"] for shortcut in shortcuts)
    _change_settings(app, world.northlight, SectionSetting(section="bookings", enabled=False))
    assert _shortcuts(client, world.northlight) == community
    assert _shortcuts(client, world.harbour) == everything


def test_every_shortcut_answers(app: Flask, client: FlaskClient, world: World) -> None:
    with_shortcuts = [section for section in SECTIONS if section.shortcuts]
    shortcuts = _shortcuts(client, world.northlight)
    assert len(shortcuts) >= len(with_shortcuts) > 2
    sign_in_client(app, client, world.northlight, "member")
    for address in shortcuts:
        assert client.get(address).status_code == 200, address


def test_it_takes_what_other_apps_share_while_messages_are_on(
    app: Flask, client: FlaskClient, world: World
) -> None:
    target = _manifest(client, world.northlight)["share_target"]
    assert (target["action"], target["method"]) == ("/messages/sharing", "POST")
    assert target["enctype"] == "multipart/form-data"
    params = target["params"]
    assert [params[name] for name in ("title", "text", "url")] == ["title", "text", "url"]
    (files,) = params["files"]
    assert files["name"] == "files"
    assert {"image/jpeg", "application/pdf", ".png", ".docx"} <= set(files["accept"])
    assert not {"text/html", "image/svg+xml", "image/*"} & set(files["accept"])
    _change_settings(app, world.northlight, SectionSetting(section="messages", enabled=False))
    assert "share_target" not in _manifest(client, world.northlight)
    assert "share_target" in _manifest(client, world.harbour)


def test_the_default_location_decides_when_locations_differ(
    app: Flask, client: FlaskClient, world: World
) -> None:
    far, near = world.northlight.locations["Porto"], world.northlight.locations["Leith Walk"]
    _change_settings(
        app, world.northlight, SectionSetting(section="bookings", enabled=False, location_id=far)
    )
    assert "/bookings/search" in _shortcuts(client, world.northlight)
    _change_settings(
        app, world.northlight, SectionSetting(section="bookings", enabled=False, location_id=near)
    )
    assert _shortcuts(client, world.northlight) == ["/directory", "/messages"]


def test_the_app_starts_elsewhere_when_home_is_off(app: Flask, client: FlaskClient, world: World) -> None:
    _change_settings(app, world.northlight, SectionSetting(section="home", enabled=False))
    assert _manifest(client, world.northlight)["start_url"] == "/bookings/search"


def test_it_needs_no_cookie_sets_none_and_ignores_who_asks(
    app: Flask, client: FlaskClient, world: World
) -> None:
    stranger = client.get("/manifest.webmanifest", headers={"Accept-Language": "es"})
    assert "Set-Cookie" not in stranger.headers
    sign_in_client(app, client, world.northlight, "member")
    member = client.get("/manifest.webmanifest", headers={"Accept-Language": "en"})
    assert "Set-Cookie" not in member.headers
    assert member.data == stranger.data


def test_an_unknown_host_has_none(client: FlaskClient) -> None:
    assert client.get("/manifest.webmanifest", base_url="http://nobody.localhost").status_code == 404
