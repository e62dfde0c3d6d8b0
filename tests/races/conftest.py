"""Many at once: one engine with a connection for each racer, and a start line."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier, local
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.domain.booking import claim
from app.domain.booking.catalogue_of import ReadCatalogue
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


def check_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the check before the write lock stand for the one behind it."""
    decide, mine = claim._decide, local()

    def once(session: Session, wish: Any, now: datetime, read: ReadCatalogue) -> Any:
        if getattr(mine, "wish", None) is not wish:
            mine.wish, mine.decision = wish, decide(session, wish, now, read)
        return mine.decision

    monkeypatch.setattr(claim, "_decide", once)
    monkeypatch.setattr(claim, "_outrun", lambda *_anything: False)
