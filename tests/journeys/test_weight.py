"""What a first visit costs a phone, counted by Chromium: requests and bytes, never time."""

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser

from app.web.auth import TOKEN_KEY
from tests.support.sign_in import session_token
from tests.support.world import World
from tools.bench.wire import visits

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

# The goals are 45 kB and 6 requests with the HTML, which is at most 6 of them once it is compressed.
REQUESTS, BESIDE_THE_HTML_KB, AGAIN_KB = 6, 38.0, 5.0


def test_the_rooms_page_stays_within_its_budget(
    app: Flask, world: World, browser: Browser, live_server: str
) -> None:
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    value = str(signer.dumps({TOKEN_KEY: session_token(app, world.northlight, "member")}))
    cookie = f"{app.config['SESSION_COOKIE_NAME']}={value}"
    first, again = visits(browser, live_server, "/bookings/search", cookie)
    assert first.hosts == {"localhost"}
    assert 1 < first.requests <= REQUESTS
    assert 0 < first.other_kb <= BESIDE_THE_HTML_KB
    assert again.other_kb <= AGAIN_KB
