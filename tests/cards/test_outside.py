"""Refunds that somebody makes in Stripe's own dashboard: found, once, and shown to staff."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import stripe as vendor

from app.domain.journal.accounts import accounts
from app.domain.journal.reading import journal
from app.models import CardRefund, Invoice, Notice, OutsideRefund, PaymentWay
from tests.support.cards import OPEN_MINOR, Till
from tests.support.rows import inside, rows
from tests.support.staff import Desk

SHOWN = "Sent back at the payment provider"


def _paid(till: Till) -> int:
    invoice = till.bill()
    till.pay(till.person(), invoice)
    return invoice


def _send_back(till: Till, minor: int) -> str:
    """As somebody does at the dashboard: without our token."""
    (intent,) = till.stripe.objects("payment_intent", till.account)
    client = vendor.StripeClient(
        till.key, base_addresses={"api": till.stripe.origin}, http_client=vendor.RequestsClient()
    )
    return client.v1.refunds.create({"payment_intent": intent["id"], "amount": minor}).id


def _page(till: Till) -> str:
    return Desk(till.app, till.tenant, "desk").get("/admin/payments").text


def _found(till: Till) -> list[int]:
    return [each.amount_minor for each in rows(till.app, till.tenant, OutsideRefund)]


def _clearing(till: Till) -> int:
    today = datetime.now(UTC).date()
    balance: Counter[str] = Counter()
    with inside(till.app, till.tenant) as session:
        for each in journal(session, today - timedelta(days=1), today + timedelta(days=3)):
            balance[each.account] += each.debit_minor - each.credit_minor
        assert sum(balance.values()) == 0
        return balance[accounts(session).of_way(PaymentWay.CARD)]


def _later(days: float = 1.1) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def test_the_sweep_finds_parts_of_it_once_each(till: Till) -> None:
    _paid(till)
    till.work()
    assert _found(till) == []
    _send_back(till, 1000)
    _send_back(till, 500)
    till.work()
    assert _found(till) == []  # the account was asked a moment ago
    for _again in range(2):
        till.work(_later)
        till.work(lambda: _later(3))
    assert sorted(_found(till)) == [500, 1000]
    assert SHOWN in _page(till)
    assert _clearing(till) == till.balance() == OPEN_MINOR - 1500
    # No document is made up
    assert rows(till.app, till.tenant, Invoice, kind="credit_note") == []


def test_a_message_tells_of_it_and_staff_are_told(till: Till, live_server: str) -> None:
    till.hear(live_server)
    _paid(till)
    assert SHOWN not in _page(till)
    till.stripe.weather(duplicate=3)
    _send_back(till, 1000)
    till.stripe.settle()
    assert _found(till) == [1000]
    assert rows(till.app, till.tenant, Notice, kind="payment.held")
    assert SHOWN in _page(till)
    (refund,) = rows(till.app, till.tenant, OutsideRefund)
    desk = Desk(till.app, till.tenant, "desk")
    for _tap in range(2):
        assert desk.send(f"/admin/payments/outside/{refund.id}/removal").status_code == 303
    assert SHOWN not in _page(till)
    till.work(_later)
    assert SHOWN not in _page(till)


def test_what_we_sent_back_ourselves_is_none(till: Till, live_server: str) -> None:
    till.hear(live_server)
    invoice = _paid(till)
    desk = Desk(till.app, till.tenant, "desk")
    page = desk.get(f"/admin/invoices/{invoice}").text
    line = page.split('name="line-')[1].split('"')[0]
    credit = {f"line-{line}": "50.00", "reason": "Cold", "refund": "y"}
    assert desk.send(f"/admin/invoices/{invoice}/credit-notes", credit).status_code == 303
    till.stripe.settle()
    till.work(_later)
    assert len(rows(till.app, till.tenant, CardRefund)) == 1
    assert _found(till) == []


def test_one_that_comes_back_is_none_any_more(till: Till, live_server: str) -> None:
    till.hear(live_server)
    _paid(till)
    refund = _send_back(till, 1000)
    till.stripe.settle()
    assert SHOWN in _page(till)
    till.stripe.turn_refund(refund, key=till.key)
    till.stripe.settle()
    assert SHOWN not in _page(till)
    assert _clearing(till) == till.balance() == OPEN_MINOR


def test_what_went_back_already_is_not_offered_again(till: Till) -> None:
    invoice = _paid(till)
    _send_back(till, 10000)
    till.work(_later)
    desk = Desk(till.app, till.tenant, "desk")
    line = desk.get(f"/admin/invoices/{invoice}").text.split('name="line-')[1].split('"')[0]
    credit = {f"line-{line}": "100.00", "reason": "Cold", "refund": "y"}
    answer = desk.send(f"/admin/invoices/{invoice}/credit-notes", credit)
    assert answer.status_code == 422
    assert rows(till.app, till.tenant, Invoice, kind="credit_note") == []
    credit[f"line-{line}"] = "70.00"
    assert desk.send(f"/admin/invoices/{invoice}/credit-notes", credit).status_code == 303
