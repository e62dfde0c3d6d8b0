"""All that happens to bookings by the accessibility tree alone: names, headings, tables, and what is read out by itself."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.support import booking_flow as flow
from tests.support.booking_flow import House
from tests.support.browser import new_page
from tests.support.hands import SHAPE, Listener
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]


@pytest.fixture
def house(app: Flask, world: World) -> House:
    return House(app, world)


@pytest.fixture
def member(app: Flask, house: House, browser: Browser, live_server: str) -> Iterator[Listener]:
    with new_page(browser, live_server, SHAPE) as page:
        sign_in_browser(app, page.context, live_server, house.tenant, "member")
        yield Listener(page)


@pytest.fixture
def desk(app: Flask, house: House, browser: Browser, live_server: str) -> Iterator[Listener]:
    with new_page(browser, live_server, SHAPE) as page:
        sign_in_browser(app, page.context, live_server, house.tenant, "desk")
        yield Listener(page)


def test_from_the_search_to_the_guest_list(house: House, member: Listener) -> None:
    flow.find_a_room(member, house)
    member.hears("1 room free")
    flow.look_at_the_day(member, house)
    flow.find_a_room(member, house)
    member.follow("Cedar")
    member.arrives("Cedar")
    day = member.front.get_by_role("group", name=house.day_words)
    day.get_by_role("link", name="14:00").click()
    member.hears("14:00 – 15:00")
    expect(day.get_by_role("link", name="14:00")).to_have_attribute("aria-current", "true")
    member.press("Continue")
    expect(member.page.get_by_role("dialog", name="Cedar")).to_be_visible()
    flow.check_out(member)
    member.hears("Together £36.00")
    flow.book_it(member)
    flow.make_it_longer(member)
    member.hears("You pay £18.00 more.")
    flow.change_it(member)
    flow.invite(member)


def test_grids_are_tables_and_sliders_with_words(house: House, member: Listener) -> None:
    """What is drawn for the eye is said: each room's day, the whole week, one's own month."""
    house.taken("Fern", 12, "member")
    member.page.goto(f"/bookings/day?date={house.day}")
    slider = member.find("Fern: free 08:00 – 12:00, 13:00 – 20:00; yours 12:00 – 13:00", "slider")
    expect(slider).to_have_attribute("aria-valuetext", "Nothing chosen")
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "08:00 – 09:00")
    member.hears("Fern, 08:00 – 09:00")
    member.read()
    for address, columns, row in (
        (f"/bookings/day?view=table&date={house.day}", ["Room", "The day"], "^Fern"),
        (
            f"/bookings/rooms/{house.tenant.rooms['Fern']}?view=table&date={house.day}",
            ["Day", "Hours"],
            f"^{house.day:%A}",
        ),
        (
            f"/bookings/month?view=table&month={house.day:%Y-%m}",
            ["Day", "Time", "Room", "What for"],
            "12:00 – 13:00 Fern",
        ),
    ):
        member.page.goto(address)
        member.read()
        table = member.front.get_by_role("table")
        expect(table.get_by_role("columnheader")).to_have_text(columns)
        expect(table.get_by_role("row", name=re.compile(row)).get_by_role("rowheader")).to_have_count(1)
    member.page.goto(f"/bookings/week?view=table&date={house.day}")
    member.read()
    expect(member.front.get_by_role("columnheader")).to_have_count(8)


def test_there_and_gone(house: House, member: Listener) -> None:
    flow.come_and_go(member, house.begun("Lark"))


def test_again_and_again(house: House, member: Listener) -> None:
    flow.repeat(member, house)


def test_waiting_and_asking(house: House, member: Listener, desk: Listener) -> None:
    taken = house.taken("Rowan", 16)
    flow.wait_for_a_room(member, house)
    house.given_up(taken)
    flow.take_the_offer(member)
    flow.ask_for_a_room(member, house)
    flow.approve_it(desk)


def test_too_late_to_cancel_for_nothing(house: House, member: Listener) -> None:
    house.taken("Larch", 12, "member")
    flow.cancel_late(member)


def test_the_front_desks_day(house: House, desk: Listener) -> None:
    house.taken("Fern", 12, "member")
    house.begun("Lark")
    flow.find_at_the_desk(desk, house)
    lane = desk.front.get_by_role("group", name="Fern: 1 booking")
    expect(lane.get_by_role("link", name="Maya Member 12:00 – 13:00, Fern, Expected")).to_be_visible()
    desk.follow(re.compile("^Move Maya Member, Fern"))
    desk.arrives("Change Fern")
    desk.pick("How long", "2 h")
    desk.hears("£18.00 more")
    desk.press("Change booking")
    desk.arrives("Timeline")
    flow.welcome_at_the_desk(desk)


def test_a_room_of_the_floor_plan(house: House, member: Listener) -> None:
    house.drawn()
    house.taken("Fern", 10)
    flow.choose_on_the_plan(member, house)


def test_the_listener_hears_what_is_wrong(house: House, member: Listener) -> None:
    """A control: what has no name, what leaves a heading out and what is told before the page is there are noticed."""
    member.page.goto("/bookings/mine")
    main = member.page.get_by_role("main")
    main.evaluate("it => it.insertAdjacentHTML('beforeend', '<button></button>')")
    with pytest.raises(AssertionError, match="without a name"):
        member.read()
    main.evaluate("it => { it.innerHTML = '<h1>One</h1><h3>Three</h3>'; }")
    with pytest.raises(AssertionError, match="leave a level out"):
        member.read()
    assert member.page.evaluate("window.heard") == []
