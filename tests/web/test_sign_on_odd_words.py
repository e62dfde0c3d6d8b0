"""What no text holds, too much of it, and what is no text at all, where a provider should name somebody: it is refused or
left out, on either database, and nothing of it stays.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.models import LoginSession, Person, SignOnIdentity, SignOnSession, TeamMember
from tests.support.identity.crooked import SECRET, Crooked, crooked_issuer
from tests.support.identity.rows import provider_of
from tests.support.identity.trip import assert_refused, sign_on
from tests.support.rows import rows
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

NORA = {"sub": "nora", "email": "nora.new@acme.example", "given_name": "Nora", "family_name": "New"}
NO_TEXT: dict[str, Any] = {
    "a number": 5,
    "a list": ["nora"],
    "an object": {"nora": "nora"},
    "nothing": None,
    "no end": float("inf"),
    "white": " \t\n",
}
ODD = NO_TEXT | {
    "NUL": "nora\x00",
    "half a character": "nora\ud800",
    "turned around": "nora\u202e",
    "long": "n" * 20_000,
}
WRITTEN = (Person, SignOnIdentity, LoginSession, SignOnSession, TeamMember)


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def issuer(app: Flask, north: TenantWorld) -> Iterator[Crooked]:
    with crooked_issuer() as crooked:
        _say(crooked, "token")
        provider_of(
            app,
            north,
            crooked.issuer,
            SECRET,
            creates_people=True,
            group_claim="groups",
            group_teams={"g" * 200: "Blue"},
        )
        yield crooked


def _say(issuer: Crooked, where: str, **words: Any) -> None:
    """Let the provider say so, in the token that it signs or at the address that it asks for the rest."""
    told = NORA | words
    if where == "token":
        issuer.claims, issuer.userinfo = told, {"sub": told["sub"], "groups": []}
    else:
        issuer.claims = dict.fromkeys(NORA) | {"sub": told["sub"]}
        issuer.userinfo = told | {"email_verified": True}


def _written(app: Flask, north: TenantWorld) -> list[int]:
    return [len(rows(app, north, kind)) for kind in WRITTEN]


def _check_refused(
    app: Flask, north: TenantWorld, caplog: pytest.LogCaptureFixture, before: list[int], reason: str
) -> None:
    visitor = Visitor(app, north)
    assert_refused(sign_on(visitor), caplog, reason)
    assert not visitor.is_signed_in()
    assert _written(app, north) == before


@pytest.mark.parametrize("where", ["token", "userinfo"])
def test_an_account_without_a_name_of_its_own_is_refused(
    app: Flask, north: TenantWorld, issuer: Crooked, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    before = _written(app, north)
    for sub in ODD.values():
        _say(issuer, where, sub=sub)
        if where == "userinfo":
            issuer.claims["sub"] = "nora"
        _check_refused(app, north, caplog, before, "incomplete" if where == "token" else "other_subject")
    _say(issuer, where)
    assert sign_on(Visitor(app, north)).status_code == 303


@pytest.mark.parametrize("where", ["token", "userinfo"])
def test_an_email_that_is_none_makes_nobody(
    app: Flask, north: TenantWorld, issuer: Crooked, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    before = _written(app, north)
    around = [f"{odd}@acme.example" for odd in ODD.values() if isinstance(odd, str)]
    beyond = ["nora@acme\ud800.example", "nora@acme\u202e.example", "nora@" + "acme." * 50 + "example"]
    for email in [*ODD.values(), *around, *beyond]:
        _say(issuer, where, email=email)
        _check_refused(app, north, caplog, before, "no_email")
    _say(issuer, where)
    assert sign_on(Visitor(app, north)).status_code == 303


def test_who_is_known_comes_in_whatever_their_email_is_called_by_now(
    app: Flask, north: TenantWorld, issuer: Crooked
) -> None:
    assert sign_on(Visitor(app, north)).status_code == 303
    for odd in (*ODD.values(), "nora\ud800@acme.example", "nora@" + "acme." * 50 + "example"):
        _say(issuer, "token", email=odd)
        assert sign_on(Visitor(app, north)).status_code == 303
        (identity,) = rows(app, north, SignOnIdentity)
        assert identity.email == ""
    assert [row.last_name for row in rows(app, north, Person, email="nora.new@acme.example")] == ["New"]


@pytest.mark.parametrize("where", ["token", "userinfo"])
def test_a_name_loses_what_is_no_letter_and_keeps_nobody_out(
    app: Flask, north: TenantWorld, issuer: Crooked, where: str
) -> None:
    for number, (odd, word) in enumerate(ODD.items()):
        email = f"nora.new@acme{number}.example"
        _say(issuer, where, sub=odd, email=email, given_name=word, family_name=word)
        assert sign_on(Visitor(app, north)).status_code == 303
        (nora,) = rows(app, north, Person, email=email)
        kept = "n" * 80 if odd == "long" else "nora"
        assert (nora.first_name, nora.last_name) == (("Nora", "New") if odd in NO_TEXT else (kept, kept))
        whole = {"given_name": None, "family_name": None, "name": word}
        _say(issuer, where, sub=f"{odd} again", email=f"again.{email}", **whole)
        assert sign_on(Visitor(app, north)).status_code == 303


@pytest.mark.parametrize("where", ["token", "userinfo"])
def test_a_group_that_is_none_leads_nowhere(
    app: Flask, north: TenantWorld, issuer: Crooked, where: str
) -> None:
    make_team(app, north, "member", name="Blue")
    for odd in ODD.values():
        for groups in (odd, [odd], [odd, "friends"]):
            _say(issuer, where, groups=groups)
            assert sign_on(Visitor(app, north)).status_code == 303
    # One that only begins like it is another group.
    _say(issuer, where, groups=["g" * 201])
    assert sign_on(Visitor(app, north)).status_code == 303
    (identity,) = rows(app, north, SignOnIdentity)
    assert rows(app, north, TeamMember, person_id=identity.person_id) == []
    _say(issuer, where, groups=["g" * 200])
    assert sign_on(Visitor(app, north)).status_code == 303
    assert len(rows(app, north, TeamMember, person_id=identity.person_id)) == 1


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
def test_a_time_that_is_none_is_refused(
    app: Flask, north: TenantWorld, issuer: Crooked, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    before = _written(app, north)
    for odd in ("soon", [2], {"a": 2}, True, -1, 10**400, float("nan"), float("inf")):
        _say(issuer, "token", **{name: odd})
        _check_refused(app, north, caplog, before, "incomplete")
    _say(issuer, "token")
    assert sign_on(Visitor(app, north)).status_code == 303


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nonce", "wrong_nonce"),
        ("iss", "issuer_differs"),
        ("aud", "wrong_audience"),
        ("azp", "wrong_audience"),
    ],
)
def test_a_word_that_must_be_ours_is_refused(
    app: Flask,
    north: TenantWorld,
    issuer: Crooked,
    caplog: pytest.LogCaptureFixture,
    name: str,
    reason: str,
) -> None:
    before = _written(app, north)
    for odd in ODD.values():
        if (name, odd) != ("azp", None):  # which nobody needs to say
            _say(issuer, "token", **{name: odd})
            _check_refused(app, north, caplog, before, reason)
    _say(issuer, "token")
    assert sign_on(Visitor(app, north)).status_code == 303


def test_a_session_without_a_name_is_one(app: Flask, north: TenantWorld, issuer: Crooked) -> None:
    for odd in ODD.values():
        _say(issuer, "token", sid=odd)
        visitor = Visitor(app, north)
        assert sign_on(visitor).status_code == 303
        assert visitor.is_signed_in()


@pytest.mark.parametrize("name", ["sub", "jti", "exp"])
def test_an_order_to_sign_out_with_a_word_that_is_none_is_refused(
    app: Flask, north: TenantWorld, issuer: Crooked, name: str
) -> None:
    nora, server = Visitor(app, north), Visitor(app, north)
    assert sign_on(nora).status_code == 303

    def order(**claims: Any) -> int:
        token = issuer.logout_token(**{"sub": "nora", **claims})
        return server.post_bare("/sign-on/1/logout", {"logout_token": token}).status_code

    for odd in ("nora\x00", "nora\ud800", ["nora"], {"nora": 1}, None, float("nan"), float("inf"), 10**400):
        assert order(**{name: odd}) == 400, odd
    assert nora.is_signed_in()
    assert order() == 200
    assert not nora.is_signed_in()


def test_an_order_for_a_session_with_a_name_that_is_none_ends_no_other(
    app: Flask, north: TenantWorld, issuer: Crooked
) -> None:
    _say(issuer, "token", sid="hers")
    nora, server = Visitor(app, north), Visitor(app, north)
    assert sign_on(nora).status_code == 303
    wanted = {"hers\x00": 400, "hers\ud800": 400, "hers\u202e": 200, "h" * 20_000: 200, "hers": 200}
    for number, (sid, status) in enumerate(wanted.items()):
        assert nora.is_signed_in()
        token = issuer.logout_token(sub="nora", sid=sid, jti=f"order {number}")
        assert server.post_bare("/sign-on/1/logout", {"logout_token": token}).status_code == status
    assert not nora.is_signed_in()


def test_a_header_that_anybody_may_make_up_is_refused(
    app: Flask, north: TenantWorld, issuer: Crooked
) -> None:
    server = Visitor(app, north)
    for algorithm in (["RS256"], {"RS256": 1}, None, 5, "RS256\x00", "\ud800"):
        start = base64.urlsafe_b64encode(json.dumps({"alg": algorithm}).encode()).decode().rstrip("=")
        token = f"{start}.e30.eA"
        assert server.post_bare("/sign-on/1/logout", {"logout_token": token}).status_code == 400
