"""A section that is off is gone: 404 on every one of its routes at once, and no trace of it in the portal.

The routes are taken from the application's own map, so a route that is added to a section later is held to it too.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.domain import portal_settings as verbs
from app.domain.portal_settings import Group
from app.kernel.spans import Span
from app.sections import HOME_ELEMENTS, SECTIONS, Audience
from app.tenancy import begin_writing, tenant_session
from app.web.access import access_of
from app.web.database import db
from app.web.slots import slot_value
from tests.support.sign_in import sign_in_client
from tests.support.world import World

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
KEYS = [section.key for section in SECTIONS]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
_VALUES = {
    "IntegerConverter": 1,
    "FloatConverter": 1.0,
    "UUIDConverter": "00000000-0000-0000-0000-000000000000",
}
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

Set = Callable[..., None]


@pytest.fixture
def member(app: Flask, world: World) -> FlaskClient:
    return _visitor(app, world, "member")


@pytest.fixture
def set_section(app: Flask, world: World) -> Set:
    """Changes a section in another process's place: nothing tells the server but the database."""
    desk = world.northlight.actor("desk")

    def change(
        key: str,
        *,
        enabled: bool | None = True,
        audience: Audience | None = None,
        location: int | None = None,
    ) -> None:
        with app.app_context(), tenant_session(db.session.session_factory, world.northlight.id) as session:
            begin_writing(session)
            verbs.switch(session, desk, Group.SECTIONS, key, location, NOW, enabled=enabled)
            verbs.open_to(session, desk, Group.SECTIONS, key, location, audience, NOW)

    return change


def _visitor(app: Flask, world: World, who: str) -> FlaskClient:
    client = app.test_client()
    sign_in_client(app, client, world.northlight, who)
    return client


def _rules_of(app: Flask, section: str) -> list[Rule]:
    found = []
    for rule in app.url_map.iter_rules():
        access = None if rule.endpoint == "static" else access_of(app, rule.endpoint)
        if access and access.section == section:
            found.append(rule)
    return found


def _addresses(app: Flask, section: str, method: str) -> list[str]:
    """Every address of a section that answers to a method, with some value wherever it takes one."""
    adapter = app.url_map.bind("localhost")
    return [
        adapter.build(rule.endpoint, {name: _value(rule, name) for name in rule.arguments}, method=method)
        for rule in _rules_of(app, section)
        if method in (rule.methods or ())
    ]


def _value(rule: Rule, name: str) -> object:
    return _VALUES.get(type(rule._converters[name]).__name__, "1")


def _ask(client: FlaskClient, method: str, address: str, token: str) -> int:
    data = {"csrf_token": token} if method == "POST" else None
    return client.open(address, method=method, data=data, buffered=True).status_code


def _token(client: FlaskClient, page: str) -> str:
    found = _TOKEN.search(client.get(page).text)
    assert found
    return found[1]


def _front(app: Flask, section: str) -> str:
    return app.url_map.bind("localhost").build(
        next(each for each in SECTIONS if each.key == section).links[0].endpoint
    )


@pytest.mark.parametrize("section", KEYS)
def test_every_section_has_routes(app: Flask, section: str) -> None:
    assert _addresses(app, section, "GET")


@pytest.mark.parametrize("section", KEYS)
def test_a_section_that_is_on_answers(app: Flask, member: FlaskClient, section: str) -> None:
    """The control: the plain pages answer, and what writes does not answer 404 for being off."""
    for rule in _rules_of(app, section):
        if "GET" in (rule.methods or ()) and not rule.arguments:
            address = app.url_map.bind("localhost").build(rule.endpoint, method="GET")
            assert member.get(address, buffered=True).status_code != 404, rule.rule


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("section", KEYS)
def test_a_section_that_is_off_is_404_on_every_route_at_once(
    app: Flask, world: World, member: FlaskClient, set_section: Set, section: str, method: str
) -> None:
    token = _token(member, "/account" if section != "account" else "/")
    assert member.get(_front(app, section)).status_code == 200
    set_section(section, enabled=False)
    for client in (member, _visitor(app, world, "owner"), _visitor(app, world, "contact")):
        if client is not member:
            token = _token(client, "/account" if section != "account" else "/")
        for address in _addresses(app, section, method):
            assert _ask(client, method, address, token) == 404, address
    for address in _addresses(app, section, method):
        assert app.test_client().get(address).status_code == 404, "a visitor is not even asked to sign in"
    set_section(section, enabled=True)
    assert member.get(_front(app, section)).status_code == 200


@pytest.mark.parametrize("section", KEYS)
def test_a_section_that_is_off_is_404_for_methods_that_it_never_had(
    app: Flask, member: FlaskClient, set_section: Set, section: str
) -> None:
    """A 405 would say that there is something."""
    addresses = {address for method in ("GET", "POST") for address in _addresses(app, section, method)}
    assert {_ask(member, "DELETE", address, "") for address in addresses} == {405}
    set_section(section, enabled=False)
    assert {_ask(member, "DELETE", address, "") for address in addresses} == {404}


@pytest.mark.parametrize("section", KEYS)
def test_a_section_that_is_off_leaves_no_trace(
    app: Flask, member: FlaskClient, set_section: Set, section: str
) -> None:
    other = next(key for key in ("account", "home") if key != section)
    front = _front(app, section)
    link = f'href="{front}"'
    manifest = app.test_client().get("/manifest.webmanifest").get_json(force=True)
    shortcuts = {shortcut["url"] for shortcut in manifest["shortcuts"]}
    assert link in _navigation(member, _front(app, other))
    set_section(section, enabled=False)
    assert link not in _navigation(member, _front(app, other))
    manifest = app.test_client().get("/manifest.webmanifest").get_json(force=True)
    left = {shortcut["url"] for shortcut in manifest["shortcuts"]}
    assert left == {url for url in shortcuts if url not in _addresses(app, section, "GET")}


def _navigation(client: FlaskClient, page: str) -> str:
    """The rail's and the tab bar's links of a page; what else it says is its own business."""
    answer = client.get(page)
    assert answer.status_code == 200
    return " ".join(re.findall(r"<nav\b.*?</nav>", answer.text, re.DOTALL))


def test_bookings_that_are_off_are_gone_from_home(member: FlaskClient, set_section: Set) -> None:
    assert "/bookings" in _main(member, "/")
    set_section("bookings", enabled=False)
    assert "/bookings" not in _main(member, "/")


def _main(client: FlaskClient, page: str) -> str:
    found = re.search(r"<main\b.*?</main>", client.get(page).text, re.DOTALL)
    assert found
    return found[0]


@pytest.mark.parametrize("section", KEYS)
@pytest.mark.parametrize(
    ("audience", "in_", "out"),
    [(Audience.MEMBERS, "member", "contact"), (Audience.CONTACTS, "contact", "member")],
)
def test_an_audience_keeps_others_out(
    app: Flask, world: World, set_section: Set, section: str, audience: Audience, in_: str, out: str
) -> None:
    inside, outside = _visitor(app, world, in_), _visitor(app, world, out)
    front = _front(app, section)
    token = _token(outside, "/account" if section != "account" else "/")
    assert (inside.get(front).status_code, outside.get(front).status_code) == (200, 200)
    set_section(section, audience=audience)
    assert inside.get(front).status_code == 200
    for method in ("GET", "POST"):
        for address in _addresses(app, section, method):
            assert _ask(outside, method, address, token) == 404, address


@pytest.mark.parametrize("section", KEYS)
def test_a_location_may_do_without_a_section(
    app: Flask, world: World, member: FlaskClient, set_section: Set, section: str
) -> None:
    front = _front(app, section)
    other = "/account" if section != "account" else "/"
    porto = world.northlight.locations["Porto"]
    set_section(section, enabled=False, location=porto)
    assert member.get(front).status_code == 200, "the member is at another location"
    member.post("/location", data={"location_id": porto, "csrf_token": _token(member, other)})
    assert member.get(front).status_code == 404
    set_section(section, enabled=None, location=porto)
    assert member.get(front).status_code == 200


def test_rooms_of_a_location_without_bookings_are_out_of_reach_from_elsewhere(
    app: Flask, world: World, member: FlaskClient, set_section: Set
) -> None:
    """A member who looks at one location may name another one, in an address or by pressing an old button."""
    tenant = world.northlight
    start = datetime.now(UTC).replace(hour=17, minute=0, second=0, microsecond=0) + timedelta(days=2)
    slot = slot_value(tenant.rooms["Tejo"], Span(start, start + timedelta(hours=1)))
    search, day = (f"/bookings/{page}?location={tenant.locations['Porto']}" for page in ("search", "day"))
    form = {"slot": slot, "people": "1", "csrf_token": _token(member, "/account")}

    assert "Tejo" in member.get(search).text
    assert "Tejo" in member.get(day).text
    assert member.get(f"/bookings/day/choice?slot={slot}").status_code == 302
    held = member.post("/bookings/holds", data=form)
    assert held.status_code == 303
    confirmation = held.headers["Location"].replace("checkout", "confirmation")

    for switched in ({"enabled": False}, {"audience": Audience.CONTACTS}):
        set_section("bookings", location=tenant.locations["Porto"], **switched)
        for page in (search, day):
            answer = member.get(page)
            assert answer.status_code == 422
            assert "Tejo" not in answer.text
        assert member.get(f"/bookings/day/choice?slot={slot}").status_code == 404
        assert member.post("/bookings/holds", data=form).status_code == 404
        assert member.post(confirmation, data=form).status_code == 404


def test_the_other_tenant_keeps_its_sections(app: Flask, world: World, set_section: Set) -> None:
    theirs = app.test_client()
    sign_in_client(app, theirs, world.harbour, "member")
    set_section("bookings", enabled=False)
    assert theirs.get("/bookings/search", base_url=f"http://{world.harbour.host}").status_code == 200


def test_a_home_element_that_is_off_is_not_on_the_page(app: Flask, world: World, member: FlaskClient) -> None:
    before = _main(member, "/")
    element = next(each for each in HOME_ELEMENTS if each.key == "member_card")
    desk = world.northlight.actor("desk")
    with app.app_context(), tenant_session(db.session.session_factory, world.northlight.id) as session:
        begin_writing(session)
        verbs.switch(session, desk, Group.HOME, element.key, None, NOW, enabled=False)
    after = _main(member, "/")
    assert len(after) < len(before)
    assert "member-card" in before
    assert "member-card" not in after
