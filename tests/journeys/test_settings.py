"""Settings in a browser: what the front desk switches is gone at once, what the owner dresses is worn at once."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import DESKTOP, PHONE, new_page
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="30" fill="#e0501a"/></svg>'

Open = Callable[..., Page]


@pytest.fixture
def member(app: Flask, world: World, phone: Page, live_server: str) -> Page:
    sign_in_browser(app, phone.context, live_server, world.northlight, "member")
    return phone


@pytest.fixture
def desk(app: Flask, world: World, browser: Browser, live_server: str) -> Iterator[Page]:
    with new_page(browser, live_server, DESKTOP) as page:
        sign_in_browser(app, page.context, live_server, world.northlight, "desk")
        yield page


@pytest.fixture
def plain(app: Flask, world: World, browser: Browser, live_server: str) -> Iterator[Page]:
    """The front desk on a phone without scripts."""
    with new_page(browser, live_server, PHONE | {"java_script_enabled": False}) as page:
        sign_in_browser(app, page.context, live_server, world.northlight, "desk")
        yield page


def _theme(page: Page) -> str:
    return page.locator('link[href^="/theme/"]').get_attribute("href") or ""


def _icons(page: Page) -> set[str]:
    manifest = page.evaluate("fetch('/manifest.webmanifest').then((answer) => answer.json())")
    return {icon["src"] for icon in manifest["icons"]}


def test_the_front_desk_switches_bookings_off_and_the_members_next_tap_finds_nothing(
    member: Page, desk: Page
) -> None:
    member.goto("/")
    tab = member.locator(".tabbar").get_by_role("link", name="Book", exact=True)
    expect(tab).to_be_visible()
    desk.goto("/admin/settings")
    toggle = desk.get_by_role("switch", name="Bookings")
    expect(toggle).to_be_checked()
    toggle.click()
    expect(toggle).not_to_be_checked()
    expect(toggle).to_be_focused()
    expect(desk.get_by_text("Saved, live for everyone")).to_be_visible()
    expect(desk.frame_locator("[data-preview]").get_by_text("Book", exact=True)).to_have_count(0)
    with member.expect_response(re.compile("/bookings/search")) as answer:
        tab.click()
    assert answer.value.status == 404
    expect(member.get_by_role("heading", name="Nothing here")).to_be_visible()
    member.goto("/account")
    expect(member.locator(".tabbar").get_by_role("link", name="Book", exact=True)).to_have_count(0)


def test_the_order_changes_by_keyboard_and_by_pointer(desk: Page, member: Page) -> None:
    desk.goto("/admin/settings")
    names = desk.locator("#items [data-row]")
    expect(names).to_have_count(9)
    with desk.expect_response(re.compile("/sections/order")):
        desk.locator("#grip-account").focus()
        desk.keyboard.press("ArrowUp")
    expect(desk.locator("#grip-account")).to_be_focused()
    expect(desk.locator("#announcer")).to_have_text("My account, place 8 of 9")
    expect(names.nth(7)).to_have_attribute("data-name", "My account")
    box, target = desk.locator("#grip-home").bounding_box(), names.nth(8).bounding_box()
    assert box
    assert target
    with desk.expect_response(re.compile("/sections/order")) as answer:
        desk.mouse.move(box["x"] + 8, box["y"] + 8)
        desk.mouse.down()
        desk.mouse.move(box["x"] + 8, target["y"] + target["height"] - 4, steps=8)
        desk.mouse.up()
    assert answer.value.status == 200
    desk.reload()
    assert [row.get_attribute("data-name") for row in names.all()] == [
        "Bookings",
        "Directory",
        "Messages",
        "Announcements",
        "Plans",
        "Shop",
        "My account",
        "Invoices",
        "Home",
    ]
    member.goto("/")
    labels = [text.strip() for text in member.locator(".tabbar a").all_inner_texts()]
    assert labels == ["Book", "Directory", "Messages", "Home", "More"]


def test_who_sees_a_section_saves_by_itself(desk: Page) -> None:
    desk.goto("/admin/settings")
    with desk.expect_response(re.compile("/sections/account/audience")) as answer:
        desk.get_by_label("Who sees My account").select_option("members")
    assert answer.value.status == 200
    desk.reload()
    expect(desk.get_by_label("Who sees My account")).to_have_value("members")


def test_everything_works_without_javascript(plain: Page) -> None:
    plain.goto("/admin/settings")
    plain.get_by_role("button", name="Move My account up").click()
    assert plain.locator("#items [data-row]").nth(7).get_attribute("data-name") == "My account"
    plain.get_by_label("Bookings", exact=True).click()
    expect(plain.get_by_label("Bookings", exact=True)).to_have_attribute("aria-checked", "false")
    plain.get_by_role("textbox", name="Main colour", exact=True).fill("#b3005e")
    plain.get_by_role("button", name="Preview").click()
    frame = plain.frame_locator("[name=preview]")
    expect(frame.locator('link[href*="primary=%23b3005e"]')).to_have_count(1)
    plain.get_by_role("button", name="Save for everyone").click()
    expect(plain.get_by_role("textbox", name="Main colour", exact=True)).to_have_value("#b3005e")
    plain.goto("/admin/settings/home")
    plain.get_by_label("My card", exact=True).click()
    expect(plain.get_by_label("My card", exact=True)).to_have_attribute("aria-checked", "false")


def test_two_colours_and_a_logo_are_everybodys_at_the_next_page(
    member: Page, desk: Page, tmp_path: Path
) -> None:
    member.goto("/account")
    theme, icons = _theme(member), _icons(member)
    desk.goto("/admin/settings")
    frame = desk.frame_locator("[data-preview]")
    hex_field = desk.get_by_role("textbox", name="Main colour", exact=True)
    hex_field.fill("#B3005E")
    expect(frame.locator('link[href*="primary=%23B3005E"]')).to_have_count(1)
    expect(desk.get_by_text("Not saved yet.")).to_be_visible()
    member.reload()
    assert _theme(member) == theme, "nobody else sees a colour that is being tried"
    desk.locator("#look").get_by_text("Ink", exact=True).click()
    desk.get_by_role("button", name="Save for everyone").click()
    expect(desk.locator("#saved")).to_be_visible()
    expect(hex_field).to_have_value("#b3005e")
    member.reload()
    dressed, coloured = _theme(member), _icons(member)
    assert dressed != theme
    assert coloured.isdisjoint(icons)
    logo = tmp_path / "logo.svg"
    logo.write_bytes(LOGO)
    with desk.expect_navigation():
        desk.locator("#logo-file").set_input_files(logo)
    expect(desk.get_by_text("Icons and splash screens are made from it.")).to_be_visible()
    member.reload()
    assert _icons(member).isdisjoint(icons | coloured)
    # The colour was given, so the logo changes icons only; without it the logo's colour is everybody's.
    assert _theme(member) == dressed
    hex_field.fill("")
    desk.get_by_role("button", name="Save for everyone").click()
    expect(hex_field).to_have_attribute("placeholder", re.compile("#E0501A"))
    member.reload()
    assert _theme(member) not in {dressed, theme}


def test_dragging_the_hue_dresses_the_phone_while_one_drags(desk: Page) -> None:
    desk.goto("/admin/settings")
    frame = desk.frame_locator("[data-preview]")
    expect(frame.locator(".tabbar")).to_be_visible()
    before = desk.get_by_role("textbox", name="Main colour", exact=True).input_value()
    with desk.expect_response(re.compile(r"/preview\.css")) as answer:
        desk.get_by_label("Hue").fill("20")
    assert answer.value.status == 200
    colour = desk.get_by_role("textbox", name="Main colour", exact=True).input_value()
    assert re.fullmatch("#[0-9A-F]{6}", colour)
    assert colour != before
    expect(frame.locator("[data-look-sheet]")).to_have_count(1)
    page = frame.locator("html")
    expect(page).to_have_css("--brand", colour.lower())
    desk.get_by_label("Dark").check(force=True)
    expect(page).to_have_attribute("data-scheme", "dark")
    expect(page).to_have_css("--brand", colour.lower())


def test_a_logo_that_is_too_large_is_not_even_sent(desk: Page, tmp_path: Path) -> None:
    desk.goto("/admin/settings")
    logo = tmp_path / "large.png"
    logo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(6 * 1024 * 1024))
    desk.locator("#logo-file").set_input_files(logo)
    expect(desk.locator("#logo-error")).to_contain_text("too large")


def test_twenty_megabytes_get_their_sentence_without_javascript(plain: Page, tmp_path: Path) -> None:
    plain.goto("/admin/settings")
    logo = tmp_path / "large.png"
    logo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20 * 1024 * 1024))
    plain.locator("#logo-file").set_input_files(logo)
    plain.get_by_role("button", name="Upload").click()
    expect(plain.locator("#logo-error")).to_contain_text("too large", timeout=20_000)
