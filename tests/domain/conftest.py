"""A tenant that bills."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from tests.support.office import Office
from tests.support.sessions import walled_sessions
from tests.support.world import World


@pytest.fixture
def session(database: str, world: World) -> Iterator[Session]:
    with walled_sessions(database) as (_engine, open_session), open_session(world.northlight.id) as session:
        yield session


@pytest.fixture
def office(session: Session, world: World) -> Office:
    return Office(session, world.northlight)
