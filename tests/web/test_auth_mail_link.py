"""Signing in by mail: the link, the code, and what nobody can learn or guess."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.domain.sign_in_link import TRIES
from app.models import LoginSession, Notice, SignInLink, SignOnProtocol, SignOnProvider
from tests.support.factors import code_at, give_app
from tests.support.mail import found, mails
from tests.support.rows import inside, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)
CODE = "/login/link/code"


@pytest.fixture
def visitor(app: Flask, world: World) -> Visitor:
    return Visitor(app, world.northlight)


def _ask(visitor: Visitor, email: str = "member@example.test") -> None:
    answer = visitor.post("/login/link", {"email": email}, form="/login/link")
    assert (answer.status_code, answer.location) == (303, CODE)


def _mail(app: Flask, tenant: TenantWorld) -> str:
    return next(text for text in mails(app, tenant) if "/login/link/" in text)


def _path(app: Flask, tenant: TenantWorld) -> str:
    return found(r"http://[^/]+(/login/link/\S+)", _mail(app, tenant))


def _code(app: Flask, tenant: TenantWorld) -> str:
    return found(r"where you asked: (\d{4} \d{4})", _mail(app, tenant))


def _use(visitor: Visitor, path: str) -> int:
    return visitor.post(path, form="/login").status_code


def _type(visitor: Visitor, code: str) -> int:
    return visitor.post(CODE, {"code": code}, form=CODE).status_code


@time_machine.travel(NOON, tick=False)
def test_the_link_signs_in_the_browser_that_asked(visitor: Visitor, app: Flask, world: World) -> None:
    _ask(visitor)
    path = _path(app, world.northlight)
    assert "Press the button" in visitor.get(path).text
    assert not visitor.is_signed_in(), "looking at a link is not using it: mail programs look, too"
    answer = visitor.post(path, form=path)
    assert (answer.status_code, answer.location) == (303, "/")
    assert visitor.is_signed_in()
    assert rows(app, world.northlight, LoginSession)[-1].way == "mail"


@time_machine.travel(NOON, tick=False)
def test_a_link_works_once(visitor: Visitor, app: Flask, world: World) -> None:
    _ask(visitor)
    path = _path(app, world.northlight)
    assert visitor.get(path).status_code == 200
    visitor.post(path, form=path)
    visitor.post("/logout", form="/account")
    again = visitor.get(path)
    assert again.status_code == 404
    assert "This link is used up" in again.text
    assert _use(visitor, path) == 404
    assert not visitor.is_signed_in()


@time_machine.travel(NOON, tick=False)
def test_in_another_browser_only_the_code_helps_and_there_where_it_was_asked_for(
    visitor: Visitor, app: Flask, world: World
) -> None:
    phone = Visitor(app, world.northlight)
    _ask(visitor)
    path, code = _path(app, world.northlight), _code(app, world.northlight)
    answer = phone.get(path)
    assert answer.status_code == 409
    assert "type the code from the mail there" in answer.text
    assert _use(phone, path) == 409
    assert _type(phone, code) == 422
    assert not phone.is_signed_in()
    assert _type(visitor, code) == 303
    assert visitor.is_signed_in()


def test_both_expire_after_fifteen_minutes(visitor: Visitor, app: Flask, world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        _ask(visitor)
        path, code = _path(app, world.northlight), _code(app, world.northlight)
    with time_machine.travel(NOON + timedelta(minutes=14, seconds=59), tick=False):
        assert visitor.get(path).status_code == 200
    with time_machine.travel(NOON + timedelta(minutes=15), tick=False):
        assert _use(visitor, path) == 404
        assert _type(visitor, code) == 422
        app.extensions["portico_work"].sweep()
        assert rows(app, world.northlight, SignInLink) == []


@time_machine.travel(NOON, tick=False)
def test_a_newer_mail_takes_the_place_of_the_one_before(visitor: Visitor, app: Flask, world: World) -> None:
    _ask(visitor)
    old = _path(app, world.northlight)
    _ask(visitor)
    mails(app, world.northlight)
    assert _use(visitor, old) == 404


@time_machine.travel(NOON, tick=False)
def test_nobody_learns_who_has_an_account(visitor: Visitor, app: Flask, world: World) -> None:
    answers = []
    for email in ("member@example.test", "nobody@example.test"):
        other = Visitor(app, world.northlight)
        answer = other.post("/login/link", {"email": email}, form="/login/link")
        wrong = other.post(CODE, {"code": "1234 5678"}, form=CODE)
        sentence = found(r'<li><a href="#code">([^<]+)', wrong.text)
        answers.append((answer.status_code, answer.location, wrong.status_code, sentence))
    assert answers[0] == answers[1]
    assert [each.kind for each in rows(app, world.northlight, Notice)] == ["sign_in.link"]


def test_the_code_bears_few_guesses(visitor: Visitor, app: Flask, world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        _ask(visitor)
        code = _code(app, world.northlight)
        wrong = "0000 0000" if code != "0000 0000" else "1111 1111"
        assert [_type(visitor, wrong) for _ in range(TRIES)] == [422] * TRIES
        assert _type(visitor, code) == 422
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        _ask(visitor)
        assert _type(visitor, _code(app, world.northlight)) == 303


@time_machine.travel(NOON, tick=False)
def test_the_other_tenants_link_is_none_here(app: Flask, world: World) -> None:
    there, here = Visitor(app, world.harbour), Visitor(app, world.northlight)
    _ask(there)
    path, code = _path(app, world.harbour), _code(app, world.harbour)
    here.hold_cookie(there.cookie())
    assert here.get(path).status_code == 404
    assert _use(here, path) == 404
    assert _type(here, code) == 422
    assert there.get(path).status_code == 200


@time_machine.travel(NOON, tick=False)
def test_it_asks_for_the_second_factor_too(visitor: Visitor, app: Flask, world: World) -> None:
    secret, _codes = give_app(app, world.northlight, "member", NOON - timedelta(minutes=5))
    _ask(visitor)
    answer = visitor.post(_path(app, world.northlight), form="/login")
    assert answer.location == "/login/second"
    assert not visitor.is_signed_in()
    answer = visitor.post("/login/second", {"code": code_at(secret, NOON)}, form="/login/second")
    assert answer.location == "/"
    assert rows(app, world.northlight, LoginSession)[-1].way == "mail"


@time_machine.travel(NOON, tick=False)
def test_asking_is_limited(visitor: Visitor, app: Flask) -> None:
    for _ in range(5):
        _ask(visitor)
    assert (
        visitor.post("/login/link", {"email": "member@example.test"}, form="/login/link").status_code == 429
    )
    _ask(visitor, "colleague@example.test")


def test_an_owner_can_switch_it_off(visitor: Visitor, app: Flask, world: World) -> None:
    assert "Mail me a link" in visitor.get("/login").text
    owner = Desk(app, world.northlight, "owner")
    assert owner.send("/admin/settings/sign-in", {"staff_factor": ""}).status_code == 303
    assert "Mail me a link" not in visitor.get("/login").text
    for path in ("/login/link", CODE, "/login/link/token"):
        assert visitor.get(path).status_code == 404
        assert visitor.post(path, {"email": "member@example.test"}).status_code == 404
    assert Visitor(app, world.harbour).get("/login/link").status_code == 200


@pytest.mark.parametrize("who", ["manager", "desk", "member"])
def test_only_an_owner_may(app: Flask, world: World, who: str) -> None:
    somebody = Desk(app, world.northlight, who)
    assert Desk(app, world.northlight, "owner").get("/admin/settings/sign-on").status_code == 200
    assert somebody.get("/admin/settings/sign-on").status_code == 404
    assert somebody.post("/admin/settings/sign-in", {}, form="/account").status_code == 404


@time_machine.travel(NOON, tick=False)
def test_it_is_no_way_around_a_forbidden_password(visitor: Visitor, app: Flask, world: World) -> None:
    _ask(visitor)
    assert len(rows(app, world.northlight, Notice)) == 1
    path, code = _path(app, world.northlight), _code(app, world.northlight)
    assert visitor.get(path).status_code == 200
    with inside(app, world.northlight) as session:
        session.add(
            SignOnProvider(
                protocol=SignOnProtocol.OIDC,
                name="The company",
                enabled=True,
                forbids_member_passwords=True,
                created_at=NOON,
                connected_at=NOON,
            )
        )
    # Nor is one that was mailed before it was.
    assert (visitor.get(path).status_code, _use(visitor, path), _type(visitor, code)) == (404, 404, 422)
    assert not visitor.is_signed_in()
    _ask(visitor)
    assert len(rows(app, world.northlight, Notice)) == 1
    _ask(visitor, "desk@example.test")
    assert len(rows(app, world.northlight, Notice)) == 2
    refused = visitor.post("/login/passkey", {"credential": "{}"})
    assert "This passkey was not accepted." in refused.text
