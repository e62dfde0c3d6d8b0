"""What a first visit costs a phone, counted by Chromium: requests and bytes, never time."""

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser

from app.web.auth import TOKEN_KEY
from tests.support.browser import PHONE, new_page
from tests.support.sign_in import session_token, sign_in_browser
from tests.support.world import World
from tools.bench.wire import visits

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

REQUESTS, FIRST_KB, BESIDE_THE_HTML_KB, AGAIN_KB = 6, 45.0, 36.0, 5.0
"""Goals of docs/performance.md, and what files may weigh so that a longer page still meets them."""


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
    assert first.kb <= FIRST_KB
    assert again.other_kb <= AGAIN_KB


_FETCHED = """() => performance.getEntriesByType("resource").filter(({ transferSize }) => transferSize > 0)
  .map(({ name }) => new URL(name).pathname)"""


def test_signing_in_fetches_no_style_and_no_script_again(
    app: Flask, world: World, browser: Browser, live_server: str
) -> None:
    """The cookie changes then; what never changes under its address must not depend on it."""
    # The worker would answer from its shell, and there is none on a first visit
    with new_page(browser, live_server, PHONE | {"service_workers": "block"}) as phone:
        phone.goto("/login", wait_until="networkidle")
        first: list[str] = phone.evaluate(_FETCHED)
        before = phone.context.cookies()
        sign_in_browser(app, phone.context, live_server, world.northlight, "member")
        phone.goto("/account", wait_until="networkidle")
        assert phone.url == f"{live_server}/account"
        assert phone.context.cookies() != before
        again: list[str] = phone.evaluate(_FETCHED)
    assert [each for each in first if each.startswith("/theme/")]
    assert [each for each in first if each.endswith("/favicon.svg")]
    assert set(first) & set(again) == set()
