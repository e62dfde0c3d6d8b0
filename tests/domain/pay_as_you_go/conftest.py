"""A tenant that asks whoever comes for a pass, or for money."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.support.tariffs import Tariffs
from tests.support.visits import Gate
from tests.support.world import World


@pytest.fixture
def tariffs(session: Session, world: World) -> Tariffs:
    """On 2 March 2026, a Monday."""
    return Tariffs(session, world.northlight, date(2026, 3, 2))


@pytest.fixture
def gate(tariffs: Tariffs) -> Gate:
    return Gate(tariffs)
