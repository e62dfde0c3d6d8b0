"""What was written down about who did what stays as it was, whoever asks: the database refuses to change it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.models import AuditEntry
from app.tenancy import begin_writing, reviewed, tenant_session
from tests.support.world import World

CHANGES = ("UPDATE audit_entry SET action = 'nothing.happened'", "DELETE FROM audit_entry")


@pytest.fixture
def owner(database: str, open_session: Callable[[], Session], world: World) -> Iterator[Engine]:
    """The database as its owner sees it, with one entry in the trail."""
    with tenant_session(open_session, world.northlight.id) as session:
        begin_writing(session)
        session.add(AuditEntry(at=datetime(2026, 11, 24, 9, tzinfo=UTC), action="room.renamed"))
        session.commit()
    engine = create_engine(database)
    yield engine
    engine.dispose()


def test_other_rows_may_be_changed(owner: Engine) -> None:
    with owner.begin() as connection:
        assert connection.execute(text("UPDATE plan SET name = name")).rowcount > 0


@pytest.mark.parametrize("change", CHANGES)
def test_the_owner_cannot_change_the_trail(owner: Engine, change: str) -> None:
    with owner.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(change))
    assert _trail(owner) == ["room.renamed"]


@pytest.mark.parametrize("change", CHANGES)
def test_the_web_cannot_change_the_trail(
    owner: Engine, open_session: Callable[[], Session], world: World, change: str
) -> None:
    with tenant_session(open_session, world.northlight.id) as session:
        begin_writing(session)
        with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
            session.execute(reviewed(text(change)))
    assert _trail(owner) == ["room.renamed"]


@pytest.mark.parametrize("engine", ["postgres"])
def test_the_owner_cannot_empty_the_trail(owner: Engine) -> None:
    with owner.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("TRUNCATE audit_entry"))
    assert _trail(owner) == ["room.renamed"]


def _trail(owner: Engine) -> list[str]:
    with owner.connect() as connection:
        return list(connection.scalars(text("SELECT action FROM audit_entry")))
