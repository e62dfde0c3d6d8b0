"""Somebody buys two things, at the desk and on a phone, with scripts and without, and staff see it."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.models import Invoice, Product, Purchase
from tests.support.browser import EVERY_WAY, new_page
from tests.support.invoices import SELLER_FORM
from tests.support.rows import rows
from tests.support.sign_in import sign_in_browser
from tests.support.staff import Desk
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]


@pytest.fixture
def _shop(app: Flask, world: World) -> None:
    """A coffee card of which two are left, and prints that come with the next invoice."""
    owner = Desk(app, world.northlight, "owner")
    owner.send("/admin/settings/invoices", SELLER_FORM)
    rate = {"name": "VAT", "category": "S", "percent": "20", "starts_on": "2020-01-01"}
    owner.send("/admin/settings/invoices/rates", rate)
    usual = {"tax_rate_id": "1", "audience": "everyone", "position": "0", "visible": "y"}
    for name, price, more in (
        ("Coffee card", "24.00", {"billing": "now", "stock": "2"}),
        ("Print pack", "9.00", {"billing": "next"}),
    ):
        answer = owner.send("/admin/products", {"name": name, "price_minor": price, **usual, **more})
        assert answer.status_code == 303


@pytest.fixture(params=EVERY_WAY)
def page(
    request: pytest.FixtureRequest, app: Flask, browser: Browser, live_server: str, world: World, _shop: None
) -> object:
    with new_page(browser, live_server, request.param) as page:
        sign_in_browser(app, page.context, live_server, world.northlight, "contact")
        yield page


def test_two_things_are_bought(page: Page, app: Flask, world: World) -> None:
    page.goto("/products")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Coffee card"))
    card.get_by_label("How many").fill("3")
    card.get_by_role("button").click()
    expect(page.get_by_text("Only 2 are left of Coffee card.").first).to_be_visible()
    card.get_by_label("How many").fill("2")
    card.get_by_role("button").click()
    expect(page).to_have_url(re.compile("/products/basket$"))
    page.get_by_role("link", name="Back to the shop").click()
    page.get_by_role("button", name="Add to basket: Print pack").click()
    expect(page.get_by_text("£57.00")).to_be_visible()
    page.get_by_role("link", name="Go to checkout").click()
    expect(page.get_by_role("heading", name="Now, with an invoice")).to_be_visible()
    page.get_by_role("button", name="Buy, £48.00 now").dblclick()
    expect(page.get_by_role("heading", level=1, name="What you bought")).to_be_visible()
    page.get_by_role("link", name="See the invoice").click()
    expect(page).to_have_url(re.compile(r"/invoices/\d+$"))
    expect(page.get_by_text("Coffee card").first).to_be_visible()
    assert len(rows(app, world.northlight, Purchase)) == 1
    assert [each.total_minor for each in rows(app, world.northlight, Invoice)] == [4800]
    assert [each.stock for each in rows(app, world.northlight, Product)] == [0, None]
    page.goto("/products")
    expect(card.get_by_text("Sold out")).to_be_visible()
