"""Passkeys in Chromium with its virtual authenticator: made, used without typing anything, and refused."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.models import LoginSession, Passkey
from tests.support.authenticator import give_device
from tests.support.browser import DESKTOP, PHONE, new_page
from tests.support.factors import code_at, secret_of
from tests.support.rows import rows
from tests.support.sign_in import sign_in_browser
from tests.support.world import TenantWorld, World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]


def _home(live_server: str, tenant: TenantWorld) -> str:
    return f"http://{tenant.host}:{urlsplit(live_server).port}"


def _add_passkey(app: Flask, page: Page, live_server: str, tenant: TenantWorld) -> None:
    sign_in_browser(app, page.context, live_server, tenant, "member")
    page.goto(f"{_home(live_server, tenant)}/account/security")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Your passkey is ready.")).to_be_visible()


@pytest.mark.parametrize("slug", ["northlight", "harbour"])
def test_a_passkey_is_made_and_signs_in_without_typing_anything(
    app: Flask, world: World, page: Page, live_server: str, slug: str
) -> None:
    tenant: TenantWorld = getattr(world, slug)
    device = give_device(page)
    _add_passkey(app, page, live_server, tenant)
    (kept,) = rows(app, tenant, Passkey)
    assert kept.host == tenant.host
    assert len(device.credentials()) == 1
    page.context.clear_cookies()
    page.goto(f"{_home(live_server, tenant)}/login?next=/account")
    # The device confirms at once, so the offer in the e-mail field is taken without a press
    expect(page.get_by_role("heading", name="My account")).to_be_visible()
    assert [each.way for each in rows(app, tenant, LoginSession)][-1] == "passkey"
    (used,) = rows(app, tenant, Passkey)
    assert used.sign_count > kept.sign_count
    assert used.last_used_at is not None


def test_a_press_asks_for_it_where_the_browser_offers_nothing_by_itself(
    app: Flask, world: World, page: Page, live_server: str
) -> None:
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    give_device(page)
    _add_passkey(app, page, live_server, world.northlight)
    page.context.clear_cookies()
    page.goto("/login")
    expect(page.get_by_label("E-mail")).to_have_attribute("autocomplete", "username webauthn")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"{live_server}/")
    assert [each.way for each in rows(app, world.northlight, LoginSession)][-1] == "passkey"


def test_a_device_that_does_not_know_its_owner_signs_nobody_in(
    app: Flask, world: World, page: Page, live_server: str
) -> None:
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    device = give_device(page)
    _add_passkey(app, page, live_server, world.northlight)
    page.context.clear_cookies()
    device.recognises_owner(yes=False)
    page.goto("/login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("No passkey was used.")).to_be_visible()
    device.recognises_owner(yes=True)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"{live_server}/")


def test_a_passkey_of_one_portal_is_not_offered_at_another(
    app: Flask, world: World, page: Page, live_server: str
) -> None:
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    give_device(page)
    _add_passkey(app, page, live_server, world.northlight)
    page.context.clear_cookies()
    page.goto(f"{_home(live_server, world.harbour)}/login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("No passkey was used.")).to_be_visible()
    assert page.url.startswith(_home(live_server, world.harbour))


def test_the_same_device_is_not_registered_twice(
    app: Flask, world: World, page: Page, live_server: str
) -> None:
    give_device(page)
    _add_passkey(app, page, live_server, world.northlight)
    page.goto("/account/security")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("This device has a passkey for your account already.")).to_be_visible()
    assert len(rows(app, world.northlight, Passkey)) == 1


def test_without_scripts_the_page_says_what_passkeys_need(
    app: Flask, world: World, browser: Browser, live_server: str
) -> None:
    with new_page(browser, live_server, DESKTOP | {"java_script_enabled": False}) as page:
        page.goto("/login")
        expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
        expect(page.get_by_role("link", name="Mail me a link")).to_be_visible()
        sign_in_browser(app, page.context, live_server, world.northlight, "member")
        page.goto("/account/security")
        expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
        expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()


def test_an_app_is_set_up_and_asked_for_on_a_phone(
    app: Flask, world: World, phone: Page, live_server: str
) -> None:
    sign_in_browser(app, phone.context, live_server, world.northlight, "member")
    phone.goto("/account/security")
    phone.get_by_role("button", name="Set up the authenticator app").click()
    expect(phone.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
    secret = secret_of(app, world.northlight, "member")
    phone.get_by_role("textbox", name="Code").fill(code_at(secret, datetime.now(UTC)))
    phone.get_by_role("button", name="Turn on").click()
    code = phone.get_by_role("listitem").filter(has_text=re.compile(r"^\w{4}(-\w{4}){3}$")).first.inner_text()
    phone.context.clear_cookies()
    phone.goto("/login")
    phone.get_by_label("E-mail").fill("member@example.test")
    phone.get_by_label("Password").fill("correct-horse-battery")
    phone.get_by_role("button", name="Sign in", exact=True).click()
    phone.get_by_role("textbox", name="Code").fill(code)
    phone.get_by_role("button", name="Sign in", exact=True).click()
    expect(phone).to_have_url(f"{live_server}/")


def test_the_sign_in_page_is_light(browser: Browser, live_server: str) -> None:
    with new_page(browser, live_server, PHONE | {"service_workers": "block"}) as phone:
        phone.goto("/login", wait_until="networkidle")
        weight = phone.evaluate(
            """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
                 .reduce((sum, { transferSize }) => sum + transferSize, 0)"""
        )
        assert 5_000 < weight <= 60_000
