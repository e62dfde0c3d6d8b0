"""Paying by card over HTTP, at a Stripe that is a process of its own."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.settings import Settings
from tests.support.cards import OPEN_MINOR, Till, open_till, running_stripe
from tests.support.stripe import StripeDouble
from tests.support.world import World


@pytest.fixture(scope="module")
def stripe() -> Iterator[StripeDouble]:
    with running_stripe() as double:
        yield double


@pytest.fixture
def settings(settings: Settings, stripe: StripeDouble) -> Settings:
    return replace(settings, stripe_address=stripe.origin)


@pytest.fixture
def till(app: Flask, world: World, stripe: StripeDouble) -> Till:
    return open_till(app, world.northlight, stripe)


def test_a_member_pays_an_invoice_and_it_is_in_the_books_once(till: Till) -> None:
    invoice, maya = till.bill(), till.person()
    assert "Paid. Thank you." in till.pay(maya, invoice)
    assert till.open_of(invoice) == 0
    assert till.by_card() == till.balance() == OPEN_MINOR
    (attempt,) = till.attempts()
    for _again in range(2):
        assert maya.get(f"/invoices/payments/{attempt.token}").status_code == 200
        till.work()
    assert till.by_card() == OPEN_MINOR
    assert "By card" in maya.get(f"/invoices/{invoice}").text
