"""The sheet: a room is booked without leaving the page, and closing it leaves everything as it was."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import delete, select

from app.kernel.spans import Span
from app.models import Booking, BookingStatus, LoginSession
from tests.support.bookings import booked
from tests.support.browser import PHONE, new_page
from tests.support.rows import inside
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

WIDE: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def search() -> str:
    """A question about a day that is wholly ahead, whatever the hour of the run."""
    return f"/bookings/search?date={datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}&start=10:00&minutes=60"


@pytest.fixture(params=[PHONE, WIDE], ids=["phone", "desktop"])
def member(
    request: pytest.FixtureRequest, app: Flask, browser: Browser, live_server: str, world: World
) -> Iterator[Page]:
    with new_page(browser, live_server, request.param) as page:
        sign_in_browser(app, page.context, live_server, world.northlight, "member")
        yield page


def _open(page: Page, search: str, room: str = "Cedar") -> Locator:
    page.goto(search)
    page.get_by_role("button", name=f"Book {room}").click()
    sheet = page.get_by_role("dialog", name=room)
    expect(sheet.get_by_role("timer")).to_contain_text("Held 9:")
    return sheet


def _take(app: Flask, world: World, room: str, search: str) -> None:
    """Somebody else books the room for the hour that was asked for."""
    day = datetime.fromisoformat(parse_qs(urlsplit(search).query)["date"][0])
    start = day.replace(hour=10, tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)
    booked(app, world.northlight, "colleague", room, Span(start, start + timedelta(hours=1)))


def _statuses(app: Flask, world: World) -> list[BookingStatus]:
    with inside(app, world.northlight) as session:
        return list(session.scalars(select(Booking.status).order_by(Booking.id)))


def test_a_room_is_booked_in_the_sheet(member: Page, search: str) -> None:
    sheet = _open(member, search)
    expect(member).to_have_url(re.compile(r"/bookings/\d+/checkout$"))
    sheet.get_by_label("What is it for?").fill("Planning")
    sheet.get_by_role("button", name="Book for £18.00").click()
    expect(member).to_have_url(re.compile(r"/bookings/mine$"))
    expect(member.get_by_role("status").get_by_text("Cedar is yours")).to_be_visible()
    expect(member.get_by_role("link", name=re.compile("Cedar.*10:00 – 11:00.*Planning"))).to_be_visible()
    member.go_back()
    expect(member).to_have_url(re.compile(r"/bookings/search\?"))
    expect(member.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("way", ["Escape", "Back", "Close", "Let it go"])
def test_a_closed_sheet_lets_the_room_go_and_gives_the_focus_back(
    app: Flask, member: Page, world: World, search: str, way: str
) -> None:
    sheet = _open(member, search)
    assert _statuses(app, world) == [BookingStatus.HELD]
    with member.expect_response(re.compile("/release$")):
        if way == "Escape":
            member.keyboard.press("Escape")
        elif way == "Back":
            member.go_back()
        else:
            sheet.get_by_role("button", name=way).click()
    expect(sheet).to_have_count(0)
    expect(member).to_have_url(re.compile(r"/bookings/search\?.*start=10:00"))
    expect(member.get_by_role("button", name="Book Cedar")).to_be_focused()
    expect(member.get_by_role("button", name="Book Cedar")).to_have_text("Book")
    assert _statuses(app, world) == [BookingStatus.LAPSED]
    member.get_by_role("button", name="Book Cedar").click()
    expect(sheet.get_by_role("timer")).to_contain_text("Held 9:")
    assert _statuses(app, world) == [BookingStatus.LAPSED, BookingStatus.HELD]


def test_a_page_loaded_anew_shows_the_checkout_and_back_leads_to_the_rooms(member: Page, search: str) -> None:
    _open(member, search)
    member.reload()
    expect(member.get_by_role("heading", level=1, name="Cedar")).to_be_visible()
    expect(member.get_by_role("button", name="Book for £18.00")).to_be_visible()
    member.go_back()
    expect(member).to_have_url(re.compile(r"/bookings/search\?.*start=10:00"))
    expect(member.get_by_role("button", name="Book Rowan")).to_be_visible()
    member.get_by_role("button", name="Book Rowan").click()
    expect(member.get_by_role("dialog", name="Rowan")).to_be_visible()


def test_a_room_that_somebody_took_meanwhile_is_told_with_what_is_free_instead(
    app: Flask, member: Page, world: World, search: str
) -> None:
    member.goto(search)
    _take(app, world, "Cedar", search)
    member.get_by_role("button", name="Book Cedar").click()
    sheet = member.get_by_role("dialog", name="Cedar")
    expect(sheet.get_by_role("alert")).to_contain_text("Somebody else has just taken it.")
    sheet.get_by_role("button", name=re.compile("^Book Fern")).click()
    expect(member.get_by_role("dialog", name="Fern").get_by_role("timer")).to_be_visible()
    member.keyboard.press("Escape")
    expect(member.get_by_role("dialog")).to_have_count(0)


def test_the_rooms_are_asked_for_again_after_a_refusal(
    app: Flask, member: Page, world: World, search: str
) -> None:
    member.goto(search)
    _take(app, world, "Cedar", search)
    member.get_by_role("button", name="Book Cedar").click()
    member.get_by_role("dialog", name="Cedar").get_by_role("button", name="Close").click()
    expect(member.get_by_role("dialog")).to_have_count(0)
    expect(member.get_by_role("button", name="Book Cedar", exact=True)).to_have_count(0)
    expect(member.get_by_text("Taken until 11:15")).to_be_visible()


def test_answers_that_do_not_fit_are_told_in_the_sheet(member: Page, search: str) -> None:
    sheet = _open(member, search)
    sheet.get_by_label("What is it for?").fill("Planning")
    sheet.get_by_label("People").fill("900")
    sheet.get_by_role("button", name="Book for £18.00").click()
    summary = sheet.get_by_role("alert").filter(has_text="One thing to put right")
    expect(summary).to_be_focused()
    expect(sheet.get_by_label("What is it for?")).to_have_value("Planning")
    summary.get_by_role("link").click()
    expect(sheet.get_by_label("People")).to_be_focused()
    sheet.get_by_label("People").fill("2")
    sheet.get_by_role("button", name="Book for £18.00").click()
    expect(member).to_have_url(re.compile(r"/bookings/mine$"))


def test_a_line_that_is_lost_is_told_in_the_sheet(member: Page, search: str) -> None:
    sheet = _open(member, search)
    member.context.set_offline(True)
    sheet.get_by_role("button", name="Book for £18.00").click()
    expect(sheet.get_by_role("alert")).to_contain_text("That did not get through.")
    member.context.set_offline(False)
    sheet.get_by_role("button", name="Book for £18.00").click()
    expect(member).to_have_url(re.compile(r"/bookings/mine$"))


def test_a_hold_that_runs_out_is_held_again(app: Flask, member: Page, world: World, search: str) -> None:
    member.clock.install()
    sheet = _open(member, search)
    member.clock.fast_forward("10:30")
    expect(sheet.get_by_text("The time that it was held for you is over")).to_be_visible()
    expect(sheet.get_by_role("button", name="Book for £18.00")).to_be_hidden()
    first = member.url
    sheet.get_by_role("button", name="Hold it again").click()
    expect(member).not_to_have_url(first)
    assert _statuses(app, world) == [BookingStatus.LAPSED, BookingStatus.HELD]


def test_the_best_match_of_home_opens_in_the_sheet(member: Page) -> None:
    member.goto("/")
    member.locator("form.pick button").click()
    expect(member.get_by_role("dialog").get_by_role("timer")).to_be_visible()
    member.keyboard.press("Escape")
    expect(member).to_have_url(re.compile(r"/$"))


def test_a_form_that_is_refused_as_a_whole_is_told_in_the_sheet(member: Page, search: str) -> None:
    sheet = _open(member, search)
    member.context.clear_cookies()
    sheet.get_by_role("button", name="Book for £18.00").click()
    expect(sheet.get_by_role("alert")).to_contain_text("This form was open for too long.")


def test_change_leads_to_the_rooms_and_lets_the_room_go(
    app: Flask, member: Page, world: World, search: str
) -> None:
    sheet = _open(member, search)
    # The browser leaves at the same moment, and hears of no answer to what outlives the page.
    with member.expect_request(re.compile("/release$")):
        sheet.get_by_role("link", name="Change").click()
    expect(member).to_have_url(re.compile(r"/bookings/search\?.*start=10:00"))
    expect(member.get_by_role("button", name="Book Cedar")).to_be_visible()
    for _try in range(50):
        if _statuses(app, world) == [BookingStatus.LAPSED]:
            break
        member.wait_for_timeout(100)
    assert _statuses(app, world) == [BookingStatus.LAPSED]


def test_who_was_signed_out_meanwhile_comes_back_to_the_checkout(
    app: Flask, member: Page, live_server: str, world: World, search: str
) -> None:
    sheet = _open(member, search)
    with inside(app, world.northlight) as session:
        session.execute(delete(LoginSession))
        session.commit()
    # What the sign-in page asks for by itself is answered before the browser is given its cookie, which it would overwrite.
    with member.expect_response(re.compile("/login/passkey/challenge$")):
        sheet.get_by_role("button", name="Book for £18.00").click()
        expect(member).to_have_url(re.compile(r"/login\?next=/bookings/\d+/checkout$"))
    sign_in_browser(app, member.context, live_server, world.northlight, "member")
    member.reload()
    expect(member.get_by_role("heading", level=1, name="Cedar")).to_be_visible()
