"""The portal as an app, in a real browser: installable, of use without a network, and forgetful when somebody leaves."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from playwright.sync_api import Browser, Locator, Page, expect

from app.domain.portal import touch
from app.models import ThemeSetting
from app.tenancy import tenant_session
from app.web.database import db
from tests.support.booking_rows import book
from tests.support.browser import PHONE, flags, new_page
from tests.support.sign_in import sign_in_browser
from tests.support.world import World
from tools.chromium import find_chromium

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

# Everything that a script of this origin may read on the device, as one text.
_KEPT = """async () => {
  const seen = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((done) => { const o = indexedDB.open(name); o.onsuccess = () => done(o.result); });
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store).getAll();
      seen.push(JSON.stringify(await new Promise((done) => { all.onsuccess = () => done(all.result); })));
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) seen.push(request.url, await (await cache.match(request)).text());
  }
  return seen.concat(JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })).join("\\n");
}"""
_HOLDS = """async (name) => {
  const database = await new Promise((done) => { const o = indexedDB.open("portico", 1); o.onsuccess = () => done(o.result);
    o.onupgradeneeded = () => o.result.createObjectStore("kept"); });
  const all = database.transaction("kept").objectStore("kept").getAll();
  const kept = JSON.stringify(await new Promise((done) => { all.onsuccess = () => done(all.result); }));
  database.close();
  return kept.includes(name);
}"""
_ASKED_AFTER_LOAD = """() => performance.getEntriesByType("resource").find(({ name }) => name.endsWith("/app/offline-data"))
  .startTime >= performance.getEntriesByType("navigation")[0].loadEventStart"""
_SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile/15E148 Safari/604.1"
_DAY = 24 * 3600 * 1000
_QR = "() => fetch('/app/offline-data').then((it) => it.json()).then(({ card }) => card.qr)"


@pytest.fixture
def signed_in(app: Flask, world: World, live_server: str, phone: Page) -> Callable[[str], Page]:
    """Signs somebody in on the phone, shows their account and waits until the device has kept what it may."""

    def enter(who: str) -> Page:
        sign_in_browser(app, phone.context, live_server, world.northlight, who)
        phone.goto("/account")
        _until(phone, _HOLDS, world.northlight.actor(who).name)
        phone.wait_for_function("() => navigator.serviceWorker.controller !== null")
        return phone

    return enter


@pytest.fixture
def change_look(app: Flask, world: World) -> Callable[[str], None]:
    """Gives the tenant another main colour."""

    def change(primary: str) -> None:
        with app.app_context(), tenant_session(db.session.session_factory, world.northlight.id) as session:
            session.add(ThemeSetting(primary=primary))
            touch(session)

    return change


def _until(page: Page, script: str, arg: object = None) -> None:
    """Wait until an asynchronous question is answered with yes; Playwright's own wait takes the promise for a yes."""
    deadline = time.monotonic() + 10
    while not page.evaluate(script, arg):
        assert time.monotonic() < deadline, f"still not so: {script}"
        page.wait_for_timeout(50)


@contextmanager
def _without_network(page: Page) -> Iterator[None]:
    page.context.set_offline(True)
    yield
    page.context.set_offline(False)


def test_browsers_may_install_it(browser: Browser, live_server: str, tmp_path: Path) -> None:
    # A profile of its own: browsers install nothing from a private window, which an ordinary test page is
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=find_chromium(), args=flags()
    )
    page = context.new_page()
    page.goto(f"{live_server}/login")
    session = context.new_cdp_session(page)
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    read = session.send("Page.getAppManifest")
    assert read["url"].endswith("/manifest.webmanifest")
    assert read["errors"] == []
    context.close()


def test_it_offers_itself_on_a_second_visit_and_takes_no_for_sixty_days(
    app: Flask, world: World, browser: Browser, live_server: str
) -> None:
    with new_page(browser, live_server, PHONE | {"user_agent": _SAFARI}) as first:
        context = first.context
        context.clock.install()
        sign_in_browser(app, context, live_server, world.northlight, "member")

        def visit() -> Locator:
            page = context.new_page()
            page.goto("/account")
            context.clock.run_for(5_000)
            return page.locator("#install")

        expect(visit()).to_be_hidden()
        card = visit()
        expect(card.get_by_text("2. Add to Home Screen")).to_be_visible()
        expect(card.get_by_role("button", name="Install")).to_be_hidden()
        card.get_by_role("button", name="Not now").click()
        expect(visit()).to_be_hidden()
        context.clock.fast_forward(59 * _DAY)
        expect(visit()).to_be_hidden()
        context.clock.fast_forward(2 * _DAY)
        expect(visit()).to_be_visible()


def test_any_address_leads_to_my_bookings_and_card_without_a_network(
    app: Flask, world: World, signed_in: Callable[[str], Page]
) -> None:
    book(app, world.northlight, "member", "Fern", 26)
    book(app, world.northlight, "member", "Tejo", 50)
    phone = signed_in("member")
    with _without_network(phone):
        for address in ("/bookings/mine", "/admin", "/somewhere/else"):
            phone.goto(address)
            expect(phone.get_by_text("No connection.")).to_be_visible()
            expect(phone.get_by_text("Maya Member")).to_be_visible()
            expect(phone.get_by_text("Studio plan")).to_be_visible()
            expect(phone.get_by_text("Fern")).to_be_visible()
            expect(phone.get_by_text(f"This page needs the network: {address}")).to_be_visible()
            assert phone.get_by_alt_text("Your QR code").evaluate(
                "image => image.complete && image.naturalWidth > 0"
            )
        # It looks like the portal, whatever the network: the styles are here too
        assert (
            phone.locator(".panel").evaluate("it => getComputedStyle(it).backgroundColor")
            != "rgba(0, 0, 0, 0)"
        )
    phone.goto("/account")
    expect(phone.get_by_text("No connection.")).to_be_hidden()


def test_times_say_their_zone_where_the_device_has_another(
    app: Flask, world: World, signed_in: Callable[[str], Page]
) -> None:
    book(app, world.northlight, "member", "Tejo", 50)
    phone = signed_in("member")
    with _without_network(phone):
        phone.goto("/bookings/mine")
        expect(phone.locator("[data-day]")).to_have_text(re.compile(r", (GMT-\d|E[SD]T)$"))


def test_without_anybody_signed_in_it_says_what_can_be_done(phone: Page) -> None:
    phone.goto("/login")
    phone.wait_for_function("() => navigator.serviceWorker.controller !== null")
    with _without_network(phone):
        phone.goto("/bookings/mine")
        expect(phone.get_by_role("heading", name="What you can do")).to_be_visible()
        expect(phone.get_by_role("link", name="Try again")).to_be_visible()
        expect(phone.locator("[data-card]")).to_be_hidden()


def test_it_comes_back_by_itself_with_the_network(signed_in: Callable[[str], Page]) -> None:
    phone = signed_in("member")
    with _without_network(phone):
        phone.goto("/account")
        expect(phone.get_by_text("No connection.")).to_be_visible()
    expect(phone.get_by_role("heading", name="My account")).to_be_visible()


def test_signing_out_leaves_nothing_of_me(app: Flask, world: World, signed_in: Callable[[str], Page]) -> None:
    book(app, world.northlight, "member", "Fern", 26, title="Board meeting")
    phone = signed_in("member")
    before = phone.evaluate(_KEPT)
    mine = ("Maya Member", "Board meeting", "Fern", phone.evaluate(_QR))
    assert all(each in before for each in mine)
    phone.goto("/logout")
    phone.locator("main form[action='/logout'] button").click()
    expect(phone).to_have_url(re.compile("/login"))
    phone.wait_for_load_state("networkidle")
    after = phone.evaluate(_KEPT)
    assert "/offline" in after
    assert not [each for each in mine if each in after]
    phone.go_back()
    phone.go_back()
    expect(phone).to_have_url(re.compile("/login"))
    assert "Maya" not in phone.content()
    with _without_network(phone):
        phone.goto("/account")
        expect(phone.get_by_role("heading", name="What you can do")).to_be_visible()
        assert "Maya" not in phone.content()


def test_a_browser_without_a_worker_asks_for_nothing_to_keep(
    app: Flask, world: World, browser: Browser, live_server: str
) -> None:
    """Where no offline page can appear, its data would be a request for nobody."""
    kept = f"{live_server}/app/offline-data"

    def visit(workers: str) -> list[str]:
        asked: list[str] = []
        with new_page(browser, live_server, PHONE | {"service_workers": workers}) as page:
            page.on("request", lambda request: asked.append(request.url))
            sign_in_browser(app, page.context, live_server, world.northlight, "member")
            page.goto("/account")
            if workers == "allow":
                _until(page, _HOLDS, "Maya Member")
                assert page.evaluate(_ASKED_AFTER_LOAD)
            page.wait_for_load_state("networkidle")
        return asked

    assert visit("allow").count(kept) == 1
    without = visit("block")
    assert f"{live_server}/account" in without
    assert kept not in without


def test_a_session_that_ended_elsewhere_takes_its_data_along(signed_in: Callable[[str], Page]) -> None:
    phone = signed_in("member")
    phone.context.clear_cookies()
    phone.goto("/account")
    expect(phone).to_have_url(re.compile("/login"))
    _until(phone, f"async (name) => !(await ({_HOLDS})(name))", "Maya")


def test_who_signs_in_next_gets_only_their_own(
    app: Flask, world: World, signed_in: Callable[[str], Page]
) -> None:
    book(app, world.northlight, "member", "Fern", 26)
    book(app, world.northlight, "colleague", "Cedar", 26)
    phone = signed_in("member")
    assert "Fern" in phone.evaluate(_KEPT)
    signed_in("colleague")
    assert "Maya" not in phone.evaluate(_KEPT)
    with _without_network(phone):
        phone.goto("/bookings/mine")
        expect(phone.get_by_text("Colin Colleague")).to_be_visible()
        expect(phone.get_by_text("Cedar")).to_be_visible()
        expect(phone.get_by_text("Fern")).to_be_hidden()


def test_a_new_version_waits_for_the_reader(app: Flask, signed_in: Callable[[str], Page]) -> None:
    phone = signed_in("member")
    phone.goto("/account/profile")
    first = phone.evaluate("caches.keys()")
    phone.get_by_label("First name").fill("Half-typed")
    _release(app)
    phone.evaluate("navigator.serviceWorker.getRegistration().then((it) => it.update()).then(() => {})")
    expect(phone.get_by_text("This app was updated.")).to_be_visible()
    assert phone.get_by_label("First name").input_value() == "Half-typed"
    phone.get_by_role("button", name="Reload").click()
    expect(phone.get_by_label("First name")).to_have_value("Maya")
    _until(phone, "names => caches.keys().then((now) => now.length === 1 && now[0] !== names[0])", first)


def _release(app: Flask) -> None:
    """Change the shell, as the next version of Portico may."""
    loader = app.jinja_env.loader
    assert loader is not None
    source = loader.get_source(app.jinja_env, "pwa/offline.html")[0]
    app.jinja_env.loader = ChoiceLoader([DictLoader({"pwa/offline.html": f"{source}\n"}), loader])


def test_the_offline_page_follows_a_new_look(
    app: Flask, world: World, signed_in: Callable[[str], Page], change_look: Callable[[str], None]
) -> None:
    phone = signed_in("member")
    link = "document.querySelector('link[href^=\"/theme/\"]').getAttribute('href')"
    before = phone.evaluate(link)
    change_look("#b3261e")
    phone.goto("/account")
    now: Any = phone.evaluate(link)
    assert now != before
    shell = "href => caches.match('/offline').then((it) => it.text()).then((text) => text.includes(href))"
    _until(phone, shell, now)
    assert phone.evaluate("href => caches.match(href).then(Boolean)", now)
    _until(phone, "href => caches.match(href).then((kept) => !kept)", before)
