"""Somebody introduces themselves in a browser, with and without scripts, and a colleague sees what is meant for them."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from app.models import PersonProfile, StoredFile
from app.web.ports import files
from tests.support.browser import EVERY_WAY, PHONE, new_page
from tests.support.rows import rows
from tests.support.sign_in import sign_in_browser
from tests.support.world import TenantWorld, World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]


@pytest.fixture(params=EVERY_WAY)
def member(
    request: pytest.FixtureRequest, app: Flask, browser: Browser, live_server: str, world: World
) -> Iterator[Page]:
    with new_page(browser, live_server, request.param) as page:
        page.set_default_timeout(20_000)
        sign_in_browser(app, page.context, live_server, world.northlight, "member")
        yield page


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    """Red to the left, green, blue to the right."""
    image = Image.new("RGB", (900, 600), "#00aa00")
    image.paste("#cc0000", (0, 0, 200, 600))
    image.paste("#0000cc", (700, 0, 900, 600))
    path = tmp_path / "me.jpg"
    image.save(path)
    return path


def _third(app: Flask, tenant: TenantWorld) -> tuple[int, ...]:
    """The colour a third of the way into the photograph that is kept: red only when the square reaches the left."""
    profile = rows(app, tenant, PersonProfile, person_id=tenant.people["member"])[0]
    digest = rows(app, tenant, StoredFile, id=profile.photo_id)[0].digest
    with app.app_context():
        data = files().get(tenant.id, digest)
    with Image.open(BytesIO(data or b"")) as image:
        return tuple(image.convert("RGB").crop((160, 250, 161, 251)).tobytes())


def test_somebody_introduces_themselves(
    member: Page, app: Flask, browser: Browser, live_server: str, world: World, photograph: Path
) -> None:
    member.goto("/account")
    member.get_by_role("main").get_by_role("link", name="Profile").click()
    member.get_by_label("What you do").fill("Weaver")
    member.get_by_text("Welding", exact=True).click()
    member.get_by_label("Website").fill("javascript:alert(1)")
    member.get_by_role("button", name="Save").click()
    expect(member.locator("#website-error")).to_contain_text("https://")
    expect(member.get_by_label("What you do")).to_have_value("Weaver")
    member.get_by_label("Website").fill("kiteloom.example")
    member.get_by_role("button", name="Save").click()
    expect(member.locator("#toasts")).to_contain_text("Saved.")

    member.get_by_label("Photo", exact=True).set_input_files(photograph)
    member.get_by_role("button", name="Use this photo").click()
    expect(member.locator("#toasts")).to_contain_text("That is you now.")
    expect(member.locator("main .face img")).to_be_visible()

    member.goto("/account/privacy")
    member.get_by_label("List me, so that others here can find me").check()
    member.get_by_label("Website").select_option("Only me")
    member.get_by_role("button", name="Save").click()
    expect(member.locator("#toasts")).to_contain_text("Saved.")

    with new_page(browser, live_server, PHONE) as colleague:
        sign_in_browser(app, colleague.context, live_server, world.northlight, "colleague")
        colleague.goto(f"/people/{world.northlight.people['member']}")
        expect(colleague.get_by_role("main")).to_contain_text("Weaver")
        expect(colleague.get_by_role("main")).to_contain_text("Welding")
        expect(colleague.get_by_role("main")).not_to_contain_text("kiteloom")
        expect(colleague.locator("main .face img")).to_be_visible()


def test_the_square_is_dragged_to(
    page: Page, app: Flask, live_server: str, world: World, photograph: Path
) -> None:
    sign_in_browser(app, page.context, live_server, world.northlight, "member")
    page.goto("/account/profile")
    page.get_by_label("Photo", exact=True).set_input_files(photograph)
    canvas = page.locator("canvas")
    expect(canvas).to_be_visible()
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 10, box["y"] + 100, steps=6)
    page.mouse.up()
    page.get_by_role("button", name="Use this photo").click()
    expect(page.locator("#toasts")).to_contain_text("That is you now.")
    red, green, blue = _third(app, world.northlight)
    # Where nobody drags the middle is taken, and that is green here.
    assert red > 150 > max(green, blue)
