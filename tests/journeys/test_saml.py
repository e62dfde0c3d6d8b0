"""Signing in at a SAML provider in a browser: its page is another site than ours, so only true cookies get through."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PHONE, new_page
from tests.support.identity.pysaml2 import IdentityProvider, identity_provider
from tests.support.identity.saml_rows import saml_provider_of
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]


@pytest.fixture(scope="module")
def idp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProvider]:
    with identity_provider(tmp_path_factory.mktemp("idp")) as running:
        yield running


def _of_harbour(address: str) -> str:
    return address.replace("//localhost", "//harbour.localhost")


def test_a_member_signs_in_and_out_and_lands_where_they_were_going(
    app: Flask, world: World, page: Page, live_server: str, idp: IdentityProvider
) -> None:
    north = world.northlight
    assert (
        urlsplit(idp.address).hostname == "127.0.0.1"
    )  # another site than localhost: cookies tell the difference
    saml_provider_of(app, north, idp, live_server, trusted=True)
    idp.next("member")
    page.goto("/account")
    page.get_by_role("link", name="Continue with Acme").click()
    expect(page).to_have_url(re.compile(r"localhost:\d+/account$"))
    cookies = {each["name"]: each for each in page.context.cookies(live_server)}
    assert cookies["portico"]["sameSite"] == "Lax"
    assert (cookies["portico-away-form"]["sameSite"], cookies["portico-away-form"]["secure"]) == (
        "None",
        True,
    )
    assert "portico-arrived" not in cookies
    page.goto("/account/linked-accounts")
    expect(page.get_by_text(north.email("member"))).to_be_visible()

    page.goto("/logout")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name=re.compile("Acme.*|.*too.*")).first.click()
    expect(page).to_have_url(re.compile(r"/login$"))
    assert idp.signed_out() == "member-7f3a"


def test_the_other_tenant_lets_strangers_in_by_other_rules(
    app: Flask, world: World, browser: Browser, live_server: str, idp: IdentityProvider
) -> None:
    harbour = _of_harbour(live_server)
    mail = "urn:oid:0.9.2342.19200300.100.1.3"
    saml_provider_of(
        app,
        world.harbour,
        idp,
        harbour,
        name="Harbour staff",
        button="Use your harbour card",
        creates_people=True,
        email_domains=("example.test",),
        setup={"names": {"email": mail}, "unasked": True},
    )
    idp.next("stranger", claims={"mail": "stranger@elsewhere.test"})
    with new_page(browser, harbour, PHONE) as phone:
        phone.goto("/login")
        phone.get_by_role("link", name="Use your harbour card").click()
        expect(phone.get_by_role("alert")).to_contain_text("cannot be used to sign in here")
        expect(phone.locator("[data-reference]")).to_have_text(re.compile(r"^\w{8}$"))

        idp.next("newcomer")
        phone.goto("/login")
        phone.get_by_role("link", name="Use your harbour card").click()
        phone.wait_for_url(
            re.compile(r"harbour\.localhost:\d+/$")
        )  # the provider's page sends its form by itself
        phone.goto("/account/linked-accounts")
        expect(phone.get_by_text("newcomer@example.test")).to_be_visible()

    with new_page(browser, harbour, PHONE) as other:
        portal = f"{harbour}/sign-on/1/saml/metadata"
        other.goto(f"{idp.address}/start?portal={portal}")
        other.wait_for_url(re.compile(r"harbour\.localhost:\d+/$"))
        other.goto("/account/linked-accounts")
        expect(other.get_by_text("newcomer@example.test")).to_be_visible()


def test_an_altered_answer_ends_on_our_page_and_the_session_before_goes_on(
    app: Flask, world: World, page: Page, live_server: str, idp: IdentityProvider
) -> None:
    saml_provider_of(app, world.northlight, idp, live_server, trusted=True)
    idp.next("member")
    page.goto("/sign-on/1/start?next=/account")
    expect(page).to_have_url(re.compile(r"/account$"))

    idp.next("member", "altered")
    page.goto("/sign-on/1/start")
    expect(page.get_by_role("alert")).to_contain_text("could not be believed")
    page.goto("/account")
    expect(page).to_have_url(re.compile(r"/account$"))


def test_an_owner_sets_it_up_and_sees_what_it_sends(
    app: Flask, world: World, page: Page, live_server: str, idp: IdentityProvider
) -> None:
    north = world.northlight
    sign_in_browser(app, page.context, live_server, north, "owner")
    page.goto("/admin/settings/sign-on")
    page.get_by_role("button", name="SAML 2.0").click()
    expect(page.get_by_label("Our metadata")).to_have_value(f"{live_server}/sign-on/1/saml/metadata")
    idp.trust(page.request.get("/sign-on/1/saml/metadata").body())
    idp.next("owner")
    page.get_by_label("What your people call it").fill("Acme")
    page.get_by_label("Address of its metadata").fill(idp.entity_id)
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_text("Try it next")).to_be_visible()
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("It works: the sign-in service answered")).to_be_visible()
    expect(page.locator(".attributes code").first).to_be_visible()
    page.get_by_label("E-mail", exact=False).first.fill("urn:oid:0.9.2342.19200300.100.1.3")
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_text("It is on the sign-in page now.")).to_be_visible()
