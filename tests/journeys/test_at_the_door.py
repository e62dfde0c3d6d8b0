"""A tablet beside a room, left alone: it follows what happens, outlives a cut, and shows a code for one's own telephone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete

from app.domain.booking.cancel import cancel
from app.domain.spaces.room_signs import make_panel, revoke_panel
from app.models import Booking, FloorMark, OpeningHours
from tests.support.booking_rows import blocked, book
from tests.support.browser import DESKTOP, PHONE, new_page
from tests.support.live import Hub
from tests.support.rows import inside, rows
from tests.support.sign_in import sign_in_browser
from tests.support.world import TenantWorld, World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

TABLET: dict[str, Any] = {
    "viewport": {"width": 1024, "height": 768},
    "has_touch": True,
    "reduced_motion": "reduce",
}
AXE = (Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
_SERIOUS = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary}`))"""
_WIDE = "document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth"
DRAWING = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 400">
<path d="M10 10h580v380H10zM300 10v380M10 200h290" fill="none" stroke="#333" stroke-width="4"/></svg>"""


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def panel(app: Flask, world: World) -> str:
    """The panel of Fern, in a house that is open around the clock."""
    north = world.northlight
    with inside(app, north) as session:
        session.execute(delete(OpeningHours))
        token = make_panel(session, north.actor("manager"), north.rooms["Fern"], _now)
        session.commit()
    return f"/rooms/{token}/panel"


@pytest.fixture
def tablet(browser: Browser, live_server: str, panel: str) -> Iterator[Page]:
    with new_page(browser, live_server, TABLET) as page:
        page.goto(panel)
        yield page


def _runs(app: Flask, tenant: TenantWorld, who: str, room: str) -> None:
    """Somebody has a room since some minutes ago."""
    booking_id = book(app, tenant, who, room, -0.1)
    with inside(app, tenant) as session:
        booking = session.get_one(Booking, booking_id)
        session.add(blocked(booking))
        session.commit()


def _look(page: Page) -> list[str]:
    page.evaluate(AXE)
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme}: {line}" for line in page.evaluate(_SERIOUS)]
    page.emulate_media(color_scheme="light")
    return found


def test_it_follows_what_happens(app: Flask, world: World, hub: Hub, tablet: Page, panel: str) -> None:
    north = world.northlight
    tablet.goto(panel)
    with tablet.expect_response(re.compile(r"/live$")):
        tablet.reload()
    expect(tablet.get_by_role("link", name="30 min")).to_be_visible()
    _runs(app, north, "member", "Fern")
    with inside(app, north) as session:  # somebody else's booking of the place says that something changed
        other = book(app, north, "colleague", "Cedar", 5)
        cancel(session, north.actor("colleague"), other, _now)
    expect(tablet.get_by_text("Booked until")).to_be_visible()
    tablet.get_by_role("button", name="Check in").click()
    expect(tablet.get_by_text("checked in")).to_be_visible()
    tablet.get_by_role("link", name="End now").click()
    tablet.get_by_role("button", name="End now").click()
    expect(tablet.get_by_role("button", name="End now")).to_have_count(0)


def test_it_outlives_a_cut(app: Flask, world: World, tablet: Page) -> None:
    expect(tablet.get_by_role("heading", name="Fern")).to_be_visible()
    tablet.evaluate("window.same = true")
    tablet.context.set_offline(True)
    expect(tablet.locator("#lost")).to_contain_text("No connection since")
    expect(tablet.get_by_role("heading", name="Fern")).to_be_visible()
    tablet.get_by_role("link", name="30 min").click()
    expect(tablet.get_by_role("heading", name="Fern")).to_be_visible()
    tablet.context.set_offline(False)
    expect(tablet.locator("#lost")).to_be_hidden()
    assert not tablet.evaluate("window.same ?? false")


def test_a_revoked_panel_shows_nothing_more(
    app: Flask, world: World, hub: Hub, tablet: Page, panel: str
) -> None:
    north = world.northlight
    with inside(app, north) as session:
        revoke_panel(session, north.actor("manager"), north.rooms["Fern"], _now)
        session.commit()
    # It may have heard already, and asked by itself.
    tablet.goto(panel)
    expect(tablet.get_by_role("heading", name="Fern")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 768, 1024])
def test_it_is_for_everybody(app: Flask, world: World, tablet: Page, panel: str, width: int) -> None:
    tablet.set_viewport_size({"width": width, "height": 700})
    assert _look(tablet) == []
    assert tablet.evaluate(_WIDE)
    _runs(app, world.northlight, "member", "Fern")
    tablet.goto(f"{panel}?end=1")
    assert _look(tablet) == []
    assert tablet.evaluate(_WIDE)


def test_rooms_are_dragged_onto_a_plan_that_members_book_on(
    app: Flask, world: World, browser: Browser, live_server: str, panel: str
) -> None:
    north = world.northlight
    with new_page(browser, live_server, DESKTOP) as page:
        sign_in_browser(app, page.context, live_server, north, "manager")
        page.goto(f"/admin/locations/{north.locations['Leith Walk']}/floor-plan")
        page.get_by_label("Picture or drawing").set_input_files(
            {"name": "plan.svg", "mimeType": "image/svg+xml", "buffer": DRAWING}
        )
        page.get_by_role("button", name="Use this picture").click()
        canvas = page.locator(".plan-canvas")
        expect(canvas).to_be_visible()
        page.get_by_role("group", name="Fern").get_by_label("From left").focus()
        box = canvas.bounding_box()
        assert box
        canvas.click(position={"x": box["width"] / 4, "y": box["height"] / 2})
        expect(page.get_by_role("group", name="Fern").get_by_label("From left")).to_have_value(
            re.compile("^2[45]")
        )
        grip = page.locator(f'.plan-grip[data-room="{north.rooms["Fern"]}"] circle').bounding_box()
        box = canvas.bounding_box()  # the click may have scrolled it into view
        assert grip
        assert box
        page.mouse.move(grip["x"] + 14, grip["y"] + 14)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4, steps=4)
        page.mouse.up()
        page.get_by_role("group", name="Cedar").get_by_label("From left").fill("80")
        page.get_by_role("group", name="Cedar").get_by_label("From top").fill("80")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        assert _look(page) == []
    placed = {mark.resource_id: mark for mark in rows(app, north, FloorMark)}
    assert 490 <= placed[north.rooms["Fern"]].x <= 510
    assert 240 <= placed[north.rooms["Fern"]].y <= 260
    _runs(app, north, "colleague", "Cedar")
    for shape in (DESKTOP, PHONE):
        with new_page(browser, live_server, shape) as page:
            sign_in_browser(app, page.context, live_server, north, "member")
            page.goto("/bookings/floor")
            assert _look(page) == []
            assert page.evaluate(_WIDE)
            mark = page.get_by_role("button", name="Fern, free: book it")
            mark.focus()
            page.keyboard.press("Enter")
            expect(page.get_by_role("dialog").get_by_role("heading", name="Fern")).to_be_visible()
