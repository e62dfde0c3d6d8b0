"""Somebody reads what they were told: the bell, the list, one tap, and everything read, with and without scripts."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.domain.notices import tell
from app.models import SignUp
from tests.support.booking_rows import book
from tests.support.browser import EVERY_WAY, PHONE, new_page
from tests.support.notices import BOOKING, SAMPLES
from tests.support.rows import inside
from tests.support.sign_in import sign_in_browser
from tests.support.world import TenantWorld, World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]


@pytest.fixture(params=EVERY_WAY)
def member(
    request: pytest.FixtureRequest, app: Flask, browser: Browser, live_server: str, world: World
) -> Iterator[Page]:
    with new_page(browser, live_server, request.param) as page:
        page.set_default_timeout(20_000)
        _fill(app, world.northlight)
        sign_in_browser(app, page.context, live_server, world.northlight, "member")
        yield page


def _fill(app: Flask, tenant: TenantWorld) -> None:
    """A booking that is there, one that is not, and what is older and read."""
    booking = book(app, tenant, "member", "Fern", 30)
    now = datetime.now(UTC)
    with inside(app, tenant) as session:
        person = tenant.people["member"]
        for days, kind in ((3, "device.new"), (2, "data.ready"), (9, "password.changed")):
            notice = tell(session, now - timedelta(days=days), person, kind, SAMPLES[kind])
            assert notice
            notice.read_at = now
        tell(
            session,
            now - timedelta(minutes=9),
            person,
            "booking.cancelled",
            BOOKING | {"booking_id": booking, "reason": "The heating broke"},
        )
        tell(session, now, person, "booking.confirmed", BOOKING | {"booking_id": booking, "resource": "Fern"})


def test_what_one_is_told_is_found_and_read(member: Page) -> None:
    member.goto("/")
    bell = member.locator("a[data-count=inbox]:visible")
    expect(bell).to_have_text(re.compile("2"))
    bell.click()
    expect(member.get_by_role("heading", level=1, name="Inbox")).to_be_visible()
    expect(member.get_by_role("heading", name="Earlier")).to_be_visible()
    member.get_by_role("link", name="Fern is booked").click()
    expect(member).to_have_url(re.compile(r"/bookings/\d+$"))
    member.goto("/inbox")
    expect(member.locator("a[data-count=inbox]:visible")).to_have_text(re.compile("1"))
    member.get_by_role("link", name="Book another time").click()
    expect(member).to_have_url(re.compile("/bookings/search"))
    member.goto("/inbox")
    expect(member.locator("a[data-count=inbox]:visible .count")).to_have_count(0)
    expect(member.get_by_role("button", name="Mark all read")).to_have_count(0)


def test_everything_is_read_at_once_and_the_icon_follows(
    app: Flask, browser: Browser, live_server: str, world: World
) -> None:
    _fill(app, world.northlight)
    with new_page(browser, live_server, PHONE) as page:
        page.add_init_script(
            """navigator.setAppBadge = async (number) => { localStorage.badge = String(number); };"""
        )
        sign_in_browser(app, page.context, live_server, world.northlight, "member")
        page.goto("/inbox")
        page.wait_for_function("localStorage.badge === '2'")
        page.get_by_role("button", name="Mark all read").click()
        expect(page.locator("#toasts")).to_contain_text("All read.")
        page.wait_for_function("localStorage.badge === '0'")
        with inside(app, world.northlight) as session:
            tell(session, datetime.now(UTC), world.northlight.people["member"], "password.changed", {})
        page.goto("/account")
        page.wait_for_function("localStorage.badge === '1'")
        page.evaluate("document.body.dispatchEvent(new CustomEvent('live:inbox'))")
        page.get_by_role("main").get_by_role("button", name="Sign out").first.click()
        expect(page).to_have_url(re.compile("/login"))
        page.wait_for_function("localStorage.badge === '0'")


def test_a_page_that_stays_open_hears_of_news(app: Flask, page: Page, live_server: str, world: World) -> None:
    sign_in_browser(app, page.context, live_server, world.northlight, "member")
    with page.expect_response(
        lambda answer: "/live?" in answer.url
    ):  # there is no hub here, and what listens is there
        page.goto("/inbox")
    expect(page.get_by_text("Nothing yet")).to_be_visible()
    with inside(app, world.northlight) as session:
        tell(session, datetime.now(UTC), world.northlight.people["member"], "booking.confirmed", BOOKING)
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:inbox'))")
    expect(page.get_by_role("link", name="Fern is booked")).to_be_visible()
    expect(page.locator("a[data-count=inbox]:visible")).to_have_text(re.compile("1"))
    page.get_by_role("button", name="Mark all read").click()
    expect(page.locator("#toasts")).to_contain_text("All read.")
    expect(page.get_by_role("heading", name="Earlier")).to_be_visible()


def test_staff_let_somebody_in_from_the_inbox(app: Flask, page: Page, live_server: str, world: World) -> None:
    north, now = world.northlight, datetime.now(UTC)
    with inside(app, north) as session:
        asked = SignUp(
            email="nora@example.test", email_key="nora@example.test", first_name="Nora", last_name="New",
            asked_at=now, completed_at=now, expires_at=now + timedelta(days=7),
        )  # fmt: skip
        session.add(asked)
        session.flush()
        tell(
            session,
            now,
            north.people["owner"],
            "sign_up.waiting",
            {"sign_up_id": asked.id, "name": "Nora New"},
        )
    sign_in_browser(app, page.context, live_server, north, "owner")
    page.goto("/inbox")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#toasts")).to_contain_text("Nora New is in")
    page.goto("/inbox")
    expect(page.get_by_text("Nothing yet")).to_be_visible()


def test_the_inbox_is_read_with_the_keyboard_alone(
    app: Flask, page: Page, live_server: str, world: World
) -> None:
    _fill(app, world.northlight)
    sign_in_browser(app, page.context, live_server, world.northlight, "member")
    page.goto("/inbox")
    page.locator("main").focus()
    for name in ("Mark all read", "Fern is booked", "Show booking", "Fern is cancelled"):
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_contain_text(name)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/bookings/\d+$"))


def test_somebody_chooses_what_reaches_them(member: Page) -> None:
    member.goto("/account")
    member.get_by_role("main").get_by_role("link", name="Notifications").click()
    confirmed = member.get_by_role("group", name="A room is booked for you", exact=True)
    confirmed.get_by_label("By mail").select_option("In the daily mail")
    confirmed.get_by_label("On my devices").uncheck()
    member.get_by_label("From").fill("22:00")
    member.get_by_role("button", name="Save").click()
    expect(member.locator("#quiet_until-error")).to_contain_text("Choose both times, or none.")
    member.get_by_label("Until").fill("07:30")
    member.get_by_role("button", name="Save").click()
    expect(member.locator("#toasts")).to_contain_text("Saved.")
    confirmed = member.get_by_role("group", name="A room is booked for you", exact=True)
    expect(confirmed.get_by_label("By mail")).to_have_value("digest")
    expect(confirmed.get_by_label("On my devices")).not_to_be_checked()
    expect(member.get_by_label("From")).to_have_value("22:00")
