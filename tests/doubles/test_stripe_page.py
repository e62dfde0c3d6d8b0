"""The page in a browser, on a phone and without JavaScript: what a newcomer sees of the demo."""

from typing import Any

import pytest
import stripe
from playwright.sync_api import Browser, Page, expect

from tests.doubles.conftest import session_params
from tests.support.browser import EVERY_WAY
from tests.support.stripe import StripeDouble


@pytest.mark.journey
@pytest.mark.parametrize("way", EVERY_WAY)
def test_a_person_pays_with_3d_secure(
    double: StripeDouble, client: stripe.StripeClient, browser: Browser, way: dict[str, Any]
) -> None:
    back = f"{double.origin}/shop?cs={{CHECKOUT_SESSION_ID}}"
    session = client.v1.checkout.sessions.create(session_params(success_url=back))
    context = browser.new_context(**way)
    page = context.new_page()
    page.goto(str(session.url))
    expect(page.get_by_text("Test payment page")).to_be_visible()
    _type_card(page, "4000 0000 0000 0002")
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
    _type_card(page, "4000 0027 6000 3184")
    _fits(page)
    page.get_by_role("button", name="Fail").click()
    expect(page.get_by_role("alert")).to_contain_text("unable to authenticate")
    _type_card(page, "4000 0027 6000 3184")
    page.get_by_role("button", name="Complete").click()
    page.wait_for_url(f"{double.origin}/shop?cs={session.id}")
    page.goto(str(session.url))
    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    assert double.balance()[double.own_account()] == {"eur": 1200}
    context.close()


def _type_card(page: Page, number: str) -> None:
    _fits(page)
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry").fill("12/34")
    page.get_by_label("CVC").fill("123")
    page.get_by_role("button", name="Pay 12.00 EUR").click()


def _fits(page: Page) -> None:
    """Nothing reaches beyond the edge of a narrow screen."""
    widths: list[int] = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
