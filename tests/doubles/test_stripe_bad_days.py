"""Down, slow, rate limited, or silent after the deed: and nothing is done twice."""

import time
from typing import Any

import pytest
import stripe

from tests.doubles.conftest import client_for
from tests.support.stripe import KEY, StripeDouble, stripe_double

INTENT: Any = {"amount": 900, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}


def test_an_error_before_the_deed(double: StripeDouble, client: stripe.StripeClient) -> None:
    double.fail("error_before", "/v1/payment_intents", method="POST")
    with pytest.raises(stripe.APIError) as refused:
        client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"})
    assert refused.value.http_status == 500
    assert double.balance()[double.own_account()] == {}
    assert client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"}).status == "succeeded"


def test_an_error_after_the_deed_is_remembered(double: StripeDouble, client: stripe.StripeClient) -> None:
    double.fail("error_after", "/v1/payment_intents")
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"})
    assert double.balance()[double.own_account()] == {"eur": 900}


def test_silence_after_the_deed(double: StripeDouble) -> None:
    double.fail("timeout_after", "/v1/payment_intents", seconds=1.0)
    client = client_for(double, timeout=0.3)
    with pytest.raises(stripe.APIConnectionError):
        client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"})
    assert client.v1.payment_intents.create(INTENT, {"idempotency_key": "k"}).status == "succeeded"
    assert double.balance()[double.own_account()] == {"eur": 900}


def test_the_librarys_own_retries_charge_once(double: StripeDouble) -> None:
    double.fail("timeout_after", "/v1/payment_intents", seconds=0.1)
    assert client_for(double, retries=2).v1.payment_intents.create(INTENT).status == "succeeded"
    assert double.balance()[double.own_account()] == {"eur": 900}
    first, second = double.calls()
    assert first["key"] == second["key"]


def test_a_closed_line(double: StripeDouble, client: stripe.StripeClient) -> None:
    double.fail("close_before", seconds=0)
    with pytest.raises(stripe.APIConnectionError):
        client.v1.balance.retrieve()


def test_it_is_slow(double: StripeDouble, client: stripe.StripeClient) -> None:
    double.fail("slow", seconds=0.3)
    begun = time.monotonic()
    client.v1.balance.retrieve()
    assert time.monotonic() - begun >= 0.3


def test_too_many_calls(double: StripeDouble, client: stripe.StripeClient) -> None:
    double.fail("rate_limit", times=2)
    for _ in range(2):
        with pytest.raises(stripe.RateLimitError):
            client.v1.balance.retrieve()
    client.v1.balance.retrieve()


def test_state_outlives_the_process(tmp_path: Any) -> None:
    file = str(tmp_path / "stripe.sqlite3")
    with stripe_double("--state", file) as double:
        account = double.own_account()
        client_for(double).v1.payment_intents.create(INTENT)
    with stripe_double("--state", file, "--key", KEY, "--key", "sk_test_other") as double:
        assert double.balance()[account] == {"eur": 900}
        other = client_for(double, "sk_test_other").v1.accounts.retrieve_current()
        assert other.id != account
