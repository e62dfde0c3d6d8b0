"""The trail forgets what is old, and may be blanked; it cannot be cut short, and it cannot be rewritten."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain.privacy.settings import Days, write_days
from app.domain.privacy.trail import REMOVED
from app.models import AuditEntry
from app.models.base import table_of
from app.tenancy import begin_writing, reviewed, tenant_session
from migrations import trail
from tests.support.world import World

OpenSession = Callable[[], Session]
_ENTRY = table_of(AuditEntry)
BEFORE: dict[str, Any] = {
    "email": "ann@example.test",
    "floor": 3,
    "none": None,
    "on": True,
    "deep": {"n": "Ann"},
}


@pytest.fixture
def session(open_session: OpenSession, world: World) -> Iterator[Session]:
    """A session of the tenant with one entry, forty days old."""
    with tenant_session(open_session, world.northlight.id) as session:
        begin_writing(session)
        at = datetime.now(UTC) - timedelta(days=40)
        session.add(AuditEntry(at=at, action="room.renamed", before=BEFORE, after={}))
        session.commit()
        yield session
        session.rollback()


def _try(session: Session, act: Callable[[], object]) -> bool:
    """Whether the database lets that happen; nothing stays of it."""
    begin_writing(session)
    try:
        act()
        session.flush()
    except DBAPIError as error:
        if "append-only" in str(error) or "permission denied" in str(error):
            return False
        raise
    finally:
        session.rollback()
    return True


def _delete(session: Session) -> object:
    return session.execute(delete(AuditEntry), execution_options={"synchronize_session": False})


def _set(session: Session, **values: Any) -> object:
    return session.execute(reviewed(update(_ENTRY).values(**values)))


@pytest.mark.parametrize(("kept", "goes"), [(None, False), (41, False), (39, True), (30, True), (730, False)])
def test_only_what_is_older_than_the_tenant_keeps_goes(
    session: Session, kept: int | None, *, goes: bool
) -> None:
    assert not _try(session, lambda: _delete(session))
    write_days(session, Days(audit_days=kept))
    session.commit()
    assert _try(session, lambda: _delete(session)) is goes


@pytest.mark.usefixtures("session")
def test_the_other_tenants_setting_opens_nothing(
    session: Session, open_session: OpenSession, world: World
) -> None:
    session.rollback()
    with tenant_session(open_session, world.harbour.id) as other:
        begin_writing(other)
        write_days(other, Days(audit_days=30))
    assert not _try(session, lambda: _delete(session))


@pytest.mark.parametrize(
    ("became", "allowed"),
    [
        (BEFORE | {"email": REMOVED}, True),
        (BEFORE | {"email": REMOVED, "deep": REMOVED, "floor": REMOVED, "none": REMOVED}, True),
        (BEFORE, True),
        (BEFORE | {"email": "bob@example.test"}, False),
        (BEFORE | {"floor": 4}, False),
        (BEFORE | {"floor": "3"}, False),
        (BEFORE | {"on": 1}, False),
        (BEFORE | {"none": ""}, False),
        (BEFORE | {"deep": {"n": "Bob"}}, False),
        (BEFORE | {"more": REMOVED}, False),
        ({"floor": 3}, False),
        ({}, False),
    ],
    ids=json.dumps,
)
def test_a_value_is_blanked_and_never_rewritten(
    session: Session, became: dict[str, Any], *, allowed: bool
) -> None:
    assert _try(session, lambda: _set(session, before=became)) is allowed


@pytest.mark.parametrize(
    "change",
    [
        {"action": "x.y"},
        {"actor_id": None, "action": "x.y"},
        {"at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"subject_id": 7},
    ],
)
def test_nothing_else_of_an_entry_changes(session: Session, change: dict[str, Any]) -> None:
    assert _try(session, lambda: _set(session, before=BEFORE | {"email": REMOVED}))
    assert not _try(session, lambda: _set(session, before=BEFORE | {"email": REMOVED}, **change))


def test_the_owner_of_the_tables_is_bound_as_well(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.rollback()
        session.connection().execute(text("RESET ROLE"))
    assert not _try(session, lambda: session.connection().execute(text("DELETE FROM audit_entry")))
    assert session.scalars(select(AuditEntry.action)).all() == ["room.renamed"]


def test_the_mark_is_the_same_on_both_sides() -> None:
    assert trail.REMOVED == REMOVED
