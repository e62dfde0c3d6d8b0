"""Two members at two servers, which share the database and nothing else: what one writes stands at the other's at once."""

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.live.wire import Event, pack, send
from app.models import Message
from app.settings import Settings
from tests.support.browser import DESKTOP, PHONE, listen, new_page
from tests.support.live import Node, running_node, with_short_run_dir
from tests.support.messages import Talk, list_people
from tests.support.rows import rows
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["postgres"])]

_log = logging.getLogger(__name__)
_HEARD = """() => {
  for (const word of ["messages", "home", "resync"])
    document.body.addEventListener(`live:${word}`, ({ currentTarget: { dataset } }) => dataset.heard = `${dataset.heard ?? ""} ${word}`);
}"""


@pytest.fixture
def talk(app: Flask, world: World) -> Talk:
    list_people(app, world.northlight, "member", "colleague")
    talk = Talk(app, world.northlight, datetime.now(UTC), "member", "colleague")
    talk.say("member", "Good morning")
    return talk


@pytest.fixture
def meet(app: Flask, browser: Browser, settings: Settings, talk: Talk) -> Iterator["Meet"]:
    with ExitStack() as held:

        def at(who: str, *, hears_others: bool = True) -> tuple[Page, Node]:
            """Somebody in the conversation, at a server of their own."""
            own = held.enter_context(with_short_run_dir(settings))
            node = held.enter_context(running_node(own, hears_others=hears_others))
            shape = DESKTOP if who == "member" else PHONE
            page = held.enter_context(new_page(browser, node.address, shape))
            sign_in_browser(app, page.context, node.address, talk.tenant, who)
            listen(page, f"/messages/{talk.id}")
            page.evaluate(_HEARD)
            return page, node

        yield at


Meet = Callable[..., tuple[Page, Node]]
Note = Callable[[str, object], None]


def _say(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Message").fill(words)
    page.get_by_role("button", name="Send").click()


def _line(words: str) -> str:
    return f'.line:has-text("{words}")'


@contextmanager
def _timed(note: Note, name: str) -> Iterator[None]:
    """Note how many seconds it took, with the test's results and in its log; nothing depends on it."""
    began = time.monotonic()
    yield
    seconds = round(time.monotonic() - began, 3)
    note(name, seconds)
    _log.info("%s: %s", name, seconds)


def test_what_one_writes_stands_at_the_others_and_its_read_mark_comes_back(
    meet: Meet, record_property: Note
) -> None:
    (maya, here), (colin, there) = meet("member"), meet("colleague")
    assert here.address != there.address
    with _timed(record_property, "seconds until the other sees it"):
        _say(maya, "Are you in?")
        expect(colin.locator(_line("Are you in?"))).to_be_visible()
    with _timed(record_property, "seconds until the read mark is back"):
        expect(maya.locator(_line("Are you in?")).get_by_text("Seen", exact=True)).to_be_visible()
    _say(colin, "Yes, by the window")
    expect(maya.locator(_line("Yes, by the window"))).to_be_visible()
    assert maya.evaluate("window.same")
    assert colin.evaluate("window.same")


def test_what_was_written_while_the_line_was_cut_is_there_afterwards_and_once(
    meet: Meet, talk: Talk, app: Flask, record_property: Note
) -> None:
    (maya, _here), (colin, _there) = meet("member"), meet("colleague")
    colin.context.set_offline(True)
    _say(maya, "While you were away")
    expect(maya.locator(_line("While you were away"))).to_have_attribute("id", re.compile(r"m\d+"))
    _say(colin, "In the tunnel")
    expect(colin.locator(".line.waiting")).to_contain_text("Sending when you’re back online")
    expect(colin.locator(_line("While you were away"))).to_have_count(0)
    colin.context.set_offline(False)
    with _timed(record_property, "seconds until both have made up for it"):
        expect(colin.locator(_line("While you were away"))).to_be_visible(timeout=30_000)
        expect(maya.locator(_line("In the tunnel"))).to_be_visible(timeout=30_000)
    expect(colin.locator(".line.waiting")).to_have_count(0)
    expect(maya.locator(_line("While you were away")).get_by_text("Seen", exact=True)).to_be_visible()
    for page in (maya, colin):
        for words in ("While you were away", "In the tunnel"):
            expect(page.locator(_line(words))).to_have_count(1)
        assert page.evaluate("window.same")
    written = sorted(row.body for row in rows(app, talk.tenant, Message))
    assert written == ["Good morning", "In the tunnel", "While you were away"]


def test_without_the_bridge_it_stands_there_after_a_reload_only(meet: Meet, talk: Talk) -> None:
    """The control: a hub that hears its own socket alone. What it is told there afterwards comes, so the stream is well."""
    (maya, _here), (colin, there) = meet("member"), meet("colleague", hears_others=False)
    _say(maya, "Are you in?")
    expect(maya.locator(_line("Are you in?"))).to_have_attribute("id", re.compile(r"m\d+"))
    person = f"p{talk.tenant.people['colleague']}"
    assert send(there.settings.live_socket, pack(Event(talk.tenant.id, "home", [person])))
    expect(colin.locator("body")).to_have_attribute("data-heard", " home")
    expect(colin.locator(_line("Are you in?"))).to_have_count(0)
    colin.reload()
    expect(colin.locator(_line("Are you in?"))).to_be_visible()
