"""A tenant that sells things."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.support.products import Counter
from tests.support.world import World


@pytest.fixture
def counter(session: Session, world: World) -> Counter:
    """On 10 March 2026."""
    return Counter(session, world.northlight, date(2026, 3, 10))
