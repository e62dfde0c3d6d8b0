"""Taking one's data along, leaving, and staying after all, in a browser with and without scripts."""

import zipfile
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import DESKTOP, PHONE, new_page
from tests.support.sign_in import sign_in_browser
from tests.support.world import PASSWORD, World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def phone(request: pytest.FixtureRequest, browser: Browser, live_server: str) -> Iterator[Page]:
    with new_page(browser, live_server, {**PHONE, "java_script_enabled": request.param}) as page:
        page.set_default_timeout(20_000)
        yield page


def _sign_in(page: Page, world: World) -> None:
    page.goto("/login")
    page.get_by_label("E-mail").fill(world.northlight.email("member"))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main form[action='/login'] button").click()


def test_a_member_takes_their_data_and_leaves_and_stays(app: Flask, world: World, phone: Page) -> None:
    _sign_in(phone, world)
    expect(phone).not_to_have_url("/login")
    phone.goto("/account/data")
    phone.get_by_role("button", name="Make a copy").click()
    expect(phone.get_by_text("Being made")).to_be_visible()
    app.extensions["portico_work"].deliver(world.northlight.id)
    phone.reload()
    with phone.expect_download() as download:
        phone.get_by_text("There until").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert {"README.txt", "profile.json", "bookings.json"} <= set(archive.namelist())

    phone.get_by_role("link", name="Delete my account").click()
    expect(phone.get_by_role("heading", name="After 14 days")).to_be_visible()
    phone.get_by_role("button", name="Delete my account").click()
    expect(phone).to_have_url("/login")

    _sign_in(phone, world)
    expect(phone.get_by_role("heading", name="Will you stay?")).to_be_visible()
    phone.goto("/bookings/mine")
    expect(phone).to_have_url("/account/deletion")
    phone.get_by_role("button", name="Keep my account").click()
    expect(phone).to_have_url("/")


def test_the_front_desk_merges_two_people(
    app: Flask, browser: Browser, live_server: str, world: World
) -> None:
    with new_page(browser, live_server, DESKTOP) as desk:
        desk.set_default_timeout(20_000)
        sign_in_browser(app, desk.context, live_server, world.northlight, "desk")
        desk.goto(f"/admin/people/{world.northlight.people['member']}")
        desk.get_by_role("link", name="Merge with somebody").click()
        desk.get_by_label("Name, e-mail or company").fill("colin")
        desk.get_by_role("link", name="Colin Colleague").click()
        expect(desk.get_by_text("Move to Maya Member")).to_be_visible()
        desk.get_by_label("Name that stays").select_option(label="Colin Colleague")
        desk.get_by_role("button", name="Merge them").click()
        expect(desk.get_by_role("heading", name="Colin Colleague", level=1)).to_be_visible()
        expect(desk.get_by_text("They are one person now.")).to_be_visible()
