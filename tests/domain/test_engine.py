"""How transactions end: what only read keeps its prepared statements, what wrote is undone as ever."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from app.models import Plan
from app.tenancy import reviewed
from tests.support.sessions import OpenSession, walled_sessions
from tests.support.world import World

pytestmark = pytest.mark.parametrize("engine", ["postgres"])


@pytest.fixture
def open_session(database: str) -> Iterator[OpenSession]:
    with walled_sessions(database, connections=1) as (_engine, open_session):
        yield open_session


def _prepared(open_session: OpenSession, world: World) -> int:
    with open_session(world.northlight.id) as session:
        return int(
            session.execute(reviewed(text("SELECT count(*) FROM pg_prepared_statements"))).scalar_one()
        )


def test_reading_keeps_what_was_prepared(open_session: OpenSession, world: World) -> None:
    assert _prepared(open_session, world) == 0
    for _ in range(6):
        with open_session(world.northlight.id) as session:
            session.execute(reviewed(text("SELECT 1")))
    assert _prepared(open_session, world) > 0


def test_what_was_written_and_not_committed_is_gone(open_session: OpenSession, world: World) -> None:
    for commits, found in ((True, "Kept"), (False, None)):
        name = found or "Dropped"
        with open_session(world.northlight.id) as session:
            session.add(Plan(name=name))
            session.flush()
            if commits:
                session.commit()
        with open_session(world.northlight.id) as session:
            assert (session.query(Plan.name).filter_by(name=name).scalar()) == found


def test_a_failed_transaction_leaves_the_connection_good(open_session: OpenSession, world: World) -> None:
    with open_session(world.northlight.id) as session, pytest.raises(Exception, match="division by zero"):
        session.execute(reviewed(text("SELECT 1 / 0")))
    assert _prepared(open_session, world) >= 0
