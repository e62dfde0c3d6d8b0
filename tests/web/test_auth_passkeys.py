"""Passkeys as the server meets them: made, believed, and everything that is not."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.models import LoginSession, Passkey, PasskeyChallenge, Person
from tests.support.mail import mails
from tests.support.passkey_device import PasskeyDevice, decode, encode
from tests.support.rows import change, rows
from tests.support.sign_in import sign_in_client
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)
LOGIN = "/login/passkey"
OWN = "/account/passkeys"


def _signed_in(app: Flask, tenant: TenantWorld, who: str = "member") -> Visitor:
    visitor = Visitor(app, tenant)
    sign_in_client(app, visitor.client, tenant, who)
    return visitor


def _options(visitor: Visitor, path: str, form: str) -> dict[str, Any]:
    answer = visitor.post(f"{path}/challenge", form=form)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def _make(visitor: Visitor, device: PasskeyDevice) -> int:
    made = device.make(_options(visitor, OWN, "/account"))
    return visitor.post(OWN, {"credential": made}, form="/account").status_code


def _device(app: Flask, tenant: TenantWorld, who: str = "member") -> PasskeyDevice:
    device = PasskeyDevice(f"http://{tenant.host}")
    assert _make(_signed_in(app, tenant, who), device) == 303
    return device


def _sign_in(
    visitor: Visitor, device: PasskeyDevice, alter: Callable[[dict[str, Any]], None] | None = None
) -> int:
    told = json.loads(device.use(_options(visitor, LOGIN, "/login")))
    if alter:
        alter(told)
    return visitor.post(LOGIN, {"credential": json.dumps(told)}).status_code


def test_a_passkey_signs_in_without_an_email(app: Flask, world: World) -> None:
    for tenant in (world.northlight, world.harbour):
        device, visitor = _device(app, tenant), Visitor(app, tenant)
        assert _sign_in(visitor, device) == 303
        assert visitor.is_signed_in()
        assert rows(app, tenant, LoginSession)[-1].way == "passkey"
        assert rows(app, tenant, Passkey)[0].sign_count == device.counter == 1
        # Every answer used a challenge up
        assert rows(app, tenant, PasskeyChallenge) == []


def test_a_challenge_that_comes_late_signs_nobody_out(app: Flask, world: World) -> None:
    """The sign-in page asks for one by itself; its answer may arrive after that of signing in with the password."""
    visitor = Visitor(app, world.northlight)
    token = visitor.token("/login")
    late = visitor.post_bare(f"{LOGIN}/challenge", {"csrf_token": token})
    assert late.status_code == 200
    assert "Set-Cookie" not in late.headers


def test_what_a_device_is_asked_for(app: Flask, world: World) -> None:
    visitor = _signed_in(app, world.northlight)
    asked = _options(visitor, OWN, "/account")
    assert asked["rp"] == {"id": "localhost", "name": "Northlight"}
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "preferred"
    assert "member" not in decode(asked["user"]["id"]).decode("latin-1")
    device = PasskeyDevice()
    _make(visitor, device)
    excluded = _options(visitor, OWN, "/account")["excludeCredentials"]
    assert [each["id"] for each in excluded] == [encode(device.credential_id)]
    offered = _options(Visitor(app, world.northlight), LOGIN, "/login")
    assert (offered["rpId"], offered["userVerification"]) == ("localhost", "required")
    assert not offered.get("allowCredentials"), "who may sign in is nobody's business"


def test_a_passkey_of_another_origin_is_refused(app: Flask, world: World) -> None:
    visitor, device = _signed_in(app, world.northlight), PasskeyDevice("http://localhost.evil.example")
    assert _make(visitor, device) == 422
    assert rows(app, world.northlight, Passkey) == []
    good = _device(app, world.northlight)
    stranger = Visitor(app, world.northlight)
    assert _sign_in(stranger, replace(good, origin="http://harbour.localhost")) == 422
    assert not stranger.is_signed_in()
    assert _sign_in(stranger, good) == 303


def test_the_other_tenants_passkey_is_nobodys_here(app: Flask, world: World) -> None:
    device = _device(app, world.harbour)
    here = Visitor(app, world.northlight)
    assert _sign_in(here, replace(device, origin="http://localhost")) == 422
    assert not here.is_signed_in()
    assert _sign_in(Visitor(app, world.harbour), device) == 303


def test_an_answer_is_taken_once(app: Flask, world: World) -> None:
    device, visitor = _device(app, world.northlight), Visitor(app, world.northlight)
    answer = device.use(_options(visitor, LOGIN, "/login"))
    before = visitor.cookie()
    assert visitor.post(LOGIN, {"credential": answer}).status_code == 303
    again = Visitor(app, world.northlight)
    again.hold_cookie(before)
    assert again.post(LOGIN, {"credential": answer}).status_code == 422
    assert not again.is_signed_in()


def test_a_challenge_is_one_browsers(app: Flask, world: World) -> None:
    device = _device(app, world.northlight)
    asked, thief = Visitor(app, world.northlight), Visitor(app, world.northlight)
    answer = device.use(_options(asked, LOGIN, "/login"))
    assert thief.post(LOGIN, {"credential": answer}).status_code == 422
    assert not thief.is_signed_in()
    assert asked.post(LOGIN, {"credential": answer}).status_code == 303


def test_a_challenge_for_one_thing_is_good_for_nothing_else(app: Flask, world: World) -> None:
    device = _device(app, world.northlight)
    visitor = _signed_in(app, world.northlight)
    asked = _options(visitor, OWN, "/account")
    answer = device.use({"challenge": asked["challenge"], "rpId": "localhost"})
    assert visitor.post(LOGIN, {"credential": answer}, form="/account").status_code == 422


def test_a_challenge_lasts_ten_minutes(app: Flask, world: World) -> None:
    device = _device(app, world.northlight)
    with time_machine.travel(NOON, tick=False):
        visitor = Visitor(app, world.northlight)
        answer = device.use(_options(visitor, LOGIN, "/login"))
    with time_machine.travel(NOON + timedelta(minutes=10), tick=False):
        assert visitor.post(LOGIN, {"credential": answer}).status_code == 422
        app.extensions["portico_work"].sweep()
        assert rows(app, world.northlight, PasskeyChallenge) == []
        assert _sign_in(visitor, device) == 303


def test_a_device_that_did_not_ask_its_owner_is_refused(app: Flask, world: World) -> None:
    device = _device(app, world.northlight)
    visitor = Visitor(app, world.northlight)
    assert _sign_in(visitor, replace(device, owner=False)) == 422
    assert _make(_signed_in(app, world.northlight), PasskeyDevice(owner=False)) == 422
    assert _sign_in(visitor, device) == 303


def test_a_copy_that_counts_behind_is_refused(app: Flask, world: World) -> None:
    device = _device(app, world.northlight)
    copy = replace(device)
    assert [_sign_in(Visitor(app, world.northlight), device) for _ in range(2)] == [303, 303]
    assert _sign_in(Visitor(app, world.northlight), copy) == 422


@pytest.mark.parametrize(
    "alter",
    [
        lambda told: told["response"].update(signature=encode(b"no signature")),
        lambda told: told["response"].update(authenticatorData=""),
        lambda told: told["response"].update(clientDataJSON="!"),
        lambda told: told.update(id="somebody"),
        lambda told: told.update(id=7),
        lambda told: told.update(response=[]),
        lambda told: told.clear(),
    ],
)
def test_what_is_no_answer_is_refused_with_a_sentence(
    app: Flask, world: World, alter: Callable[[dict[str, Any]], None], caplog: pytest.LogCaptureFixture
) -> None:
    device, visitor = _device(app, world.northlight), Visitor(app, world.northlight)
    assert _sign_in(visitor, device, alter) == 422
    assert not visitor.is_signed_in()
    assert "passkey refused, reference" in caplog.text
    assert _sign_in(visitor, device) == 303


@pytest.mark.parametrize("text", ["", "no json", "[]", "[" * 3000, '"' + "a" * 20_000 + '"'])
def test_what_is_not_even_json_is_refused(app: Flask, world: World, text: str) -> None:
    visitor = Visitor(app, world.northlight)
    answer = visitor.post(LOGIN, {"credential": text})
    assert answer.status_code == 422
    assert "This passkey was not accepted." in answer.text


def test_a_suspended_person_does_not_get_in(app: Flask, world: World) -> None:
    device = _device(app, world.northlight)
    assert _sign_in(Visitor(app, world.northlight), device) == 303
    change(app, world.northlight, Person, world.northlight.people["member"], suspended_at=NOON)
    assert _sign_in(Visitor(app, world.northlight), device) == 422


def test_passkeys_are_named_and_removed_by_who_has_them(app: Flask, world: World) -> None:
    device = _device(app, world.northlight)
    (kept,) = rows(app, world.northlight, Passkey)
    mine, other = _signed_in(app, world.northlight), _signed_in(app, world.northlight, "colleague")
    path = f"{OWN}/{kept.id}"
    for stranger in (other, _signed_in(app, world.harbour)):
        assert stranger.get(path).status_code == 404
        assert stranger.post(path, {"name": "Mine"}, form="/account").status_code == 404
        assert stranger.post(f"{path}/removal", form="/account").status_code == 404
    assert mine.post(path, {"name": ""}, form=path).status_code == 422
    assert mine.post(path, {"name": "My phone"}, form=path).status_code == 303
    assert "My phone" in mine.get("/account/security").text
    assert mine.post(f"{path}/removal", form=path).status_code == 303
    assert _sign_in(Visitor(app, world.northlight), device) == 422
    texts = "\n".join(mails(app, world.northlight))
    assert f"A passkey was added: {kept.name}." in texts
    assert "A passkey was removed: My phone." in texts
    assert texts.count("Northlight") >= 2


def test_a_sign_in_of_long_ago_is_asked_first(app: Flask, world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        visitor = Visitor(app, world.northlight)
        visitor.sign_in("member")
    with time_machine.travel(NOON + timedelta(minutes=16), tick=False):
        answer = visitor.post(OWN, {"credential": "{}"}, form="/account")
        assert (answer.status_code, answer.location) == (303, "/account/security/proof")
        proof = "/account/security/proof"
        assert visitor.post(proof, {"password": "wrong"}, form=proof).status_code == 422
        assert visitor.post(proof, {"password": "correct-horse-battery"}, form=proof).status_code == 303
        assert _make(visitor, PasskeyDevice()) == 303
