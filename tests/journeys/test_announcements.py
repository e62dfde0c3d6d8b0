"""Staff tell everybody something, and a member reads it: with and without scripts, at the desk and on a phone."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import EVERY_WAY, PHONE, new_page
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]
TITLE = "The lift is out of order"


@pytest.fixture(params=EVERY_WAY)
def both(
    request: pytest.FixtureRequest, app: Flask, browser: Browser, live_server: str, world: World
) -> Iterator[tuple[Page, Page]]:
    """The front desk in each way of looking, and the member on a phone."""
    with ExitStack() as stack:
        pages = []
        for who, how in (("desk", request.param), ("member", PHONE)):
            page = stack.enter_context(new_page(browser, live_server, how))
            page.set_default_timeout(20_000)
            sign_in_browser(app, page.context, live_server, world.northlight, who)
            pages.append(page)
        yield pages[0], pages[1]


def _press(desk: Page, name: str) -> None:
    """Press a button, and say yes where scripts ask first."""
    desk.get_by_role("button", name=name, exact=True).click()
    asked = desk.locator("dialog[open]")
    if asked.count():
        asked.get_by_role("button").last.click()


def test_it_is_written_looked_at_sent_read_and_withdrawn(
    both: tuple[Page, Page], app: Flask, world: World
) -> None:
    desk, member = both
    desk.goto("/admin/announcements")
    desk.get_by_role("link", name="Write", exact=True).click()
    desk.get_by_role("button", name="Keep as a draft").click()
    expect(desk.get_by_role("heading", name="2 things to put right")).to_be_visible()
    desk.get_by_label("Title", exact=True).fill(TITLE)
    desk.get_by_label("Text", exact=True).fill("Take the stairs.\n\nMore at https://lift.example/today")
    desk.get_by_text("Members", exact=True).click()
    desk.get_by_label("On the home page until").fill("2099-12-31")
    desk.get_by_role("button", name="Keep as a draft").click()
    expect(desk.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    expect(desk.get_by_text("2 people at the moment: Colin, Maya.")).to_be_visible()
    mail = desk.frame_locator("iframe.mail-look")
    desk.locator("iframe.mail-look").scroll_into_view_if_needed()
    expect(mail.get_by_role("heading", name=TITLE)).to_be_visible()
    _press(desk, "Send it now")
    expect(desk.get_by_role("heading", name="What became of it")).to_be_visible()
    app.extensions["portico_work"].deliver(world.northlight.id)
    member.goto("/")
    member.get_by_role("link", name=TITLE).click()
    expect(member.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    expect(member.get_by_role("link", name="https://lift.example/today")).to_be_visible()
    member.goto("/")
    member.get_by_role("button", name=f"Take “{TITLE}” off this page").click()
    expect(member.get_by_role("link", name=TITLE)).to_have_count(0)
    desk.reload()
    expect(desk.locator("#figures")).to_contain_text("50%")
    _press(desk, "Withdraw")
    expect(desk.locator("#main .badge").first).to_have_text("Withdrawn")
    member.goto("/announcements")
    expect(member.get_by_text("Nothing announced yet")).to_be_visible()


def test_figures_are_counted_anew_while_somebody_looks(
    both: tuple[Page, Page], app: Flask, world: World
) -> None:
    desk, member = both
    desk.goto("/admin/announcements/new")
    desk.get_by_label("Title", exact=True).fill(TITLE)
    desk.get_by_label("Text", exact=True).fill("Take the stairs.")
    desk.get_by_role("button", name="Keep as a draft").click()
    _press(desk, "Send it now")
    expect(desk.get_by_role("heading", name="What became of it")).to_be_visible()
    app.extensions["portico_work"].deliver(world.northlight.id)
    member.goto("/announcements")
    member.get_by_role("link", name=TITLE).click()
    expect(member.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    if not desk.evaluate("() => typeof htmx !== 'undefined'"):
        desk.reload()
    expect(desk.locator("#figures")).to_contain_text("17%", timeout=25_000)
