"""Connect: each account is a world of its own."""

from typing import Any

import httpx
import pytest
import stripe

from tests.doubles.conftest import SECRET, Ear, client_for, session_params
from tests.support.stripe import StripeDouble


def test_what_is_in_an_account_is_in_no_other(double: StripeDouble, client: stripe.StripeClient) -> None:
    first, second = double.add_account(), double.add_account()
    made = client.v1.customers.create({}, {"stripe_account": first})
    assert client.v1.customers.retrieve(made.id, None, {"stripe_account": first}).id == made.id
    for elsewhere in ({}, {"stripe_account": second}):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.v1.customers.retrieve(made.id, None, elsewhere)  # type: ignore[arg-type]
        assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_money_lands_in_the_account_of_the_call(double: StripeDouble, client: stripe.StripeClient) -> None:
    account = double.add_account()
    session = client.v1.checkout.sessions.create(session_params(), {"stripe_account": account})
    double.pay(str(session.url))
    assert double.balance() == {double.own_account(): {}, account: {"eur": 1200}}


def test_another_platform_has_no_access(double: StripeDouble) -> None:
    account = double.add_account()
    double.add_key("sk_test_other")
    other = client_for(double, "sk_test_other")
    with pytest.raises(stripe.PermissionError) as refused:
        other.v1.customers.list(None, {"stripe_account": account})
    assert refused.value.http_status == 403
    error: Any = refused.value.json_body
    assert error["error"]["code"] == "account_invalid"
    with pytest.raises(stripe.PermissionError):
        other.v1.accounts.retrieve(account)


def test_an_account_is_set_up_at_stripes_page(
    double: StripeDouble, client: stripe.StripeClient, ear: Ear
) -> None:
    double.add_webhook(ear.url, SECRET, connected=True)
    account = client.v1.accounts.create({"type": "standard", "email": "owner@space.test"})
    assert account.charges_enabled is False
    with pytest.raises(stripe.InvalidRequestError, match="cannot currently make charges"):
        client.v1.checkout.sessions.create(session_params(), {"stripe_account": account.id})
    link = client.v1.account_links.create(
        {
            "account": account.id,
            "type": "account_onboarding",
            "refresh_url": "http://localhost:5999/again",
            "return_url": "http://localhost:5999/back",
        }
    )
    assert account.id in httpx.get(link.url).text
    assert (
        httpx.post(link.url, data={"answer": "complete"}).headers["Location"] == "http://localhost:5999/back"
    )
    assert httpx.get(link.url).headers["Location"] == "http://localhost:5999/again"
    assert client.v1.accounts.retrieve(account.id).charges_enabled is True
    double.settle()
    assert [(each.type, each.account) for each in ear.heard] == [("account.updated", account.id)]


def test_an_owner_takes_the_access_away(double: StripeDouble, client: stripe.StripeClient, ear: Ear) -> None:
    double.add_webhook(ear.url, SECRET, connected=True)
    account = double.add_account()
    double.revoke(account)
    double.settle()
    assert ear.types == ["account.application.deauthorized"]
    with pytest.raises(stripe.PermissionError):
        client.v1.balance.retrieve(None, {"stripe_account": account})
