"""Moving a booking on the front desk's timeline: by pointer, by keyboard, and without scripts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from app.kernel.spans import Span
from tests.support.bookings import booked
from tests.support.browser import new_page
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]
# In three days no clock has changed that has not changed in two: ten o'clock in Edinburgh, whatever the season.
_DAY = (datetime.now(UTC) + timedelta(days=3)).date()


_WIDE: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}


@pytest.fixture(params=[{}])
def desk(
    request: pytest.FixtureRequest, app: Flask, browser: Browser, live_server: str, world: World
) -> Iterator[Page]:
    start = datetime.combine(_DAY, datetime.min.time(), UTC) + timedelta(hours=12)
    booked(
        app, world.northlight, "member", "Fern", Span(start, start + timedelta(hours=1)), title="Interview"
    )
    with new_page(browser, live_server, _WIDE | request.param) as page:
        page.set_default_timeout(20_000)
        sign_in_browser(app, page.context, live_server, world.northlight, "desk")
        page.goto(f"/admin/bookings/day?date={_DAY}")
        yield page


def _maya(page: Page) -> Locator:
    return page.locator("#desk-grid").get_by_role("link", name="Maya Member")


def _lane_of(page: Page, room: str) -> dict[str, float]:
    box = page.locator(f'.room-row[data-name="{room}"] .lane').first.bounding_box()
    assert box
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


def test_a_booking_is_dragged_to_another_room_and_hour(desk: Page) -> None:
    was = _maya(desk).get_attribute("data-at")
    block, lane = _maya(desk).bounding_box(), _lane_of(desk, "Rowan")
    assert was
    assert block
    hour = lane["width"] / 12
    desk.mouse.move(block["x"] + 20, block["y"] + 20)
    desk.mouse.down()
    desk.mouse.move(block["x"] + 30, block["y"] + 24, steps=3)
    desk.mouse.move(block["x"] + 20 + 2 * hour, lane["y"] + 20, steps=5)
    expect(desk.locator('.room-row[data-name="Rowan"] .ghost')).to_be_visible()
    desk.mouse.up()

    expect(desk.get_by_role("heading", level=1)).to_contain_text("Fern")
    expect(desk.get_by_label("Room")).to_contain_text("Rowan")
    assert desk.get_by_label("Room").evaluate("it => it.selectedOptions[0].text").startswith("Rowan")
    expect(desk.get_by_label("From")).to_have_value(f"{int(was) // 60 + 2:02}:00")
    # Nothing has changed before this
    desk.get_by_role("button", name="Change booking").click()
    expect(desk.get_by_role("heading", name="Timeline", level=1)).to_be_visible()
    expect(_maya(desk)).to_have_attribute("data-at", str(int(was) + 120))
    expect(
        desk.locator('.room-row[data-name="Rowan"]').get_by_role("link", name="Maya Member")
    ).to_be_visible()


def test_keys_move_it_and_say_where(desk: Page) -> None:
    was = int(_maya(desk).get_attribute("data-at") or 0)
    _maya(desk).focus()
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight"):
        desk.keyboard.press(key)
    hour = was // 60 + 1
    expect(desk.locator("#desk-said")).to_have_text(f"Fern, {hour:02}:00 – {hour + 1:02}:00")
    desk.keyboard.press("Escape")
    expect(desk.locator(".ghost")).to_have_count(0)
    desk.keyboard.press("Shift+ArrowRight")
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("From")).to_have_value(f"{was // 60:02}:15")


@pytest.mark.parametrize("desk", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_a_link_leads_to_the_form(desk: Page) -> None:
    desk.get_by_role("link", name="Move Maya Member").click()
    expect(desk.get_by_label("From")).to_be_visible()
    desk.get_by_label("From").fill("15:00")
    desk.get_by_role("button", name="Show price").click()
    desk.get_by_role("button", name="Change booking").click()
    expect(desk.get_by_role("heading", name="Timeline", level=1)).to_be_visible()
    expect(desk.locator("#desk-grid").get_by_role("link", name="15:00 – 16:00")).to_be_visible()
