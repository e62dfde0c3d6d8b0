"""Paying on a phone, in a browser, at Stripe's own pages."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.domain.plans.terms import VersionDetails
from app.domain.plans.versions import set_terms
from app.models import CardRefund, Plan, TaxRate
from tests.support.browser import PHONE, new_page
from tests.support.cards import OPEN_MINOR, Till
from tests.support.mail import mailed
from tests.support.rows import inside, rows
from tests.support.sign_in import sign_in_browser
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]
ASKS_BANK = "4000002760003184"
Enter = Callable[..., Page]


@pytest.fixture
def enter(app: Flask, world: World, browser: Browser, live_server: str) -> Iterator[Enter]:
    """Opens a phone, signed in where somebody is named."""
    with ExitStack() as stack:

        def someone(who: str = "", *, scripts: bool = True) -> Page:
            shape = {**PHONE, "java_script_enabled": scripts}
            page = stack.enter_context(new_page(browser, live_server, shape))
            page.set_default_timeout(20_000)
            if who:
                sign_in_browser(app, page.context, live_server, world.northlight, who)
            return page

        yield someone


def _type_card(page: Page, number: str) -> None:
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry").fill("12/34")
    page.get_by_label("CVC").fill("123")
    page.get_by_role("button", name="Pay").or_(page.get_by_role("button", name="Save")).click()


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_somebody_joins_a_plan_and_confirms_the_payment_at_their_bank(
    till: Till, enter: Enter, *, scripts: bool
) -> None:
    till.bill("owner")  # the tenant bills, and has a rate of tax
    with inside(till.app, till.tenant) as session:
        plan = session.scalars(select(Plan).where(Plan.name == "Residents")).one()
        rate = session.scalars(select(TaxRate)).one()
        wish = VersionDetails(18600, rate.id)
        set_terms(session, till.tenant.actor("owner"), plan.id, wish, datetime.now(UTC))
        session.commit()
    page = enter("contact", scripts=scripts)
    page.goto("/plans")
    page.get_by_role("link", name="Join Residents").click()
    page.get_by_role("button", name="See what it costs").click()
    page.get_by_label("Street and number").fill("1 Leith Walk")
    page.get_by_label("City").fill("Edinburgh")
    page.get_by_label("Country").select_option("GB")
    page.get_by_role("button", name="See what it costs").click()
    page.get_by_role("button", name="Join now").click()
    page.get_by_role("button", name="by card").click()
    _type_card(page, ASKS_BANK)
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. Thank you.")
    _fits(page)
    page.get_by_role("link", name="My invoices").click()
    expect(page.get_by_role("button", name="by card")).to_have_count(0)
    assert till.by_card() == till.balance() > 0


def test_an_automatic_payment_that_the_bank_asks_about_is_finished_from_the_mail(
    till: Till, enter: Enter
) -> None:
    page = enter("member")
    page.goto("/invoices/cards")
    page.get_by_role("button", name="Add a card").click()
    _type_card(page, ASKS_BANK)
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your card is kept")
    invoice = till.bill()
    till.work()
    assert till.open_of(invoice) == OPEN_MINOR
    page.goto(mailed(till.app, till.tenant, "/invoices/"))
    page.get_by_role("button", name="by card").click()
    _type_card(page, ASKS_BANK)
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. Thank you.")
    assert till.open_of(invoice) == 0
    assert till.by_card() == till.balance() == OPEN_MINOR


def test_a_bank_that_is_left_alone_costs_nothing_and_can_be_gone_on_with(till: Till, enter: Enter) -> None:
    invoice, page = till.bill(), enter("member")
    page.goto(f"/invoices/{invoice}")
    page.get_by_role("button", name="by card").click()
    _type_card(page, ASKS_BANK)
    page.get_by_role("button", name="Fail").click()
    expect(page.get_by_label("Card number")).to_be_visible()
    (attempt,) = till.attempts()
    page.goto(f"/invoices/payments/{attempt.token}?away=1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing was paid")
    page.get_by_role("link", name="Go on with it").click()
    _type_card(page, "4242424242424242")
    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. Thank you.")
    assert till.by_card() == till.balance() == OPEN_MINOR


def test_the_desk_sends_a_part_back(till: Till, enter: Enter) -> None:
    invoice = till.bill()
    till.pay(till.person(), invoice)
    page = enter("desk")
    page.goto(f"/admin/invoices/{invoice}")
    page.get_by_label("Studio plan").fill("50")
    page.get_by_label("Send the money back to the card").check()
    page.get_by_label("Why").fill("The room was cold")
    page.get_by_role("button", name="Issue a credit note").click()
    expect(page.get_by_text("Sent back to the card")).to_be_visible()
    _fits(page)
    assert [each.state for each in rows(till.app, till.tenant, CardRefund)] == ["done"]
    assert till.balance() == OPEN_MINOR - 5000


def test_a_guest_pays_by_the_link_that_they_were_sent(till: Till, enter: Enter) -> None:
    invoice, page = till.bill(), enter("member")
    page.goto(f"/invoices/{invoice}")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link").input_value()
    guest = enter()
    guest.goto(link)
    _fits(guest)
    guest.get_by_role("button", name="by card").click()
    _type_card(guest, "4242424242424242")
    expect(guest.get_by_role("heading", level=1)).to_have_text("Paid. Thank you.")
    assert till.open_of(invoice) == 0
    assert till.by_card() == till.balance() == OPEN_MINOR
