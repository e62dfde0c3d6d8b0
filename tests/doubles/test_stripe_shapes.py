"""What the double answers has the shape that the library's classes say: no key they do not know, none missing."""

import sys
import typing
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import httpx
import pytest
import stripe
from stripe import _stripe_object

from tests.doubles.conftest import session_params
from tests.support.stripe import StripeDouble

CLASSES: dict[str, type] = {
    "account": stripe.Account,
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "checkout.session": stripe.checkout.Session,
    "customer": stripe.Customer,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "refund": stripe.Refund,
    "setup_intent": stripe.SetupIntent,
    "webhook_endpoint": stripe.WebhookEndpoint,
}


def _hints_of(kind: type, outer: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of a class of the library, and the names that its annotations may use."""
    names = {**vars(typing), **vars(_stripe_object), **vars(stripe), **vars(stripe.billing_portal)}
    names |= {**vars(sys.modules[kind.__module__]), **outer, **vars(kind)}
    names |= {"Literal": typing.Literal, "ExpandableField": Union}
    found = {key: _names_hint(key, kind, names) for key in kind.__annotations__}
    return {key: hint for key, hint in found.items() if get_origin(hint) is not typing.ClassVar}, names


def _names_hint(key: str, kind: type, names: dict[str, Any]) -> Any:
    one = type("One", (), {"__annotations__": {key: kind.__annotations__[key]}})
    try:
        return get_type_hints(one, localns=names)[key]
    except (NameError, TypeError, AttributeError):
        # A class that is imported for type checkers only: whether the field may be missing is all that is asked.
        text = str(kind.__annotations__[key])
        return (Any | None) if "Optional" in text or "None" in text else Any


def _optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, UnionType) and type(None) in get_args(hint)


def _differences(kind: type, obj: dict[str, Any], at: str, outer: dict[str, Any]) -> list[str]:
    """What is wrong with an object, down to its last part."""
    hints, names = _hints_of(kind, outer)
    found = [f"{at}.{key} is not known" for key in obj if key not in hints]
    found += [
        f"{at}.{key} is missing" for key, hint in hints.items() if key not in obj and not _optional(hint)
    ]
    for key, value in obj.items():
        hint = hints.get(key)
        inner = [each for each in (get_args(hint) or (hint,)) if isinstance(each, type)]
        inner = [each for each in inner if issubclass(each, stripe.StripeObject) and each.__annotations__]
        if value is None and hint is not Any and not _optional(hint):
            found.append(f"{at}.{key} must not be null")
        if isinstance(value, dict) and len(inner) == 1:
            found += _differences(inner[0], value, f"{at}.{key}", names)
    return found


@pytest.fixture
def everything(double: StripeDouble, client: stripe.StripeClient) -> StripeDouble:
    """A Stripe in which each kind of object lies."""
    customer = client.v1.customers.create({"email": "a@b.test", "address": {"city": "Berlin"}}).id
    paying = session_params(customer=customer, payment_intent_data={"setup_future_usage": "off_session"})
    session = client.v1.checkout.sessions.create(paying)
    for number in ("4000000000000002", "4000002760003184", "4000000000005126"):
        double.pay(str(session.url), number, bank="fail")
    [paid] = [each["id"] for each in double.objects("payment_intent") if each["status"] == "succeeded"]
    client.v1.refunds.create({"payment_intent": paid, "amount": 100})
    double.dispute(paid)
    double.advance(120)
    back = "http://localhost:5999/"
    keeping: Any = {"mode": "setup", "currency": "eur", "customer": customer, "success_url": back}
    saving = client.v1.checkout.sessions.create(keeping)
    double.pay(str(saving.url), "4000002760003184")
    waiting: Any = {
        "amount": 500,
        "currency": "eur",
        "payment_method": "pm_card_threeDSecure2Required",
        "confirm": True,
        "return_url": back,
    }
    client.v1.payment_intents.create(waiting)
    client.v1.webhook_endpoints.create({"url": "http://localhost:9/", "enabled_events": ["account.updated"]})
    return double


@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_objects_have_the_librarys_shape(everything: StripeDouble, kind: str) -> None:
    objects = everything.objects(kind)
    assert objects
    wrong = {each for obj in objects for each in _differences(CLASSES[kind], obj, kind, {})}
    assert sorted(wrong) == []


def test_there_is_nothing_else(everything: StripeDouble) -> None:
    found = httpx.get(f"{everything.origin}/test/objects").json()[everything.own_account()]
    assert {kind for kind, rows in found.items() if rows} == set(CLASSES)


def test_the_comparison_sees_what_is_wrong(everything: StripeDouble) -> None:
    [obj] = everything.objects("account")
    spoilt = {**obj, "charges_enabled_": True, "requirements": {**obj["requirements"], "surprise": 1}}
    del spoilt["id"]
    assert sorted(_differences(stripe.Account, spoilt, "account", {})) == [
        "account.charges_enabled_ is not known",
        "account.id is missing",
        "account.requirements.surprise is not known",
    ]


def test_balance_and_links_have_it_too(client: stripe.StripeClient, double: StripeDouble) -> None:
    link = client.v1.account_links.create(
        {
            "account": double.add_account(ready=False),
            "type": "account_onboarding",
            "refresh_url": "http://localhost:5999/",
            "return_url": "http://localhost:5999/",
        }
    )
    assert _differences(stripe.AccountLink, link.to_dict(), "account_link", {}) == []
    assert _differences(stripe.Balance, client.v1.balance.retrieve().to_dict(), "balance", {}) == []
