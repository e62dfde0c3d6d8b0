"""Saved cards, payments without their holder, refunds, and what is in the balance afterwards."""

from typing import Any

import httpx
import pytest
import stripe

from tests.support.stripe import StripeDouble


def _saved(client: stripe.StripeClient, token: str) -> tuple[str, str]:
    """A customer, and a card of theirs."""
    customer = client.v1.customers.create({"email": "a@b.test"})
    return customer.id, client.v1.payment_methods.attach(token, {"customer": customer.id}).id


def _charge(
    client: stripe.StripeClient, customer: str, method: str, amount: int = 900
) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "eur",
            "customer": customer,
            "payment_method": method,
            "off_session": True,
            "confirm": True,
        }
    )


def test_a_saved_card_pays_without_its_holder(double: StripeDouble, client: stripe.StripeClient) -> None:
    intent = _charge(client, *_saved(client, "pm_card_visa"))
    assert (intent.status, intent.amount_received) == ("succeeded", 900)
    assert client.v1.balance.retrieve().available[0].amount == 900
    assert double.balance()[double.own_account()] == {"eur": 900}


def test_the_bank_wants_the_holder(double: StripeDouble, client: stripe.StripeClient) -> None:
    customer, method = _saved(client, "pm_card_authenticationRequired")
    with pytest.raises(stripe.CardError) as refused:
        _charge(client, customer, method)
    error: Any = refused.value.error
    assert (refused.value.http_status, refused.value.code) == (402, "authentication_required")
    assert error.decline_code == "authentication_required"
    assert error.payment_intent.status == "requires_payment_method"
    assert error.payment_intent.last_payment_error.payment_method.id == method
    assert error.payment_intent.client_secret
    assert client.v1.payment_intents.retrieve(error.payment_intent.id).latest_charge is not None
    assert double.balance()[double.own_account()] == {}


def test_what_the_bank_wanted_is_finished_at_its_page(client: stripe.StripeClient) -> None:
    customer, method = _saved(client, "pm_card_authenticationRequired")
    with pytest.raises(stripe.CardError) as refused:
        _charge(client, customer, method)
    error: Any = refused.value.error
    again: Any = {"payment_method": method, "return_url": "http://localhost:5999/paid"}
    waiting = client.v1.payment_intents.confirm(error.payment_intent.id, again)
    assert waiting.status == "requires_action"
    assert waiting.next_action is not None
    assert waiting.next_action.redirect_to_url is not None
    page = str(waiting.next_action.redirect_to_url.url)
    assert "9.00 EUR" in httpx.get(page).text
    back = httpx.post(page, data={"answer": "complete"})
    assert back.headers["Location"].startswith(f"http://localhost:5999/paid?payment_intent={waiting.id}")
    assert client.v1.payment_intents.retrieve(waiting.id).status == "succeeded"


def test_a_card_shown_to_the_bank_when_saved_is_not_asked_again(
    double: StripeDouble, client: stripe.StripeClient
) -> None:
    customer = client.v1.customers.create({"email": "a@b.test"}).id
    session = client.v1.checkout.sessions.create(
        {"mode": "setup", "currency": "eur", "customer": customer, "success_url": "http://localhost:5999/"}
    )
    double.pay(str(session.url), "4000002500003155")
    [method] = client.v1.customers.payment_methods.list(customer).data
    assert _charge(client, customer, method.id).status == "succeeded"


def test_a_card_that_saves_but_does_not_pay(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as refused:
        _charge(client, *_saved(client, "pm_card_chargeCustomerFail"))
    assert refused.value.code == "card_declined"


def test_a_declined_card_cannot_be_saved(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as refused:
        _saved(client, "pm_card_visa_chargeDeclined")
    assert refused.value.code == "card_declined"


def test_a_removed_card_is_gone(client: stripe.StripeClient) -> None:
    customer, method = _saved(client, "pm_card_visa")
    client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": method}})
    client.v1.payment_methods.detach(method)
    assert not client.v1.customers.payment_methods.list(customer).data
    after: Any = client.v1.customers.retrieve(customer)
    assert after.invoice_settings.default_payment_method is None
    with pytest.raises(stripe.InvalidRequestError):
        _charge(client, customer, method)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_methods.attach(method, {"customer": customer})


def test_a_card_pays_for_its_own_customer_only(client: stripe.StripeClient) -> None:
    _, method = _saved(client, "pm_card_visa")
    other = client.v1.customers.create({}).id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        _charge(client, other, method)
    assert refused.value.param == "payment_method"


def test_a_paid_intent_is_neither_paid_again_nor_cancelled(client: stripe.StripeClient) -> None:
    intent = _charge(client, *_saved(client, "pm_card_visa"))
    for act in (client.v1.payment_intents.confirm, client.v1.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            act(intent.id)
        assert refused.value.code == "payment_intent_unexpected_state"


def test_refunds_go_up_to_what_was_paid(double: StripeDouble, client: stripe.StripeClient) -> None:
    intent = _charge(client, *_saved(client, "pm_card_visa"))
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 300, "metadata": {"note": "CN-1"}})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 601})
    assert refused.value.param == "amount"
    assert client.v1.refunds.create({"payment_intent": intent.id}).amount == 600
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_already_refunded"
    paid = client.v1.charges.retrieve(str(intent.latest_charge))
    assert (paid.refunded, paid.amount_refunded) == (True, 900)
    assert [each.amount for each in client.v1.refunds.list({"payment_intent": intent.id}).data] == [600, 300]
    assert [each.net for each in client.v1.balance_transactions.list().data] == [-600, -300, 900]
    assert double.balance()[double.own_account()] == {"eur": 0}


@pytest.mark.parametrize(
    ("token", "first", "last", "left"),
    [
        ("pm_card_refundFail", "succeeded", "failed", 900),
        ("pm_card_pendingRefund", "pending", "succeeded", 0),
    ],
)
def test_a_refund_may_end_otherwise(
    double: StripeDouble, client: stripe.StripeClient, token: str, first: str, last: str, left: int
) -> None:
    intent = _charge(client, *_saved(client, token))
    refund = client.v1.refunds.create({"payment_intent": intent.id})
    assert (refund.status, double.balance()[double.own_account()]) == (first, {"eur": 0})
    double.advance(120)
    assert client.v1.refunds.retrieve(refund.id).status == last
    assert double.balance()[double.own_account()] == {"eur": left}
    kinds = {each.type for each in client.v1.events.list({"types": ["refund.failed", "refund.updated"]}).data}
    assert ("refund.failed" in kinds) == (last == "failed")
    assert "refund.updated" in kinds
