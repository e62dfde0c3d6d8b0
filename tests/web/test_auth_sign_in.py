"""Signing in: who gets in, what nobody can learn from it, and what the browser holds afterwards."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from argon2 import PasswordHasher, extract_parameters
from flask import Flask

from app.demo.spaces import PASSWORD as DEMO_PASSWORD
from app.domain.passwords import hashed
from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.models import AuditEntry, LoginSession, Person
from tests.support.rows import change, inside, rows
from tests.support.visitor import Visitor
from tests.support.world import PASSWORD, TenantWorld, World

SOON = datetime(2030, 5, 6, 9, tzinfo=UTC)
NOBODYS = '<meta name="portico-person" content="">'
"""What tells the device that nobody is signed in, so that it keeps nothing personal."""


@pytest.fixture
def visitor(app: Flask, world: World) -> Visitor:
    return Visitor(app, world.northlight)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The parameters of every hash that was compared, in order."""
    done: list[object] = []
    real = PasswordHasher.verify

    def verify(self: PasswordHasher, stored: str, password: str) -> bool:
        done.append(extract_parameters(stored))
        return real(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    return done


def _without_tokens(page: str) -> str:
    return re.sub(r'"[\w.-]{60,}"|nonce-[\w-]+|X-CSRFToken": "[^"]+"', "", page)


def test_the_page_is_there(visitor: Visitor) -> None:
    page = visitor.get("/login")
    assert page.status_code == 200
    assert 'name="email"' in page.text
    assert 'name="password"' in page.text
    assert NOBODYS in page.text


def test_a_member_gets_in(visitor: Visitor, world: World, app: Flask) -> None:
    assert not visitor.is_signed_in()
    answer = visitor.sign_in("member")
    assert (answer.status_code, answer.location) == (303, "/")
    assert visitor.is_signed_in()
    (entry,) = rows(app, world.northlight, AuditEntry, action="person.signed_in")
    assert entry.actor_id == world.northlight.people["member"]


def test_case_and_space_around_the_email_do_not_matter(visitor: Visitor) -> None:
    visitor.post("/login", {"email": " Member@Example.TEST ", "password": PASSWORD})
    assert visitor.is_signed_in()


def test_unknown_and_wrong_cannot_be_told_apart(visitor: Visitor, work: list[object]) -> None:
    visitor.sign_in("member")  # her hash is of today's parameters from here on
    visitor.post("/logout", form="/account")
    work.clear()
    wrong = visitor.post("/login", {"email": "member@example.test", "password": "wrong-password"})
    unknown = visitor.post("/login", {"email": "nobody@example.test", "password": "wrong-password"})
    assert wrong.status_code == unknown.status_code == 422
    assert _without_tokens(wrong.text).replace("member@", "nobody@") == _without_tokens(unknown.text)
    assert "do not go together" in wrong.text
    assert len(work) == 2
    assert work[0] == work[1]


def test_the_suspended_are_refused_in_the_same_words(visitor: Visitor, world: World, app: Flask) -> None:
    wrong = visitor.sign_in("member", "wrong-password")
    change(app, world.northlight, Person, world.northlight.people["member"], suspended_at=SOON)
    suspended = visitor.sign_in("member")
    assert suspended.status_code == 422
    assert _without_tokens(suspended.text) == _without_tokens(wrong.text)
    assert not visitor.is_signed_in()


def test_suspending_ends_what_is_open(visitor: Visitor, world: World, app: Flask) -> None:
    visitor.sign_in("member")
    assert visitor.is_signed_in()
    change(app, world.northlight, Person, world.northlight.people["member"], suspended_at=SOON)
    assert not visitor.is_signed_in()


def test_who_has_no_password_yet_is_refused(visitor: Visitor, world: World, app: Flask) -> None:
    change(app, world.northlight, Person, world.northlight.people["member"], password_hash=None)
    assert visitor.sign_in("member").status_code == 422


def test_a_refusal_is_on_record_without_what_was_typed(visitor: Visitor, world: World, app: Flask) -> None:
    visitor.post("/login", {"email": "nobody@example.test", "password": "secret-of-mine"})
    (entry,) = rows(app, world.northlight, AuditEntry, action="person.sign_in_refused")
    assert entry.after == {"address": "203.0.113.5"}


def test_an_old_hash_is_renewed(visitor: Visitor, world: World, app: Flask) -> None:
    who = world.northlight.people["member"]
    (before,) = rows(app, world.northlight, Person, id=who)
    visitor.sign_in("member")
    (after,) = rows(app, world.northlight, Person, id=who)
    assert before.password_hash != after.password_hash
    assert extract_parameters(after.password_hash or "").memory_cost >= 19 * 1024
    visitor.post("/logout", form="/account")
    visitor.sign_in("member")
    assert visitor.is_signed_in()


def test_a_planted_cookie_is_worth_nothing_after_signing_in(app: Flask, world: World) -> None:
    attacker, victim = Visitor(app, world.northlight), Visitor(app, world.northlight)
    attacker.get("/login")
    planted = attacker.cookie()
    assert planted
    victim.hold_cookie(planted)
    token = victim.token("/login")
    victim.sign_in("member")
    assert victim.is_signed_in()
    assert victim.cookie() != planted
    assert not attacker.is_signed_in()
    assert victim.token("/account") != token


def test_each_sign_in_has_a_session_of_its_own(visitor: Visitor, world: World, app: Flask) -> None:
    visitor.sign_in("member")
    first = visitor.cookie()
    visitor.post("/login", {"email": "member@example.test", "password": PASSWORD}, form="/account")
    second = visitor.cookie()
    assert visitor.is_signed_in()
    visitor.hold_cookie(first)
    assert not visitor.is_signed_in()
    visitor.hold_cookie(second)
    assert visitor.is_signed_in()
    assert len(rows(app, world.northlight, LoginSession)) == 1


def test_the_database_holds_no_token(visitor: Visitor, world: World, app: Flask) -> None:
    visitor.sign_in("member")
    (login,) = rows(app, world.northlight, LoginSession)
    with visitor.client.session_transaction(base_url=f"http://{world.northlight.host}") as cookie:
        token = cookie["_user_id"]
    assert token
    assert token not in login.token_hash


def test_the_other_tenant_does_not_know_the_cookie(app: Flask, world: World) -> None:
    here, there = Visitor(app, world.northlight), Visitor(app, world.harbour)
    here.sign_in("member")
    assert here.is_signed_in()
    there.hold_cookie(here.cookie())
    assert not there.is_signed_in()


def test_who_is_signed_in_is_sent_on(visitor: Visitor) -> None:
    visitor.sign_in("member")
    assert visitor.get("/login").location == "/"
    assert visitor.get("/login?next=/bookings/mine").location == "/bookings/mine"


@pytest.mark.parametrize("asked", ["/bookings/mine", "/bookings/search?people=4&day=2026-11-24", "/account"])
def test_it_goes_where_the_person_was_going(visitor: Visitor, asked: str) -> None:
    page = visitor.get("/login", query_string={"next": asked})
    assert 'name="next"' in page.text
    answer = visitor.post("/login", {"email": "member@example.test", "password": PASSWORD, "next": asked})
    assert answer.location == asked


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "http:evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        "/\t/evil.example/",
        "\n//evil.example/",
        "%2f%2fevil.example/",
        "evil.example",
        " /account",
        "/" + "a" * 5000,
        "",
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_it_goes_nowhere_else(visitor: Visitor, elsewhere: str) -> None:
    assert 'name="next"' not in visitor.get("/login", query_string={"next": elsewhere}).text
    answer = visitor.post("/login", {"email": "member@example.test", "password": PASSWORD, "next": elsewhere})
    assert answer.location == "/"


def test_a_deep_link_survives_signing_in(visitor: Visitor) -> None:
    turned_away = visitor.get("/account/sessions")
    assert turned_away.location == "/login?next=/account/sessions"
    assert 'name="next" value="/account/sessions"' in visitor.get(turned_away.location).text


@pytest.mark.parametrize("field", ["email", "password"])
@pytest.mark.parametrize("text", ["mem\0ber@example.test", "mem\u202eber@example.test", "a" * 100_000, ""])
@pytest.mark.parametrize("engine", ["sqlite"])
def test_nonsense_is_answered_at_the_field(
    visitor: Visitor, world: World, app: Flask, field: str, text: str
) -> None:
    typed = {"email": "member@example.test", "password": PASSWORD, field: text}
    answer = visitor.post("/login", typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert rows(app, world.northlight, AuditEntry) == []


def test_without_csrf_token_nothing_happens(visitor: Visitor, world: World, app: Flask) -> None:
    answer = visitor.post_bare("/login", {"email": "member@example.test", "password": PASSWORD})
    assert answer.status_code == 400
    assert rows(app, world.northlight, LoginSession) == []


def test_whoever_guesses_shuts_nobody_out_elsewhere(app: Flask, world: World) -> None:
    guesser = Visitor(app, world.northlight, "203.0.113.66")
    codes = [guesser.sign_in("member", "wrong").status_code for _ in range(14)]
    assert codes == [422] * 10 + [429] * 4
    assert guesser.sign_in("member").status_code == 429
    assert guesser.sign_in("colleague").status_code == 303
    assert Visitor(app, world.northlight, "203.0.113.9").sign_in("member").status_code == 303


def test_an_account_is_shut_after_too_many_tries_from_everywhere(app: Flask, world: World) -> None:
    app.config["LIMITS"]["password by account"] = "2 per 15 minutes"
    for number in range(2):
        assert (
            Visitor(app, world.northlight, f"203.0.113.{number}").sign_in("member", "wrong").status_code
            == 422
        )
    other_address = Visitor(app, world.northlight, "203.0.113.9")
    shut = other_address.sign_in("member")
    assert shut.status_code == 429
    assert 0 < int(shut.headers["Retry-After"]) <= 900
    assert "Too many tries" in shut.text
    assert 'value="member@example.test"' in shut.text
    assert other_address.sign_in("colleague").status_code == 303
    assert Visitor(app, world.harbour).sign_in("member").status_code == 303


def test_an_unknown_account_is_counted_too(visitor: Visitor, app: Flask) -> None:
    app.config["LIMITS"]["password by account and address"] = "1 per 15 minutes"
    codes = [
        visitor.post("/login", {"email": "nobody@example.test", "password": "x"}).status_code
        for _ in range(2)
    ]
    assert codes == [422, 429]


def test_getting_in_forgives_the_tries_before(visitor: Visitor, app: Flask) -> None:
    app.config["LIMITS"]["password by account"] = "2 per 15 minutes"
    app.config["LIMITS"]["password by account and address"] = "2 per 15 minutes"
    for _ in range(3):
        assert visitor.sign_in("member", "wrong").status_code == 422
        assert visitor.sign_in("member").status_code == 303
        visitor.post("/logout", form="/account")


def test_an_address_is_shut_after_too_many_failures(app: Flask, world: World) -> None:
    app.config["LIMITS"]["sign-in by address"] = "2 per 15 minutes"
    visitor = Visitor(app, world.northlight)
    for who in ("member", "colleague"):
        assert visitor.sign_in(who, "wrong").status_code == 422
    assert visitor.sign_in("owner").status_code == 429
    assert Visitor(app, world.northlight, "198.51.100.1").sign_in("owner").status_code == 303


def test_members_behind_one_address_do_not_shut_each_other_out(app: Flask, world: World) -> None:
    app.config["LIMITS"]["sign-in by address"] = "2 per 15 minutes"
    codes = [
        Visitor(app, world.northlight).sign_in(who).status_code
        for who in ("member", "colleague", "owner", "desk")
    ]
    assert codes == [303] * 4


def test_one_ipv6_network_is_one_address(app: Flask, world: World) -> None:
    app.config["LIMITS"]["sign-in by address"] = "1 per 15 minutes"
    assert Visitor(app, world.northlight, "2001:db8::1").sign_in("member", "wrong").status_code == 422
    assert Visitor(app, world.northlight, "2001:db8::2").sign_in("member").status_code == 429
    assert Visitor(app, world.northlight, "2001:db8:1::1").sign_in("member").status_code == 303


def test_a_session_lives_while_it_is_used_and_pages_write_at_most_every_ten_minutes(
    visitor: Visitor, world: World, app: Flask
) -> None:
    with time_machine.travel(SOON, tick=False) as clock:
        visitor.sign_in("member")
        (start,) = rows(app, world.northlight, LoginSession)
        clock.shift(timedelta(minutes=9))
        visitor.get("/account")
        assert rows(app, world.northlight, LoginSession)[0].last_seen_at == start.last_seen_at
        clock.shift(timedelta(minutes=1))
        visitor.get("/account")
        seen = rows(app, world.northlight, LoginSession)[0]
        assert seen.last_seen_at == SOON + timedelta(minutes=10)
        assert seen.expires_at == seen.last_seen_at + timedelta(days=60)
        clock.shift(timedelta(days=59))
        assert visitor.is_signed_in()
        clock.shift(timedelta(days=59))
        assert visitor.is_signed_in()
        clock.shift(timedelta(days=61))
        assert not visitor.is_signed_in()


def _found_demo(app: Flask, tenant: TenantWorld) -> None:
    with inside(app, tenant) as session:
        for who in ("member", "owner"):
            add_person(
                session,
                datetime.now(UTC),
                PersonDetails(f"{who}@{tenant.slug}.test", "Demo", who),
                password_hash=hashed(DEMO_PASSWORD),
            )
        session.commit()


def test_a_demo_fills_the_form_in_and_one_press_signs_in(app: Flask, visitor: Visitor, world: World) -> None:
    assert "This is a demo" not in visitor.get("/login").text
    _found_demo(app, world.northlight)
    page = visitor.get("/login?next=/bookings/mine").text
    assert "member@northlight.test / portico-demo" in page
    assert "contact@" not in page
    assert 'href="/login?demo=member&amp;next=/bookings/mine"' in page
    assert 'value="portico-demo"' not in page
    filled = visitor.get("/login?demo=member&next=/bookings/mine").text
    assert 'value="member@northlight.test"' in filled
    assert 'value="portico-demo"' in filled
    visitor.post("/login", {"email": "member@northlight.test", "password": DEMO_PASSWORD})
    assert visitor.is_signed_in()


def test_a_demo_is_told_nowhere_but_at_home(
    app: Flask, visitor: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _found_demo(app, world.northlight)
    assert "portico-demo" in visitor.get("/login?demo=owner").text
    assert "portico-demo" not in Visitor(app, world.harbour).get("/login?demo=owner").text
    settings = app.extensions["portico_settings"]
    monkeypatch.setitem(app.extensions, "portico_settings", replace(settings, environment="production"))
    for address in ("/login", "/login?demo=owner"):
        page = visitor.get(address).text
        assert "This is a demo" not in page
        assert "portico-demo" not in page
        assert "northlight.test" not in page
