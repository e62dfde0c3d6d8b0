"""A mail when something new signs in, and none when nothing is new."""

from flask import Flask

from tests.support.mail import mails
from tests.support.visitor import Visitor
from tests.support.world import World

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEWER_FIREFOX = FIREFOX.replace("140", "141")
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1"


def _sign_in(app: Flask, world: World, agent: str, who: str = "member", password: str | None = None) -> None:
    visitor = Visitor(app, world.northlight)
    data = {"email": f"{who}@example.test", "password": password or "correct-horse-battery"}
    visitor.post("/login", data, headers={"User-Agent": agent})


def test_only_what_is_new_is_told_and_the_first_is_news_to_nobody(app: Flask, world: World) -> None:
    _sign_in(app, world, FIREFOX)
    _sign_in(app, world, FIREFOX)
    _sign_in(app, world, NEWER_FIREFOX)
    assert mails(app, world.northlight) == []
    _sign_in(app, world, SAFARI)
    (text,) = mails(app, world.northlight)
    assert "Safari on iPhone, network address 203.0.113.5" in text
    assert "/account/security" in text
    _sign_in(app, world, SAFARI)
    _sign_in(app, world, "curl/8", password="wrong")
    _sign_in(app, world, "curl/8", who="colleague")
    assert len(mails(app, world.northlight)) == 1
