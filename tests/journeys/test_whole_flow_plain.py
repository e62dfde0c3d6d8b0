"""All that happens to bookings without scripts: buttons and links do everything, each answer is a page."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.support import booking_flow as flow
from tests.support.booking_flow import House
from tests.support.browser import PHONE, new_page
from tests.support.hands import Plain
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

_SHAPE = PHONE | {"java_script_enabled": False}


@pytest.fixture
def house(app: Flask, world: World) -> House:
    return House(app, world)


@pytest.fixture
def member(app: Flask, house: House, browser: Browser, live_server: str) -> Iterator[Plain]:
    with new_page(browser, live_server, _SHAPE) as page:
        sign_in_browser(app, page.context, live_server, house.tenant, "member")
        yield Plain(page)


@pytest.fixture
def desk(app: Flask, house: House, browser: Browser, live_server: str) -> Iterator[Plain]:
    with new_page(browser, live_server, _SHAPE) as page:
        sign_in_browser(app, page.context, live_server, house.tenant, "desk")
        yield Plain(page)


def test_from_the_search_to_the_guest_list(house: House, member: Plain) -> None:
    flow.find_a_room(member, house)
    flow.look_at_the_day(member, house)
    flow.find_a_room(member, house)
    member.follow("Cedar")
    member.arrives("Cedar")
    # The week is that of the search; a start leads back to it, asked for that hour
    member.front.get_by_role("group", name=house.day_words).get_by_role("link", name="14:00").click()
    member.arrives("Book")
    expect(member.page.get_by_label("From")).to_have_value("14:00")
    member.press("Book Cedar")
    flow.check_out(member)
    flow.book_it(member)
    flow.make_it_longer(member)
    flow.change_it(member)
    flow.invite(member)


def test_there_and_gone(house: House, member: Plain) -> None:
    flow.come_and_go(member, house.begun("Lark"))


def test_again_and_again(house: House, member: Plain) -> None:
    flow.repeat(member, house)


def test_waiting_and_asking(house: House, member: Plain, desk: Plain) -> None:
    taken = house.taken("Rowan", 16)
    flow.wait_for_a_room(member, house)
    house.given_up(taken)
    flow.take_the_offer(member)
    flow.ask_for_a_room(member, house)
    flow.approve_it(desk)
    member.page.goto("/bookings/mine")
    expect(member.find(re.compile("^Hazel"), "link")).not_to_contain_text("Waits for approval")


def test_too_late_to_cancel_for_nothing(house: House, member: Plain) -> None:
    house.taken("Larch", 12, "member")
    flow.cancel_late(member)


def test_the_front_desks_day(house: House, desk: Plain) -> None:
    house.taken("Fern", 12, "member")
    house.begun("Lark")
    flow.find_at_the_desk(desk, house)
    desk.follow(re.compile("^Move Maya Member, Fern"))
    desk.arrives("Change Fern")
    desk.page.get_by_label("From").fill("15:00")
    desk.without_scripts("Show price")
    desk.press("Change booking")
    desk.arrives("Timeline")
    expect(desk.find(re.compile("^Maya Member 15:00 – 16:00"), "link")).to_be_attached()
    flow.welcome_at_the_desk(desk)


def test_a_room_of_the_floor_plan(house: House, member: Plain) -> None:
    house.drawn()
    house.taken("Fern", 10)
    flow.choose_on_the_plan(member, house)
