"""The search of the audit log: folded up on a phone, where entries come first; in sight where there is room for both."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import DESKTOP, PHONE, new_page
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]


def _owner(
    app: Flask, world: World, browser: Browser, live_server: str, shape: dict[str, Any]
) -> Iterator[Page]:
    with new_page(browser, live_server, shape) as page:
        sign_in_browser(app, page.context, live_server, world.northlight, "owner")
        page.goto("/admin/audit")
        yield page


@pytest.fixture
def phone(app: Flask, world: World, browser: Browser, live_server: str) -> Iterator[Page]:
    yield from _owner(app, world, browser, live_server, PHONE)


@pytest.fixture
def desktop(app: Flask, world: World, browser: Browser, live_server: str) -> Iterator[Page]:
    yield from _owner(app, world, browser, live_server, DESKTOP)


def test_on_a_phone_it_opens_when_it_is_asked_for_and_stays_open_with_its_answer(phone: Page) -> None:
    who, fold = phone.get_by_label("Who did it"), phone.locator(".audit-fold > summary")
    expect(who).to_be_hidden()
    fold.click()
    who.fill("Nobody of that name")
    phone.locator(".audit-search").get_by_role("button", name="Search").click()
    expect(phone.get_by_text("Nothing of that sort")).to_be_visible()
    expect(who).to_be_visible()


def test_on_a_desktop_nothing_is_folded_up(desktop: Page) -> None:
    expect(desktop.get_by_label("Who did it")).to_be_visible()
    expect(desktop.locator(".audit-fold > summary")).to_be_hidden()
