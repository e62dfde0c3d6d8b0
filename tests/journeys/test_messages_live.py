"""What one says stands at the other's at once: real browsers, a real hub, no reload."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.domain.messaging.blocks import block, unblock
from tests.support.browser import DESKTOP, PHONE, listen, new_page
from tests.support.live import Hub
from tests.support.messages import Talk, list_people
from tests.support.rows import inside
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]


@pytest.fixture
def talk(app: Flask, world: World) -> Talk:
    list_people(app, world.northlight, "member", "colleague")
    talk = Talk(app, world.northlight, datetime.now(UTC), "member", "colleague")
    talk.say("member", "Good morning")
    return talk


@pytest.fixture
def maya(app: Flask, world: World, hub: Hub, browser: Browser, live_server: str) -> Iterator[Page]:
    with new_page(browser, live_server, DESKTOP) as page:
        sign_in_browser(app, page.context, live_server, world.northlight, "member")
        yield page


@pytest.fixture
def colin(app: Flask, world: World, hub: Hub, browser: Browser, live_server: str) -> Iterator[Page]:
    with new_page(browser, live_server, PHONE) as page:
        sign_in_browser(app, page.context, live_server, world.northlight, "colleague")
        yield page


def _say(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Message").fill(words)
    page.get_by_role("button", name="Send").click()


def _line(words: str) -> str:
    return f'.line:has-text("{words}")'


def test_a_message_stands_at_the_others_and_its_read_mark_comes_back(
    talk: Talk, maya: Page, colin: Page
) -> None:
    here = f"/messages/{talk.id}"
    listen(maya, here)
    listen(colin, here)
    _say(maya, "Are you in?")
    expect(colin.locator(_line("Are you in?"))).to_be_visible()
    expect(maya.locator(_line("Are you in?")).get_by_text("Seen", exact=True)).to_be_visible()
    maya.get_by_role("textbox", name="Message").fill("half a sentence")
    _say(colin, "Yes, by the window")
    expect(maya.locator(_line("Yes, by the window"))).to_be_visible()
    expect(maya.get_by_role("textbox", name="Message")).to_have_value("half a sentence")
    expect(maya.get_by_role("link", name=re.compile("Colin Colleague"))).to_have_attribute(
        "aria-current", "page"
    )
    assert maya.evaluate("window.same")
    assert colin.evaluate("window.same")


def test_the_list_and_who_is_writing_show_by_themselves(talk: Talk, maya: Page, colin: Page) -> None:
    listen(colin, "/messages")
    listen(maya, f"/messages/{talk.id}")
    _say(maya, "One more thing")
    row = colin.get_by_role("link", name=re.compile("Maya Member"))
    expect(row).to_contain_text("One more thing")
    expect(row).to_contain_text("2 new")
    listen(colin, f"/messages/{talk.id}")
    maya.get_by_role("textbox", name="Message").press_sequentially("The")
    expect(colin.get_by_text("Maya is writing")).to_be_visible()


def test_what_was_said_while_the_line_was_cut_is_there_afterwards(
    talk: Talk, maya: Page, colin: Page
) -> None:
    here = f"/messages/{talk.id}"
    listen(maya, here)
    listen(colin, here)
    colin.context.set_offline(True)
    _say(maya, "While you were away")
    expect(maya.locator(_line("While you were away"))).to_have_attribute("id", re.compile(r"m\d+"))
    _say(colin, "In the tunnel")
    expect(colin.locator(".line.waiting")).to_contain_text("Sending when you’re back online")
    colin.context.set_offline(False)
    expect(colin.locator(_line("While you were away"))).to_be_visible(timeout=30_000)
    expect(maya.locator(_line("In the tunnel"))).to_be_visible(timeout=30_000)
    expect(colin.locator(".line.waiting")).to_have_count(0)
    assert colin.evaluate("window.same")


def test_who_is_blocked_is_not_heard_however_open_the_page(talk: Talk, maya: Page, colin: Page) -> None:
    here = f"/messages/{talk.id}"
    tenant = talk.tenant
    listen(maya, here)
    listen(colin, here)
    with inside(talk.app, tenant) as session:
        block(session, tenant.actor("colleague"), tenant.people["member"], talk.tick())
    _say(maya, "Unheard")
    expect(maya.locator(_line("Unheard"))).to_have_attribute("id", re.compile(r"m\d+"))
    with inside(talk.app, tenant) as session:
        unblock(session, tenant.actor("colleague"), tenant.people["member"])
    _say(maya, "Heard")
    expect(colin.locator(_line("Heard")).last).to_be_visible()
    expect(colin.get_by_text("Unheard")).to_have_count(0)
