"""Our client of Stripe against two doubles, ours and localstripe: what both know of must come out the same."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
import stripe

from app.integrations.stripe_cards import StripeCards
from app.ports import BackState, CardAccess, CardsRefused, MoneyState
from tests.support.stripe import KEY, second_stripe, stripe_double

ACCESS = CardAccess(KEY)


@dataclass(frozen=True)
class Second:
    """A Stripe as this file speaks to it: through our client, and through the library where the holder of a card acts."""

    cards: StripeCards
    library: stripe.StripeClient

    def customer(self) -> str:
        return self.cards.new_customer(ACCESS, "wish-1", "Ada Lovelace", "ada@portico.test")

    def keep(self, customer: str, card: str = "pm_card_visa") -> str:
        """A card that its holder saved."""
        return self.library.v1.payment_methods.attach(card, {"customer": customer}).id

    def payment(self, customer: str, card: str, amount_minor: int = 4200) -> str:
        return self.cards.begin_payment(
            ACCESS, f"wish-{card}", "token-1", customer, card, amount_minor, "EUR"
        )

    def paid(self) -> str:
        customer = self.customer()
        payment = self.payment(customer, self.keep(customer))
        self.library.v1.payment_intents.confirm(payment)
        return payment

    def declined(self) -> str:
        """A payment that the bank refused. Ours says so at once, as Stripe does; the other only when it is asked again."""
        customer = self.customer()
        payment = self.payment(customer, self.keep(customer, "pm_card_chargeCustomerFail"))
        with suppress(stripe.CardError):
            self.library.v1.payment_intents.confirm(payment)
        return payment


@pytest.fixture(scope="module", params=["ours", "localstripe"])
def origin(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "ours":
        with stripe_double() as double:
            yield double.origin
    else:
        with second_stripe() as address:
            yield address


@pytest.fixture
def at(origin: str) -> Iterator[Second]:
    cards = StripeCards(origin)
    http = stripe.RequestsClient(timeout=10)
    yield Second(cards, stripe.StripeClient(KEY, base_addresses={"api": origin}, http_client=http))
    cards.close()


def test_a_payment_that_is_made_ready_moves_no_money(at: Second) -> None:
    customer = at.customer()
    card = at.keep(customer)
    found = at.cards.payment(ACCESS, at.payment(customer, card))
    assert (found.state, found.amount_minor, found.currency) == (MoneyState.UNDER_WAY, 0, "EUR")
    assert (found.customer, found.method, found.problem) == (customer, card, "")


def test_a_confirmed_payment_came(at: Second) -> None:
    payment = at.paid()
    assert at.cards.payment(ACCESS, payment).state is MoneyState.CAME


def test_a_bank_that_says_no_is_an_answer(at: Second) -> None:
    found = at.cards.payment(ACCESS, at.declined())
    assert (found.state, found.amount_minor) == (MoneyState.REFUSED, 0)
    assert found.problem in {"card_declined", "generic_decline"}  # the bank's closer word is optional


def test_a_payment_can_be_called_off_once(at: Second) -> None:
    customer = at.customer()
    payment = at.payment(customer, at.keep(customer))
    at.cards.call_off(ACCESS, payment)
    assert at.cards.payment(ACCESS, payment).state is MoneyState.GONE
    with pytest.raises(CardsRefused):
        at.cards.call_off(ACCESS, payment)


def test_what_is_paid_cannot_be_called_off(at: Second) -> None:
    payment = at.paid()
    with pytest.raises(CardsRefused):
        at.cards.call_off(ACCESS, payment)
    assert at.cards.payment(ACCESS, payment).state is MoneyState.CAME


def test_parts_of_a_payment_go_back(at: Second) -> None:
    payment = at.paid()
    first = at.cards.give_back(ACCESS, "wish-back-1", payment, 1200, "back-1")
    at.cards.give_back(ACCESS, "wish-back-2", payment, 300, "back-2")
    assert (first.state, first.amount_minor, first.currency) == (BackState.DONE, 1200, "EUR")
    assert (first.payment, first.token) == (payment, "back-1")
    listed = at.cards.given_back(ACCESS, payment)
    assert {(each.token, each.amount_minor) for each in listed} == {("back-1", 1200), ("back-2", 300)}


def test_nothing_goes_back_of_a_payment_that_was_refused(at: Second) -> None:
    payment = at.declined()
    with pytest.raises(CardsRefused):
        at.cards.give_back(ACCESS, "wish-back-3", payment, 100, "back-3")


def test_a_card_is_described_by_what_may_be_said_of_it(at: Second) -> None:
    card = at.keep(at.customer())
    face = at.cards.card(ACCESS, card)
    assert (face.method, face.brand, face.last_digits) == (card, "visa", "4242")
    assert face.expires_year >= 2030


def test_a_setup_intent_keeps_a_card(at: Second) -> None:
    asked: Any = {"customer": at.customer(), "usage": "off_session"}
    setup = at.library.v1.setup_intents.create(asked)
    assert setup.status == "requires_payment_method"
    done = at.library.v1.setup_intents.confirm(setup.id, {"payment_method": "pm_card_visa"})
    assert done.status == "succeeded"
    assert at.cards.card(ACCESS, str(done.payment_method)).last_digits == "4242"


def test_a_card_that_is_forgotten_belongs_to_nobody(at: Second) -> None:
    card = at.keep(at.customer())
    at.cards.forget_card(ACCESS, card)
    assert at.library.v1.payment_methods.retrieve(card).customer is None
    at.cards.forget_card(ACCESS, "pm_of_nobody")


def test_an_unknown_payment_is_refused(at: Second) -> None:
    with pytest.raises(CardsRefused):
        at.cards.payment(ACCESS, "pi_of_nobody")
