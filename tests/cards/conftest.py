"""A portal that takes cards at a Stripe of its own."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.settings import Settings
from tests.support.cards import Till, open_till
from tests.support.stripe import StripeDouble, stripe_double
from tests.support.world import World


@pytest.fixture(scope="session")
def stripe_process() -> Iterator[StripeDouble]:
    with stripe_double() as double:
        yield double


@pytest.fixture
def stripe(stripe_process: StripeDouble) -> StripeDouble:
    """A Stripe that knows nothing yet, whatever the test before left."""
    stripe_process.reset()
    return stripe_process


@pytest.fixture
def settings(settings: Settings, stripe: StripeDouble) -> Settings:
    return replace(settings, stripe_address=stripe.origin)


@pytest.fixture
def app(app: Flask) -> Iterator[Flask]:
    yield app
    app.extensions["portico_cards"].cards.close()


@pytest.fixture
def till(app: Flask, world: World, stripe: StripeDouble) -> Till:
    return open_till(app, world.northlight, stripe)
