"""The security page and what is set up from it: the authenticator, recovery codes, and staff who must have either."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.domain.factors.authenticator import reseal_apps
from app.integrations.secret_box import KeyRing
from app.models import AuditEntry, Authenticator, RecoveryCode
from tests.support.bookings import statements
from tests.support.factors import code_at, give_app, secret_of
from tests.support.mail import found, mails
from tests.support.passkey_device import PasskeyDevice
from tests.support.rows import inside, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)
PAGE = "/account/security"
APP = "/account/authenticator"


@pytest.fixture
def visitor(app: Flask, world: World) -> Visitor:
    return Visitor(app, world.northlight)


def _begin(visitor: Visitor, app: Flask, who: str = "member") -> str:
    answer = visitor.post(APP, form=PAGE)
    assert (answer.status_code, answer.location) == (303, APP)
    return secret_of(app, visitor.tenant, who)


def _require(app: Flask, world: World) -> None:
    owner = Desk(app, world.northlight, "owner")
    answer = owner.send("/admin/settings/sign-in", {"mail_links": "y", "staff_factor": "y"})
    assert answer.status_code == 303


@time_machine.travel(NOON, tick=False)
def test_an_app_is_set_up_with_a_code_of_it(visitor: Visitor, app: Flask, world: World) -> None:
    visitor.sign_in("member")
    assert "Set up" in visitor.get(PAGE).text
    secret = _begin(visitor, app)
    page = visitor.get(APP).text
    assert " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)) in page
    assert '<svg class="qr"' in page
    assert visitor.post(f"{APP}/confirmation", {"code": "000000"}, form=APP).status_code == 422
    assert visitor.post("/logout", form=PAGE).status_code == 303
    assert visitor.sign_in("member").location == "/", "not confirmed, it is not asked for"
    done = visitor.post(f"{APP}/confirmation", {"code": code_at(secret, NOON)}, form=APP)
    assert done.status_code == 200
    assert done.text.count("<li>") >= 10
    assert len(rows(app, world.northlight, RecoveryCode)) == 10
    assert visitor.get(APP).location == PAGE, "the secret is shown no more"
    assert "now asks for a code" in mails(app, world.northlight)[0]
    assert Visitor(app, world.northlight).sign_in("member").location == "/login/second"


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(("minutes", "way"), [(3, "3 minutes ahead"), (-3, "3 minutes old")])
def test_a_wrong_clock_is_told_while_setting_up(
    visitor: Visitor, app: Flask, world: World, minutes: int, way: str
) -> None:
    visitor.sign_in("member")
    secret = _begin(visitor, app)
    code = code_at(secret, NOON + timedelta(minutes=minutes))
    answer = visitor.post(f"{APP}/confirmation", {"code": code}, form=APP)
    assert answer.status_code == 422
    assert way in answer.text
    assert rows(app, world.northlight, Authenticator)[0].confirmed_at is None


@time_machine.travel(NOON, tick=False)
def test_it_is_turned_off_and_its_codes_go_with_it(visitor: Visitor, app: Flask, world: World) -> None:
    visitor.sign_in("member")
    give_app(app, world.northlight, "member", NOON)
    assert visitor.post(f"{APP}/removal", form=PAGE).status_code == 303
    assert rows(app, world.northlight, Authenticator) == []
    assert rows(app, world.northlight, RecoveryCode) == []
    assert "no longer asks for a code" in "\n".join(mails(app, world.northlight))
    assert Visitor(app, world.northlight).sign_in("member").location == "/"


@time_machine.travel(NOON, tick=False)
def test_new_recovery_codes_take_the_place_of_the_old(visitor: Visitor, app: Flask, world: World) -> None:
    visitor.sign_in("member")
    _secret, old = give_app(app, world.northlight, "member", NOON)
    answer = visitor.post("/account/recovery-codes", form=PAGE)
    assert answer.status_code == 200
    new = found(r"<li>([2-9a-z]{4}(?:-[2-9a-z]{4}){3})</li>", answer.text)
    assert new not in old
    assert new not in visitor.get(PAGE).text
    half = Visitor(app, world.northlight)
    half.sign_in("member")
    assert half.post("/login/second", {"code": old[0]}, form="/login/second").status_code == 422
    assert half.post("/login/second", {"code": new}, form="/login/second").status_code == 303


@time_machine.travel(NOON, tick=False)
def test_recovery_codes_are_for_who_has_a_second_factor(visitor: Visitor, app: Flask, world: World) -> None:
    visitor.sign_in("member")
    assert visitor.post("/account/recovery-codes", form=PAGE).status_code == 303
    assert rows(app, world.northlight, RecoveryCode) == []


def test_staff_without_a_factor_are_led_to_one_and_nowhere_else(app: Flask, world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        desk = Visitor(app, world.northlight)
        desk.sign_in("desk")
        assert desk.get("/admin/bookings").status_code == 200
        _require(app, world)
        assert desk.get("/admin/bookings").status_code == 200, "who is signed in stays so until the next time"
        desk = Visitor(app, world.northlight)
        desk.sign_in("desk")
        for path in ("/", "/admin/bookings", "/bookings/mine", "/account", "/account/password"):
            answer = desk.get(path)
            assert (answer.status_code, answer.location) == (303, PAGE), path
        assert "asks its staff for more than a password" in desk.get(PAGE).text
        member = Visitor(app, world.northlight)
        member.sign_in("member")
        assert member.get("/bookings/mine").status_code == 200, "members are not asked"
        secret = _begin(desk, app, "desk")
        desk.post(f"{APP}/confirmation", {"code": code_at(secret, NOON)}, form=APP)
        assert desk.get("/admin/bookings").status_code == 200
        answer = desk.post(f"{APP}/removal", form=PAGE)
        assert "Staff here need a second factor." in desk.get(PAGE).text
        assert len(rows(app, world.northlight, Authenticator)) == 1


def test_the_way_to_it_is_there_with_the_account_section_off(app: Flask, world: World) -> None:
    _require(app, world)
    owner = Desk(app, world.northlight, "owner")
    assert owner.send("/admin/settings/sections/account/switch", {"state": "off"}).status_code in {200, 303}
    desk = Visitor(app, world.northlight)
    desk.sign_in("desk")
    assert desk.get(PAGE).status_code == 200
    member = Visitor(app, world.northlight)
    member.sign_in("member")
    assert member.get(PAGE).status_code == 404


def test_a_passkey_is_enough_for_staff_and_then_asked_for_after_the_password(
    app: Flask, world: World
) -> None:
    _require(app, world)
    desk, device = Visitor(app, world.northlight), PasskeyDevice()
    desk.sign_in("desk")
    asked = desk.post("/account/passkeys/challenge", form=PAGE).json
    assert asked
    assert desk.post("/account/passkeys", {"credential": device.make(asked)}, form=PAGE).status_code == 303
    assert desk.get("/admin/bookings").status_code == 200
    again = Visitor(app, world.northlight)
    assert again.sign_in("desk").location == "/login/second"
    asked = again.post("/login/second/challenge", form="/login/second").json
    assert asked
    assert len(asked["allowCredentials"]) == 1
    answer = again.post("/login/second/passkey", {"credential": device.use(asked)}, form="/login/second")
    assert (answer.status_code, answer.location) == (303, "/")
    assert again.get("/admin/bookings").status_code == 200


def test_somebody_elses_passkey_does_not_finish_a_half_sign_in(app: Flask, world: World) -> None:
    _require(app, world)
    devices = {}
    for who in ("desk", "manager"):
        visitor, devices[who] = Visitor(app, world.northlight), PasskeyDevice()
        visitor.sign_in(who)
        asked = visitor.post("/account/passkeys/challenge", form=PAGE).json
        assert asked
        visitor.post("/account/passkeys", {"credential": devices[who].make(asked)}, form=PAGE)
    half = Visitor(app, world.northlight)
    half.sign_in("desk")
    for who, status in (("manager", 422), ("desk", 303)):
        asked = half.post("/login/second/challenge", form="/login/second").json
        assert asked
        credential = devices[who].use(asked)
        answer = half.post("/login/second/passkey", {"credential": credential}, form="/login/second")
        assert answer.status_code == status


def test_the_switch_is_written_down(app: Flask, world: World) -> None:
    _require(app, world)
    (entry,) = [e for e in rows(app, world.northlight, AuditEntry) if e.action == "portal.sign_in_changed"]
    assert (entry.before, entry.after) == ({"staff_factor": False}, {"staff_factor": True})
    _require(app, world)
    assert len([e for e in rows(app, world.northlight, AuditEntry) if e.action == entry.action]) == 1


def test_the_page_keeps_to_its_budget_however_many_devices(app: Flask, world: World) -> None:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    counts = []
    for _ in range(2):
        visitor.get(PAGE)
        with statements(app) as sent:
            assert visitor.get(PAGE).status_code == 200
        counts.append(len([each for each in sent if not each.startswith("BEGIN")]))
        for _ in range(3):
            Visitor(app, world.northlight).sign_in("member")
            device = PasskeyDevice()
            asked = visitor.post("/account/passkeys/challenge", form=PAGE).json
            assert asked
            visitor.post("/account/passkeys", {"credential": device.make(asked)}, form=PAGE)
    assert counts[0] == counts[1] <= 8


@time_machine.travel(NOON, tick=False)
def test_a_new_key_takes_over_and_the_old_one_can_go(app: Flask, world: World) -> None:
    secret, _codes = give_app(app, world.northlight, "member", NOON)
    old, new = app.config["SECRET_KEY"], "a new key that is long enough to be one"
    with inside(app, world.northlight) as session:
        assert reseal_apps(session, KeyRing((new, old))) == (1, 0)
    (kept,) = rows(app, world.northlight, Authenticator)
    assert KeyRing((new,)).open(kept.sealed_secret) == secret
    with inside(app, world.northlight) as session:
        assert reseal_apps(session, KeyRing((old,))) == (0, 1)
