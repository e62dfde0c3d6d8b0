"""Turning notifications on for a device, seeing one's devices, trying and removing them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.privacy.retention import DEVICES_KEPT, forget_devices
from app.factory import create_app
from app.models import PushDevice, PushKey
from app.ports import PushTarget
from app.settings import Settings
from app.web.database import db
from tests.conftest import settings_for
from tests.support.bookings import statements
from tests.support.push.process import PushService, push_service
from tests.support.rows import inside, rows
from tests.support.sign_in import sign_in_client
from tests.support.world import TenantWorld, World

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with push_service() as service:
        yield service


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return replace(settings_for(database, tmp_path / "instance"), push_subject="mailto:host@example.org")


class Phone:
    """A signed-in browser that subscribes at the push service."""

    def __init__(self, app: Flask, tenant: TenantWorld, who: str, service: PushService) -> None:
        self.client: FlaskClient = app.test_client()
        self.service = service
        self._base = f"http://{tenant.host}"
        sign_in_client(app, self.client, tenant, who)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=self._base)

    def send(self, path: str, data: dict[str, str] | None = None) -> TestResponse:
        token = _TOKEN.search(self.get("/inbox").text)
        assert token
        form = {"csrf_token": token[1], **(data or {})}
        return self.client.post(path, base_url=self._base, data=form, headers={"User-Agent": FIREFOX})

    def subscribe(self) -> PushTarget:
        return self.service.subscribe(self.get("/account/push/key").get_json()["key"])

    def turn_on(self, target: PushTarget, **changed: str) -> TestResponse:
        return self.send("/account/push", _form(target) | changed)

    def renew(self, known: str, target: PushTarget) -> TestResponse:
        # As the service worker asks: without a token of a form
        form = _form(target) | {"known": known}
        return self.client.post("/account/push/renewal", base_url=self._base, data=form)


def _form(target: PushTarget) -> dict[str, str]:
    return {"endpoint": target.endpoint, "p256dh": target.p256dh, "auth": target.auth}


@pytest.fixture
def phone(app: Flask, world: World, service: PushService) -> Phone:
    return Phone(app, world.northlight, "member", service)


def _devices(app: Flask, world: World) -> list[Any]:
    return rows(app, world.northlight, PushDevice)


def test_a_device_is_registered_listed_tried_and_removed(app: Flask, world: World, phone: Phone) -> None:
    target = phone.subscribe()
    assert phone.turn_on(target).status_code == 201
    page = phone.get("/account/devices").text
    assert "Firefox on Linux" in page
    assert "This device" in page
    (device,) = _devices(app, world)
    tried = phone.send(f"/account/devices/{device.id}/trial")
    assert tried.status_code == 303
    assert "The push service has taken it" in phone.get("/account/devices").text
    (message,) = phone.service.messages(target)
    assert "Notifications work on this device." in message["text"]
    assert "http://localhost/account/devices" in message["text"]
    assert phone.send(f"/account/devices/{device.id}/removal").status_code == 303
    assert _devices(app, world) == []
    assert "None yet." in phone.get("/account/devices").text


@pytest.mark.parametrize(
    ("status", "sentence", "left"),
    [
        (410, "has stopped taking messages, so it is removed", 0),
        (429, "has too much to do right now", 1),
        (403, "does not accept this server", 1),
        (500, "did not answer", 1),
    ],
)
def test_a_trial_says_in_words_what_the_push_service_said(
    app: Flask, world: World, phone: Phone, status: int, sentence: str, left: int
) -> None:
    target = phone.subscribe()
    phone.turn_on(target)
    phone.service.answer(target, status)
    (device,) = _devices(app, world)
    phone.send(f"/account/devices/{device.id}/trial")
    assert sentence in phone.get("/account/devices").text
    assert len(_devices(app, world)) == left


def test_trials_are_counted(app: Flask, world: World, phone: Phone) -> None:
    app.config["LIMITS"]["trial by account"] = "1 per hour"
    target = phone.subscribe()
    phone.turn_on(target)
    (device,) = _devices(app, world)
    for _ in range(2):
        phone.send(f"/account/devices/{device.id}/trial")
    assert "Too many tries" in phone.get("/account/devices").text
    assert len(phone.service.messages(target)) == 1


@pytest.mark.parametrize(
    ("endpoint", "sentence"),
    [
        ("https://10.0.0.7/push", "a push service in a private network"),
        ("https://169.254.169.254/latest", "a push service in a private network"),
        ("https://push.example.org/x", "push.example.org, is not one that messages are sent to here"),
        ("http://fcm.googleapis.com/x", "without encryption"),
        ("file:///etc/passwd", "named no usable push service"),
    ],
)
def test_an_endpoint_that_nothing_is_sent_to_is_refused_with_a_sentence(
    app: Flask, world: World, phone: Phone, endpoint: str, sentence: str
) -> None:
    refused = phone.turn_on(phone.subscribe(), endpoint=endpoint)
    assert refused.status_code == 422
    assert sentence in refused.get_json()["sentence"]
    assert _devices(app, world) == []
    assert phone.turn_on(phone.subscribe(), auth="short").status_code == 422
    assert phone.turn_on(phone.subscribe(), endpoint="x" * 3000).status_code == 400
    assert phone.turn_on(phone.subscribe(), endpoint="").status_code == 400
    assert phone.turn_on(phone.subscribe()).status_code == 201


def test_saying_it_again_makes_no_second_device(app: Flask, world: World, phone: Phone) -> None:
    target = phone.subscribe()
    for _ in range(3):
        assert phone.turn_on(target).status_code == 201
    assert len(_devices(app, world)) == 1


def test_a_device_is_whose_who_registered_it_last(
    app: Flask, world: World, phone: Phone, service: PushService
) -> None:
    target = phone.subscribe()
    phone.turn_on(target)
    other = Phone(app, world.northlight, "colleague", service)
    assert other.turn_on(target).status_code == 201
    assert "None yet." in phone.get("/account/devices").text
    assert "This device" in other.get("/account/devices").text
    assert len(_devices(app, world)) == 1


def test_a_device_of_somebody_else_is_not_there(
    app: Flask, world: World, phone: Phone, service: PushService
) -> None:
    target = phone.subscribe()
    phone.turn_on(target)
    (device,) = _devices(app, world)
    other = Phone(app, world.northlight, "colleague", service)
    for what in ("trial", "removal"):
        assert other.send(f"/account/devices/{device.id}/{what}").status_code == 404
        assert other.send(f"/account/devices/{2**70}/{what}").status_code == 404
    assert other.renew(target.endpoint, other.subscribe()).status_code == 404
    assert service.messages(target) == []
    assert len(_devices(app, world)) == 1


def test_a_new_endpoint_takes_the_place_of_the_old_one(app: Flask, world: World, phone: Phone) -> None:
    old, new = phone.subscribe(), phone.subscribe()
    phone.turn_on(old)
    answer = phone.renew(old.endpoint, new)
    assert answer.status_code == 200
    assert answer.get_json()["key"] == rows(app, world.northlight, PushKey)[0].public_key
    (device,) = _devices(app, world)
    assert device.endpoint == new.endpoint
    assert phone.renew(new.endpoint, new).status_code == 200
    assert len(_devices(app, world)) == 1


def test_a_device_that_was_removed_does_not_come_back_by_itself(
    app: Flask, world: World, phone: Phone
) -> None:
    target = phone.subscribe()
    phone.turn_on(target)
    (device,) = _devices(app, world)
    phone.send(f"/account/devices/{device.id}/removal")
    assert phone.renew(target.endpoint, target).status_code == 404
    assert _devices(app, world) == []


def test_signing_out_takes_the_device_along(app: Flask, world: World, phone: Phone) -> None:
    phone.turn_on(phone.subscribe())
    assert len(_devices(app, world)) == 1
    assert phone.send("/logout").status_code == 303
    assert _devices(app, world) == []


def test_only_who_is_signed_in_has_devices(app: Flask, phone: Phone) -> None:
    target = phone.subscribe()
    app.config["WTF_CSRF_ENABLED"] = False
    stranger = app.test_client()
    for path in ("/account/devices", "/account/push/key"):
        assert stranger.get(path).status_code == 302
    for path in ("/account/push", "/account/push/renewal"):
        assert stranger.post(path, data=_form(target) | {"known": target.endpoint}).status_code in {302, 303}


def test_a_form_of_another_site_registers_nothing(app: Flask, world: World, phone: Phone) -> None:
    answer = phone.client.post("/account/push", data=_form(phone.subscribe()))
    assert answer.status_code == 400
    assert _devices(app, world) == []


def test_nobody_has_more_devices_than_can_be_listed(app: Flask, world: World, phone: Phone) -> None:
    targets = [phone.subscribe() for _ in range(22)]
    for target in targets:
        phone.turn_on(target)
    assert [each.endpoint for each in _devices(app, world)] == [each.endpoint for each in targets[2:]]


def test_the_page_asks_the_database_no_more_for_many_devices(app: Flask, phone: Phone) -> None:
    counts = []
    for number in (1, 19):
        for _ in range(number):
            phone.turn_on(phone.subscribe())
        phone.get("/account/devices")
        with statements(app) as sent:
            assert phone.get("/account/devices").text.count("Send me a test") >= number
        counts.append(len([each for each in sent if not each.startswith("BEGIN")]))
    assert counts[0] == counts[1] <= 8


def test_a_device_that_was_not_seen_for_half_a_year_is_forgotten(
    app: Flask, world: World, phone: Phone
) -> None:
    for _ in range(2):
        phone.turn_on(phone.subscribe())
    now = datetime.now(UTC)
    with inside(app, world.northlight) as session:
        device = session.query(PushDevice).order_by(PushDevice.id).first()
        assert device is not None
        device.last_seen_at = now - DEVICES_KEPT - timedelta(seconds=1)
        session.flush()
        assert forget_devices(session, now) == 1
    assert len(_devices(app, world)) == 1


def test_the_card_is_there_and_hidden_until_the_browser_is_known(phone: Phone) -> None:
    page = phone.get("/inbox").text
    assert re.search(r"<section[^>]* data-push=[^>]* hidden>", page)
    assert "push-" in page


def test_staff_see_whether_messages_are_sent_and_what_is_wrong(
    app: Flask, world: World, phone: Phone, service: PushService
) -> None:
    owner = Phone(app, world.northlight, "owner", service)
    target = phone.subscribe()
    phone.turn_on(target)
    assert "1 device is told what is new." in owner.get("/admin/settings/push").text
    assert phone.get("/admin/settings/push").status_code == 404
    service.answer(target, 403, body='{"reason":"BadJwtToken"}')
    (device,) = _devices(app, world)
    phone.send(f"/account/devices/{device.id}/trial")
    page = owner.get("/admin/settings/push").text
    assert "does not accept this server since" in page
    assert "BadJwtToken" in page
    phone.send(f"/account/devices/{device.id}/trial")
    assert "BadJwtToken" not in owner.get("/admin/settings/push").text


def test_without_a_subject_nothing_of_it_is_there_and_staff_are_told_why(
    settings: Settings, world: World, service: PushService
) -> None:
    app = create_app(replace(settings, push_subject=""))
    phone = Phone(app, world.northlight, "member", service)
    for path in ("/inbox", "/", "/account"):
        assert "data-push" not in phone.get(path).text
        assert "push.js" not in phone.get(path).text
    assert phone.get("/account/devices").location == "/account/notifications"
    assert "/account/devices" not in phone.get("/account/notifications").text
    assert phone.get("/account/push/key").status_code == 404
    assert phone.turn_on(PushTarget("https://fcm.googleapis.com/x", "x", "x")).status_code == 404
    owner = Phone(app, world.northlight, "owner", service)
    assert "PORTICO_PUSH_SUBJECT" in owner.get("/admin/settings/push").text
    with app.app_context():
        db.engine.dispose()
