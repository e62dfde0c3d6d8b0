"""The front desk at work in a browser, with and without scripts: add somebody, book for them past a limit, cancel."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import EVERY_WAY, new_page
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]


@pytest.fixture(params=EVERY_WAY)
def desk(
    request: pytest.FixtureRequest, app: Flask, browser: Browser, live_server: str, world: World
) -> Iterator[Page]:
    with new_page(browser, live_server, request.param) as page:
        page.set_default_timeout(20_000)
        sign_in_browser(app, page.context, live_server, world.northlight, "desk")
        yield page


def test_the_front_desk_books_for_somebody_new_and_cancels(desk: Page) -> None:
    day = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}"
    desk.goto("/admin/people/new")
    desk.get_by_label("First name").fill("Ann")
    desk.get_by_label("Last name").fill("Byrne")
    desk.get_by_label("E-mail").fill("not an address")
    desk.get_by_role("button", name="Add", exact=True).click()
    expect(desk.locator("#email-error")).to_contain_text("looks like")
    expect(desk.get_by_label("First name")).to_have_value("Ann")
    desk.get_by_label("E-mail").fill("ann@example.test")
    desk.get_by_role("button", name="Add", exact=True).click()
    expect(desk.get_by_role("heading", name="Ann Byrne", level=1)).to_be_visible()

    desk.get_by_role("link", name="Book a room").click()
    desk.get_by_label("Room").select_option(label="Fern")
    desk.get_by_label("Day").fill(day)
    desk.get_by_label("From").fill("10:00")
    desk.get_by_label("People").fill("9")
    desk.get_by_role("button", name="Book", exact=True).click()
    expect(desk.get_by_text("It holds 4 people.")).to_be_visible()
    desk.get_by_role("button", name="Book anyway").click()
    expect(desk.get_by_role("heading", name="Fern", level=1)).to_be_visible()
    expect(desk.get_by_text("the number of people")).to_be_visible()

    desk.get_by_role("button", name="Cancel the booking").click()
    expect(desk.locator("#reason-error")).to_be_visible()
    desk.get_by_label("Reason").fill("The heating failed")
    desk.get_by_role("button", name="Cancel the booking").click()
    expect(desk.get_by_text("The heating failed")).to_be_visible()
    expect(desk).to_have_url(re.compile(r"/admin/bookings/\d+$"))
