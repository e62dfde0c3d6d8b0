"""Checkout: a card is typed, the bank asks or not, and money has moved or has not."""

from typing import Any

import httpx
import pytest
import stripe

from tests.doubles.conftest import session_params
from tests.support.stripe import StripeDouble, problem_on

HOUR_S = 3600


def _open_session(client: stripe.StripeClient, **more: Any) -> tuple[str, str]:
    session = client.v1.checkout.sessions.create(session_params(**more))
    assert session.url is not None
    return session.id, session.url


def test_a_good_card_pays(double: StripeDouble, client: stripe.StripeClient) -> None:
    session_id, url = _open_session(
        client,
        client_reference_id="invoice-7",
        metadata={"tenant": "1"},
        payment_intent_data={"metadata": {"invoice": "7"}},
    )
    answer = double.pay(url)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://localhost:5999/paid?cs={session_id}"
    paid = client.v1.checkout.sessions.retrieve(
        session_id, {"expand": ["payment_intent.latest_charge", "line_items"]}
    )
    assert (paid.status, paid.payment_status, paid.amount_total, paid.currency) == (
        "complete",
        "paid",
        1200,
        "eur",
    )
    assert (paid.client_reference_id, paid.url) == ("invoice-7", None)
    assert isinstance(paid.payment_intent, stripe.PaymentIntent)
    assert paid.payment_intent.metadata.to_dict() == {"invoice": "7"}
    assert isinstance(paid.payment_intent.latest_charge, stripe.Charge)
    assert paid.payment_intent.latest_charge.amount_captured == 1200
    assert paid.line_items is not None
    assert paid.line_items.data[0].description == "Invoice 7"
    assert double.balance()[double.own_account()] == {"eur": 1200}


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("4000 0000 0000 0002", "Your card was declined."),
        ("4000 0000 0000 0341", "Your card was declined."),
        ("4000 0000 0000 0069", "Your card has expired."),
        ("4000 0000 0000 9995", "Your card has insufficient funds."),
        ("4242 4242 4242 4241", "Your card number is incorrect."),
        ("4111 1111 1111 1111", "live) card."),
        ("", "Your card number is incorrect."),
    ],
)
def test_a_bad_card_does_not(
    double: StripeDouble, client: stripe.StripeClient, number: str, sentence: str
) -> None:
    session_id, url = _open_session(client)
    answer = double.pay(url, number)
    assert answer.status_code == 402
    assert sentence in (problem_on(answer) or "")
    session = client.v1.checkout.sessions.retrieve(session_id)
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert double.balance()[double.own_account()] == {}


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"expiry": "13/34"}, "month is invalid"),
        ({"expiry": "12/20"}, "year is invalid"),
        ({"expiry": "soon"}, "month is invalid"),
        ({"cvc": "12"}, "security code is invalid"),
    ],
)
def test_it_says_which_entry_is_wrong(
    client: stripe.StripeClient, form: dict[str, str], sentence: str
) -> None:
    _, url = _open_session(client)
    answer = httpx.post(url, data={"number": "4242424242424242", "expiry": "12/34", "cvc": "123", **form})
    assert sentence in (problem_on(answer) or "")
    assert 'value="4242424242424242"' in answer.text


def test_no_real_number_comes_back_on_a_page(double: StripeDouble, client: stripe.StripeClient) -> None:
    _, url = _open_session(client)
    assert "4111" not in double.pay(url, "4111 1111 1111 1111").text


def test_another_card_can_be_tried(double: StripeDouble, client: stripe.StripeClient) -> None:
    session_id, url = _open_session(client)
    double.pay(url, "4000000000000002")
    assert double.pay(url).status_code == 303
    assert len(double.objects("payment_intent")) == 1
    assert [each["status"] for each in double.objects("charge")] == ["failed", "succeeded"]
    assert client.v1.checkout.sessions.retrieve(session_id).payment_status == "paid"


@pytest.mark.parametrize("number", ["4000002500003155", "4000002760003184"])
def test_the_bank_asks(double: StripeDouble, client: stripe.StripeClient, number: str) -> None:
    session_id, url = _open_session(client)
    left = double.pay(url, number, bank=None)
    assert (left.status_code, "3-D Secure" in left.text) == (200, True)
    [intent] = double.objects("payment_intent")
    assert intent["status"] == "requires_action"
    assert client.v1.checkout.sessions.retrieve(session_id).payment_status == "unpaid"
    failed = double.pay(url, number, bank="fail")
    assert "unable to authenticate" in (problem_on(failed) or "")
    assert double.balance()[double.own_account()] == {}
    assert double.pay(url, number).status_code == 303
    assert client.v1.checkout.sessions.retrieve(session_id).payment_status == "paid"


def test_a_paid_session_says_so(double: StripeDouble, client: stripe.StripeClient) -> None:
    _, url = _open_session(client)
    double.pay(url)
    assert "This was paid." in httpx.get(url).text
    assert "This was paid." in double.pay(url).text
    assert double.balance()[double.own_account()] == {"eur": 1200}


def test_an_expired_session_takes_nothing(double: StripeDouble, client: stripe.StripeClient) -> None:
    session_id, url = _open_session(client)
    double.pay(url, "4000002760003184", bank=None)
    client.v1.checkout.sessions.expire(session_id)
    assert [each["status"] for each in double.objects("payment_intent")] == ["canceled"]
    for answer in (httpx.get(url), double.pay(url), httpx.post(url.replace("/pay/", "/bank/"))):
        assert (answer.status_code, "has expired" in answer.text) == (410, True)
    with pytest.raises(stripe.InvalidRequestError, match="status of `expired`"):
        client.v1.checkout.sessions.expire(session_id)


def test_a_session_expires_by_itself(double: StripeDouble, client: stripe.StripeClient) -> None:
    session_id, _ = _open_session(client)
    double.advance(24 * HOUR_S + 60)
    assert client.v1.checkout.sessions.retrieve(session_id).status == "expired"
    assert client.v1.events.list().data[0].type == "checkout.session.expired"


def test_a_paid_session_cannot_be_expired(double: StripeDouble, client: stripe.StripeClient) -> None:
    session_id, url = _open_session(client)
    double.pay(url)
    with pytest.raises(stripe.InvalidRequestError, match="status of `complete`"):
        client.v1.checkout.sessions.expire(session_id)


def test_a_card_is_saved_while_paying(double: StripeDouble, client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"email": "a@b.test"})
    _, url = _open_session(
        client, customer=customer.id, payment_intent_data={"setup_future_usage": "off_session"}
    )
    double.pay(url)
    [method] = client.v1.customers.payment_methods.list(customer.id).data
    assert method.card is not None
    assert (method.card.last4, method.card.brand) == ("4242", "visa")


@pytest.mark.parametrize("number", ["4242424242424242", "4000000000000341", "4000002760003184"])
def test_a_card_is_saved_alone(double: StripeDouble, client: stripe.StripeClient, number: str) -> None:
    customer = client.v1.customers.create({"email": "a@b.test"})
    session = client.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "currency": "eur",
            "customer": customer.id,
            "success_url": "http://localhost:5999/account/payment?cs={CHECKOUT_SESSION_ID}",
        }
    )
    assert session.url is not None
    assert double.pay(session.url, number).status_code == 303
    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    assert (done.status, done.payment_status) == ("complete", "no_payment_required")
    assert isinstance(done.setup_intent, stripe.SetupIntent)
    [method] = client.v1.customers.payment_methods.list(customer.id).data
    assert done.setup_intent.payment_method == method.id
    assert double.balance()[double.own_account()] == {}
