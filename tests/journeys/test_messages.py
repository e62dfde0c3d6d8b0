"""Two people write to each other in two browsers: read marks, a cut line, a lost line, one message each time."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from app.models import Draft, Message
from tests.support.browser import DESKTOP, PHONE, new_page
from tests.support.messages import Talk, list_people
from tests.support.rows import rows
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

_ID = re.compile(r"m\d+")
"""What a message that the server has is called in the page."""
_UNSENT = """async () => {
  const database = await new Promise((done) => { const o = indexedDB.open("portico", 1); o.onsuccess = () => done(o.result);
    o.onupgradeneeded = () => o.result.createObjectStore("kept"); });
  const all = database.transaction("kept").objectStore("kept").getAllKeys();
  const keys = await new Promise((done) => { all.onsuccess = () => done(all.result); });
  database.close();
  return keys.filter((key) => key.startsWith("unsent:")).length;
}"""

Enter = Callable[..., Page]


@pytest.fixture
def talk(app: Flask, world: World) -> Talk:
    list_people(app, world.northlight, "member", "colleague", "desk")
    return Talk(app, world.northlight, datetime.now(UTC), "member", "colleague")


@pytest.fixture
def enter(app: Flask, world: World, browser: Browser, live_server: str) -> Iterator[Enter]:
    """Another person's browser, signed in."""
    with ExitStack() as stack:

        def someone(who: str, shape: dict[str, Any] = DESKTOP, **more: Any) -> Page:
            page = stack.enter_context(new_page(browser, live_server, {**shape, **more}))
            sign_in_browser(app, page.context, live_server, world.northlight, who)
            return page

        yield someone


def _say(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Message").fill(words)
    page.get_by_role("button", name="Send").click()


def _own(page: Page, words: str) -> Any:
    return page.locator(".line.mine", has_text=words)


@pytest.mark.parametrize("shape", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_message_goes_and_the_read_mark_comes_back(talk: Talk, enter: Enter, shape: dict[str, Any]) -> None:
    maya, colin = enter("member", shape), enter("colleague", shape)
    maya.goto(f"/messages/{talk.id}")
    _say(maya, "Are you at the desk?")
    expect(_own(maya, "Are you at the desk?")).to_have_attribute("id", _ID)
    expect(maya.get_by_role("textbox", name="Message")).to_be_focused()
    expect(maya.get_by_text("Seen", exact=True)).to_have_count(0)
    colin.goto("/messages")
    row = colin.get_by_role("link", name="Maya Member")
    expect(row).to_contain_text("Are you at the desk?")
    expect(row).to_contain_text("1 new")
    row.click()
    expect(colin.get_by_text("Are you at the desk?").last).to_be_visible()
    maya.reload()
    expect(maya.get_by_text("Seen", exact=True)).to_be_visible()
    _say(colin, "Yes, come by https://okafor.example")
    expect(_own(colin, "Yes, come by")).to_have_attribute("id", _ID)
    maya.reload()
    expect(maya.get_by_role("link", name="https://okafor.example", exact=True)).to_be_visible()


def test_it_works_without_javascript_on_a_phone(talk: Talk, enter: Enter, tmp_path: Path) -> None:
    maya = enter("member", PHONE, java_script_enabled=False)
    maya.goto("/messages/new")
    maya.get_by_role("checkbox", name="Colin Colleague").check()
    maya.get_by_role("button", name="Continue").click()
    picture = tmp_path / "box.png"
    Image.new("RGB", (300, 200), "#6d2230").save(picture)
    maya.locator("input[type=file]").set_input_files(picture)
    maya.get_by_role("textbox", name="Message").fill("The box")
    maya.get_by_role("button", name="Send").click()
    expect(maya.get_by_role("img", name="box.webp")).to_be_visible()
    expect(_own(maya, "The box")).to_be_visible()
    _own(maya, "The box").get_by_role("link", name="more about this message").click()
    maya.get_by_role("textbox").fill("The red box")
    maya.get_by_role("button", name="Save").click()
    expect(_own(maya, "The red box")).to_contain_text("Edited")


def test_what_is_written_without_a_line_goes_later_in_order_and_once(
    app: Flask, talk: Talk, enter: Enter
) -> None:
    maya = enter("member", PHONE)
    maya.goto(f"/messages/{talk.id}")
    maya.context.set_offline(True)
    for words in ("First", "Second", "Third"):
        _say(maya, words)
        expect(_own(maya, words)).to_contain_text("Sending when you’re back online")
    assert rows(app, talk.tenant, Message) == []
    assert maya.evaluate(_UNSENT) == 3
    maya.context.set_offline(False)
    expect(maya.locator(".line.waiting")).to_have_count(0)
    assert [message.body for message in rows(app, talk.tenant, Message)] == ["First", "Second", "Third"]
    maya.wait_for_function(f"async () => (await ({_UNSENT})()) === 0")


def test_an_answer_that_is_lost_sends_nothing_twice(app: Flask, talk: Talk, enter: Enter) -> None:
    """The server has it, and the browser does not know: it asks again, and there is one."""
    maya = enter("member", DESKTOP, service_workers="block")
    maya.goto(f"/messages/{talk.id}")
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.request.url)
        route.fetch()
        route.abort()

    maya.route(f"**/messages/{talk.id}", lose_the_first_answer)
    _say(maya, "Once")
    expect(_own(maya, "Once")).to_contain_text("Sending when you’re back online")
    assert lost
    assert len(rows(app, talk.tenant, Message)) == 1
    maya.reload()
    maya.wait_for_function(f"async () => (await ({_UNSENT})()) === 0")
    expect(maya.locator(".line.waiting")).to_have_count(0)
    assert len(rows(app, talk.tenant, Message)) == 1


def test_what_waits_goes_with_the_person_who_wrote_it(
    app: Flask, world: World, talk: Talk, enter: Enter, live_server: str
) -> None:
    page = enter("member", PHONE)
    page.goto(f"/messages/{talk.id}")
    page.context.set_offline(True)
    _say(page, "Not for others")
    expect(_own(page, "Not for others")).to_contain_text("back online")
    page.route(
        f"**/messages/{talk.id}", lambda route: route.abort() if route.request.method == "POST" else None
    )
    assert page.evaluate(_UNSENT) == 1
    sign_in_browser(app, page.context, live_server, world.northlight, "colleague")
    page.context.set_offline(False)
    page.goto("/account")
    page.wait_for_function(f"async () => (await ({_UNSENT})()) === 0")
    assert rows(app, talk.tenant, Message) == []


def test_a_refusal_puts_the_words_back(app: Flask, talk: Talk, enter: Enter) -> None:
    maya = enter("member")
    maya.goto(f"/messages/{talk.id}")
    field = maya.get_by_role("textbox", name="Message")
    _say(maya, "Hello")
    expect(_own(maya, "Hello")).to_have_attribute("id", _ID)
    field.evaluate("(it) => { it.removeAttribute('maxlength'); it.value = 'word '.repeat(2000); }")
    maya.get_by_role("button", name="Send").click()
    expect(maya.get_by_role("alert")).to_contain_text("4,000 fit.")
    assert len(field.input_value()) > 9000
    assert len(rows(app, talk.tenant, Message)) == 1


def test_a_draft_waits_in_every_browser(app: Flask, talk: Talk, enter: Enter) -> None:
    desktop = enter("member")
    desktop.goto(f"/messages/{talk.id}")
    with desktop.expect_response("**/draft"):
        desktop.get_by_role("textbox", name="Message").press_sequentially("Dear Colin")
    assert [each.text for each in rows(app, talk.tenant, Draft)] == ["Dear Colin"]
    phone = enter("member", PHONE)
    phone.goto("/messages")
    phone.get_by_role("link", name="Colin Colleague").click()
    expect(phone.get_by_role("textbox", name="Message")).to_have_value("Dear Colin")
    phone.get_by_role("button", name="Send").click()
    expect(_own(phone, "Dear Colin")).to_have_attribute("id", _ID)
    assert rows(app, talk.tenant, Draft) == []


def test_the_keyboard_is_enough(talk: Talk, enter: Enter) -> None:
    sent = talk.say("colleague", "A sign, please")
    maya = enter("member")
    maya.goto(f"/messages/{talk.id}")
    field = maya.get_by_role("textbox", name="Message")
    field.focus()
    maya.keyboard.type("One line")
    maya.keyboard.press("Shift+Enter")
    maya.keyboard.type("and another")
    maya.keyboard.press("Enter")
    expect(_own(maya, "and another")).to_have_attribute("id", _ID)
    more = maya.locator(f"#m{sent.message_id}").get_by_role("link", name="more about this message")
    more.focus()
    expect(more).to_be_visible()
    maya.keyboard.press("Enter")
    sheet = maya.get_by_role("dialog")
    sheet.get_by_role("button", name="Thanks").focus()
    maya.keyboard.press("Enter")
    expect(maya.locator(f"#m{sent.message_id}")).to_contain_text("Thanks")


def test_looking_for_people_keeps_who_was_ticked(talk: Talk, enter: Enter) -> None:
    maya = enter("member")
    maya.goto("/messages/new")
    maya.get_by_role("checkbox", name="Colin Colleague").check()
    expect(maya.get_by_role("textbox", name="Name of the group")).to_be_hidden()
    maya.get_by_role("searchbox", name="Search people").fill("dora")
    maya.get_by_role("checkbox", name="Dora Desk").check()
    expect(maya.get_by_role("checkbox", name="Colin Colleague")).to_be_checked()
    maya.get_by_role("textbox", name="Name of the group").fill("Paper order")
    maya.get_by_role("button", name="Continue").click()
    expect(maya.get_by_role("heading", name="Paper order", level=1)).to_be_visible()
    assert f"/messages/{talk.id}" not in maya.url
