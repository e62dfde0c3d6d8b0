"""What one member does shows at another's without a reload: real browsers, a real hub."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.domain.booking.cancel import cancel
from app.domain.directory.check_in import check_in, check_out
from app.kernel.spans import Span
from tests.support.bookings import booked
from tests.support.browser import DESKTOP, listen, new_page
from tests.support.directory import WIDE, lists
from tests.support.live import Hub, tell
from tests.support.rows import inside
from tests.support.sign_in import sign_in_browser
from tests.support.tariffs import WORDS
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]


_COUNT = """() => document.body.addEventListener("live:inbox", ({ currentTarget: { dataset } }) =>
  (dataset.heard = Number(dataset.heard ?? 0) + 1))"""


@pytest.fixture
def noon() -> Span:
    """An hour of tomorrow."""
    start = (datetime.now(UTC) + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
    return Span(start, start + timedelta(hours=1))


@pytest.fixture
def maya(app: Flask, world: World, hub: Hub, browser: Browser, live_server: str) -> Iterator[Page]:
    with new_page(browser, live_server, DESKTOP) as page:
        sign_in_browser(app, page.context, live_server, world.northlight, "member")
        yield page


@pytest.fixture
def dora(app: Flask, world: World, hub: Hub, browser: Browser, live_server: str) -> Iterator[Page]:
    with new_page(browser, live_server, DESKTOP) as page:
        sign_in_browser(app, page.context, live_server, world.northlight, "desk")
        yield page


def _is_same(page: Page) -> bool:
    return bool(page.evaluate("window.same ?? false"))


def _search(span: Span) -> str:
    return f"/bookings/search?date={span.start:%Y-%m-%d}&start=12:00&minutes=60"


def test_one_books_and_the_other_ones_grid_changes(
    maya: Page, dora: Page, app: Flask, world: World, noon: Span
) -> None:
    """Through both browsers. What was free can still be chosen on, with the keyboard, after the page changed."""
    listen(maya, f"/bookings/day?date={noon.start:%Y-%m-%d}")
    lane = maya.get_by_role("slider", name="Fern")
    free = lane.get_attribute("aria-label") or ""
    dora.goto(_search(noon))
    dora.get_by_role("button", name="Book Fern", exact=True).click()
    dora.get_by_role("dialog").get_by_role("button", name="Book").first.click()
    expect(lane).not_to_have_attribute("aria-label", free)
    assert _is_same(maya)
    lane.focus()
    maya.keyboard.press("ArrowRight")
    expect(maya.locator("#chosen")).to_contain_text("Fern")


def test_search_results_and_home_and_the_desk_change(
    maya: Page, dora: Page, app: Flask, world: World, noon: Span
) -> None:
    north = world.northlight
    listen(maya, _search(noon))
    today = maya.context.new_page()
    today.goto("/")
    listen(dora, f"/admin?date={noon.start:%Y-%m-%d}")
    expect(maya.get_by_role("button", name="Book Fern", exact=True)).to_be_visible()
    booking = booked(app, north, "member", "Fern", noon, title="Retrospective")
    expect(maya.get_by_role("button", name="Book Fern", exact=True)).to_have_count(0)
    expect(today.locator("#home")).to_contain_text("Retrospective")
    expect(dora.locator("#day")).to_contain_text("Maya Member")
    with inside(app, north) as session:
        cancel(session, north.actor("member"), booking, lambda: datetime.now(UTC))
    expect(maya.get_by_role("button", name="Book Fern", exact=True)).to_be_visible()
    expect(today.locator("#home")).not_to_contain_text("Retrospective")
    assert _is_same(maya)
    assert _is_same(dora)


def test_who_comes_in_and_leaves_shows_at_home_and_at_the_desk(
    maya: Page, dora: Page, app: Flask, world: World
) -> None:
    north = world.northlight
    lists(app, north, "colleague", visibility=WIDE)
    listen(maya, "/")
    listen(dora, "/admin")
    colin, where = north.actor("colleague"), north.locations["Leith Walk"]
    with inside(app, north) as session:
        check_in(session, colin, where, WORDS, lambda: datetime.now(UTC))
    expect(maya.locator("#home")).to_contain_text("1 person")
    expect(dora.locator("#present")).to_be_visible()
    with inside(app, north) as session:
        check_out(session, colin, WORDS, lambda: datetime.now(UTC))
    expect(maya.locator("#home")).to_contain_text("Nobody has said so yet")
    expect(dora.locator("#present")).to_have_count(0)
    assert _is_same(maya)
    assert _is_same(dora)


def test_a_browser_has_one_stream_for_all_its_tabs(maya: Page, app: Flask, world: World) -> None:
    """When the tab that reads it is closed, another one takes over and nothing is missed."""
    north = world.northlight
    asked: list[str] = []
    maya.context.on("request", lambda request: asked.append(request.url))
    listen(maya, "/bookings/mine")
    other = maya.context.new_page()
    other.goto("/account")
    other.evaluate(_COUNT)
    other.wait_for_timeout(2500)
    tell(app, north, "inbox", people=[north.people["member"]])
    expect(other.locator("body")).to_have_attribute("data-heard", "1")
    assert sum("/live?" in url for url in asked) == 1
    with maya.context.expect_event("request", lambda request: "/live?" in request.url):
        maya.close()
    tell(app, north, "inbox", people=[north.people["member"]])
    expect(other.locator("body")).to_have_attribute("data-heard", "2")


def test_what_happened_without_a_line_is_made_good(maya: Page, app: Flask, world: World, noon: Span) -> None:
    listen(maya, _search(noon))
    expect(maya.get_by_role("button", name="Book Fern", exact=True)).to_be_visible()
    with maya.expect_event("requestfailed", lambda request: "/live?" in request.url):
        maya.context.set_offline(True)
        maya.evaluate("window.dispatchEvent(new Event('pagehide'))")
    booked(app, world.northlight, "colleague", "Fern", noon)
    maya.context.set_offline(False)
    maya.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(maya.get_by_role("button", name="Book Fern", exact=True)).to_have_count(0)
    assert _is_same(maya)


def test_going_back_shows_what_is_true_then(maya: Page, app: Flask, world: World, noon: Span) -> None:
    listen(maya, _search(noon))
    maya.goto("/account")
    booked(app, world.northlight, "colleague", "Fern", noon)
    maya.go_back()
    expect(maya.get_by_role("button", name="Book Cedar", exact=True)).to_be_visible()
    expect(maya.get_by_role("button", name="Book Fern", exact=True)).to_have_count(0)
    booked(app, world.northlight, "colleague", "Cedar", noon)
    expect(maya.get_by_role("button", name="Book Cedar", exact=True)).to_have_count(0)


def test_a_hub_that_comes_back_is_found_again(
    maya: Page, app: Flask, world: World, hub: Hub, noon: Span
) -> None:
    listen(maya, _search(noon))
    hub.stop()
    booked(app, world.northlight, "colleague", "Fern", noon)
    hub.start()
    maya.set_default_timeout(30_000)
    expect(maya.get_by_role("button", name="Book Fern", exact=True)).to_have_count(0, timeout=30_000)
    assert _is_same(maya)


def test_nobody_is_disturbed(maya: Page, app: Flask, world: World, noon: Span) -> None:
    """While a sheet is open, and while the keyboard is in the part, it stays; afterwards it changes."""
    north = world.northlight
    listen(maya, _search(noon))
    maya.get_by_role("button", name="Book Cedar", exact=True).click()
    sheet = maya.locator("dialog#sheet[open]")
    expect(sheet).to_be_visible()
    booked(app, north, "colleague", "Fern", noon)
    maya.wait_for_timeout(1000)
    fern = maya.locator(f"#room-{north.rooms['Fern']}")
    assert fern.count() == 1
    sheet.get_by_role("button", name="Close").click()
    expect(sheet).to_have_count(0)
    expect(fern).to_have_count(0)
    button = maya.get_by_role("button", name="Book Rowan", exact=True)
    maya.get_by_label("People").focus()
    button.focus()
    maya.keyboard.press("Shift+Tab")
    maya.keyboard.press("Tab")
    booked(app, north, "colleague", "Rowan", noon)
    maya.wait_for_timeout(1000)
    expect(button).to_be_focused()
    maya.get_by_label("People").focus()
    expect(button).to_have_count(0)


def test_visitors_have_no_stream(maya: Page, browser: Browser, live_server: str) -> None:
    """The control: who is signed in has one."""
    listen(maya, "/account")
    with new_page(browser, live_server, DESKTOP) as stranger:
        asked: list[str] = []
        stranger.on("request", lambda request: asked.append(request.url))
        stranger.goto("/login")
        stranger.wait_for_timeout(4000)
        assert any("app-" in url for url in asked)
        assert not [url for url in asked if "/live" in url]
