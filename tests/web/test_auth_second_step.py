"""The second step at sign-in: codes of an app, recovery codes, and everything that does not pass for one."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.domain.factors.entering import TRIES
from app.models import AuditEntry, Authenticator, LoginSession, PendingSignIn, RecoveryCode
from tests.support.factors import code_at, give_app
from tests.support.mail import found, mails
from tests.support.rows import rows
from tests.support.visitor import Visitor
from tests.support.world import World

NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)
SECOND = "/login/second"


@pytest.fixture
def visitor(app: Flask, world: World) -> Visitor:
    return Visitor(app, world.northlight)


def _half(visitor: Visitor, who: str = "member") -> None:
    answer = visitor.sign_in(who)
    assert (answer.status_code, answer.location) == (303, SECOND)
    assert not visitor.is_signed_in()


def _type(visitor: Visitor, code: str) -> int:
    return visitor.post(SECOND, {"code": code}, form=SECOND).status_code


@time_machine.travel(NOON, tick=False)
def test_the_password_alone_opens_until_there_is_an_app(visitor: Visitor, app: Flask, world: World) -> None:
    assert visitor.sign_in("member").location == "/"
    assert visitor.is_signed_in()
    give_app(app, world.northlight, "member", NOON - timedelta(minutes=5))
    _half(Visitor(app, world.northlight))


@time_machine.travel(NOON, tick=False)
def test_a_code_finishes_what_the_password_began(visitor: Visitor, app: Flask, world: World) -> None:
    secret, _codes = give_app(app, world.northlight, "member", NOON - timedelta(minutes=5))
    _half(visitor)
    assert "Signing in as member@example.test" in visitor.get(SECOND).text
    answer = visitor.post(SECOND, {"code": code_at(secret, NOON), "next": "/bookings/mine"}, form=SECOND)
    assert (answer.status_code, answer.location) == (303, "/bookings/mine")
    assert visitor.is_signed_in()
    assert rows(app, world.northlight, PendingSignIn) == []
    assert rows(app, world.northlight, LoginSession)[-1].way == "password"


@time_machine.travel(NOON, tick=False)
def test_the_secret_is_sealed(app: Flask, world: World) -> None:
    secret, _codes = give_app(app, world.northlight, "member", NOON)
    (kept,) = rows(app, world.northlight, Authenticator)
    assert secret not in kept.sealed_secret


def test_a_code_works_once(visitor: Visitor, app: Flask, world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        secret, _codes = give_app(app, world.northlight, "member", NOON - timedelta(minutes=5))
        code = code_at(secret, NOON)
        _half(visitor)
        assert _type(visitor, code) == 303
        thief = Visitor(app, world.northlight)
        _half(thief)
        answer = thief.post(SECOND, {"code": code}, form=SECOND)
        assert answer.status_code == 422
        assert "This code was used already." in answer.text
        # Nor does the one before it, though the clock would have allowed it
        assert _type(thief, code_at(secret, NOON - timedelta(seconds=30))) == 422
    with time_machine.travel(NOON + timedelta(seconds=30), tick=False):
        assert _type(thief, code_at(secret, NOON + timedelta(seconds=30))) == 303


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize("seconds", [-30, 30])
def test_a_clock_that_is_a_little_off_is_forgiven(
    visitor: Visitor, app: Flask, world: World, seconds: int
) -> None:
    secret, _codes = give_app(app, world.northlight, "member", NOON - timedelta(minutes=5))
    _half(visitor)
    assert _type(visitor, code_at(secret, NOON + timedelta(seconds=seconds))) == 303


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("minutes", "sentence"),
    [
        (-4, "This code is about 4 minutes old."),
        (4, "That code does not fit."),
        (60, "That code does not fit."),
    ],
)
def test_a_wrong_clock_is_told_where_that_helps_no_guesser(
    visitor: Visitor, app: Flask, world: World, minutes: int, sentence: str
) -> None:
    secret, _codes = give_app(app, world.northlight, "member", NOON - timedelta(hours=5))
    _half(visitor)
    code = code_at(secret, NOON + timedelta(minutes=minutes))
    answer = visitor.post(SECOND, {"code": code}, form=SECOND)
    assert answer.status_code == 422
    assert sentence in answer.text


@time_machine.travel(NOON, tick=False)
def test_a_recovery_code_stands_in_once(visitor: Visitor, app: Flask, world: World) -> None:
    _secret, codes = give_app(app, world.northlight, "member", NOON)
    assert len(set(codes)) == 10
    assert codes[0] not in {each.code_hash for each in rows(app, world.northlight, RecoveryCode)}
    _half(visitor)
    assert _type(visitor, codes[0].upper().replace("-", " ")) == 303
    again = Visitor(app, world.northlight)
    _half(again)
    assert _type(again, codes[0]) == 422
    assert _type(again, codes[1]) == 303


@time_machine.travel(NOON, tick=False)
def test_a_code_of_somebody_else_does_not_help(visitor: Visitor, app: Flask, world: World) -> None:
    """The half sign-in is one person's: another one's factor does not finish it, whoever holds the cookie."""
    early = NOON - timedelta(minutes=5)
    own, codes = give_app(app, world.northlight, "member", early)
    other, other_codes = give_app(app, world.northlight, "colleague", early)
    _half(visitor)
    for code in (code_at(other, NOON), other_codes[0]):
        assert _type(visitor, code) == 422
    thief = Visitor(app, world.northlight)
    thief.hold_cookie(visitor.cookie())
    assert _type(thief, other_codes[0]) == 422
    assert not thief.is_signed_in()
    assert _type(visitor, code_at(own, NOON)) == 303
    # Finished, it is gone: the cookie that was copied before opens nothing
    assert _type(thief, codes[0]) == 303
    assert not thief.is_signed_in()


@time_machine.travel(NOON, tick=False)
def test_a_half_sign_in_of_the_other_tenant_is_none_here(app: Flask, world: World) -> None:
    early = NOON - timedelta(minutes=5)
    secret, _codes = give_app(app, world.harbour, "member", early)
    there, here = Visitor(app, world.harbour), Visitor(app, world.northlight)
    _half(there)
    here.hold_cookie(there.cookie())
    answer = here.get(SECOND)
    assert (answer.status_code, answer.location) == (303, "/login")
    assert _type(there, code_at(secret, NOON)) == 303


def test_it_lasts_ten_minutes(visitor: Visitor, app: Flask, world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        _secret, codes = give_app(app, world.northlight, "member", NOON)
        _half(visitor)
    with time_machine.travel(NOON + timedelta(minutes=9, seconds=59), tick=False):
        assert visitor.get(SECOND).status_code == 200
    with time_machine.travel(NOON + timedelta(minutes=10), tick=False):
        answer = visitor.post(SECOND, {"code": codes[0]}, form="/login")
        assert (answer.status_code, answer.location) == (303, "/login")
        assert "Sign in again." in visitor.get("/login").text
        assert not visitor.is_signed_in()


@time_machine.travel(NOON, tick=False)
def test_guessing_ends_it(visitor: Visitor, app: Flask, world: World) -> None:
    _secret, codes = give_app(app, world.northlight, "member", NOON)
    _half(visitor)
    assert [_type(visitor, "000000") for _ in range(TRIES - 1)] == [422] * (TRIES - 1)
    # The last wrong one ends it, and after that not even a right code helps
    assert visitor.post(SECOND, {"code": "000000"}, form=SECOND).location == "/login"
    assert visitor.post(SECOND, {"code": codes[0]}, form="/login").location == "/login"
    assert not visitor.is_signed_in()
    refused = [e for e in rows(app, world.northlight, AuditEntry) if e.action == "person.second_step_refused"]
    assert len(refused) == TRIES


@time_machine.travel(NOON, tick=False)
def test_guessing_is_limited_for_the_account_too(app: Flask, world: World) -> None:
    app.config["LIMITS"]["code by account"] = "8 per hour"
    _secret, codes = give_app(app, world.northlight, "member", NOON)
    visitors = [Visitor(app, world.northlight) for _ in range(2)]
    for visitor in visitors:
        _half(visitor)
    answers = [_type(visitor, "000000") for visitor in visitors for _ in range(5)]
    assert answers == [422] * 8 + [429] * 2
    assert _type(visitors[0], codes[0]) == 429


@time_machine.travel(NOON, tick=False)
def test_a_forgotten_password_does_not_get_around_it(visitor: Visitor, app: Flask, world: World) -> None:
    secret, _codes = give_app(app, world.northlight, "member", NOON - timedelta(minutes=5))
    visitor.post("/password/forgotten", {"email": "member@example.test"}, form="/password/forgotten")
    path = found(r"http://localhost(/password/reset/\S+)", "\n".join(mails(app, world.northlight)))
    answer = visitor.post(path, {"password": "a brand new pass phrase"}, form=path)
    assert (answer.status_code, answer.location) == (303, SECOND)
    assert _type(visitor, code_at(secret, NOON)) == 303
    assert visitor.is_signed_in()
