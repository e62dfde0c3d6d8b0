"""A tenant that asks whoever comes for a pass."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.support.passes import Door
from tests.support.tariffs import Tariffs
from tests.support.world import World


@pytest.fixture
def tariffs(session: Session, world: World) -> Tariffs:
    """On 2 March 2026, a Monday."""
    return Tariffs(session, world.northlight, date(2026, 3, 2))


@pytest.fixture
def door(tariffs: Tariffs) -> Door:
    return Door(tariffs)
