"""Money that goes back: in full, in part, once, and what happens when it cannot."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

from app.domain.journal.accounts import accounts
from app.domain.journal.reading import journal
from app.models import CardRefund, Invoice, Notice, Payment, PaymentWay
from tests.support.cards import OPEN_MINOR, Till
from tests.support.rows import inside, rows
from tests.support.staff import Desk

FAILS_LATER = "4000000000007726"


def _credit(till: Till, invoice: int, amount: str, *, refund: bool = True) -> str:
    """Issue a credit note; what the page says then."""
    desk = Desk(till.app, till.tenant, "desk")
    here = f"/admin/invoices/{invoice}"
    line = re.search(r'name="(line-\d+)"', desk.get(here).text)
    assert line
    form = {line[1]: amount, "reason": "The room was cold", **({"refund": "y"} if refund else {})}
    answer = desk.send(f"{here}/credit-notes", form)
    return answer.text if answer.status_code == 422 else desk.get(str(answer.location)).text


def _states(till: Till) -> list[str]:
    return [each.state for each in rows(till.app, till.tenant, CardRefund)]


def _clearing(till: Till) -> int:
    """What the journal says is with the provider."""
    return _booked(till, PaymentWay.CARD)


def _booked(till: Till, way: PaymentWay) -> int:
    """What the journal says is where money of that way comes; all of its accounts come to nothing."""
    today = datetime.now(UTC).date()
    balance: Counter[str] = Counter()
    with inside(till.app, till.tenant) as session:
        for each in journal(session, today - timedelta(days=1), today + timedelta(days=1)):
            balance[each.account] += each.debit_minor - each.credit_minor
        assert sum(balance.values()) == 0
        return balance[accounts(session).of_way(way)]


def test_a_part_goes_back_with_its_credit_note(till: Till) -> None:
    invoice, maya = till.bill(), till.person()
    till.pay(maya, invoice)
    said = _credit(till, invoice, "50.00")
    assert "on its way to the card" in said
    assert "Sent back to the card" in said
    assert _states(till) == ["done"]
    assert till.balance() == OPEN_MINOR - 5000
    (note,) = rows(till.app, till.tenant, Invoice, kind="credit_note")
    assert note.total_minor == 5000
    assert "Sent back to the card" in maya.get(f"/invoices/{note.id}").text


def test_the_journal_has_what_came_and_what_went_back(till: Till) -> None:
    invoice = till.bill()
    till.pay(till.person(), invoice)
    _credit(till, invoice, "50.00")
    assert _clearing(till) == till.balance() == OPEN_MINOR - 5000
    assert till.open_of(invoice) == 0


def test_no_more_goes_back_than_came(till: Till) -> None:
    invoice = till.bill()  # 186, of which 10 were paid at the desk
    till.pay(till.person(), invoice)
    said = _credit(till, invoice, "180.00")
    assert "came by card" in said
    assert rows(till.app, till.tenant, Invoice, kind="credit_note") == []
    _credit(till, invoice, "170.00")
    assert "came by card" in _credit(till, invoice, "16.00")
    assert till.balance() == OPEN_MINOR - 17000


def test_two_taps_send_back_once_and_take_money_down_once(till: Till) -> None:
    invoice, desk = till.bill(), Desk(till.app, till.tenant, "desk")
    here = f"/admin/invoices/{invoice}"
    paid = {"way": "desk", "amount": "50", "received_on": f"{datetime.now(UTC):%Y-%m-%d}"}
    wish = paid | {"request_key": "p" * 20}
    assert [desk.send(f"{here}/payments", wish).status_code for _tap in range(2)] == [303, 422]
    assert till.open_of(invoice) == OPEN_MINOR - 5000
    till.pay(till.person(), invoice)
    line = re.search(r'name="(line-\d+)"', desk.get(here).text)
    assert line
    credit = {line[1]: "30", "reason": "Cold", "refund": "y", "request_key": "c" * 20}
    first, second = (desk.send(f"{here}/credit-notes", credit) for _tap in range(2))
    assert (first.status_code, second.status_code) == (303, 422)
    assert "done once" in second.text
    assert till.balance() == OPEN_MINOR - 5000 - 3000
    # Without the key, or with another one, it is another wish.
    assert desk.send(f"{here}/credit-notes", credit | {"request_key": "d" * 20}).status_code == 303
    assert till.balance() == OPEN_MINOR - 5000 - 6000


def test_a_credit_note_alone_sends_nothing_back(till: Till) -> None:
    invoice = till.bill()
    till.pay(till.person(), invoice)
    _credit(till, invoice, "50.00", refund=False)
    assert till.balance() == OPEN_MINOR
    assert _states(till) == []


def test_a_refund_is_asked_for_until_stripe_has_heard_and_sent_once(till: Till) -> None:
    invoice = till.bill()
    till.pay(till.person(), invoice)
    till.stripe.fail("error_after", "/v1/refunds", method="POST", times=1)
    till.stripe.fail("error_before", "/v1/refunds", method="POST", times=2)
    assert "The refund is asked for" in _credit(till, invoice, "50.00")
    assert _states(till) == ["asked"]
    for _again in range(3):
        till.work()
    assert _states(till) == ["done"]
    assert till.balance() == OPEN_MINOR - 5000
    assert len(till.stripe.objects("refund", till.account)) == 1


def test_a_refund_that_comes_back_is_shown_to_staff(till: Till, live_server: str) -> None:
    till.hear(live_server)
    invoice = till.bill()
    till.pay(till.person(), invoice)
    _credit(till, invoice, "50.00")
    (refund,) = till.stripe.objects("refund", till.account)
    till.stripe.turn_refund(refund["id"], key=till.key)
    till.stripe.settle()
    assert _states(till) == ["failed"]
    assert till.balance() == OPEN_MINOR
    assert _clearing(till) == OPEN_MINOR  # the journal keeps the row of the refund, and has one against it
    desk = Desk(till.app, till.tenant, "desk")
    assert "Refunds that came back" in desk.get("/admin/payments").text
    assert rows(till.app, till.tenant, Notice, kind="payment.held")
    (ours,) = rows(till.app, till.tenant, CardRefund)
    before = _booked(till, PaymentWay.TRANSFER)
    for _tap in range(2):
        assert desk.send(f"/admin/payments/refunds/{ours.id}/removal").status_code == 303
    assert "Refunds that came back" not in desk.get("/admin/payments").text
    assert _booked(till, PaymentWay.TRANSFER) == before - 5000
    assert _clearing(till) == OPEN_MINOR


def test_staff_do_not_take_back_what_came_by_card(till: Till) -> None:
    invoice = till.bill()
    till.pay(till.person(), invoice)
    (payment,) = [each.id for each in rows(till.app, till.tenant, Payment, way="card")]
    desk = Desk(till.app, till.tenant, "desk")
    assert desk.send(f"/admin/invoices/{invoice}/payments/{payment}/removal").status_code == 404
    assert till.by_card() == OPEN_MINOR
