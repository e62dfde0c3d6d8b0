"""Coming in for a price on a phone: the price, one press or two at once, and where it stands afterwards."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.models import Charge, CheckIn
from tests.support.browser import PHONE, new_page
from tests.support.rows import inside, rows
from tests.support.sign_in import sign_in_browser
from tests.support.visits import visits_cost
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def visitor(request: pytest.FixtureRequest, browser: Browser, live_server: str) -> Iterator[Page]:
    with new_page(browser, live_server, {**PHONE, "java_script_enabled": request.param}) as page:
        page.set_default_timeout(20_000)
        yield page


def test_a_contact_comes_in_for_a_day(app: Flask, world: World, visitor: Page, live_server: str) -> None:
    here = world.northlight
    with inside(app, here) as session:
        visits_cost(session, here, 1800, datetime.now(UTC))
    sign_in_browser(app, visitor.context, live_server, here, "contact")
    visitor.goto("/directory")
    visitor.get_by_role("button", name="I’m here").click()
    expect(visitor.get_by_role("heading", name="Check in at Leith Walk")).to_be_visible()
    visitor.reload()
    press = visitor.get_by_role("button", name="Check in: £18.00 a day")
    expect(press).to_be_visible()
    press.dblclick()
    expect(visitor.get_by_text(re.compile("You are at Leith Walk until"))).to_be_visible()
    visitor.goto("/plans/mine")
    expect(visitor.get_by_text("Day pass, Leith Walk", exact=True)).to_be_visible()
    assert len(rows(app, here, Charge)) == len(rows(app, here, CheckIn)) == 1
