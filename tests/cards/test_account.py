"""How a tenant comes to take cards: its own key, or the host's account."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest
from flask import Flask

from app.factory import create_app
from app.models import CardRefund, CardSetting
from app.settings import Settings
from app.web.database import db
from tests.support.cards import OPEN_MINOR, Till
from tests.support.rows import rows
from tests.support.servers import PATIENCE_S, serve_in_thread
from tests.support.staff import Desk
from tests.support.stripe import StripeDouble
from tests.support.world import World

HERE = "/admin/settings/payments"


def _said(answer_text: str) -> str:
    return " ".join(answer_text.split())


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("", "This is needed."),
        ("pk_test_abcdefgh", "That is the publishable key."),
        ("hello", "A secret key begins with"),
        ("sk_test_nobody_knows_it", "Stripe does not accept this key"),
    ],
)
def test_a_key_that_is_none_is_refused_where_it_is_typed(
    app: Flask, world: World, key: str, sentence: str
) -> None:
    answer = Desk(app, world.northlight, "owner").send(HERE, {"key": key})
    assert answer.status_code == 422
    assert sentence in _said(answer.text)
    assert rows(app, world.northlight, CardSetting) == []


def test_without_a_key_the_portal_says_how_to_pay(app: Flask, world: World, stripe: StripeDouble) -> None:
    till = Till(app, world.northlight, stripe, "", "")
    invoice, maya = till.bill(), till.person()
    assert "by card" not in maya.get(f"/invoices/{invoice}").text
    assert "Pay at the front desk" in maya.get("/invoices").text
    assert "No card can be taken" in maya.get("/invoices/cards").text
    answer = maya.post("/invoices/payments", {"invoice": str(invoice)}, form="/account")
    assert answer.location == f"/invoices/{invoice}"
    assert "No card can be taken" in maya.get(str(answer.location)).text


def test_a_key_is_tried_shown_to_nobody_and_given_up(till: Till) -> None:
    owner = Desk(till.app, till.tenant, "owner")
    shown = owner.get(HERE).text
    assert till.key not in shown
    assert "Test mode" in shown
    (setting,) = rows(till.app, till.tenant, CardSetting)
    assert till.key not in (setting.secret_key or "")
    assert "may take money" in owner.send(f"{HERE}/trial").text
    till.stripe.fail("close_before", times=3, seconds=0.2)
    assert "Stripe does not answer" in owner.send(f"{HERE}/trial").text
    assert owner.send(f"{HERE}/removal").status_code == 303
    assert rows(till.app, till.tenant, CardSetting) == []
    assert [each.action for each in owner.audit() if "card_setting" in each.action] == [
        "card_setting.changed",
        "card_setting.removed",
    ]
    assert till.key not in str([(each.before, each.after) for each in owner.audit()])


def test_a_message_is_expected_where_the_key_can_set_it_up(
    app: Flask, world: World, stripe: StripeDouble
) -> None:
    key = "sk_test_own_endpoint"
    account = stripe.add_key(key)
    owner = Desk(app, world.northlight, "owner")
    owner.send(HERE, {"key": key})
    (endpoint,) = stripe.objects("webhook_endpoint", account)
    assert urlsplit(endpoint["url"]).path == "/webhooks/stripe"
    # Another key takes its place, and the first one's messages end.
    other = stripe.add_key("sk_test_other_account")
    owner.send(HERE, {"key": "sk_test_other_account"})
    assert stripe.objects("webhook_endpoint", account) == []
    assert len(stripe.objects("webhook_endpoint", other)) == 1


def test_nobody_pays_on_a_page_of_an_account_that_was_given_up(till: Till) -> None:
    invoice, maya = till.bill(), till.person()
    url = till.press_pay(maya, invoice)
    till.stripe.pay(till.press_pay(till.person("contact"), till.bill("contact")))
    owner = Desk(till.app, till.tenant, "owner")
    till.stripe.fail("close_before", times=3, seconds=0.2)
    owner.send(f"{HERE}/removal")
    assert "Stripe does not answer" in owner.get(HERE).text
    assert len(rows(till.app, till.tenant, CardSetting)) == 1
    owner.send(f"{HERE}/removal")
    assert rows(till.app, till.tenant, CardSetting) == []
    till.stripe.pay(url)
    # What had come before is in the books.
    assert till.by_card() == till.balance() == OPEN_MINOR
    assert till.open_of(invoice) == OPEN_MINOR


@pytest.fixture
def platform(settings: Settings, stripe: StripeDouble) -> Iterator[Flask]:
    """A server whose host has an account of their own."""
    stripe.add_key("sk_test_platform")
    app = create_app(
        replace(settings, stripe_key="sk_test_platform", stripe_webhook_secret="whsec_of_the_platform")
    )
    yield app
    app.extensions["portico_cards"].cards.close()
    with app.app_context():
        db.engine.dispose()


def test_an_account_is_connected_and_pays_into_its_own_tenant(
    platform: Flask, world: World, stripe: StripeDouble
) -> None:
    owner = Desk(platform, world.northlight, "owner")
    leads_to = str(owner.send(f"{HERE}/connection").location)
    assert leads_to.startswith(stripe.origin)
    (setting,) = rows(platform, world.northlight, CardSetting)
    till = Till(platform, world.northlight, stripe, "sk_test_platform", setting.account)
    invoice, maya = till.bill(), till.person()
    assert "by card" not in maya.get(f"/invoices/{invoice}").text  # its owner has told Stripe nothing yet
    stripe.make_ready(setting.account)
    assert owner.get(f"{HERE}/connection").status_code == 200
    with serve_in_thread(platform) as server:
        stripe.add_webhook(
            f"{server}/webhooks/stripe/connected",
            "whsec_of_the_platform",
            connected=True,
            key="sk_test_platform",
        )
        stripe.pay(till.press_pay(maya, invoice))
        stripe.settle()
        assert till.open_of(invoice) == 0
        assert till.by_card() == till.balance() == OPEN_MINOR
        # A refund that comes back is heard of, too.
        desk = Desk(platform, world.northlight, "desk")
        line = re.search(r'name="(line-\d+)"', desk.get(f"/admin/invoices/{invoice}").text)
        assert line
        wish = {line[1]: "50.00", "reason": "Cold", "refund": "y"}
        assert desk.send(f"/admin/invoices/{invoice}/credit-notes", wish).status_code == 303
        (back,) = stripe.objects("refund", setting.account)
        stripe.turn_refund(back["id"], account=setting.account)
        stripe.settle()
        assert [each.state for each in rows(platform, world.northlight, CardRefund)] == ["failed"]
        # The same said of another account counts for nothing.
        (attempt,) = till.attempts()
        stripe.weather(account="acct_of_nobody")
        intent = {"id": attempt.intent, "object": "payment_intent", "metadata": {"portico": attempt.token}}
        stripe.tell("payment_intent.succeeded", intent, account=setting.account)
        stripe.settle()
        answer = httpx.post(f"{server}/webhooks/stripe/connected", content=b"{}", timeout=PATIENCE_S)
        assert answer.status_code == 400
