"""Signing in with a company's account, in a browser, at a provider that is a process of its own."""

import os
import re
import time
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import DESKTOP, PHONE, new_page
from tests.support.identity.panva import SECRET, panva
from tests.support.identity.rows import provider_of
from tests.support.servers import PROJECT
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

PICTURES = PROJECT / "docs" / "pictures"
RESULTS = PROJECT / "test-results" / "shots"


def _answer_at(page: Page, name: str) -> None:
    """Sign in at the provider's own pages, and agree to what the portal is told."""
    page.get_by_placeholder("Enter any login").fill(name)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def _picture(page: Page, name: str) -> None:
    """A picture for docs/sign-on.md: among the results of the run, and in docs where RENEW_PICTURES is set."""
    folder = PICTURES if os.environ.get("RENEW_PICTURES") else RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    with Image.open(BytesIO(page.screenshot())) as image:
        image.convert("RGB").save(folder / f"{name}.webp", quality=82, method=6)


def test_a_member_signs_in_with_their_company_account_and_lands_where_they_were_going(
    app: Flask, world: World, page: Page, live_server: str, tmp_path: Path
) -> None:
    north = world.northlight
    users = {"maya": {"email": north.email("member"), "email_verified": True, "name": "Maya Member"}}
    with panva([f"{live_server}/sign-on/1/callback"], users, log=tmp_path / "panva.log") as there:
        provider_of(app, north, there.issuer, SECRET, trusted=True)
        page.goto("/account")
        page.get_by_role("link", name="Continue with Acme").click()
        _answer_at(page, "maya")
        expect(page).to_have_url(re.compile(r"/account$"))
        page.goto("/account/linked-accounts")
        expect(page.get_by_text(north.email("member"))).to_be_visible()


def test_a_new_admin_gets_from_nothing_to_signing_in_with_the_company_account(
    app: Flask, world: World, browser: Browser, live_server: str, tmp_path: Path
) -> None:
    """What docs/sign-on.md describes, at a provider with a Keycloak-like address."""
    harbour = world.harbour
    address = f"http://{harbour.host}:{urlsplit(live_server).port}"
    began = time.monotonic()
    with (
        panva([f"{address}/sign-on/1/callback"], log=tmp_path / "panva.log", conform=False) as there,
        new_page(browser, address, DESKTOP) as page,
    ):
        sign_in_browser(app, page.context, live_server, harbour, "owner")
        page.goto("/admin/settings")
        page.get_by_role("link", name="Signing in").click()
        page.get_by_role("button", name="OpenID Connect").click()
        expect(page.get_by_label("Redirect address")).to_have_value(f"{address}/sign-on/1/callback")
        _picture(page, "sign-on-new")
        page.get_by_label("What your people call it").fill("Acme")
        page.get_by_label("Issuer").fill(f"{there.issuer}/.well-known/openid-configuration")
        page.get_by_label("Client ID").fill(there.client_id)
        page.get_by_label("Client secret").fill("a slip of the pen")
        page.get_by_role("button", name="Save and test").click()
        expect(page.get_by_role("alert")).to_contain_text("does not accept this client ID and secret")
        _picture(page, "sign-on-wrong")
        page.get_by_label("Client secret").fill(there.secret)
        page.get_by_role("button", name="Save and test").click()
        expect(page.get_by_text("It works. Switch it on")).to_be_visible()
        _picture(page, "sign-on-works")
        page.get_by_label("Let in people who are not known yet").check()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        page.get_by_role("button", name="Switch it on").click()
        expect(page.get_by_text("It is on the sign-in page now.")).to_be_visible()
        assert there.secret not in page.content()
        with new_page(browser, address, PHONE) as phone:
            phone.goto("/login")
            _picture(phone, "sign-on-button")
            phone.get_by_role("link", name="Continue with Acme").click()
            _answer_at(phone, "newcomer")
            expect(phone).to_have_url(f"{address}/")
            phone.goto("/account/linked-accounts")
            expect(phone.get_by_text("newcomer@example.test")).to_be_visible()
    assert time.monotonic() - began < 180


def test_leaving_the_provider_ends_the_sessions_that_began_with_it(
    app: Flask, world: World, browser: Browser, page: Page, live_server: str, tmp_path: Path
) -> None:
    north = world.northlight
    users = {"maya": {"email": north.email("member"), "email_verified": True, "name": "Maya Member"}}
    ours = f"{live_server}/sign-on/1"
    with panva(
        [f"{ours}/callback"],
        users,
        log=tmp_path / "panva.log",
        post_logout_redirect_uris=[f"{live_server}/login"],
        backchannel_logout_uri=f"{ours}/logout",
    ) as there:
        provider_of(app, north, there.issuer, SECRET, trusted=True, forbids_member_passwords=True)
        page.goto("/account")
        # The form is a link away, for an owner.
        expect(page.get_by_label("Password")).to_have_count(0)
        page.get_by_role("link", name="Continue with Acme").click()
        _answer_at(page, "maya")
        expect(page).to_have_url(f"{live_server}/account")
        # The same browser's session at the provider, as another tab of it would have: no question is asked again.
        tab = page.context.new_page()
        page.get_by_role("button", name="Sign out").last.click()
        expect(page.get_by_text("You are still signed in at Acme.")).to_be_visible()
        way_out = page.get_by_role("link", name="Sign out there too").get_attribute("href")
        tab.goto("/login?next=/account")
        tab.get_by_role("link", name="Continue with Acme").click()
        expect(tab).to_have_url(f"{live_server}/account")
        page.goto(way_out or "")
        page.get_by_role("button", name="Yes, sign me out").click()
        expect(page).to_have_url(re.compile(r"/login"))
        # The tab leaves by itself as soon as it hears of it, so another one asks.
        asking = page.context.new_page()
        asking.goto("/account")
        expect(asking).to_have_url(re.compile(r"/login"))
