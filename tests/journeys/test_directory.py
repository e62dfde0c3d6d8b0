"""Somebody looks for a colleague in a browser: as they type, beside the list, on a phone, by keyboard and without scripts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.domain.directory.find import PAGE_SIZE
from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from tests.support.bookings import NOW
from tests.support.browser import PHONE, new_page
from tests.support.directory import checks_in, describe, lists
from tests.support.rows import inside
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]
_WIDE: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
_FACTS = {"company": "Zinc Works", "job_title": "Smith", "bio": "Gates and grilles."}


@pytest.fixture
def people(app: Flask, world: World) -> None:
    """More people than one page holds, a colleague who is here, and a contact."""
    north = world.northlight
    with inside(app, north) as session:
        for number in range(PAGE_SIZE):
            letters = f"{chr(97 + number // 26)}{chr(97 + number % 26)}"
            person = add_person(session, NOW, PersonDetails(f"{letters}@many.test", f"Mia {letters}", "Many"))
            north.people[letters] = person.id
            describe(session, north, letters)
    lists(app, north, "colleague", skills=("Welding",), **_FACTS)
    lists(app, north, "contact", first_name="Ünal", company="Copper")
    checks_in(app, north, "colleague")


def _open(app: Flask, browser: Browser, address: str, world: World, shape: dict[str, Any]) -> Iterator[Page]:
    with new_page(browser, address, shape) as page:
        page.set_default_timeout(20_000)
        sign_in_browser(app, page.context, address, world.northlight, "member")
        yield page


@pytest.fixture
def desktop(app: Flask, browser: Browser, live_server: str, world: World) -> Iterator[Page]:
    yield from _open(app, browser, live_server, world, _WIDE)


@pytest.fixture
def pocket(app: Flask, browser: Browser, live_server: str, world: World) -> Iterator[Page]:
    yield from _open(app, browser, live_server, world, PHONE)


@pytest.fixture(params=["phone", "desktop"])
def plain(
    request: pytest.FixtureRequest, app: Flask, browser: Browser, live_server: str, world: World
) -> Iterator[Page]:
    """Without scripts."""
    shape = {**(PHONE if request.param == "phone" else _WIDE), "java_script_enabled": False}
    yield from _open(app, browser, live_server, world, shape)


@pytest.mark.usefixtures("people")
def test_somebody_is_found_as_one_types_and_shown_beside_the_list(desktop: Page, world: World) -> None:
    person_id = world.northlight.people["colleague"]
    desktop.goto("/directory")
    search = desktop.get_by_role("searchbox")
    search.press_sequentially("unal", delay=20)
    expect(desktop.locator(".people .title")).to_have_text(["Ünal Contact"])
    expect(desktop).to_have_url(re.compile(r"q=unal"))
    search.fill("weld")
    expect(desktop.get_by_role("status").first).to_have_text("1 person")
    desktop.get_by_role("link", name=re.compile("Colin Colleague")).click()
    beside = desktop.get_by_role("complementary")
    expect(beside.get_by_role("heading", level=2, name="Colin Colleague")).to_be_visible()
    expect(beside).to_contain_text("Gates and grilles.")
    expect(desktop).to_have_url(re.compile(rf"/directory\?.*person={person_id}"))
    expect(desktop.locator(".people [aria-current]")).to_contain_text("Colin Colleague")
    expect(search).to_have_value("weld")
    # A reload shows the same, and Back leads to the list without anybody beside it.
    desktop.reload()
    expect(beside).to_contain_text("Gates and grilles.")
    desktop.go_back()
    expect(desktop).not_to_have_url(re.compile("person="))
    expect(desktop.get_by_role("complementary")).not_to_contain_text("Gates and grilles.")


@pytest.mark.usefixtures("people")
def test_more_people_stand_below_the_others(desktop: Page) -> None:
    desktop.goto("/directory")
    expect(desktop.locator("a[data-person]")).to_have_count(PAGE_SIZE)
    desktop.get_by_role("link", name="More people").click()
    expect(desktop.locator("a[data-person]")).to_have_count(PAGE_SIZE + 2)
    expect(desktop.get_by_role("link", name="More people")).to_have_count(0)
    desktop.get_by_text(re.compile("^Here now, 1")).click()
    expect(desktop.locator("a[data-person]")).to_have_count(1)


@pytest.mark.usefixtures("people")
def test_on_a_phone_a_person_is_a_page_with_a_way_back(pocket: Page, world: World) -> None:
    pocket.goto("/directory")
    pocket.get_by_role("searchbox").fill("zinc")
    expect(pocket.locator("a[data-person]")).to_have_count(1)
    pocket.get_by_role("link", name=re.compile("Colin Colleague")).tap()
    expect(pocket).to_have_url(re.compile(rf"/people/{world.northlight.people['colleague']}\?"))
    expect(pocket.get_by_role("heading", level=1, name="Colin Colleague")).to_be_visible()
    with pocket.expect_download() as download:
        pocket.get_by_role("link", name="Save contact").tap()
    assert download.value.suggested_filename == "Colin Colleague.vcf"
    pocket.get_by_role("link", name="Back").tap()
    expect(pocket.get_by_role("searchbox")).to_have_value("zinc")
    expect(pocket.locator("a[data-person]")).to_have_count(1)


@pytest.mark.usefixtures("people")
def test_an_address_with_somebody_beside_the_list_shows_them_alone_on_a_phone(
    pocket: Page, world: World
) -> None:
    pocket.goto(f"/directory?person={world.northlight.people['colleague']}")
    expect(pocket.get_by_text("Gates and grilles.")).to_be_visible()
    expect(pocket.get_by_role("searchbox")).to_be_hidden()
    pocket.get_by_role("link", name="Back").tap()
    expect(pocket.get_by_role("searchbox")).to_be_visible()


@pytest.mark.usefixtures("people")
def test_it_works_without_scripts(plain: Page) -> None:
    plain.goto("/directory")
    plain.get_by_role("searchbox").fill("many")
    plain.get_by_role("button", name="Search").click()
    expect(plain.get_by_role("status").first).to_have_text(f"{PAGE_SIZE} people")
    plain.get_by_role("searchbox").fill("")
    plain.get_by_role("button", name="Search").click()
    plain.get_by_role("link", name="More people").click()
    expect(plain.locator("a[data-person]")).to_have_count(2)
    plain.get_by_role("navigation", name="Pages").get_by_role("link", name="Back").click()
    plain.get_by_role("link", name=re.compile("Colin Colleague")).click()
    expect(plain.get_by_role("heading", level=1, name="Colin Colleague")).to_be_visible()
    plain.goto("/")
    plain.get_by_role("button", name="I’m here").click()
    expect(plain.get_by_text("You are at Leith Walk until")).to_be_visible()
    plain.get_by_role("button", name="Check out").click()
    expect(plain.get_by_role("button", name="I’m here")).to_be_visible()


@pytest.mark.usefixtures("people")
def test_keys_suffice(desktop: Page) -> None:
    desktop.goto("/directory")
    desktop.get_by_role("searchbox").focus()
    desktop.keyboard.type("zinc")
    expect(desktop.locator("a[data-person]")).to_have_count(1)
    row = desktop.get_by_role("link", name=re.compile("Colin Colleague"))
    for _ in range(20):
        desktop.keyboard.press("Tab")
        if row.evaluate("it => it === document.activeElement"):
            break
    expect(row).to_be_focused()
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("complementary")).to_contain_text("Gates and grilles.")
    expect(row).to_be_focused()


@pytest.mark.usefixtures("people")
def test_on_paper_there_is_the_list_and_nothing_to_press(desktop: Page, world: World) -> None:
    desktop.goto("/directory")
    desktop.emulate_media(media="print")
    expect(desktop.get_by_text("Mia aa Many")).to_be_visible()
    for name in ("Search by name, company, work or skill", "Location"):
        expect(desktop.get_by_label(name, exact=True)).to_be_hidden()
    expect(desktop.get_by_role("link", name="More people")).to_have_count(0)
    desktop.goto(f"/directory?person={world.northlight.people['colleague']}")
    expect(desktop.get_by_text("Gates and grilles.")).to_be_visible()
    expect(desktop.get_by_text("Mia aa Many")).to_be_hidden()
    expect(desktop.get_by_role("link", name="Save contact")).to_have_count(0)
