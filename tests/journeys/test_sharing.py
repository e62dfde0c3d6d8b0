"""What the share sheet hands over, in a real browser with the worker in between: with a line, without one, signed in or not.

Nobody but a phone opens a share sheet; what reaches the worker from it is a page that is asked for by a form, and that form
is made here.
"""

import base64
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.models import Message, Sharing
from tests.support.messages import Talk, list_people
from tests.support.rows import rows
from tests.support.sharing import picture
from tests.support.sign_in import sign_in_browser
from tests.support.world import PASSWORD, World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

_SHARE = """({ text, data }) => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: "/messages/sharing", enctype: "multipart/form-data" });
  for (const name of ["text", "files"]) {
    const field = document.createElement("input");
    Object.assign(field, { name, type: name === "files" ? "file" : "text" });
    form.append(field);
  }
  form.elements.text.value = text;
  const files = new DataTransfer();
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
  files.items.add(new File([bytes], "box.png", { type: "image/png" }));
  form.elements.files.files = files.files;
  document.body.append(form);
  form.submit();
}"""
_PARKED = """async () => {
  const found = {};
  for (const name of ["portico-me-shared", "portico-shared"]) {
    const parked = await caches.has(name) && (await (await caches.open(name)).keys()).length;
    if (parked) found[name] = parked;
  }
  return found;
}"""
_KNOWN = """async () => {
  const database = await new Promise((done) => { const o = indexedDB.open("portico", 1); o.onsuccess = () => done(o.result);
    o.onupgradeneeded = () => o.result.createObjectStore("kept"); });
  const me = database.transaction("kept").objectStore("kept").get("me");
  const kept = await new Promise((done) => { me.onsuccess = () => done(me.result); });
  database.close();
  return kept ? "yes" : "";
}"""


@pytest.fixture
def talk(app: Flask, world: World) -> Talk:
    list_people(app, world.northlight, "member", "colleague")
    talk = Talk(app, world.northlight, datetime.now(UTC), "member", "colleague")
    talk.say("colleague", "Send me the box")
    return talk


def _with_worker(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")


def _enter(app: Flask, world: World, page: Page, address: str, who: str) -> None:
    sign_in_browser(app, page.context, address, world.northlight, who)
    _with_worker(page, "/account")
    for _ in range(100):
        if page.evaluate(_KNOWN):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the device never came to know whose it is")


def _share(page: Page, text: str) -> None:
    data = base64.b64encode(picture()).decode()
    with page.expect_navigation():
        page.evaluate(_SHARE, {"text": text, "data": data})


def _offline_share(page: Page, text: str) -> None:
    page.context.set_offline(True)
    _share(page, text)
    expect(page.get_by_text("What you shared is kept on this device.")).to_be_visible()


def _sign_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_picture_is_shared_into_a_conversation(
    app: Flask, world: World, live_server: str, phone: Page, talk: Talk
) -> None:
    _enter(app, world, phone, live_server, "member")
    _share(phone, "The box")
    expect(phone.get_by_role("heading", name="Share", level=1)).to_be_visible()
    expect(phone.get_by_role("img", name="box.webp")).to_be_visible()
    phone.get_by_role("textbox", name="Message").fill("The red box")
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("link", name="Choose who gets it.")).to_be_visible()
    phone.get_by_role("searchbox").fill("nobody at all")
    expect(phone.get_by_text("Begin a new one.")).to_be_visible()
    phone.get_by_role("searchbox").fill("coli")
    phone.get_by_role("radio", name="Colin Colleague").check()
    phone.get_by_role("button", name="Send").click()
    phone.wait_for_url(f"**/messages/{talk.id}")
    expect(phone.locator(".line.mine", has_text="The red box")).to_be_visible()
    expect(phone.locator(".line.mine").get_by_role("img", name="box.webp")).to_be_visible()
    assert phone.evaluate(_PARKED) == {}
    assert rows(app, world.northlight, Sharing) == []


def test_without_a_line_it_is_parked_and_fetched_when_there_is_one(
    app: Flask, world: World, live_server: str, phone: Page, talk: Talk
) -> None:
    _enter(app, world, phone, live_server, "member")
    _offline_share(phone, "The box")
    assert phone.evaluate(_PARKED)["portico-me-shared"] == 1
    assert rows(app, world.northlight, Sharing) == []
    phone.context.set_offline(False)
    expect(phone.get_by_role("img", name="box.webp")).to_be_visible(timeout=15_000)
    expect(phone.get_by_role("textbox", name="Message")).to_have_value("The box")
    assert phone.evaluate(_PARKED) == {}
    assert len(rows(app, world.northlight, Message)) == 1


def test_who_is_signed_out_signs_in_and_chooses_then(
    world: World, live_server: str, phone: Page, talk: Talk
) -> None:
    _with_worker(phone, f"{live_server}/login")
    _share(phone, "Before the sign-in")
    _sign_in(phone, world.northlight.email("member"))
    expect(phone.get_by_role("textbox", name="Message")).to_have_value("Before the sign-in")
    expect(phone.get_by_role("radio", name="Colin Colleague")).to_be_visible()


def test_parked_without_a_line_and_signed_out_it_comes_through_the_sign_in(
    app: Flask, world: World, live_server: str, phone: Page, talk: Talk
) -> None:
    _with_worker(phone, f"{live_server}/login")
    _offline_share(phone, "Neither line nor name")
    assert phone.evaluate(_PARKED)["portico-shared"] == 1
    phone.context.set_offline(False)
    expect(phone.get_by_label("E-mail")).to_be_visible(timeout=15_000)
    _sign_in(phone, world.northlight.email("member"))
    expect(phone.get_by_role("textbox", name="Message")).to_have_value("Neither line nor name")
    (row,) = rows(app, world.northlight, Sharing)
    assert row.person_id == world.northlight.people["member"]


def test_somebody_else_on_the_same_browser_gets_nothing_of_it(
    app: Flask, world: World, live_server: str, phone: Page, talk: Talk
) -> None:
    _enter(app, world, phone, live_server, "member")
    _offline_share(phone, "For nobody else")
    parked_at = phone.url
    # The next page is another person's, at the very address: the session has ended somewhere else.
    sign_in_browser(app, phone.context, live_server, world.northlight, "colleague")
    phone.context.set_offline(False)
    phone.goto(parked_at)
    expect(phone.get_by_text("Nothing waits to be sent")).to_be_visible()
    for _ in range(100):
        if phone.evaluate(_PARKED) == {}:
            break
        phone.wait_for_timeout(50)
    assert phone.evaluate(_PARKED) == {}
    assert rows(app, world.northlight, Sharing) == []


def test_signing_out_takes_what_is_parked_along(
    app: Flask, world: World, live_server: str, phone: Page, talk: Talk
) -> None:
    _enter(app, world, phone, live_server, "member")
    phone.context.set_offline(True)
    _share(phone, "Left behind")
    parked_at = phone.url
    assert phone.evaluate(_PARKED)["portico-me-shared"] == 1
    phone.goto("about:blank")
    phone.context.set_offline(False)
    phone.goto("/account")
    phone.locator("form[action='/logout'] button").last.click()
    phone.wait_for_url("**/login**")
    assert phone.evaluate(_PARKED) == {}
    phone.goto(parked_at)
    _sign_in(phone, world.northlight.email("member"))
    expect(phone.get_by_text("Nothing waits to be sent")).to_be_visible()


def test_it_works_without_scripts(
    app: Flask, world: World, live_server: str, phone: Page, talk: Talk
) -> None:
    sign_in_browser(app, phone.context, live_server, world.northlight, "member")
    phone.goto("/account")
    _share(phone, "The box")
    here = phone.url
    with phone.context.browser.new_context(java_script_enabled=False, base_url=live_server) as bare:  # type: ignore[union-attr]
        sign_in_browser(app, bare, live_server, world.northlight, "member")
        page = bare.new_page()
        page.goto(here)
        page.get_by_role("searchbox").fill("colin")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("radio", name="Colin Colleague").check()
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("img", name="box.webp")).to_be_visible()
