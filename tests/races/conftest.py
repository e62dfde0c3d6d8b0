"""Many at once: one engine with a connection for each racer, and a start line."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.support.sessions import OpenSession, walled_sessions

RACERS = 64
NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


@pytest.fixture
def racing(database: str) -> Iterator[tuple[Engine, OpenSession]]:
    with walled_sessions(database, connections=RACERS) as sessions:
        yield sessions


def race(open_session: OpenSession, tenant_id: int, run: Callable[[Session, int], str]) -> list[str]:
    """Let all racers go at the same moment, each with a session of its own; what each of them says comes back."""
    start = Barrier(RACERS)

    def one(number: int) -> str:
        with open_session(tenant_id) as session:
            # A connection each, before the start: opening them is slower than the race.
            session.connection()
            session.rollback()
            start.wait()
            return run(session, number)

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(one, range(RACERS)))
