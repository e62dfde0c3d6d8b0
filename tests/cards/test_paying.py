"""Paying by card over HTTP, at a Stripe that is a process of its own."""

from datetime import UTC, datetime, timedelta

import pytest

from app.models import CardRefund, Invoice, Notice
from tests.support.cards import OPEN_MINOR, Till
from tests.support.rows import rows
from tests.support.staff import Desk
from tests.support.stripe import problem_on
from tests.support.world import World

DECLINED = "4000000000000002"
ASKS_BANK = "4000002500003155"


def test_a_member_pays_an_invoice_and_it_is_in_the_books_once(till: Till) -> None:
    invoice, maya = till.bill(), till.person()
    assert "Paid. Thank you." in till.pay(maya, invoice)
    assert till.open_of(invoice) == 0
    assert till.by_card() == till.balance() == OPEN_MINOR
    (attempt,) = till.attempts()
    for _again in range(2):
        assert maya.get(f"/invoices/payments/{attempt.token}").status_code == 200
        till.work()
    assert till.by_card() == OPEN_MINOR
    assert "By card" in maya.get(f"/invoices/{invoice}").text


def test_two_tabs_and_a_double_tap_lead_to_one_page(till: Till) -> None:
    invoice, maya = till.bill(), till.person()
    first = till.press_pay(maya, invoice)
    assert till.press_pay(maya, invoice) == till.press_pay(till.person(), invoice) == first
    assert len(till.stripe.objects("checkout.session", till.account)) == 1


def test_another_choice_closes_the_page_before_it(till: Till) -> None:
    one, two = till.bill(), till.bill()
    maya = till.person()
    first = till.press_pay(maya, one)
    assert "Paid. Thank you." in till.pay(maya, one, two)
    assert till.open_of(one) == till.open_of(two) == 0
    assert till.by_card() == till.balance() == 2 * OPEN_MINOR
    # Nobody pays on the first page any more.
    till.stripe.pay(first)
    assert till.balance() == 2 * OPEN_MINOR


def test_who_has_paid_in_one_tab_is_told_so_in_the_other(till: Till) -> None:
    invoice, maya = till.bill(), till.person()
    till.stripe.pay(till.press_pay(maya, invoice))
    # The page did not come back, and no message came: asking again finds it out.
    assert till.press_pay(maya, invoice) == f"/invoices/{invoice}"
    assert "paid already" in maya.get(f"/invoices/{invoice}").text
    assert till.open_of(invoice) == 0
    assert till.by_card() == till.balance() == OPEN_MINOR


def test_the_bank_may_ask_and_may_refuse(till: Till) -> None:
    invoice, maya = till.bill(), till.person()
    url = till.press_pay(maya, invoice)
    assert problem_on(till.stripe.pay(url, DECLINED))
    assert problem_on(till.stripe.pay(url, ASKS_BANK, bank="fail"))
    assert till.stripe.pay(url, ASKS_BANK, bank=None).status_code == 200
    (attempt,) = till.attempts()
    assert "Nothing was paid" in maya.get(f"/invoices/payments/{attempt.token}?away=1").text
    assert till.open_of(invoice) == OPEN_MINOR
    assert "Paid. Thank you." in till.come_back(maya, till.stripe.pay(url, ASKS_BANK))
    assert till.by_card() == till.balance() == OPEN_MINOR


def test_what_is_paid_at_the_desk_meanwhile_is_not_paid_on_the_page(till: Till) -> None:
    invoice, maya = till.bill(), till.person()
    url = till.press_pay(maya, invoice)
    till.pay_at_desk(invoice, "100.00")
    till.work()
    till.stripe.pay(url)
    assert till.balance() == 0
    assert [each.state for each in till.attempts()] == ["ended"]
    assert "Paid. Thank you." in till.pay(maya, invoice)
    assert till.by_card() == till.balance() == OPEN_MINOR - 10000


def test_money_for_what_is_paid_already_waits_for_staff_and_can_go_back(till: Till) -> None:
    invoice, maya = till.bill(), till.person()
    answer = till.stripe.pay(till.press_pay(maya, invoice))
    till.pay_at_desk(invoice, "100.00")
    assert "We have your payment" in till.come_back(maya, answer)
    assert till.open_of(invoice) == 0
    (held,) = till.held()
    assert (held.reason, held.amount_minor) == ("settled", 10000)
    assert till.by_card() + held.amount_minor == till.balance() == OPEN_MINOR
    desk = Desk(till.app, till.tenant, "desk")
    assert "Maya" in desk.get("/admin/payments").text
    assert desk.send(f"/admin/payments/{held.id}/refund").status_code == 303
    assert desk.send(f"/admin/payments/{held.id}/refund").status_code == 303  # a double tap
    till.work()
    assert till.balance() == till.by_card() == OPEN_MINOR - 10000
    assert [each.state for each in rows(till.app, till.tenant, CardRefund)] == ["done"]


def test_held_money_pays_what_else_is_open(till: Till) -> None:
    invoice, maya = till.bill(), till.person()
    answer = till.stripe.pay(till.press_pay(maya, invoice))
    till.pay_at_desk(invoice, "176.00")
    till.come_back(maya, answer)
    (held,) = till.held()
    desk = Desk(till.app, till.tenant, "desk")
    desk.send(f"/admin/payments/{held.id}/use")
    assert till.held()[0].settled_at is None  # nothing is open
    other = till.bill()
    desk.send(f"/admin/payments/{held.id}/use")
    assert till.open_of(other) == 0
    assert till.held()[0].settled_at is not None
    assert till.by_card() == till.balance() == OPEN_MINOR


@pytest.mark.parametrize(
    ("bent", "reason", "minor", "currency"),
    [
        ({"amount_received": 100}, "amount", 100, "GBP"),
        ({"currency": "usd"}, "currency", OPEN_MINOR, "USD"),
    ],
)
def test_money_that_is_not_what_was_asked_for_is_held_and_pays_nothing(
    till: Till, bent: dict[str, object], reason: str, minor: int, currency: str
) -> None:
    invoice, maya = till.bill(), till.person()
    answer = till.stripe.pay(till.press_pay(maya, invoice))
    (intent,) = till.stripe.objects("payment_intent", till.account)
    till.stripe.bend(intent["id"], till.account, **bent)
    assert "We have your payment" in till.come_back(maya, answer)
    (held,) = till.held()
    assert (held.reason, held.amount_minor, held.currency) == (reason, minor, currency)
    assert till.open_of(invoice) == OPEN_MINOR
    assert till.by_card() == 0
    staff = [each.kind for each in rows(till.app, till.tenant, Notice, kind="payment.held")]
    assert staff


@pytest.mark.parametrize(
    "kind", ["error_before", "error_after", "timeout_after", "close_before", "rate_limit"]
)
def test_a_stripe_in_trouble_costs_nobody_money(till: Till, kind: str) -> None:
    invoice, maya = till.bill(), till.person()
    till.stripe.fail(kind, "/v1/checkout/sessions", times=1 if kind == "rate_limit" else 3, seconds=0.5)
    assert till.press_pay(maya, invoice) == f"/invoices/{invoice}"
    assert "does not answer" in maya.get(f"/invoices/{invoice}").text
    assert till.open_of(invoice) == OPEN_MINOR
    assert "Paid. Thank you." in till.pay(maya, invoice)
    assert till.by_card() == till.balance() == OPEN_MINOR


def test_who_comes_back_while_stripe_is_away_is_told_not_to_pay_twice(till: Till) -> None:
    invoice, maya = till.bill(), till.person()
    answer = till.stripe.pay(till.press_pay(maya, invoice))
    till.stripe.fail("close_before", times=3)
    assert "do not pay twice" in till.come_back(maya, answer)
    # And the worker finds it out.
    till.work(lambda: datetime.now(UTC) + timedelta(minutes=11))
    assert till.open_of(invoice) == 0
    assert till.by_card() == till.balance() == OPEN_MINOR


@pytest.mark.parametrize("typed", [[], ["x"], ["0"], ["-1"], ["9" * 30]])
def test_a_choice_that_is_none_pays_nothing(till: Till, typed: list[str]) -> None:
    till.bill()
    maya = till.person()
    answer = maya.post("/invoices/payments", {"invoice": typed}, form="/account")
    assert answer.status_code in {303, 404}
    assert till.attempts() == []


def test_nobody_pays_with_another_persons_invoice_or_a_draft(till: Till, world: World) -> None:
    theirs = till.bill("contact")
    maya = till.person()
    (draft,) = [each for each in rows(till.app, till.tenant, Invoice) if each.number is None]
    for each in (theirs, draft.id):
        answer = maya.post("/invoices/payments", {"invoice": [str(each)]}, form="/account")
        assert answer.status_code == 404
    assert till.attempts() == []
