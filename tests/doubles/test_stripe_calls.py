"""The double is as strict as Stripe: about parameters, keys, versions, and a call made twice."""

import threading
import time
from typing import Any

import httpx
import pytest
import stripe

from tests.doubles.conftest import client_for, session_params
from tests.support.stripe import KEY, StripeDouble

HEADERS = {"Authorization": f"Bearer {KEY}", "Stripe-Version": "2026-10-28.endive"}


@pytest.mark.parametrize(
    ("given", "code", "param"),
    [
        ({"sucess_url": "http://localhost/"}, "parameter_unknown", "sucess_url"),
        ({"line_items": [{"prise": "p"}]}, "parameter_unknown", "line_items[0][prise]"),
        ({"line_items": "p"}, None, "line_items"),
        ({"mode": "paymnt"}, None, "mode"),
        ({"mode": ""}, "parameter_invalid_empty", "mode"),
        ({"expires_at": "soon"}, "parameter_invalid_integer", "expires_at"),
        ({"expires_at": 12}, None, "expires_at"),
        ({"success_url": "not an address"}, "url_invalid", "success_url"),
        ({"customer": "cus_nobody"}, "resource_missing", "customer"),
        ({"customer": "cus_nobody", "customer_email": "a@b.test"}, None, "customer_email"),
        ({"line_items": []}, "parameter_missing", "line_items"),
        ({"client_reference_id": "x" * 201}, None, "client_reference_id"),
        ({"metadata": {"k" * 41: "v"}}, None, f"metadata[{'k' * 41}]"),
        (
            {"payment_intent_data": {"metdata": {"a": "b"}}},
            "parameter_unknown",
            "payment_intent_data[metdata]",
        ),
    ],
)
def test_it_says_which_parameter_is_wrong(
    client: stripe.StripeClient, given: dict[str, Any], code: str | None, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create(session_params(**given))
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, code, param)
    assert not client.v1.checkout.sessions.list().data


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (-500, "eur", "parameter_invalid_integer"),
        (0, "eur", "parameter_invalid_integer"),
        (49, "eur", "amount_too_small"),
        (100_000_000, "eur", "amount_too_large"),
        (1000, "xyz", None),
    ],
)
def test_it_refuses_money_that_no_card_can_pay(
    client: stripe.StripeClient, amount: int, currency: str, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create({"amount": amount, "currency": currency})
    assert refused.value.code == code


def test_it_refuses_a_fraction_of_a_cent(double: StripeDouble) -> None:
    form = {"amount": "12.5", "currency": "eur"}
    answer = httpx.post(f"{double.origin}/v1/payment_intents", data=form, headers=HEADERS)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "parameter_invalid_integer")


def test_it_refuses_what_stripe_has_and_it_has_not(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.APIError) as refused:
        client.v1.checkout.sessions.create(session_params(allow_promotion_codes=True))
    assert (refused.value.http_status, refused.value.user_message) == (
        501,
        "This test double of Stripe does not know what allow_promotion_codes does.",
    )


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Stripe-Version": HEADERS["Stripe-Version"]}, 401),
        ({**HEADERS, "Authorization": "Bearer sk_test_unknown"}, 401),
        ({"Authorization": HEADERS["Authorization"]}, 400),
        ({**HEADERS, "Stripe-Version": "2019-01-01"}, 400),
        ({**HEADERS, "Stripe-Account": "acct_foreign"}, 403),
        (HEADERS, 200),
    ],
)
def test_it_wants_a_known_key_and_version(double: StripeDouble, headers: dict[str, str], status: int) -> None:
    assert httpx.get(f"{double.origin}/v1/balance", headers=headers).status_code == status


def test_the_library_names_a_bad_key(double: StripeDouble) -> None:
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key"):
        client_for(double, "sk_test_wrong").v1.accounts.retrieve_current()


def test_a_call_made_again_is_answered_from_memory(client: stripe.StripeClient) -> None:
    first = client.v1.customers.create({"email": "a@b.test"}, {"idempotency_key": "k"})
    again = client.v1.customers.create({"email": "a@b.test"}, {"idempotency_key": "k"})
    other = client.v1.customers.create({"email": "a@b.test"})
    assert first.id == again.id != other.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(client.v1.customers.list().data) == 2


def test_a_key_belongs_to_its_parameters(client: stripe.StripeClient) -> None:
    client.v1.customers.create({"email": "a@b.test"}, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError) as refused:
        client.v1.customers.create({"email": "c@d.test"}, {"idempotency_key": "k"})
    assert refused.value.http_status == 400


def test_a_key_belongs_to_its_account(double: StripeDouble, client: stripe.StripeClient) -> None:
    account = double.add_account()
    mine = client.v1.customers.create({"email": "a@b.test"}, {"idempotency_key": "k"})
    theirs = client.v1.customers.create(
        {"email": "c@d.test"}, {"idempotency_key": "k", "stripe_account": account}
    )
    assert mine.id != theirs.id


def test_a_declined_card_is_declined_again_under_its_key(client: stripe.StripeClient) -> None:
    intent: Any = {
        "amount": 900,
        "currency": "eur",
        "confirm": True,
        "payment_method": "pm_card_visa_chargeDeclined",
    }
    ids = set()
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refused:
            client.v1.payment_intents.create(intent, {"idempotency_key": "k"})
        error: Any = refused.value.error
        ids.add(error.payment_intent.id)
    assert len(ids) == 1


def test_what_was_wrong_leaves_its_key_free(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.create({"email": "nobody"}, {"idempotency_key": "k"})
    assert client.v1.customers.create({"email": "a@b.test"}, {"idempotency_key": "k"}).email == "a@b.test"


def test_a_key_serves_one_call_at_a_time(double: StripeDouble, client: stripe.StripeClient) -> None:
    double.fail("slow", "/v1/customers", seconds=1.0)
    made: list[str] = []

    def create() -> None:
        made.append(client.v1.customers.create({"email": "a@b.test"}, {"idempotency_key": "k"}).id)

    slow = threading.Thread(target=create)
    slow.start()
    while not double.calls():
        time.sleep(0.05)
    time.sleep(0.1)  # it has arrived, and now holds its key
    with pytest.raises(stripe.StripeError) as refused:
        client.v1.customers.create({"email": "a@b.test"}, {"idempotency_key": "k"})
    slow.join()
    assert refused.value.http_status == 409
    assert [each["id"] for each in double.objects("customer")] == made


def test_lists_have_pages(client: stripe.StripeClient) -> None:
    made = [client.v1.customers.create({"name": str(n)}).id for n in range(5)]
    page = client.v1.customers.list({"limit": 2})
    assert (page.has_more, [each.id for each in page.data]) == (True, [made[4], made[3]])
    assert [each.id for each in page.auto_paging_iter()] == made[::-1]


def test_metadata_is_merged_and_emptied(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"metadata": {"a": "1", "b": "2"}})
    changed = client.v1.customers.update(customer.id, {"metadata": {"a": "", "c": "3"}})
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}
