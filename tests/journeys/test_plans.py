"""Plans on a phone: from a secret link to the first invoice without an account, and from a wish to the desk's yes."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.models import PlanVisibility
from tests.support.joining import open_joining
from tests.support.mail import mailed
from tests.support.shop import Shop
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

PHRASE = "a brand new pass phrase"


def test_a_stranger_comes_by_the_link_and_leaves_with_an_invoice(
    app: Flask, world: World, phone: Page
) -> None:
    shop = Shop(app, world)
    plan_id, _version = shop.plan(visibility=PlanVisibility.LINK, terms="Be kind.")
    open_joining(app, shop.tenant)
    phone.goto(f"/plans/l/{shop.link(plan_id)}")
    phone.get_by_role("link", name="Create an account").click()
    phone.get_by_label("E-mail").fill("ada@example.test")
    # Nobody is as fast as a program.
    phone.wait_for_timeout(2100)
    phone.get_by_role("button", name="Mail me a link").click()
    expect(phone.get_by_role("heading", name="Look at your mail")).to_be_visible()
    phone.goto(mailed(app, shop.tenant, "/join/link/"))
    phone.get_by_label("First name").fill("Ada")
    phone.get_by_label("Last name").fill("Byron")
    phone.get_by_label("Password").fill(PHRASE)
    phone.locator("main form button").click()
    phone.get_by_role("link", name="Join Residents").click()
    phone.get_by_role("button", name="See what it costs").click()
    expect(phone.get_by_role("heading", name="Whom do we bill?")).to_be_visible()
    expect(phone.get_by_label("Name on the invoice")).to_have_value("Ada Byron")
    phone.get_by_role("button", name="See what it costs").click()
    expect(phone.get_by_role("alert")).to_be_visible()
    phone.get_by_label("Street and number").fill("1 Leith Walk")
    phone.get_by_label("City").fill("Edinburgh")
    phone.get_by_label("Country").select_option("GB")
    phone.get_by_role("button", name="See what it costs").click()
    expect(phone.get_by_role("heading", name="Your first invoices")).to_be_visible()
    phone.get_by_label("I agree to the terms").check()
    phone.get_by_role("button", name="Join now").click()
    expect(phone).to_have_url(re.compile(r"/invoices/\d+$"))
    phone.goto("/plans/mine")
    expect(phone.get_by_role("heading", name="Your next invoices")).to_be_visible()


def test_the_desk_says_yes_from_its_inbox(
    app: Flask, world: World, phone: Page, page: Page, live_server: str
) -> None:
    shop = Shop(app, world)
    shop.join(*shop.plan(needs_approval=True))
    sign_in_browser(app, page.context, live_server, shop.tenant, "desk")
    page.goto("/inbox")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#toasts")).to_contain_text("They are on the plan.")
    sign_in_browser(app, phone.context, live_server, shop.tenant, "contact")
    phone.goto("/inbox")
    phone.get_by_role("link", name=re.compile("Residents is approved")).click()
    expect(phone.get_by_role("heading", name="My plans")).to_be_visible()
    expect(phone.get_by_text("Active")).to_be_visible()
