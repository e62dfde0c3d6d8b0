"""Signing in with an account of somewhere else: whose account it opens, what a tenant lets it decide, and leaving again."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.new_password import FORGOTTEN, make_link_token
from app.models import Notice
from app.tenancy import begin_writing, tenant_session
from tests.support.identity.crooked import SECRET, Crooked, crooked_issuer
from tests.support.identity.rows import provider_of
from tests.support.identity.trip import sign_on
from tests.support.visitor import Visitor
from tests.support.world import World


@pytest.fixture
def issuer() -> Iterator[Crooked]:
    with crooked_issuer() as crooked:
        yield crooked


def test_somebody_new_becomes_a_contact_where_that_is_allowed(
    app: Flask, world: World, issuer: Crooked
) -> None:
    issuer.claims = {"email": "New@Acme.example", "given_name": "Nora", "family_name": "New"}
    provider_of(app, world.northlight, issuer.issuer, SECRET, creates_people=True)
    provider_of(app, world.harbour, issuer.issuer, SECRET)
    north, harbour = Visitor(app, world.northlight), Visitor(app, world.harbour)
    assert sign_on(north).status_code == 303
    assert north.first_name() == "Nora"
    refused = sign_on(harbour, 2)
    assert "Nobody here has this account" in refused.text
    assert not harbour.is_signed_in()
    # The second time it is the same person, whatever the e-mail is by then.
    issuer.claims["email"] = "married@acme.example"
    again = Visitor(app, world.northlight)
    assert sign_on(again).status_code == 303
    owner = Visitor(app, world.northlight)
    owner.sign_in("owner")
    people = owner.get("/admin/people?q=nora").text
    assert people.count("new@acme.example") == 1
    assert "Contact" in people


@pytest.mark.parametrize("sent", ["", "12345", "x" * 300])
def test_a_name_that_is_none_does_not_keep_anybody_out(
    app: Flask, world: World, issuer: Crooked, sent: str
) -> None:
    issuer.claims = {"email": "nora.new@acme.example", "given_name": sent, "family_name": sent}
    provider_of(app, world.northlight, issuer.issuer, SECRET, creates_people=True)
    visitor = Visitor(app, world.northlight)
    assert sign_on(visitor).status_code == 303
    assert len(visitor.first_name()) > 1


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "a\r\nBcc: b@acme.example"},
        {"email": "a b@acme.example"},
        {"email": "no address"},
        {"email": "a@b@acme.example"},
        {"email": "a\x00@acme.example"},
        {"sub": "with\x00nothing", "email": "a@acme.example"},
        {"sub": "x" * 300, "email": "a@acme.example"},
    ],
)
def test_what_a_provider_sends_is_not_written_unseen(
    app: Flask, world: World, issuer: Crooked, claims: dict[str, str]
) -> None:
    provider_of(app, world.northlight, issuer.issuer, SECRET, creates_people=True)
    issuer.claims = claims
    visitor = Visitor(app, world.northlight)
    assert sign_on(visitor).status_code == 403
    assert not visitor.is_signed_in()
    issuer.claims = {"sub": "good", "email": "a@acme.example", "groups": ["x\x00"], "sid": "\x00"}
    assert sign_on(visitor).status_code == 303


def test_only_the_domains_that_are_admitted_come_in(app: Flask, world: World, issuer: Crooked) -> None:
    provider_of(
        app, world.northlight, issuer.issuer, SECRET, creates_people=True, email_domains=("acme.example",)
    )
    for email, verified, inside in (
        ("a@acme.example", True, True),
        ("b@ACME.example", True, True),
        ("c@evil-acme.example", True, False),
        ("d@acme.example.evil.example", True, False),
        ("e@acme.example", False, False),
    ):
        issuer.claims = {"sub": email, "email": email, "email_verified": verified}
        visitor = Visitor(app, world.northlight)
        assert sign_on(visitor).status_code == (303 if inside else 403), email
        assert visitor.is_signed_in() is inside


def test_an_existing_account_opens_only_by_a_checked_email_of_a_trusted_provider(
    app: Flask, world: World, issuer: Crooked
) -> None:
    provider_of(app, world.northlight, issuer.issuer, SECRET, trusted=False, creates_people=True)
    visitor = Visitor(app, world.northlight)
    assert "Sign in as before" in sign_on(visitor).text
    provider_of(app, world.harbour, issuer.issuer, SECRET, trusted=True, creates_people=True)
    harbour = Visitor(app, world.harbour)
    issuer.claims = {"email_verified": False}
    assert "has not checked your e-mail" in sign_on(harbour, 2).text
    issuer.claims = {"email_verified": None}
    assert "has not checked your e-mail" in sign_on(harbour, 2).text
    assert not harbour.is_signed_in()
    issuer.claims = {}
    assert sign_on(harbour, 2).status_code == 303
    assert harbour.first_name() == "Maya"


def test_a_directory_that_says_nothing_of_checking_is_believed_where_its_owner_says_so(
    app: Flask, world: World, issuer: Crooked
) -> None:
    issuer.claims = {"email_verified": None}
    provider_of(
        app, world.northlight, issuer.issuer, SECRET, trusted=True, settings={"vouches_for_email": True}
    )
    visitor = Visitor(app, world.northlight)
    assert sign_on(visitor).status_code == 303
    issuer.claims = {"email_verified": False, "sub": "bob"}
    assert sign_on(Visitor(app, world.northlight)).status_code == 403


def test_a_suspended_person_stays_out(app: Flask, world: World, issuer: Crooked) -> None:
    provider_of(app, world.northlight, issuer.issuer, SECRET, trusted=True)
    visitor, owner = Visitor(app, world.northlight), Visitor(app, world.northlight)
    assert sign_on(visitor).status_code == 303
    owner.sign_in("owner")
    who = world.northlight.people["member"]
    owner.post(f"/admin/people/{who}/suspension", form=f"/admin/people/{who}")
    assert "Your account is closed" in sign_on(Visitor(app, world.northlight)).text


def test_passwords_that_are_forbidden_open_nothing_but_for_an_owner(
    app: Flask, world: World, issuer: Crooked
) -> None:
    member = Visitor(app, world.northlight)
    assert member.sign_in("member").status_code == 303
    provider_of(
        app,
        world.northlight,
        issuer.issuer,
        SECRET,
        trusted=True,
        forbids_member_passwords=True,
        forbids_staff_passwords=True,
    )
    page = Visitor(app, world.northlight).get("/login").text
    assert 'name="password"' not in page
    assert "Continue with Acme" in page
    for who, opens in (("member", False), ("contact", False), ("desk", False), ("owner", True)):
        visitor = Visitor(app, world.northlight)
        answer = visitor.post(
            "/login",
            {"email": world.northlight.email(who), "password": "correct-horse-battery"},
            form="/login?password=1",
        )
        assert visitor.is_signed_in() is opens, who
        assert ("cannot sign in here with a password" in answer.text) is not opens
    wrong = Visitor(app, world.northlight).post(
        "/login", {"email": "member@example.test", "password": "not it at all"}, form="/login?password=1"
    )
    assert "do not go together" in wrong.text
    # The other tenant's people are not concerned, and neither are ours who came by the provider.
    assert Visitor(app, world.harbour).sign_in("member").status_code == 303
    assert sign_on(Visitor(app, world.northlight)).status_code == 303


def test_a_mailed_link_is_no_way_around_a_forbidden_password(
    app: Flask, world: World, issuer: Crooked, open_session: Callable[[], Session]
) -> None:
    people, now = world.northlight.people, datetime.now(UTC)
    with tenant_session(open_session, world.northlight.id) as session:
        begin_writing(session)
        links = {who: make_link_token(session, people[who], now) for who in ("member", "owner")}
    visitor = Visitor(app, world.northlight)
    found = {who: visitor.get(f"/password/reset/{link}").status_code for who, link in links.items()}
    assert found == {"member": 200, "owner": 200}
    provider_of(app, world.northlight, issuer.issuer, SECRET, forbids_member_passwords=True)
    found = {who: visitor.get(f"/password/reset/{link}").status_code for who, link in links.items()}
    assert found == {"member": 404, "owner": 200}
    for who in links:
        visitor.post("/password/forgotten", {"email": f"{who}@example.test"}, form="/password/forgotten")
    with tenant_session(open_session, world.northlight.id) as session:
        told = session.scalars(select(Notice.person_id).where(Notice.kind == FORGOTTEN)).all()
    assert told == [people["owner"]]


def test_the_provider_says_that_somebody_left(app: Flask, world: World, issuer: Crooked) -> None:
    provider_of(app, world.northlight, issuer.issuer, SECRET, trusted=True)
    maya, server = Visitor(app, world.northlight), Visitor(app, world.northlight)
    by_password = Visitor(app, world.northlight)
    by_password.sign_in("member")
    sign_on(maya)
    for wrong in (
        issuer.logout_token(aud="somebody-else"),
        issuer.logout_token(iss="https://evil.example"),
        issuer.logout_token(events={}),
        issuer.logout_token(nonce="an ID token in disguise"),
        issuer.logout_token(jti=None),
        issuer.logout_token(sub=None),
        issuer.logout_token(exp=1),
        "",
    ):
        assert server.post_bare("/sign-on/1/logout", {"logout_token": wrong}).status_code == 400
    assert (
        server.post_bare("/sign-on/1/logout", {"logout_token": issuer.logout_token(sub="bob")}).status_code
        == 200
    )
    assert maya.is_signed_in()
    order = issuer.logout_token(jti="order-2")
    assert server.post_bare("/sign-on/1/logout", {"logout_token": order}).status_code == 200
    assert not maya.is_signed_in()
    assert by_password.is_signed_in()
    sign_on(maya)
    assert server.post_bare("/sign-on/1/logout", {"logout_token": order}).status_code == 400
    assert maya.is_signed_in()


def test_who_signs_out_is_offered_to_leave_the_provider_too(
    app: Flask, world: World, issuer: Crooked
) -> None:
    provider_of(app, world.northlight, issuer.issuer, SECRET, trusted=True)
    maya = Visitor(app, world.northlight)
    sign_on(maya)
    maya.post("/logout", form="/account")
    page = maya.get("/login").text
    assert "You are still signed in at Acme." in page
    way = re.search(r'href="(/sign-on/1/leave\?token=[^"]+)"', page)
    assert way is not None
    url = urlsplit(maya.get(way[1]).headers["Location"])
    question = parse_qs(url.query)
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{issuer.issuer}/end"
    assert question["post_logout_redirect_uri"] == ["http://localhost/login"]
    assert question["id_token_hint"][0].count(".") == 2
    assert maya.get(way[1]).status_code == 403  # once
    assert "still signed in" not in maya.get("/login").text
    maya.sign_in("member")
    maya.post("/logout", form="/account")
    assert "still signed in" not in maya.get("/login").text


def test_a_secret_is_neither_stored_nor_shown(
    app: Flask, world: World, issuer: Crooked, database: str
) -> None:
    provider_of(app, world.northlight, issuer.issuer, SECRET)
    owner = Visitor(app, world.northlight)
    owner.sign_in("owner")
    page = owner.get("/admin/settings/sign-on/1").text
    assert "kept; type to replace it" in page
    assert SECRET not in page
    if database.startswith("sqlite"):
        assert SECRET.encode() not in Path(database.removeprefix("sqlite:///")).read_bytes()


@pytest.mark.parametrize("who", ["manager", "desk", "member"])
def test_only_owners_decide_how_peoplesign_on(app: Flask, world: World, who: str) -> None:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in(who)
    assert visitor.get("/admin/settings/sign-on").status_code == 404
    assert visitor.post("/admin/settings/sign-on/google/new", form="/account").status_code == 404
