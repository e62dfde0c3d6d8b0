"""Recovery codes are shown once, so there are ways to take them along: copied, or printed without what stands around them."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.support.browser import PHONE, new_page
from tests.support.factors import give_app
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

_HEAR_PRINT = "window.print = () => (document.body.dataset.printed = 'yes')"


def test_they_are_copied_and_printed(app: Flask, world: World, browser: Browser, live_server: str) -> None:
    with new_page(browser, live_server, PHONE) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server)
        page.add_init_script(_HEAR_PRINT)
        sign_in_browser(app, page.context, live_server, world.northlight, "member")
        give_app(app, world.northlight, "member", datetime.now(UTC))
        page.goto("/account/security")
        page.get_by_role("button", name="Make new ones").click()
        page.get_by_role("dialog").get_by_role("button", name="Make new ones").click()
        expect(page.get_by_role("heading", name="Recovery codes", level=1)).to_be_visible()
        codes = page.locator("#codes li").all_inner_texts()
        assert all(re.fullmatch(r"[2-9a-z]{4}(-[2-9a-z]{4}){3}", code) for code in codes)
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()").split() == codes
        page.get_by_role("button", name="Print").click()
        expect(page.locator("body")).to_have_attribute("data-printed", "yes")
        page.emulate_media(media="print")
        expect(page.locator("#codes")).to_be_visible()
        expect(page.get_by_role("link", name="I have kept them")).to_be_hidden()


def test_without_scripts_no_button_promises_what_it_cannot_do(
    app: Flask, world: World, browser: Browser, live_server: str
) -> None:
    with new_page(browser, live_server, PHONE | {"java_script_enabled": False}) as page:
        sign_in_browser(app, page.context, live_server, world.northlight, "member")
        give_app(app, world.northlight, "member", datetime.now(UTC))
        page.goto("/account/security")
        page.get_by_role("button", name="Make new ones").click()
        expect(page.locator("#codes li").first).to_be_visible()
        for name in ("Copy", "Print"):
            expect(page.get_by_role("button", name=name, include_hidden=True)).to_be_hidden()
