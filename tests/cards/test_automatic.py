"""Cards that are kept, and invoices that they pay by themselves."""

import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from app.models import CardCustomer, Notice, SavedCard
from tests.support.cards import OPEN_MINOR, Till
from tests.support.rows import rows
from tests.support.servers import PATIENCE_S
from tests.support.visitor import Visitor

ALWAYS_ASKS = "4000002760003184"
REFUSES_LATER = "4000000000000341"


def _after(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def _kept(till: Till, number: str = "4242424242424242") -> Visitor:
    """Somebody whose card pays by itself from now on."""
    maya = till.person()
    url = str(maya.post("/invoices/cards", form="/account").location)
    assert "Your card is kept" in till.come_back(maya, till.stripe.pay(url, number))
    return maya


def _told(till: Till) -> list[str]:
    return [each.kind for each in rows(till.app, till.tenant, Notice) if each.kind.startswith("payment.")]


def test_a_card_that_is_kept_pays_what_comes_and_its_owner_is_told(till: Till) -> None:
    maya = _kept(till)
    assert "Visa ending in 4242" in maya.get("/invoices/cards").text
    invoice = till.bill()
    for _again in range(3):
        till.work()
    assert till.open_of(invoice) == 0
    assert till.by_card() == till.balance() == OPEN_MINOR
    assert _told(till) == ["payment.taken"]


def test_a_card_is_kept_while_an_invoice_is_paid_if_that_was_asked_for(till: Till) -> None:
    first, maya = till.bill(), till.person()
    till.pay(maya, first)
    second = till.bill()
    till.work()
    assert till.open_of(second) == OPEN_MINOR  # nobody asked for it
    till.pay(maya, second, keep=True)
    third = till.bill()
    till.work()
    assert till.open_of(third) == 0
    assert till.by_card() == till.balance() == 3 * OPEN_MINOR


def test_a_bank_that_wants_its_customer_is_asked_once_and_they_finish_from_the_mail(till: Till) -> None:
    maya = _kept(till, ALWAYS_ASKS)
    invoice = till.bill()
    for days in (0, 1, 4, 12, 30):
        till.work(partial(_after, days))
    assert till.open_of(invoice) == OPEN_MINOR
    assert _told(till) == ["payment.asks"]
    assert len(till.stripe.objects("payment_intent", till.account)) == 1
    assert "Paid. Thank you." in till.pay(maya, invoice, number=ALWAYS_ASKS)
    assert till.by_card() == till.balance() == OPEN_MINOR


def test_a_bank_that_refuses_is_asked_three_times_in_all(till: Till) -> None:
    _kept(till, REFUSES_LATER)
    invoice = till.bill()
    for days in (0, 1, 2.9, 3.1, 5, 10.2, 20, 40):
        till.work(partial(_after, days))
    assert [each.state for each in till.attempts() if each.kind == "automatic"] == ["refused"] * 3
    assert till.open_of(invoice) == OPEN_MINOR
    assert till.balance() == 0


@pytest.mark.parametrize("kind", ["error_before", "error_after", "timeout_after", "close_before"])
@pytest.mark.parametrize("step", ["/v1/payment_intents", "/v1/payment_intents/"])
def test_a_lost_answer_never_takes_money_twice(till: Till, kind: str, step: str) -> None:
    _kept(till)
    invoice = till.bill()
    till.stripe.fail(kind, step, method="POST", times=3, seconds=0.3)
    for days in (0, 0.01, 0.1, 0.2, 1):
        till.work(partial(_after, days))
    assert till.open_of(invoice) == 0
    assert till.by_card() == till.balance() == OPEN_MINOR


def test_who_takes_it_back_pays_each_invoice_themselves(till: Till) -> None:
    maya = _kept(till)
    assert maya.post("/invoices/cards/automatic", {"allowed": "0"}, form="/account").status_code == 303
    invoice = till.bill()
    till.work()
    assert till.open_of(invoice) == OPEN_MINOR
    maya.post("/invoices/cards/automatic", {"allowed": "1"}, form="/account")
    till.work()
    assert till.open_of(invoice) == OPEN_MINOR  # it came before that
    later = till.bill()
    till.work()
    assert till.open_of(later) == 0


def test_a_removed_card_is_gone_at_stripe_too_and_the_next_one_pays(till: Till) -> None:
    maya = _kept(till)
    _kept(till, "5555555555554444")
    first, second = rows(till.app, till.tenant, SavedCard)
    assert (first.is_default, second.is_default) == (False, True)
    maya.post(f"/invoices/cards/{first.id}/choice", form="/account")
    maya.post(f"/invoices/cards/{first.id}/removal", form="/account")
    (left,) = rows(till.app, till.tenant, SavedCard)
    assert (left.id, left.is_default) == (second.id, True)
    attached = [each for each in till.stripe.objects("payment_method", till.account) if each["customer"]]
    assert [each["card"]["last4"] for each in attached] == ["4444"]
    maya.post(f"/invoices/cards/{left.id}/removal", form="/account")
    assert [each.automatic_since for each in rows(till.app, till.tenant, CardCustomer)] == [None]


def test_a_card_stays_where_stripe_cannot_be_told(till: Till) -> None:
    maya = _kept(till)
    (card,) = rows(till.app, till.tenant, SavedCard)
    till.stripe.fail("close_before", times=3, seconds=0.2)
    maya.post(f"/invoices/cards/{card.id}/removal", form="/account")
    assert "does not answer" in maya.get("/invoices/cards").text
    assert len(rows(till.app, till.tenant, SavedCard)) == 1


def test_nobody_touches_anothers_card(till: Till) -> None:
    _kept(till)
    (card,) = rows(till.app, till.tenant, SavedCard)
    other = till.person("contact")
    for verb in ("choice", "removal"):
        assert other.post(f"/invoices/cards/{card.id}/{verb}", form="/account").status_code == 404
    assert len(rows(till.app, till.tenant, SavedCard)) == 1
    assert "ending in" not in other.get("/invoices/cards").text


def test_who_pays_while_the_worker_is_at_it_pays_once(till: Till) -> None:
    maya = _kept(till)
    invoice = till.bill()
    till.stripe.fail("slow", "/v1/payment_intents", method="POST", times=1, seconds=1.5)
    worker = threading.Thread(target=till.work)
    worker.start()
    deadline = time.monotonic() + PATIENCE_S
    while not [each for each in till.attempts() if each.kind == "automatic"]:
        assert time.monotonic() < deadline, "the worker did not begin"
        time.sleep(0.02)
    url = till.press_pay(maya, invoice)
    worker.join(PATIENCE_S)
    if url.startswith(till.stripe.origin):
        till.stripe.pay(url)
    till.work(partial(_after, 1))
    assert till.open_of(invoice) == 0
    assert till.by_card() == till.balance() == OPEN_MINOR
    assert till.held() == []
