"""A tenant whose plans cost something."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.support.sessions import walled_sessions
from tests.support.tariffs import Tariffs
from tests.support.world import World


@pytest.fixture
def session(database: str, world: World) -> Iterator[Session]:
    with walled_sessions(database) as (_engine, open_session), open_session(world.northlight.id) as session:
        yield session


@pytest.fixture
def tariffs(session: Session, world: World) -> Tariffs:
    """On 10 March 2026."""
    return Tariffs(session, world.northlight, date(2026, 3, 10))
