"""The buttons on a banner: what changes something leads to a page that asks once more, and reading needs no page."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Worker, expect

from app.domain.notices import tell
from app.models import ConversationMember, Notice
from app.ports import PushTarget
from app.settings import Settings
from tests.conftest import settings_for
from tests.support.messages import Talk, list_people
from tests.support.push.devices import device_for
from tests.support.push.process import PushService, push_service
from tests.support.push.worker import count_banners, deliver, until
from tests.support.rows import inside, rows
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

# A browser lets nobody but a person press for real; what the worker does with a press is its own.
_PRESS = """async (action) => {
  const [notification] = await self.registration.getNotifications();
  self.shown = notification.actions.map(({ action, title }) => [action, title]);
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action }));
}"""
_EDGE = """(endpoint) => {
  self.registration.pushManager.getSubscription = async () => endpoint && { endpoint };
  self.navigator.setAppBadge = async (number) => { self.badge = number; };
}"""


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with push_service() as service:
        yield service


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return replace(settings_for(database, tmp_path / "instance"), push_subject="mailto:host@example.org")


class Device:
    """A phone of somebody of the cast, whose worker knows the address that the server has of it."""

    def __init__(self, app: Flask, world: World, page: Page, address: str, service: PushService) -> None:
        self.app, self.world, self.page, self.service = app, world, page, service
        self._address = address
        self.worker: Worker
        self.target: PushTarget

    def enter(self, who: str) -> None:
        north, context = self.world.northlight, self.page.context
        sign_in_browser(self.app, context, self._address, north, who)
        context.grant_permissions(["notifications"], origin=self._address)
        with inside(self.app, north) as session:
            kit = self.app.extensions["portico_push"]
            self.target = device_for(
                session, north, who, kit, self.service, datetime.now(UTC), origin=self._address
            )
        self.page.goto("/account")
        self.page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
        self.worker = context.service_workers[0]
        count_banners(self.worker)
        self.worker.evaluate(_EDGE, self.target.endpoint)

    def receive(self) -> dict[str, Any]:
        """Take what the server pushes, and show it."""
        assert self.app.extensions["portico_work"].deliver(self.world.northlight.id) >= 1
        message = self.service.messages(self.target)[-1]
        deliver(self.page, self.worker, message["text"])
        found: dict[str, Any] = json.loads(message["text"])
        return found

    def press(self, action: str) -> list[list[str]]:
        """Press a button of the banner; returns what buttons it had."""
        self.worker.evaluate(_PRESS, action)
        shown: list[list[str]] = self.worker.evaluate("() => self.shown")
        return shown


@pytest.fixture
def device(app: Flask, world: World, phone: Page, live_server: str, service: PushService) -> Device:
    return Device(app, world, phone, live_server, service)


@pytest.fixture
def talk(app: Flask, world: World) -> Talk:
    list_people(app, world.northlight, "member", "colleague")
    # Each thing that is said moves its clock on, and what is said later is pushed later.
    begun = datetime.now(UTC) - timedelta(minutes=1)
    return Talk(app, world.northlight, begun, "member", "colleague")


def test_mark_read_reads_without_opening_anything(device: Device, talk: Talk) -> None:
    device.enter("member")
    for words in ("Are you in?", "It is about the plan"):
        talk.say("colleague", words)
    before = device.receive()["app_badge"]
    assert device.worker.evaluate("() => self.badge") == before > 0
    here = device.page.url
    assert device.press("read") == [["reply", "Reply"], ["read", "Mark read"]]
    until(device.page, lambda: device.worker.evaluate("() => self.badge") == before - 1)
    member = talk.tenant.people["member"]
    (notice,) = rows(device.app, talk.tenant, Notice, kind="message.received", person_id=member)
    assert notice.read_at
    (seat,) = rows(device.app, talk.tenant, ConversationMember, person_id=member)
    assert seat.read_up_to == notice.data["message_id"]
    assert device.page.url == here


def test_where_it_cannot_be_read_from_the_banner_the_page_asks(device: Device, talk: Talk) -> None:
    device.enter("member")
    talk.say("colleague", "Are you in?")
    device.receive()
    device.worker.evaluate(_EDGE, "https://push.example/of-nobody")
    device.press("read")
    device.page.wait_for_url("**/inbox/*?action=read")
    member = talk.tenant.people["member"]
    assert rows(device.app, talk.tenant, Notice, person_id=member)[-1].read_at is None
    device.page.get_by_role("button", name="Mark read").click()
    device.page.wait_for_url("**/inbox")
    assert rows(device.app, talk.tenant, Notice, person_id=member)[-1].read_at


def test_reply_leads_into_the_field(device: Device, talk: Talk) -> None:
    device.enter("member")
    talk.say("colleague", "Are you in?")
    device.receive()
    device.press("reply")
    device.page.wait_for_url(f"**/messages/{talk.id}#body")
    expect(device.page.get_by_role("textbox", name="Message")).to_be_focused()
    device.page.keyboard.type("Yes")
    device.page.get_by_role("button", name="Send").click()
    expect(device.page.locator(".line.mine", has_text="Yes")).to_be_visible()


def test_a_locked_screen_approves_nobody(device: Device) -> None:
    device.enter("owner")
    north = device.world.northlight
    with inside(device.app, north) as session:
        data = {"sign_up_id": 3, "name": "Nora New"}
        tell(session, datetime.now(UTC), north.people["owner"], "sign_up.waiting", data)
    asked: list[str] = []
    device.page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    device.receive()
    assert device.press("approve") == [["approve", "Approve"], ["look", "Look first"]]
    device.page.wait_for_url("**/inbox/*?action=approve")
    expect(device.page.get_by_role("heading", name="Nora New asks to join")).to_be_visible()
    expect(device.page.get_by_role("button", name="Approve")).to_be_visible()
    assert not [each for each in asked if each.startswith("POST") and "approval" in each]
    assert rows(device.app, north, Notice, kind="sign_up.waiting")[0].read_at is None
