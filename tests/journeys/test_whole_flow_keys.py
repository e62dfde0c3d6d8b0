"""All that happens to bookings by keys alone: everything is reached and shows the focus, which lands where one reads on."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.support import booking_flow as flow
from tests.support.booking_flow import House
from tests.support.browser import new_page
from tests.support.hands import SHAPE, Keys
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]


@pytest.fixture
def house(app: Flask, world: World) -> House:
    return House(app, world)


@pytest.fixture
def member(app: Flask, house: House, browser: Browser, live_server: str) -> Iterator[Keys]:
    with new_page(browser, live_server, SHAPE) as page:
        sign_in_browser(app, page.context, live_server, house.tenant, "member")
        yield Keys(page)


@pytest.fixture
def desk(app: Flask, house: House, browser: Browser, live_server: str) -> Iterator[Keys]:
    with new_page(browser, live_server, SHAPE) as page:
        sign_in_browser(app, page.context, live_server, house.tenant, "desk")
        yield Keys(page)


def _slot_by_arrows(member: Keys) -> None:
    """A slot is drawn on the day's grid; closing what it opens leaves the grid as it was."""
    keyboard = member.page.keyboard
    member.follow("Day grid")
    member.reach(re.compile("^Fern: free"), "slider")
    keyboard.press("ArrowRight")
    member.sees("Fern, 08:00 – 09:00")
    keyboard.press("ArrowRight")
    keyboard.press("Shift+ArrowRight")
    member.sees("Fern, 08:15 – 09:30")
    keyboard.press("ArrowDown")
    member.focus_is_on(re.compile("^Cedar: free"), "slider")
    keyboard.press("ArrowUp")
    keyboard.press("Enter")
    member.focus_is_on("Continue", "button")
    keyboard.press("Enter")
    member.arrives("Fern", 2)
    expect(member.page.locator("#sheet-title")).to_be_focused()
    keyboard.press("Escape")
    expect(member.page.get_by_role("dialog")).to_have_count(0)
    member.focus_is_on("Continue", "button")


def _slot_of_the_week(member: Keys, house: House) -> None:
    """One stop for the whole week; arrow keys go on from start to start, and what is chosen is said beneath."""
    keyboard = member.page.keyboard
    day = member.front.get_by_role("group", name=house.day_words)
    expect(day.get_by_role("link").first).to_be_attached()
    first = member.front.locator("#week a[tabindex='0']")
    expect(first).to_have_count(1)
    member.tab_to(first, "the one stop of the week")
    for _step in range(60):
        if day.evaluate("it => it.contains(document.activeElement)"):
            break
        keyboard.press("ArrowRight")
    keyboard.press("ArrowDown")
    at = member.page.locator(":focus").inner_text()
    keyboard.press("Enter")
    member.sees(re.compile(f"^Cedar, .* {at} – "))
    expect(member.page.locator(":focus")).to_have_text(at)


def test_from_the_search_to_the_guest_list(house: House, member: Keys) -> None:
    flow.find_a_room(member, house, f"?date={house.day}")
    member.focus_is_on("Screen", "checkbox")
    _slot_by_arrows(member)
    flow.find_a_room(member, house, f"?date={house.day}")
    member.follow("Cedar")
    member.arrives("Cedar")
    _slot_of_the_week(member, house)
    member.press("Continue")
    flow.check_out(member)
    flow.book_it(member)
    flow.make_it_longer(member)
    member.focus_is_on("How long", "combobox")
    flow.change_it(member)
    flow.invite(member)


def test_a_sheet_keeps_the_focus_and_gives_it_back(house: House, member: Keys) -> None:
    keyboard = member.page.keyboard
    member.page.goto(f"/bookings/search?{house.asked(10, 4)}")
    member.press("Book Cedar")
    member.arrives("Cedar", 2)
    member.unfold("Extras")
    member.write(re.compile("^Lunch"), "2", "spinbutton")
    member.press("Update the price")
    expect(member.find("Book for £36.00", "button")).to_be_visible()
    member.focus_is_on("Update the price", "button")
    # Once around, forwards and backwards: `reach` fails where a stop lies outside of the sheet
    member.reach("Close", "button")
    member.reach("Update the price", "button")
    for _stop in range(20):
        keyboard.press("Shift+Tab")
        assert member.page.evaluate(
            "document.activeElement === document.body || document.querySelector('dialog[open]').contains(document.activeElement)"
        )
    keyboard.press("Escape")
    expect(member.page.get_by_role("dialog")).to_have_count(0)
    member.focus_is_on("Book Cedar", "button")


def test_there_and_gone(house: House, member: Keys) -> None:
    keyboard = member.page.keyboard
    booking_id = house.begun("Lark")
    member.page.goto("/bookings/mine")
    member.press("End early")
    question = member.page.get_by_role("dialog", name="End Lark early?")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    keyboard.press("Escape")
    expect(question).to_have_count(0)
    member.focus_is_on("End early", "button")
    flow.come_and_go(member, booking_id)


def test_again_and_again(house: House, member: Keys) -> None:
    flow.repeat(member, house)


def test_waiting_and_asking(house: House, member: Keys, desk: Keys) -> None:
    taken = house.taken("Rowan", 16)
    flow.wait_for_a_room(member, house)
    house.given_up(taken)
    flow.take_the_offer(member)
    flow.ask_for_a_room(member, house)
    flow.approve_it(desk)


def test_too_late_to_cancel_for_nothing(house: House, member: Keys) -> None:
    house.taken("Larch", 12, "member")
    flow.cancel_late(member)


def test_the_front_desks_day(house: House, desk: Keys) -> None:
    keyboard = desk.page.keyboard
    house.taken("Fern", 12, "member")
    house.begun("Lark")
    flow.find_at_the_desk(desk, house)
    desk.reach(re.compile("^Maya Member 12:00"), "link")
    for _step in range(4):
        keyboard.press("Shift+ArrowRight")
    desk.hears("Fern, 13:00 – 14:00")
    keyboard.press("Shift+ArrowDown")
    desk.hears("Cedar, 13:00 – 14:00")
    keyboard.press("Enter")
    desk.arrives("Change Fern")
    expect(desk.page.get_by_label("From")).to_have_value("13:00")
    desk.press("Change booking")
    desk.arrives("Timeline")
    expect(desk.find(re.compile("^Maya Member 13:00 – 14:00, Cedar"), "link")).to_be_attached()
    flow.welcome_at_the_desk(desk)


def test_a_room_of_the_floor_plan(house: House, member: Keys) -> None:
    house.drawn()
    house.taken("Fern", 10)
    flow.choose_on_the_plan(member, house)
    member.page.keyboard.press("Escape")
    member.focus_is_on("Book Cedar", "button")
