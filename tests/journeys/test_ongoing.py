"""A member in a room: the panel of the home page, staying longer and leaving early, with scripts and without."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import time

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete

from app.domain.booking.book import book
from app.domain.booking.terms import BookRoom
from app.kernel.spans import Span
from app.models import OpeningHours
from tests.support.browser import PHONE, new_page
from tests.support.rows import inside
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]


@pytest.fixture
def ends(app: Flask, world: World) -> datetime:
    """Maya has had Cedar since the last quarter hour, whatever the hour of the run; when that ends."""
    start = datetime.fromtimestamp(time() // 900 * 900, UTC)
    wish = BookRoom(world.northlight.rooms["Cedar"], Span(start, start + timedelta(hours=1)))
    with inside(app, world.northlight) as session:
        session.execute(delete(OpeningHours))
        session.commit()
        book(session, world.northlight.actor("member"), wish, lambda: start)
    return wish.span.end


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def visitor(request: pytest.FixtureRequest, browser: Browser, live_server: str) -> Iterator[Page]:
    with new_page(browser, live_server, {**PHONE, "java_script_enabled": request.param}) as page:
        page.set_default_timeout(20_000)
        yield page


def test_a_member_stays_longer_and_then_leaves_early(
    visitor: Page,
    app: Flask,
    live_server: str,
    world: World,
    ends: datetime,
    request: pytest.FixtureRequest,
) -> None:
    scripts = "with scripts" in request.node.name
    sign_in_browser(app, visitor.context, live_server, world.northlight, "member")
    visitor.goto("/")
    visitor.get_by_role("button", name="Extend by 30 min, £9.00").click()
    until = f"{ends + timedelta(minutes=30):%H:%M}"
    expect(visitor.get_by_text(f"Cedar is yours until {until}.")).to_be_visible()
    if scripts:
        expect(visitor.locator("section.now")).to_contain_text(until)
        expect(visitor).to_have_url(re.compile(r"/$"))
        visitor.get_by_role("button", name="End early").click()
        dialog = visitor.get_by_role("dialog", name="End Cedar early?")
        dialog.get_by_role("button", name="Keep it").click()
        expect(visitor.locator("section.now")).to_be_visible()
        visitor.get_by_role("button", name="End early").click()
        dialog.get_by_role("button", name="End early").click()
        expect(visitor.locator("section.now")).to_have_count(0)
    else:
        visitor.get_by_role("link", name="End early").click()
        expect(visitor.get_by_role("heading", name="End Cedar early?")).to_be_visible()
        visitor.get_by_role("button", name="End early").click()
    expect(visitor.get_by_text("You’ve ended Cedar early. It is free for others.")).to_be_visible()
