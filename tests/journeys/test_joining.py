"""Two people come to the portal in a real browser: one asks to join and is let in, one takes up an invitation."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PHONE, new_page
from tests.support.joining import open_joining, publish
from tests.support.mail import mailed
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

PHRASE = "a brand new pass phrase"


def _fill_in(page: Page, first: str, last: str) -> None:
    page.get_by_label("First name").fill(first)
    page.get_by_label("Last name").fill(last)
    page.get_by_label("Password").fill(PHRASE)
    page.get_by_text("Read: House rules").click()
    expect(page.get_by_text("Wash your cup.")).to_be_visible()
    page.get_by_label("I accept the terms").check()


def test_somebody_asks_and_is_let_in(
    app: Flask, world: World, browser: Browser, live_server: str, page: Page
) -> None:
    north = world.northlight
    open_joining(app, north, needs_approval=True)
    publish(app, north)
    with new_page(browser, live_server, PHONE) as phone:
        phone.goto("/login")
        phone.get_by_role("link", name="Join").click()
        # The page before has a field of that name, too.
        expect(phone).to_have_url(re.compile(r"/join$"))
        phone.get_by_label("E-mail").fill("ada@example.test")
        # Nobody is as fast as a program.
        phone.wait_for_timeout(2100)
        phone.get_by_role("button", name="Mail me a link").click()
        expect(phone.get_by_role("heading", name="Look at your mail")).to_be_visible()
        link = mailed(app, north, "/join/link/")
        phone.goto(link)
        _fill_in(phone, "Ada", "Byron")
        phone.get_by_role("button", name="Send the request").click()
        expect(phone.get_by_role("heading", name="Your request is with us")).to_be_visible()

        sign_in_browser(app, page.context, live_server, north, "desk")
        page.goto("/admin/people")
        page.get_by_role("link", name="Waiting (1)").click()
        page.get_by_role("button", name="Let in").click()
        expect(page.get_by_text("Nobody is waiting")).to_be_visible()

        phone.goto(link)
        phone.get_by_role("link", name="Sign in").click()
        phone.get_by_label("E-mail").fill("ada@example.test")
        phone.get_by_label("Password").fill(PHRASE)
        phone.get_by_role("button", name="Sign in", exact=True).click()
        expect(phone).to_have_url(re.compile(r":\d+/$"))


def test_somebody_is_invited_without_any_script(
    app: Flask, world: World, browser: Browser, live_server: str, page: Page
) -> None:
    north = world.northlight
    publish(app, north)
    sign_in_browser(app, page.context, live_server, north, "desk")
    page.goto("/admin/people/invitations")
    page.get_by_role("link", name="Invite", exact=True).click()
    page.get_by_label("E-mail").fill("nobody")
    page.get_by_role("button", name="Invite").click()
    expect(page.locator("#email-error")).to_be_visible()
    page.get_by_label("E-mail").fill("grace@example.test")
    page.get_by_role("button", name="Invite").click()
    expect(page.locator(".list-row").filter(has_text="grace@example.test")).to_be_visible()

    with new_page(browser, live_server, PHONE | {"java_script_enabled": False}) as phone:
        phone.goto(mailed(app, north, "/invitation/"))
        phone.get_by_label("First name").fill("Grace")
        phone.get_by_label("Last name").fill("Hopper")
        phone.get_by_label("Password").fill(PHRASE)
        phone.get_by_role("button", name="Accept and sign in").click()
        expect(phone.get_by_role("alert")).to_contain_text("Accept the terms to go on.")
        _fill_in(phone, "Grace", "Hopper")
        phone.get_by_role("button", name="Accept and sign in").click()
        phone.goto("/account")
        expect(phone.get_by_role("heading", level=1)).to_be_visible()
    page.reload()
    page.get_by_role("link", name="Accepted").click()
    expect(page.get_by_text("Grace Hopper")).to_be_visible()
