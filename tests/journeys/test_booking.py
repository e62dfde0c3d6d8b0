"""The main job on a phone: sign in, ask for a time, book a free room, find it under my bookings."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import DESKTOP, PHONE, new_page
from tests.support.sign_in import sign_in_browser
from tests.support.world import PASSWORD, World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]


@pytest.fixture
def tomorrow() -> str:
    """A day that is wholly ahead, whatever the hour of the run."""
    return f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def visitor(request: pytest.FixtureRequest, browser: Browser, live_server: str) -> Iterator[Page]:
    with new_page(browser, live_server, {**PHONE, "java_script_enabled": request.param}) as page:
        page.set_default_timeout(20_000)
        yield page


def _sign_in(page: Page, world: World) -> None:
    page.goto("/login")
    page.get_by_label("E-mail").fill(world.northlight.email("member"))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile(r"/$"))


def _ask(page: Page, day: str, start: str, people: str) -> None:
    """Answer the questions; with scripts the rooms follow by themselves, without there is a button."""
    page.get_by_label("Day", exact=True).fill(day)
    page.get_by_label("From").select_option(start)
    page.get_by_label("People").fill(people)
    button = page.get_by_role("button", name="Search")
    if button.is_visible():
        button.click()
    else:
        page.get_by_label("People").blur()
    expect(page).to_have_url(re.compile(rf"start={start.replace(':', '(:|%3A)')}.*people={people}"))


def test_a_member_books_a_room(visitor: Page, world: World, tomorrow: str) -> None:
    _sign_in(visitor, world)
    visitor.get_by_role("navigation", name="Main").get_by_role("link", name="Book", exact=True).click()
    _ask(visitor, tomorrow, "10:00", "6")
    expect(visitor.get_by_role("heading", name="2 rooms free")).to_be_visible()
    assert visitor.locator(".room h3").all_inner_texts() == ["Cedar", "Rowan"]
    visitor.get_by_role("button", name="Book Cedar").click()
    expect(visitor.get_by_role("heading", name="Cedar")).to_be_visible()
    visitor.get_by_label("What is it for?").fill("Planning")
    visitor.get_by_role("button", name="Book for £18.00").click()
    expect(visitor).to_have_url(re.compile(r"/bookings/mine$"))
    expect(visitor.get_by_role("status").get_by_text("Cedar is yours")).to_be_visible()
    expect(visitor.get_by_role("link", name=re.compile("Cedar.*10:00 – 11:00.*Planning"))).to_be_visible()


def test_an_answer_that_makes_no_sense_is_told_where_it_was_given(
    app: Flask, visitor: Page, live_server: str, world: World, tomorrow: str
) -> None:
    sign_in_browser(app, visitor.context, live_server, world.northlight, "member")
    visitor.goto(f"/bookings/search?date={tomorrow}&start=10:00&people=0")
    expect(visitor.get_by_role("alert")).to_contain_text("A number of people from 1 to 1,000.")
    expect(visitor.get_by_label("People")).to_have_attribute("aria-invalid", "true")
    _ask(visitor, tomorrow, "10:00", "2")
    expect(visitor.get_by_role("alert")).to_have_count(0)
    expect(visitor.locator(".room").first).to_be_visible()


def test_a_span_is_drawn_on_the_grid_by_pointer_and_by_keys(
    app: Flask, browser: Browser, live_server: str, world: World, tomorrow: str
) -> None:
    with new_page(browser, live_server, DESKTOP) as page:
        sign_in_browser(app, page.context, live_server, world.northlight, "member")
        page.goto(f"/bookings/day?date={tomorrow}")
        lane = page.get_by_role("slider", name=re.compile("^Fern"))
        box = lane.bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.62, box["y"] + 20, steps=4)
        page.mouse.up()
        expect(page.locator("#chosen")).to_contain_text("Fern, ")
        drawn = page.locator("#chosen b").inner_text()
        lane.focus()
        page.keyboard.press("Shift+ArrowRight")
        expect(page.locator("#chosen b")).not_to_have_text(drawn)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Continue")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/bookings/\d+/checkout$"))
        expect(page.get_by_role("timer")).to_contain_text("Held 9:")


def test_a_day_is_typed_by_keys_while_answers_arrive(
    app: Flask, browser: Browser, live_server: str, world: World
) -> None:
    day = datetime.now(UTC) + timedelta(days=40)
    with new_page(browser, live_server, {**DESKTOP, "locale": "en-US"}) as page:
        sign_in_browser(app, page.context, live_server, world.northlight, "member")
        page.goto("/bookings/search?start=10:00")
        field = page.get_by_label("Day", exact=True)
        field.focus()
        # One figure after the other, each with its answer: the year last, which is before our time until its fourth figure
        for figure in f"{day:%m%d%Y}":
            page.keyboard.press(figure)
            page.wait_for_load_state("networkidle")
        expect(field).to_have_value(f"{day:%Y-%m-%d}")
        expect(field).to_be_focused()
        expect(page).to_have_url(re.compile(rf"date={day:%Y-%m-%d}"))
        expect(page.get_by_role("alert")).to_have_count(0)


def test_a_day_that_is_wrong_when_it_is_left_is_told(
    app: Flask, browser: Browser, live_server: str, world: World
) -> None:
    with new_page(browser, live_server, {**DESKTOP, "locale": "en-US"}) as page:
        sign_in_browser(app, page.context, live_server, world.northlight, "member")
        page.goto("/bookings/search?start=10:00")
        page.get_by_label("Day", exact=True).focus()
        page.keyboard.type("01012002")
        expect(page.get_by_role("alert")).to_have_count(0)
        page.get_by_label("From").focus()
        expect(page.get_by_role("alert")).to_contain_text("That day is too far away.")
        expect(page.get_by_label("From")).to_be_focused()
