"""Push in a real browser: asked for when somebody presses, shown by the worker, and ended with the person.

Chromium shows what DevTools delivers to the worker as a push service would, and that is how it is tested here. Subscribing
takes Google's push service, which a test never speaks to: `PushManager` gives out subscriptions of our own service instead,
so from the browser's edge inwards everything is the real thing.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Worker, expect

from app.domain.notices import tell
from app.domain.push_keys import public_key
from app.models import PushDevice, PushKey
from app.ports import PushTarget
from app.settings import Settings
from tests.conftest import settings_for
from tests.support.browser import PHONE, new_page
from tests.support.notices import BOOKING
from tests.support.push.process import PushService, push_service
from tests.support.push.worker import count_banners, deliver, until
from tests.support.rows import inside, rows
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

# What a browser has at its edge: a permission, and one subscription that outlives pages. Everything else is our own code.
_EDGE = """
  const read = () => JSON.parse(localStorage.getItem("edge") ?? "{}");
  const write = (more) => localStorage.setItem("edge", JSON.stringify({ ...read(), ...more }));
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0)).buffer;
  const alive = (told) => told && {
    endpoint: told.endpoint,
    options: { applicationServerKey: bytes(told.key) },
    getKey: (name) => bytes(told[name]),
    unsubscribe: async () => { write({ subscription: null, left: (read().left ?? 0) + 1 }); return true; },
  };
  Object.defineProperty(Notification, "permission", { get: () => read().permission ?? "default" });
  Notification.requestPermission = async () => {
    write({ asked: (read().asked ?? 0) + 1, permission: read().answer ?? "granted" });
    return read().permission;
  };
  PushManager.prototype.getSubscription = async () => alive(read().subscription);
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (!userVisibleOnly) throw new Error("NotAllowedError");
    const key = btoa(String.fromCharCode(...new Uint8Array(applicationServerKey)))
      .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    write({ subscription: { key, ...await window.subscribeAtService(key) } });
    return alive(read().subscription);
  };
"""
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile/15E148 Safari/604.1"
_SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({ title, body, tag, lang }) => ({ title, body, tag, lang }))"""


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with push_service() as service:
        yield service


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return replace(settings_for(database, tmp_path / "instance"), push_subject="mailto:host@example.org")


@pytest.fixture
def device(app: Flask, world: World, live_server: str, phone: Page, service: PushService) -> Page:
    """A phone with a push service behind it; the member is signed in."""
    _give_edge(phone, service)
    sign_in_browser(app, phone.context, live_server, world.northlight, "member")
    return phone


def _give_edge(page: Page, service: PushService) -> None:
    def subscribe(key: str) -> dict[str, str]:
        target = service.subscribe(key)
        return {"endpoint": target.endpoint, "p256dh": target.p256dh, "auth": target.auth}

    page.context.expose_function("subscribeAtService", subscribe)
    page.context.add_init_script(f"if (globalThis.PushManager) {{ {_EDGE} }}")


def _edge(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("() => JSON.parse(localStorage.getItem('edge') ?? '{}')")
    return found


def _turn_on(page: Page) -> None:
    page.goto("/inbox")
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("button", name="Turn on")).to_be_hidden()


def _new_session(page: Page, path: str = "/") -> None:
    """As if the browser was closed and opened again."""
    page.evaluate("() => sessionStorage.clear()")
    page.goto(path)


def _devices(app: Flask, world: World) -> list[Any]:
    return rows(app, world.northlight, PushDevice)


def test_nothing_is_asked_before_somebody_presses(app: Flask, world: World, device: Page) -> None:
    for path in ("/", "/inbox", "/account/devices"):
        device.goto(path)
    card = device.get_by_role("region", name="This device")
    expect(card.get_by_role("button", name="Turn on")).to_be_visible()
    assert _edge(device).get("asked") is None
    card.get_by_role("button", name="Turn on").click()
    expect(card.get_by_text("This device tells you what is new.")).to_be_visible()
    # The page loads itself anew, for its list has one more
    expect(device.get_by_role("button", name="Send a test")).to_be_visible()
    assert _edge(device)["asked"] == 1
    assert len(_devices(app, world)) == 1


def test_a_device_is_turned_on_and_tried(
    app: Flask, world: World, device: Page, service: PushService
) -> None:
    _turn_on(device)
    device.goto("/account/devices")
    device.get_by_role("button", name="Send a test").click()
    expect(device.get_by_text("The push service has taken it")).to_be_visible()
    (row,) = _devices(app, world)
    (message,) = service.messages(PushTarget(row.endpoint, row.p256dh, row.auth))
    assert "Notifications work on this device." in message["text"]
    device.set_viewport_size({"width": 320, "height": 800})
    assert device.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    device.get_by_role("button", name="Remove").click()
    expect(device.get_by_text("None yet.")).to_be_visible()
    # Its browser finds out by itself, and does not come back unasked.
    _new_session(device)
    until(device, lambda: _edge(device)["subscription"] is None)
    assert _devices(app, world) == []
    device.goto("/account/devices")
    expect(device.get_by_role("button", name="Turn on")).to_be_visible()


def test_a_card_that_was_closed_stays_closed(device: Page) -> None:
    device.goto("/inbox")
    card = device.get_by_role("region", name="Tell me on this device")
    expect(card).to_be_visible()
    card.get_by_role("button", name="Not now").click()
    expect(card).to_be_hidden()
    device.reload()
    expect(card).to_be_hidden()


def test_who_said_no_is_told_what_to_do_where_they_look_for_it(device: Page) -> None:
    device.goto("/inbox")
    device.evaluate("() => localStorage.setItem('edge', JSON.stringify({ answer: 'denied' }))")
    device.reload()
    device.get_by_role("button", name="Turn on").click()
    expect(device.get_by_role("region", name="Tell me on this device")).to_be_hidden()
    device.goto("/account/devices")
    expect(device.get_by_text("Your browser blocks notifications of this site.")).to_be_visible()
    expect(device.get_by_role("button", name="Turn on")).to_be_hidden()
    assert _edge(device)["asked"] == 1


def test_on_an_iphone_the_way_leads_through_the_installed_app(
    app: Flask, world: World, browser: Browser, live_server: str
) -> None:
    with new_page(browser, live_server, PHONE | {"user_agent": _IPHONE}) as iphone:
        iphone.add_init_script("delete globalThis.PushManager")
        sign_in_browser(app, iphone.context, live_server, world.northlight, "member")
        iphone.goto("/inbox")
        card = iphone.get_by_role("region", name="Tell me on this device")
        expect(card.get_by_text("then Add to Home Screen")).to_be_visible()
        expect(card.get_by_role("button", name="Turn on")).to_be_hidden()


def test_an_endpoint_that_is_refused_is_said_and_let_go(app: Flask, world: World, device: Page) -> None:
    device.goto("/inbox")
    device.evaluate(
        "() => { window.subscribeAtService = async () => ({ endpoint: 'https://10.0.0.7/x', p256dh: 'AA', auth: 'AA' }) }"
    )
    device.get_by_role("button", name="Turn on").click()
    expect(device.get_by_text("a push service in a private network")).to_be_visible()
    assert _edge(device)["subscription"] is None
    assert _devices(app, world) == []


def test_a_new_key_or_endpoint_is_followed_at_the_next_visit(
    app: Flask, world: World, device: Page, service: PushService
) -> None:
    _turn_on(device)
    first = _devices(app, world)[0].endpoint
    with inside(app, world.northlight) as session:
        session.delete(session.query(PushKey).one())
        session.flush()
        new = public_key(session, app.extensions["portico_push"], datetime.now(UTC))
    _new_session(device)
    until(device, lambda: [each.endpoint for each in _devices(app, world)] not in ([first], []))
    assert _edge(device)["subscription"]["key"] == new
    second = _devices(app, world)[0].endpoint
    target = service.subscribe(new)
    told = {"key": new, "endpoint": target.endpoint, "p256dh": target.p256dh, "auth": target.auth}
    device.evaluate(
        "(told) => localStorage.setItem('edge', JSON.stringify({ permission: 'granted', subscription: told }))",
        told,
    )
    _new_session(device)
    until(device, lambda: [each.endpoint for each in _devices(app, world)] == [target.endpoint])
    assert second != target.endpoint


def test_somebody_else_on_the_same_browser_is_not_told_instead(
    app: Flask, world: World, live_server: str, device: Page
) -> None:
    _turn_on(device)
    assert _edge(device)["subscription"]
    sign_in_browser(app, device.context, live_server, world.northlight, "colleague")
    device.goto("/")
    until(device, lambda: _edge(device)["subscription"] is None)
    device.goto("/account/devices")
    expect(device.get_by_text("None yet.")).to_be_visible()
    expect(device.get_by_role("button", name="Turn on")).to_be_visible()


# --- the worker -----------------------------------------------------------------------------------------------------


@pytest.fixture
def worker(device: Page, live_server: str) -> Worker:
    device.context.grant_permissions(["notifications"], origin=live_server)
    device.goto("/account")
    # It controls the page while it still sets itself up, and nothing is delivered to it before that is over
    device.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
    worker = device.context.service_workers[0]
    count_banners(worker)
    return worker


def _shown(page: Page) -> list[dict[str, str]]:
    found: list[dict[str, str]] = page.evaluate(_SHOWN)
    return found


def test_a_notice_shows_rings_once_and_leads_where_it_should(
    app: Flask, world: World, device: Page, worker: Worker, service: PushService
) -> None:
    _turn_on(device)
    worker.evaluate("() => { self.navigator.setAppBadge = async (number) => { self.badge = number; }; }")
    member = world.northlight.people["member"]
    with inside(app, world.northlight) as session:
        notice = tell(session, datetime.now(UTC), member, "booking.confirmed", BOOKING)
        assert notice
        session.flush()
        notice_id = notice.id
    assert app.extensions["portico_work"].deliver(world.northlight.id) >= 1
    (row,) = _devices(app, world)
    (message,) = service.messages(PushTarget(row.endpoint, row.p256dh, row.auth))
    deliver(device, worker, message["text"])
    (banner,) = _shown(device)
    deliver(device, worker, message["text"])
    assert _shown(device) == [banner]
    assert (banner["title"], banner["tag"], banner["lang"]) == ("Fern is booked", f"n{notice_id}", "en")
    assert "Leith Walk" in banner["body"]
    assert worker.evaluate("() => self.badge") == json.loads(message["text"])["app_badge"] == 1
    device.goto("/inbox")
    expect(device.locator(".notice.new")).to_have_count(1)
    # A browser lets nobody but a person tap for real; what the worker does with a tap is its own.
    worker.evaluate("""async () => {
      const [notification] = await self.registration.getNotifications();
      self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
    }""")
    device.wait_for_url("**/bookings/7")
    assert device.evaluate(_SHOWN) == []
    device.goto("/inbox")
    expect(device.locator(".notice.new")).to_have_count(0)


@pytest.mark.parametrize("data", ["no json", "{}", '{"notification": {}}', "null"])
def test_a_message_that_cannot_be_read_is_shown_all_the_same(device: Page, worker: Worker, data: str) -> None:
    assert worker.url.endswith("/service-worker.js")
    deliver(device, worker, data)
    assert [each["title"] for each in _shown(device)] == ["localhost"]


def test_a_tap_never_leads_to_another_site(device: Page, worker: Worker) -> None:
    deliver(
        device,
        worker,
        json.dumps({"notification": {"title": "Hm", "navigate": "https://elsewhere.example/x"}}),
    )
    assert _shown(device)
    worker.evaluate("""async () => {
      const [notification] = await self.registration.getNotifications();
      self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
    }""")
    device.wait_for_url("**/inbox")


def test_signing_out_ends_the_subscription(app: Flask, world: World, device: Page, worker: Worker) -> None:
    _turn_on(device)
    worker.evaluate("""() => { self.registration.pushManager.getSubscription = async () => ({
      unsubscribe: async () => { self.left = true; } }); }""")
    device.goto("/account")
    device.locator("form[action='/logout'] button").last.click()
    device.wait_for_url("**/login**")
    until(device, lambda: worker.evaluate("() => self.left === true"))
    assert _devices(app, world) == []


def test_a_subscription_that_the_browser_changes_by_itself_is_followed(
    app: Flask, world: World, device: Page, worker: Worker, service: PushService
) -> None:
    _turn_on(device)
    (row,) = _devices(app, world)
    key = rows(app, world.northlight, PushKey)[0].public_key
    new = service.subscribe(key)
    told = {"old": row.endpoint, "endpoint": new.endpoint, "p256dh": new.p256dh, "auth": new.auth}
    worker.evaluate(
        """(told) => {
          const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0)).buffer;
          const event = new ExtendableEvent("pushsubscriptionchange");
          event.oldSubscription = { endpoint: told.old, options: {} };
          event.newSubscription = { endpoint: told.endpoint, getKey: (name) => bytes(told[name]) };
          self.dispatchEvent(event);
        }""",
        told,
    )
    until(device, lambda: [each.endpoint for each in _devices(app, world)] == [new.endpoint])
