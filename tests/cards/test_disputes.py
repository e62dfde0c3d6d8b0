"""Payments that their card's holder disputes at the bank: told to staff, followed, and due again when they are lost."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from app.domain.journal.accounts import accounts
from app.domain.journal.reading import journal
from app.models import CardDispute, DisputeState, HeldMoney, Notice, PaymentWay
from tests.support.cards import OPEN_MINOR, Till
from tests.support.rows import inside, rows
from tests.support.staff import Desk

SHOWN = "Disputed at the bank"


def _paid(till: Till, who: str = "member") -> int:
    invoice = till.bill(who)
    till.pay(till.person(who), invoice)
    return invoice


def _dispute(till: Till, **facts: object) -> str:
    intent = till.stripe.objects("payment_intent", till.account)[-1]
    return till.stripe.dispute(intent["id"], key=till.key, **facts)


def _turn(till: Till, dispute: str, status: str) -> None:
    till.stripe.turn_dispute(dispute, status, key=till.key)


def _desk(till: Till) -> Desk:
    return Desk(till.app, till.tenant, "desk")


def _page(till: Till) -> str:
    return _desk(till).get("/admin/payments").text


def _row(till: Till) -> CardDispute:
    (found,) = rows(till.app, till.tenant, CardDispute)
    return found


def _told(till: Till) -> list[str]:
    """What staff were told, in order; the world has several who are."""
    notices = rows(till.app, till.tenant, Notice, kind="payment.held")
    return sorted({each.data["what"] for each in notices if "what" in each.data})


def _clearing(till: Till) -> int:
    today = datetime.now(UTC).date()
    balance: Counter[str] = Counter()
    with inside(till.app, till.tenant) as session:
        for each in journal(session, today - timedelta(days=1), today + timedelta(days=3)):
            balance[each.account] += each.debit_minor - each.credit_minor
        assert sum(balance.values()) == 0
        return balance[accounts(session).of_way(PaymentWay.CARD)]


def _later() -> datetime:
    return datetime.now(UTC) + timedelta(days=1.1)


def test_staff_are_told_with_why_and_until_when(till: Till, live_server: str) -> None:
    till.hear(live_server)
    invoice = _paid(till)
    assert SHOWN not in _page(till)
    till.stripe.weather(duplicate=3)
    _dispute(till, reason="product_not_received")
    till.stripe.settle()
    row = _row(till)
    assert (row.state, row.amount_minor, row.reason) == (
        DisputeState.ASKS,
        OPEN_MINOR,
        "product_not_received",
    )
    assert row.answer_by is not None
    page = _page(till)
    assert SHOWN in page
    assert "Its holder says that they got nothing for it" in page
    assert "Answer it at the payment provider by" in page
    assert "£176.00" in page
    assert _told(till) == ["found"]
    assert "Dispute about £176.00 paid by card" in _desk(till).get(f"/admin/invoices/{invoice}").text
    # Until it is lost the invoice is paid, and the books stay as they are.
    assert till.open_of(invoice) == 0
    assert _clearing(till) == OPEN_MINOR


def test_one_that_is_won_is_over(till: Till, live_server: str) -> None:
    till.hear(live_server)
    invoice = _paid(till)
    dispute = _dispute(till)
    till.stripe.settle()
    _turn(till, dispute, "under_review")
    till.stripe.settle()
    assert _row(till).state is DisputeState.REVIEW
    assert "The bank decides" in _page(till)
    _turn(till, dispute, "won")
    till.stripe.settle()
    assert SHOWN not in _page(till)
    assert _told(till) == ["found", "won"]
    assert till.open_of(invoice) == 0
    assert _clearing(till) == till.balance() == OPEN_MINOR


def test_a_lost_one_is_due_again_when_staff_say_so(till: Till, live_server: str) -> None:
    till.hear(live_server)
    invoice = _paid(till)
    dispute = _dispute(till)
    _turn(till, dispute, "lost")
    till.stripe.settle()
    assert _clearing(till) == till.balance() == 0
    assert till.open_of(invoice) == 0
    row = _row(till)
    for _tap in range(2):
        assert _desk(till).send(f"/admin/payments/disputes/{row.id}/due-again").status_code == 303
    assert till.open_of(invoice) == OPEN_MINOR
    assert SHOWN not in _page(till)
    assert "it is due again" in _desk(till).get(f"/admin/invoices/{invoice}").text
    assert "Your bank took £176.00 back" in till.person().get(f"/invoices/{invoice}").text
    till.pay(till.person(), invoice)
    assert till.open_of(invoice) == 0
    assert _clearing(till) == till.balance() == OPEN_MINOR


def test_a_part_that_is_lost_is_due_again(till: Till, live_server: str) -> None:
    till.hear(live_server)
    invoice = _paid(till)
    _turn(till, _dispute(till, amount=2600), "lost")
    till.stripe.settle()
    assert _desk(till).send(f"/admin/payments/disputes/{_row(till).id}/due-again").status_code == 303
    assert till.open_of(invoice) == 2600
    assert _clearing(till) == till.balance() == OPEN_MINOR - 2600


def test_staff_may_leave_it(till: Till, live_server: str) -> None:
    till.hear(live_server)
    invoice = _paid(till)
    dispute = _dispute(till)
    till.stripe.settle()
    row = _row(till)
    # Nobody decides about one that the bank has not decided yet.
    assert _desk(till).send(f"/admin/payments/disputes/{row.id}/removal").status_code == 404
    assert _desk(till).send(f"/admin/payments/disputes/{row.id}/due-again").status_code == 404
    _turn(till, dispute, "lost")
    till.stripe.settle()
    assert _desk(till).send(f"/admin/payments/disputes/{row.id}/removal").status_code == 303
    assert SHOWN not in _page(till)
    _desk(till).send(f"/admin/payments/disputes/{row.id}/due-again")
    assert till.open_of(invoice) == 0


def test_messages_in_the_wrong_order_do_no_harm(till: Till, live_server: str) -> None:
    till.hear(live_server)
    _paid(till)
    till.stripe.settle()
    till.stripe.weather(hold=True, duplicate=1)
    dispute = _dispute(till)
    _turn(till, dispute, "under_review")
    _turn(till, dispute, "lost")
    till.stripe.release("last")
    till.stripe.settle()
    lost_at = _row(till).lost_at
    assert _told(till) == ["lost"]
    # What is over stays as it ended.
    till.stripe.weather()
    till.stripe.bend(dispute, till.account, status="needs_response")
    till.stripe.tell("charge.dispute.updated", till.stripe.objects("dispute", till.account)[0], key=till.key)
    till.stripe.settle()
    assert (_row(till).state, _row(till).lost_at) == (DisputeState.LOST, lost_at)


def test_the_sweep_finds_what_no_message_told(till: Till) -> None:
    _paid(till)
    dispute = _dispute(till)
    for _again in range(2):
        till.work(_later)
    assert _row(till).state is DisputeState.ASKS
    _turn(till, dispute, "lost")
    till.work(lambda: _later() + timedelta(days=1))
    assert _row(till).state is DisputeState.LOST
    assert _told(till) == ["found", "lost"]


def test_a_dispute_about_what_somebody_else_sold_is_none_of_ours(till: Till, live_server: str) -> None:
    till.hear(live_server)
    _paid(till)
    stranger = {"object": "dispute", "id": "dp_of_nobody", "payment_intent": "pi_of_nobody"}
    till.stripe.tell("charge.dispute.created", stranger, key=till.key)
    till.stripe.settle()
    assert rows(till.app, till.tenant, CardDispute) == []


def test_what_is_disputed_is_not_offered_to_go_back(till: Till, live_server: str) -> None:
    till.hear(live_server)
    invoice = _paid(till)
    assert "came by card and can go back" in _desk(till).get(f"/admin/invoices/{invoice}").text
    _dispute(till)
    till.stripe.settle()
    assert "came by card and can go back" not in _desk(till).get(f"/admin/invoices/{invoice}").text


def test_no_card_is_charged_by_itself_for_it_again(till: Till, live_server: str) -> None:
    till.hear(live_server)
    person = till.person()
    till.pay(person, till.bill(), keep=True)
    invoice = till.bill()
    till.work()
    assert till.open_of(invoice) == 0
    _turn(till, _dispute(till), "lost")
    till.stripe.settle()
    assert _desk(till).send(f"/admin/payments/disputes/{_row(till).id}/due-again").status_code == 303
    till.work(_later)
    assert till.open_of(invoice) == OPEN_MINOR


def _entries(till: Till) -> list[str]:
    """The numbers under which disputes stand in the journal, in order."""
    today = datetime.now(UTC).date()
    with inside(till.app, till.tenant) as session:
        found = journal(session, today - timedelta(days=1), today + timedelta(days=3))
        return sorted({each.number for each in found if each.number.startswith("D")})


def _lose(till: Till, *, due_again: bool) -> str:
    dispute = _dispute(till)
    _turn(till, dispute, "lost")
    till.stripe.settle()
    if due_again:
        assert _desk(till).send(f"/admin/payments/disputes/{_row(till).id}/due-again").status_code == 303
    return dispute


def test_a_loss_that_is_turned_around_settles_what_was_due_again(till: Till, live_server: str) -> None:
    till.hear(live_server)
    invoice = _paid(till)
    dispute = _lose(till, due_again=True)
    # The control: until then it is due, and the books are without the money
    assert (till.open_of(invoice), _clearing(till), len(_entries(till))) == (OPEN_MINOR, 0, 1)
    till.stripe.weather(duplicate=2)
    _turn(till, dispute, "won")
    till.stripe.settle()
    row = _row(till)
    assert (row.state, row.won_back_minor, row.due_again_minor) == (DisputeState.WON, OPEN_MINOR, 0)
    assert till.open_of(invoice) == 0
    assert _clearing(till) == till.balance() == OPEN_MINOR
    assert _entries(till) == [f"D{row.id}", f"D{row.id}-R"]
    assert set(_told(till)) >= {"lost", "won_back"}
    assert "decided for you after all" in _desk(till).get(f"/admin/invoices/{invoice}").text
    assert "Your bank took" not in till.person().get(f"/invoices/{invoice}").text


def test_a_loss_that_nobody_acted_on_yet_is_only_booked_back(till: Till, live_server: str) -> None:
    till.hear(live_server)
    invoice = _paid(till)
    dispute = _lose(till, due_again=False)
    assert SHOWN in _page(till)
    _turn(till, dispute, "won")
    till.stripe.settle()
    assert SHOWN not in _page(till)
    assert till.open_of(invoice) == 0
    assert _clearing(till) == till.balance() == OPEN_MINOR


def test_what_was_paid_otherwise_meanwhile_waits_for_staff(till: Till, live_server: str) -> None:
    till.hear(live_server)
    invoice = _paid(till)
    dispute = _lose(till, due_again=True)
    till.pay(till.person(), invoice)
    assert till.open_of(invoice) == 0
    _turn(till, dispute, "won")
    till.stripe.settle()
    assert till.open_of(invoice) == 0
    (held,) = rows(till.app, till.tenant, HeldMoney)
    assert (held.amount_minor, held.settled_at) == (OPEN_MINOR, None)
    # Like all that does not fit, it is at the provider and not in the books until staff decide
    assert (_clearing(till), till.balance()) == (OPEN_MINOR, 2 * OPEN_MINOR)
    assert _row(till).won_back_minor == 0
