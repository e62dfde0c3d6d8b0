"""What journeys through the pages where people meet begin with."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import new_page
from tests.support.meeting import WIDE, Meeting
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

Enter = Callable[..., Page]
# Two workers, their servers and their browsers share two cores: what is right is a matter of seconds now and then.
expect.set_options(timeout=20_000)


@pytest.fixture
def meeting(app: Flask, world: World) -> Meeting:
    return Meeting(app, world)


@pytest.fixture
def enter(app: Flask, world: World, browser: Browser, live_server: str) -> Iterator[Enter]:
    """Opens somebody's browser, signed in."""
    with ExitStack() as stack:

        def someone(who: str, shape: dict[str, Any] = WIDE, **more: Any) -> Page:
            page = stack.enter_context(new_page(browser, live_server, {**shape, **more}))
            sign_in_browser(app, page.context, live_server, world.northlight, who)
            return page

        yield someone
