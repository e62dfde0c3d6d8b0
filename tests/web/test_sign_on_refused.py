"""What a provider, a browser or somebody in between may do wrong: nobody is signed in, and a number finds the log line."""

import logging
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.domain.sign_on.terms import Kit
from app.integrations.guarded import GuardedClient, Rules
from app.integrations.sign_on.oidc import OidcSignOn
from app.models import SignOnProtocol
from tests.support.identity.crooked import SECRET, Crooked, crooked_issuer
from tests.support.identity.rows import provider_of
from tests.support.identity.trip import assert_refused, consent, leave, sign_on
from tests.support.visitor import Visitor
from tests.support.world import World

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture
def issuer() -> Iterator[Crooked]:
    with crooked_issuer() as crooked:
        yield crooked


@pytest.fixture
def visitor(app: Flask, world: World, issuer: Crooked) -> Visitor:
    provider_of(app, world.northlight, issuer.issuer, SECRET, trusted=True)
    return Visitor(app, world.northlight)


def _is_refused(answer: TestResponse, visitor: Visitor, log: pytest.LogCaptureFixture, reason: str) -> None:
    """As it should be, and without a secret in the log; nobody is signed in."""
    assert_refused(answer, log, reason)
    assert SECRET not in log.text
    assert not visitor.is_signed_in()


def test_without_a_fault_the_flow_signs_in(visitor: Visitor) -> None:
    answer = sign_on(visitor, next_path="/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert visitor.is_signed_in()


Bend = Callable[[Crooked], Any]

FAULTS: dict[str, tuple[Bend, str]] = {
    "another issuer": (lambda it: it.claims.update(iss="https://evil.example"), "issuer_differs"),
    "a slash more": (lambda it: it.claims.update(iss=f"{it.issuer}/"), "issuer_differs"),
    "expired": (lambda it: it.claims.update(exp=int(time.time()) - 61), "expired"),
    "no expiry": (lambda it: it.claims.update(exp=None), "incomplete"),
    "from the future": (lambda it: it.claims.update(iat=int(time.time()) + 120), "not_yet"),
    "unsigned": (lambda it: setattr(it, "fault", "unsigned"), "bad_signature"),
    "alg none": (lambda it: setattr(it, "fault", "alg none"), "unsigned"),
    "hs256 with the public key": (
        lambda it: setattr(it, "fault", "hs256 with the public key"),
        "unsigned",
    ),
    "another key under the same name": (
        lambda it: setattr(it, "fault", "another key under the same name"),
        "bad_signature",
    ),
    "wrong nonce": (lambda it: it.claims.update(nonce="of-another-sign-in"), "wrong_nonce"),
    "no nonce": (lambda it: it.claims.update(nonce=None), "wrong_nonce"),
    "wrong audience": (lambda it: it.claims.update(aud="somebody-else"), "wrong_audience"),
    "a list without us": (lambda it: it.claims.update(aud=["a", "b"]), "wrong_audience"),
    "a list without azp": (lambda it: it.claims.update(aud=["portal", "b"]), "wrong_audience"),
    "azp of another": (lambda it: it.claims.update(azp="b"), "wrong_audience"),
    "no subject": (lambda it: it.claims.update(sub=None), "incomplete"),
    "userinfo of another": (
        lambda it: (it.claims.update(email=None), it.userinfo.update(sub="bob", email="x@y.example")),
        "other_subject",
    ),
    "html": (lambda it: setattr(it, "fault", "html"), "not_json"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_token_that_is_wrong_signs_nobody_in(
    visitor: Visitor, issuer: Crooked, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    bend, reason = FAULTS[name]
    back = consent(leave(visitor))
    bend(issuer)
    _is_refused(visitor.get(back), visitor, caplog, reason)
    issuer.fault, issuer.claims, issuer.userinfo = "", {}, {}
    assert sign_on(visitor).status_code == 303


@pytest.mark.parametrize(
    "bend",
    [
        lambda it: it.claims.update(aud=["portal", "b"], azp="portal"),
        lambda it: it.claims.update(exp=int(time.time()) - 50),
        lambda it: it.claims.update(iat=int(time.time()) + 50),
        lambda it: setattr(it, "names_key", False),
        lambda it: (
            it.claims.update(email=None),
            it.userinfo.update(email="member@example.test", email_verified=True),
        ),
    ],
    ids=[
        "a list and azp",
        "a clock that is behind",
        "a clock that is ahead",
        "no key named",
        "e-mail from userinfo",
    ],
)
def test_what_is_unusual_but_right_signs_in(visitor: Visitor, issuer: Crooked, bend: Bend) -> None:
    bend(issuer)
    assert sign_on(visitor).status_code == 303
    assert visitor.is_signed_in()


def test_a_code_that_was_used_is_refused(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    back = consent(leave(visitor))
    assert visitor.get(back).status_code == 303
    visitor.post("/logout", form="/account")
    _is_refused(visitor.get(back), visitor, caplog, "attempt_gone")


def test_an_answer_in_another_browser_is_refused(
    app: Flask, world: World, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    other = Visitor(app, world.northlight)
    _is_refused(other.get(consent(leave(visitor))), other, caplog, "other_browser")
    # Also in one that was itself on its way.
    third = Visitor(app, world.northlight)
    leave(third)
    _is_refused(third.get(consent(leave(visitor))), third, caplog, "other_browser")


def test_an_answer_at_another_tenant_is_refused(
    app: Flask, world: World, visitor: Visitor, issuer: Crooked, caplog: pytest.LogCaptureFixture
) -> None:
    harbour = Visitor(app, world.harbour)
    provider_of(app, world.harbour, issuer.issuer, SECRET, trusted=True)
    back = consent(leave(visitor)).replace("/sign-on/1/", "/sign-on/2/")
    _is_refused(harbour.get(back), harbour, caplog, "attempt_gone")
    assert harbour.get(back.replace("/sign-on/2/", "/sign-on/1/")).status_code == 404


def test_an_answer_that_names_another_issuer_is_refused(
    visitor: Visitor, issuer: Crooked, caplog: pytest.LogCaptureFixture
) -> None:
    back = consent(leave(visitor))
    assert parse_qs(urlsplit(back).query)["iss"] == [issuer.issuer]
    _is_refused(
        visitor.get(re.sub(r"iss=[^&]*", "iss=https://evil.example", back)), visitor, caplog, "issuer_differs"
    )


def test_who_says_no_at_the_provider_is_back_on_our_page(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    state = parse_qs(urlsplit(leave(visitor)).query)["state"][0]
    answer = visitor.get(f"/sign-on/1/callback?error=access_denied&state={state}")
    _is_refused(answer, visitor, caplog, "cancelled")


def test_a_provider_that_is_down_is_said_to_be(
    app: Flask, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with crooked_issuer() as gone:
        provider_of(app, world.northlight, gone.issuer, SECRET)
        visitor = Visitor(app, world.northlight)
        assert visitor.get("/sign-on/1/start").status_code == 303
    with crooked_issuer() as other:
        provider_of(app, world.northlight, other.issuer, SECRET)
    answer = visitor.get("/sign-on/2/start")
    assert "cannot be reached" in answer.text
    _is_refused(answer, visitor, caplog, "no_answer")


@pytest.mark.parametrize(("fault", "reason"), [("slow", "slow"), ("html", "not_json")])
def test_a_provider_that_dawdles_or_shows_a_page_is_refused(
    app: Flask, visitor: Visitor, issuer: Crooked, caplog: pytest.LogCaptureFixture, fault: str, reason: str
) -> None:
    kit: Kit = app.extensions["portico_sign_on"]
    impatient = OidcSignOn(GuardedClient(Rules(admits_loopback=True, seconds=1.0)))
    app.extensions["portico_sign_on"] = replace(kit, clients={SignOnProtocol.OIDC: impatient})
    issuer.fault = fault
    _is_refused(visitor.get("/sign-on/1/start"), visitor, caplog, reason)
    issuer.fault = ""
    assert sign_on(visitor).status_code == 303


def test_a_provider_on_a_private_address_is_never_called(
    app: Flask, world: World, issuer: Crooked, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = Visitor(app, world.northlight)
    hidden = ("https://10.0.0.1", "https://169.254.169.254", "https://[::ffff:10.0.0.1]")
    for number, private in enumerate(hidden, start=1):
        provider_of(app, world.northlight, private, SECRET)
        _is_refused(visitor.get(f"/sign-on/{number}/start"), visitor, caplog, "private_address")
    kit: Kit = app.extensions["portico_sign_on"]
    strict = OidcSignOn(GuardedClient(Rules()))
    provider_of(app, world.northlight, issuer.issuer.replace("http:", "https:"), SECRET)
    provider_of(app, world.northlight, issuer.issuer, SECRET)
    app.extensions["portico_sign_on"] = replace(kit, clients={SignOnProtocol.OIDC: strict})
    _is_refused(visitor.get("/sign-on/4/start"), visitor, caplog, "private_address")
    _is_refused(visitor.get("/sign-on/5/start"), visitor, caplog, "not_https")
    assert issuer.asked == []


def test_new_keys_are_fetched_once_and_made_up_ones_do_not_make_us_ask_again(
    visitor: Visitor, issuer: Crooked, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    assert sign_on(visitor).status_code == 303
    visitor.post("/logout", form="/account")
    issuer.rotate()
    assert sign_on(visitor).status_code == 303
    visitor.post("/logout", form="/account")
    assert issuer.asked.count("/keys") == 2
    issuer.published = []
    issuer.key = Crooked().key
    _is_refused(sign_on(visitor), visitor, caplog, "unknown_key")
    assert issuer.asked.count("/keys") == 2
