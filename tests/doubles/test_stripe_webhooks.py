"""What happened is told: signed, again until it is heard, and as badly as a test wants."""

import pytest
import stripe

from tests.doubles.conftest import SECRET, Ear, client_for
from tests.support.stripe import StripeDouble, stripe_double


@pytest.fixture
def told(double: StripeDouble, ear: Ear) -> Ear:
    """An endpoint of the account."""
    double.add_webhook(ear.url, SECRET)
    return ear


def _pay(client: stripe.StripeClient) -> str:
    return client.v1.payment_intents.create(
        {"amount": 900, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
    ).id


PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


def test_it_tells_what_happened(double: StripeDouble, client: stripe.StripeClient, told: Ear) -> None:
    intent = _pay(client)
    double.settle()
    assert told.types == PAID
    assert told.heard[-1].data.object["id"] == intent
    assert client.v1.events.retrieve(told.heard[-1].id).type == "payment_intent.succeeded"


def test_it_tries_again_until_it_is_heard(
    double: StripeDouble, client: stripe.StripeClient, told: Ear
) -> None:
    double.weather(back_off=0.05)
    told.answers = [500, 500]
    client.v1.customers.create({})
    double.settle()
    assert told.types == ["customer.created"]
    assert [each["status"] for each in double.deliveries()] == [500, 500, 200]


def test_it_gives_up(double: StripeDouble, client: stripe.StripeClient, told: Ear) -> None:
    double.weather(back_off=0.01, retries=2)
    told.answers = [500] * 10
    client.v1.customers.create({})
    double.settle()
    assert [each["status"] for each in double.deliveries()] == [500] * 3


def test_it_tells_twice(double: StripeDouble, client: stripe.StripeClient, told: Ear) -> None:
    double.weather(duplicate=1)
    client.v1.customers.create({})
    double.settle()
    assert len(told.heard) == 2
    assert told.heard[0].id == told.heard[1].id


def test_it_tells_nothing(double: StripeDouble, client: stripe.StripeClient, told: Ear) -> None:
    double.weather(drop=True, types=["charge.*"])
    _pay(client)
    double.settle()
    assert told.types == ["payment_intent.created", "payment_intent.succeeded"]


def test_it_tells_in_another_order(double: StripeDouble, client: stripe.StripeClient, told: Ear) -> None:
    double.weather(hold=True)
    _pay(client)
    double.settle()
    assert (told.types, [each["type"] for each in double.held()]) == ([], PAID)
    assert double.release("last", times=2) == 6
    double.settle()
    assert told.types == PAID[::-1] * 2


@pytest.mark.parametrize(
    ("weather", "reason"),
    [
        ({"stale": True}, "tolerance"),
        ({"unsigned": True}, "No Stripe-Signature header"),
        ({"forged": True}, "No signatures found"),
    ],
)
def test_it_signs_wrongly(
    double: StripeDouble, client: stripe.StripeClient, told: Ear, weather: dict[str, bool], reason: str
) -> None:
    double.weather(**weather, retries=0)
    client.v1.customers.create({})
    double.settle()
    assert told.heard == []
    assert reason in told.refused[0]


def test_it_says_whose_account_it_was(double: StripeDouble, client: stripe.StripeClient, ear: Ear) -> None:
    double.add_webhook(ear.url, SECRET, connected=True)
    account = double.add_account()
    client.v1.customers.create({})
    client.v1.customers.create({}, {"stripe_account": account})
    double.settle()
    assert [each.account for each in ear.heard] == [account]
    double.weather(account="acct_foreign")
    client.v1.customers.create({}, {"stripe_account": account})
    double.settle()
    assert ear.heard[-1].account == "acct_foreign"


def test_it_tells_what_was_asked_for(double: StripeDouble, client: stripe.StripeClient, ear: Ear) -> None:
    made = client.v1.webhook_endpoints.create(
        {"url": ear.url, "enabled_events": ["payment_intent.succeeded"]}
    )
    assert str(made.secret).startswith("whsec_")
    client.v1.customers.create({})
    _pay(client)
    double.settle()
    assert [each["type"] for each in double.deliveries()][:1] == ["payment_intent.succeeded"]
    assert client.v1.webhook_endpoints.retrieve(made.id).to_dict().get("secret") is None


def test_a_test_can_bend_what_it_finds(double: StripeDouble, client: stripe.StripeClient, told: Ear) -> None:
    intent = _pay(client)
    double.bend(intent, amount_received=1, currency="usd")
    bent = client.v1.payment_intents.retrieve(intent)
    assert (bent.amount, bent.amount_received, bent.currency) == (900, 1, "usd")
    double.tell("payment_intent.succeeded", {"id": "pi_nobody_made", "object": "payment_intent"})
    double.settle()
    assert told.heard[-1].data.object["id"] == "pi_nobody_made"


def test_each_key_may_come_with_its_own_endpoint(ear: Ear) -> None:
    keys = ("--key", "sk_test_a", "--key", "sk_test_b")
    first = ("--webhook", ear.url, "--webhook-secret", SECRET)
    connected = ("--connect-webhook", ear.url, "--connect-webhook-secret", SECRET)
    with stripe_double(*keys, *first, *connected) as double:
        double.add_account(key="sk_test_a")
        double.reset()  # takes the account along, and leaves what the process was started with
        account = double.add_account(key="sk_test_a")
        client_for(double, "sk_test_a").v1.customers.create({"name": "own"})
        client_for(double, "sk_test_b").v1.customers.create({"name": "of the other key"})
        client_for(double, "sk_test_a").v1.customers.create(
            {"name": "connected"}, {"stripe_account": account}
        )
        double.settle()
    told = sorted((each.data.object["name"], each.to_dict().get("account")) for each in ear.heard)
    assert told == [("connected", account), ("own", None)]


def test_it_calls_this_machine_only(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="own machine"):
        client.v1.webhook_endpoints.create({"url": "https://example.com/hook", "enabled_events": ["*"]})
