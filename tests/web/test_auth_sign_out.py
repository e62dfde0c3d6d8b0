"""Signing out really ends it, on the server and on the device."""

import pytest
from flask import Flask

from app.models import AuditEntry, LoginSession
from tests.support.rows import rows
from tests.support.visitor import Visitor
from tests.support.world import World

NOBODYS = '<meta name="portico-person" content="">'
"""What tells the device that nobody is signed in, so that it keeps nothing personal."""


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def test_the_old_cookie_opens_nothing_any_more(member: Visitor, app: Flask, world: World) -> None:
    kept = member.cookie()
    assert member.is_signed_in()
    answer = member.post("/logout", form="/account")
    assert (answer.status_code, answer.location) == (303, "/login")
    member.hold_cookie(kept)
    assert member.get("/account").location == "/login?next=/account"
    assert rows(app, world.northlight, LoginSession) == []
    assert len(rows(app, world.northlight, AuditEntry, action="person.signed_out")) == 1


def test_the_browser_is_told_to_forget(member: Visitor) -> None:
    assert NOBODYS not in member.get("/account").text
    answer = member.post("/logout", form="/account")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    login = member.get("/login").text
    assert NOBODYS in login
    assert "You are signed out." in login


def test_other_devices_stay_signed_in(member: Visitor, app: Flask, world: World) -> None:
    phone = Visitor(app, world.northlight)
    phone.sign_in("member")
    member.post("/logout", form="/account")
    assert phone.is_signed_in()


def test_the_address_asks_and_ends_nothing(member: Visitor) -> None:
    page = member.get("/logout")
    assert page.status_code == 200
    assert 'action="/logout"' in page.text
    assert member.is_signed_in()


def test_a_visitor_is_sent_to_sign_in(app: Flask, world: World) -> None:
    visitor = Visitor(app, world.northlight)
    assert visitor.get("/logout").location == "/login"
    assert visitor.post("/logout").location == "/login"


def test_without_csrf_token_the_session_stays(member: Visitor) -> None:
    assert member.post_bare("/logout").status_code == 400
    assert member.is_signed_in()
