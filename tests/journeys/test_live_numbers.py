"""The numbers in the navigation and on the app's icon change by themselves: real browsers, a real hub, no reload."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.domain.messaging.reading import mark_read
from app.domain.notices import tell
from app.domain.notices.reading import mark_all_read
from tests.support.browser import DESKTOP, PHONE, listen, new_page
from tests.support.live import Hub
from tests.support.messages import Talk, list_people
from tests.support.notices import BOOKING
from tests.support.rows import inside
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

_ICON = """navigator.setAppBadge = async (number) => { document.documentElement.dataset.icon = number; };"""
Open = Callable[..., Page]


@pytest.fixture
def talk(app: Flask, world: World) -> Talk:
    list_people(app, world.northlight, "member", "colleague")
    return Talk(app, world.northlight, datetime.now(UTC), "member", "colleague")


@pytest.fixture
def open_page(app: Flask, world: World, hub: Hub, browser: Browser, live_server: str) -> Iterator[Open]:
    with ExitStack() as held:

        def at(path: str, shape: dict[str, object] = DESKTOP, who: str = "member") -> Page:
            page = held.enter_context(new_page(browser, live_server, shape))
            page.add_init_script(_ICON)
            sign_in_browser(app, page.context, live_server, world.northlight, who)
            listen(page, path)
            return page

        yield at


def _asked(page: Page) -> list[str]:
    """The requests for the numbers alone from now on."""
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url) if "/inbox/counts" in request.url else None)
    return urls


@pytest.mark.parametrize("shape", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_they_change_when_something_comes_and_when_it_is_read_elsewhere(
    open_page: Open, talk: Talk, shape: dict[str, object]
) -> None:
    """On a page that has nothing to do with either. The keyboard stays where it was."""
    page = open_page("/account", shape)
    bell = page.locator("a[data-count=inbox]:visible")
    messages = page.locator("a[data-count=messages]:visible")
    expect(page.locator("a[data-count]:visible .count")).to_have_count(0)
    bell.focus()
    sent = talk.say("colleague", "Are you in?")
    expect(messages).to_have_accessible_name(re.compile(r"^Messages\s*1 new$"))
    expect(bell).to_have_accessible_name(re.compile(r"^Inbox\s*1 new$"))
    expect(page.locator("html")).to_have_attribute("data-icon", "1")
    expect(bell).to_be_focused()
    tenant, person = talk.tenant, talk.tenant.people["member"]
    with inside(talk.app, tenant) as session:
        tell(session, talk.tick(), person, "booking.confirmed", BOOKING)
    expect(bell).to_have_accessible_name(re.compile("2 new"))
    with inside(talk.app, tenant) as session:
        mark_read(session, tenant.actor("member"), talk.id, sent.message_id, talk.tick())
    expect(messages.locator(".count")).to_have_count(0)
    expect(messages).to_have_accessible_name("Messages")
    with inside(talk.app, tenant) as session:
        mark_all_read(session, person, talk.tick(), talk.tick())
    expect(bell).to_have_accessible_name("Inbox")
    expect(page.locator("html")).to_have_attribute("data-icon", "0")
    expect(page.locator("#announcer")).to_be_empty()
    assert page.evaluate("window.same")


def test_many_at_a_time_are_one_question(open_page: Open, talk: Talk) -> None:
    page = open_page("/account")
    asked = _asked(page)
    for number in range(12):
        talk.say("colleague", f"Line {number}")
    expect(page.locator("a[data-count=messages]:visible .count")).to_have_count(1)
    page.wait_for_timeout(2500)
    assert 1 <= len(asked) <= 2


@pytest.mark.parametrize("path", ["/messages", "/inbox"])
def test_a_page_that_asks_for_its_own_part_asks_for_nothing_more(
    open_page: Open, talk: Talk, path: str
) -> None:
    """What concerns its part; the control is in the test above."""
    page = open_page(path)
    page.wait_for_timeout(1000)
    asked = _asked(page)
    talk.say("colleague", "Are you in?")
    expect(page.locator("a[data-count=messages]:visible .count")).to_have_count(1)
    expect(page.locator("a[data-count=inbox]:visible .count")).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("data-icon", "1")
    page.wait_for_timeout(1000)
    assert asked == []


def test_a_page_that_nobody_sees_waits_until_somebody_does(open_page: Open, talk: Talk) -> None:
    page = open_page("/account")
    asked = _asked(page)
    page.evaluate(_HIDE, "hidden")
    talk.say("colleague", "Are you in?")
    page.wait_for_timeout(1500)
    assert asked == []
    page.evaluate(_HIDE, "visible")
    expect(page.locator("a[data-count=messages]:visible .count")).to_have_count(1)
    assert len(asked) == 1


_HIDE = """(state) => {
  Object.defineProperty(document, "hidden", { value: state === "hidden", configurable: true });
  dispatchEvent(new Event("visibilitychange"));
}"""


def test_staff_at_the_desk_see_their_bell_change(open_page: Open, talk: Talk) -> None:
    page = open_page("/admin/people", who="desk")
    sent = talk.say("colleague", "Rude")
    talk.report("member", sent.message_id)
    expect(page.locator("a[data-count=inbox]:visible .count").first).to_contain_text("1 new")
    page.goto("/inbox")
    page.get_by_role("link", name="A message is reported").click()
    expect(page).to_have_url(re.compile("/admin/community/reports"))
    expect(page.get_by_text("It is rude or hurtful")).to_be_visible()
    page.get_by_role("button", name="Leave it").click()
    expect(page.locator("#toasts")).to_contain_text("The message stays.")
    page.goto("/inbox")
    expect(page.get_by_role("link", name="A message is reported")).to_have_count(0)
