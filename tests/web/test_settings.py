"""The settings page as a browser without scripts and as htmx meet it."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.models import AuditEntry, HomeElementSetting, SectionSetting
from app.sections import SECTIONS
from app.tenancy import tenant_session
from app.web.database import db
from tests.support.sign_in import sign_in_client
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
KEYS = [section.key for section in SECTIONS]
HTMX = {"HX-Request": "true"}
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def desk(app: Flask, world: World) -> FlaskClient:
    client = app.test_client()
    sign_in_client(app, client, world.northlight, "desk")
    return client


def _post(client: FlaskClient, path: str, data: dict[str, Any], **more: Any) -> TestResponse:
    token = _TOKEN.search(client.get("/admin/settings").text)
    assert token
    return client.post(f"/admin/settings/{path}", data={"csrf_token": token[1], **data}, **more)


def _rows(app: Flask, tenant: TenantWorld, model: type[Any]) -> list[Any]:
    with app.app_context(), tenant_session(db.session.session_factory, tenant.id) as session:
        rows = list(session.query(model))
        session.expunge_all()
        return rows


def _order(page: str) -> list[str]:
    return re.findall(r'name="order" value="(\w+)"', page)


def test_only_staff_may_see_it(app: Flask, world: World, desk: FlaskClient) -> None:
    assert desk.get("/admin/settings").status_code == 200
    member = app.test_client()
    sign_in_client(app, member, world.northlight, "member")
    for path in ("", "/home", "/preview", "/preview.css", "/preview.svg", "/report"):
        assert member.get(f"/admin/settings{path}").status_code == 404
        assert app.test_client().get(f"/admin/settings{path}").status_code == 302


def test_a_switch_works_without_javascript(app: Flask, world: World, desk: FlaskClient) -> None:
    answer = _post(desk, "sections/bookings/switch", {"state": "off"})
    assert (answer.status_code, answer.location) == (303, "/admin/settings")
    (row,) = _rows(app, world.northlight, SectionSetting)
    assert (row.section, row.enabled) == ("bookings", False)


def test_htmx_gets_the_list_as_it_is_now(desk: FlaskClient) -> None:
    answer = _post(desk, "sections/bookings/switch", {"state": "off"}, headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'hx-swap-oob="true"' in answer.text
    toggle = re.search(r'id="toggle-bookings"[^>]*', answer.text)
    assert toggle
    assert 'aria-checked="false"' in toggle[0]


def test_who_sees_it_is_kept(app: Flask, world: World, desk: FlaskClient) -> None:
    assert _post(desk, "home/member_card/audience", {"audience": "members"}).status_code == 303
    (row,) = _rows(app, world.northlight, HomeElementSetting)
    assert (row.element, row.audience) == ("member_card", "members")


def test_an_order_is_kept_and_one_may_be_moved(desk: FlaskClient) -> None:
    assert _order(desk.get("/admin/settings").text) == KEYS
    answer = _post(desk, "sections/order", {"order": KEYS[::-1]}, headers=HTMX)
    assert _order(answer.text) == KEYS[::-1]
    _post(desk, "sections/order", {"order": KEYS, "move": f"{KEYS[1]}:up"})
    assert _order(desk.get("/admin/settings").text) == [KEYS[1], KEYS[0], *KEYS[2:]]
    _post(desk, "sections/order", {"order": KEYS, "move": f"{KEYS[0]}:up"})
    assert _order(desk.get("/admin/settings").text) == KEYS


def test_a_location_says_what_it_inherits(world: World, desk: FlaskClient) -> None:
    porto = world.northlight.locations["Porto"]
    page = desk.get(f"/admin/settings?location={porto}").text
    assert "On, as everywhere" in page
    assert "Signed in, as everywhere" in page
    answer = _post(desk, "sections/bookings/switch", {"state": "off", "location": porto}, headers=HTMX)
    assert "Off here only" in answer.text
    assert 'id="inherit-bookings"' in answer.text
    assert 'aria-checked="false"' not in desk.get("/admin/settings").text
    answer = _post(desk, "sections/bookings/switch", {"state": "inherit", "location": porto}, headers=HTMX)
    assert "Off here only" not in answer.text


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("sections/casino/switch", {"state": "off"}, 404),
        ("home/casino/audience", {"audience": "members"}, 404),
        ("casino/bookings/switch", {"state": "off"}, 404),
        ("sections/bookings/switch", {"state": "sideways"}, 400),
        ("sections/bookings/audience", {"audience": "everyone"}, 422),
        ("sections/bookings/audience", {"audience": "nobody"}, 422),
        ("sections/order", {"order": ["-1", "-2", "-3"]}, 422),
        ("sections/order", {"order": [*KEYS, KEYS[0]]}, 422),
        ("sections/order", {}, 422),
        ("sections/bookings/switch", {"state": "off", "location": "999999"}, 404),
        ("sections/bookings/switch", {"state": "off", "location": "-1"}, 404),
        ("sections/bookings/switch", {"state": "off", "location": "1 OR 1"}, 404),
    ],
)
def test_bad_input_writes_nothing(
    app: Flask, world: World, desk: FlaskClient, path: str, data: dict[str, Any], status: int
) -> None:
    assert _post(desk, "sections/account/switch", {"state": "off"}).status_code == 303
    before = len(_rows(app, world.northlight, AuditEntry))
    for headers in ({}, HTMX):
        answer = _post(desk, path, data, headers=headers)
        assert answer.status_code == status
        if status == 422:
            assert "Not saved" in answer.text
    assert [row.section for row in _rows(app, world.northlight, SectionSetting)] == ["account"]
    assert len(_rows(app, world.northlight, AuditEntry)) == before


def test_another_tenants_location_is_404(app: Flask, world: World, desk: FlaskClient) -> None:
    theirs = world.harbour.locations["Porto"]
    assert theirs not in world.northlight.locations.values()
    assert desk.get(f"/admin/settings?location={world.northlight.locations['Porto']}").status_code == 200
    assert desk.get(f"/admin/settings?location={theirs}").status_code == 404
    answer = _post(desk, "sections/bookings/switch", {"state": "off", "location": theirs})
    assert answer.status_code == 404
    for tenant in (world.northlight, world.harbour):
        assert not _rows(app, tenant, SectionSetting)


def test_a_post_without_a_token_is_refused(app: Flask, world: World, desk: FlaskClient) -> None:
    for path in ("sections/bookings/switch", "look", "logo", "logo/removal", "sections/order"):
        assert desk.post(f"/admin/settings/{path}", data={"state": "off"}).status_code == 400, path
    assert not _rows(app, world.northlight, SectionSetting)


@pytest.mark.parametrize("path", ["/admin/settings", "/admin/settings/home", "/admin/settings/preview"])
def test_a_page_asks_the_database_little(app: Flask, desk: FlaskClient, path: str) -> None:
    desk.get(path)  # this process now knows the portal at its revision
    asked: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert desk.get(path).status_code == 200
    assert 1 <= len(asked) <= 8, asked
