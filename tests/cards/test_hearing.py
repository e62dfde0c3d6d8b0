"""What Stripe tells by itself: signed or not, late, twice, in any order, or never."""

import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from flask import Flask

from app.models import CardEvent
from tests.support.cards import OPEN_MINOR, Till, open_till
from tests.support.rows import rows
from tests.support.servers import PATIENCE_S
from tests.support.stripe import StripeDouble
from tests.support.world import World


def _paid_and_gone(till: Till, invoice: int) -> None:
    """Pay, and never come back from Stripe's page."""
    till.stripe.pay(till.press_pay(till.person(), invoice))


def _later() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=11)


@pytest.mark.parametrize(
    "weather",
    [{}, {"duplicate": 3}, {"delay": 0.2}, {"hold": True}],
    ids=["fair", "four times", "late", "backwards"],
)
def test_a_payment_is_heard_of_however_it_is_told(
    till: Till, live_server: str, weather: dict[str, object]
) -> None:
    till.hear(live_server)
    till.stripe.weather(**weather)
    invoice = till.bill()
    _paid_and_gone(till, invoice)
    if weather.get("hold"):
        till.stripe.release("last", times=2)
    till.stripe.settle()
    assert till.open_of(invoice) == 0
    assert till.by_card() == till.balance() == OPEN_MINOR
    assert {each["status"] for each in till.stripe.deliveries()} == {204}
    told = [each.event for each in rows(till.app, till.tenant, CardEvent)]
    assert len(told) == len(set(told))


@pytest.mark.parametrize("weather", ["unsigned", "forged", "stale"])
def test_a_message_that_is_not_stripes_changes_nothing(till: Till, live_server: str, weather: str) -> None:
    till.hear(live_server)
    till.stripe.weather(**{weather: True, "retries": 0})
    invoice = till.bill()
    _paid_and_gone(till, invoice)
    till.stripe.settle()
    assert {each["status"] for each in till.stripe.deliveries()} == {400}
    assert till.open_of(invoice) == OPEN_MINOR
    assert rows(till.app, till.tenant, CardEvent) == []
    # Nothing is lost: we ask by ourselves.
    till.work(_later)
    assert till.open_of(invoice) == 0


def test_what_was_never_told_is_asked_for(till: Till, live_server: str) -> None:
    till.hear(live_server)
    till.stripe.weather(drop=True)
    invoice = till.bill()
    _paid_and_gone(till, invoice)
    till.stripe.settle()
    till.work()
    assert till.open_of(invoice) == OPEN_MINOR  # not yet: a message may come
    till.work(_later)
    till.work(_later)
    assert till.open_of(invoice) == 0
    assert till.by_card() == till.balance() == OPEN_MINOR


def test_a_signed_message_about_money_that_never_came_pays_nothing(till: Till, live_server: str) -> None:
    till.hear(live_server)
    invoice = till.bill()
    till.press_pay(till.person(), invoice)
    (attempt,) = till.attempts()
    page = {
        "id": attempt.page,
        "object": "checkout.session",
        "payment_status": "paid",
        "status": "complete",
        "amount_total": OPEN_MINOR,
        "metadata": {"portico": attempt.token},
    }
    till.stripe.tell("checkout.session.completed", page, key=till.key)
    till.stripe.settle()
    assert till.stripe.deliveries()[-1]["status"] == 204
    assert till.open_of(invoice) == OPEN_MINOR
    assert till.held() == []


def test_a_message_about_another_tenants_invoice_does_nothing_in_either(
    app: Flask, world: World, stripe: StripeDouble, till: Till, live_server: str
) -> None:
    till.hear(live_server)
    other = open_till(app, world.harbour, stripe)
    theirs = other.bill()
    other.stripe.pay(other.press_pay(other.person(), theirs))
    (attempt,) = other.attempts()
    intent = {"id": "pi_of_theirs", "object": "payment_intent", "metadata": {"portico": attempt.token}}
    till.stripe.tell("payment_intent.succeeded", intent, key=till.key)
    till.stripe.settle()
    assert till.stripe.deliveries()[-1]["status"] == 204
    assert till.by_card() == 0
    assert other.open_of(theirs) == OPEN_MINOR
    # In their own portal it counts.
    other.work(_later)
    assert other.open_of(theirs) == 0


def test_while_stripe_cannot_be_asked_a_message_is_to_come_again(till: Till, live_server: str) -> None:
    till.hear(live_server)
    till.stripe.weather(hold=True)
    invoice = till.bill()
    _paid_and_gone(till, invoice)
    till.stripe.weather(back_off=0.2)
    till.stripe.fail("error_before", "/v1/checkout/sessions/", times=3)
    till.stripe.release()
    till.stripe.settle()
    statuses = [each["status"] for each in till.stripe.deliveries()]
    assert 503 in statuses
    assert statuses[-1] == 204
    assert till.open_of(invoice) == 0


def test_rubbish_is_no_message(till: Till, live_server: str) -> None:
    for body in (b"", b"{", b"[]", b"\xff" * 1000, b"x" * 600_000):
        answer = httpx.post(
            f"{live_server}/webhooks/stripe",
            content=body,
            headers={"Stripe-Signature": f"t={int(time.time())},v1=00"},
            timeout=PATIENCE_S,
        )
        assert answer.status_code == 400
    assert till.by_card() == 0
