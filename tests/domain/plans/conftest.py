"""A tenant whose plans cost something."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.support.tariffs import Tariffs
from tests.support.world import World


@pytest.fixture
def tariffs(session: Session, world: World) -> Tariffs:
    """On 10 March 2026."""
    return Tariffs(session, world.northlight, date(2026, 3, 10))
