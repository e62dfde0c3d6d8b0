"""A kitchen whose extras are ordered with bookings."""

from collections.abc import Iterator

import pytest

from tests.support.kitchen import Kitchen
from tests.support.sessions import walled_sessions
from tests.support.world import World


@pytest.fixture
def kitchen(database: str, world: World) -> Iterator[Kitchen]:
    with walled_sessions(database) as (_engine, open_session), open_session(world.northlight.id) as session:
        yield Kitchen(session, world.northlight)
