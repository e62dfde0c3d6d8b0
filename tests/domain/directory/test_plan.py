"""The directory's statement is led by its tenant on both engines, however many people there are elsewhere."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, insert, text
from sqlalchemy.orm import Session, sessionmaker

from app.domain.directory.find import Question, find_listed
from app.models import DirectoryEntry, Person
from app.models.base import table_of
from app.models.engine import prepare_engine
from app.tenancy import guard_sessions, tenant_session
from tests.support.world import TenantWorld, World

NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
PEOPLE = 3000
"""Of each tenant: enough that reading all tenants' entries is the dearer plan."""


def _fill(engine: Engine, tenant: TenantWorld) -> None:
    first = tenant.id * 10**6
    with engine.begin() as connection:
        connection.execute(insert(table_of(Person)), [
            {"id": first + n, "tenant_id": tenant.id, "email": f"{n}@many.test", "email_key": f"{n}@many.test",
             "first_name": "Mia", "last_name": "Many", "company": "", "folded_name": "mia many", "folded": "mia many", "role": "none", "card_token": f"many {n}",
             "created_at": NOW} for n in range(PEOPLE)
        ])  # fmt: skip
        connection.execute(insert(table_of(DirectoryEntry)), [
            {"tenant_id": tenant.id, "person_id": first + n, "for_members": member, "sort_key": f"mia many {n:05}",
             "words": f" mia many {n:05} weaver glass", "industry": "", "industry_key": "", "shows_skills": True,
             "shows_here": True} for n in range(PEOPLE) for member in (True, False)
        ])  # fmt: skip


@pytest.fixture
def owner(database: str, world: World) -> Iterator[Engine]:
    engine = create_engine(database)
    prepare_engine(engine, row_security=False)
    for tenant in (world.northlight, world.harbour):
        _fill(engine, tenant)
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    yield engine
    engine.dispose()


def _plans(engine: Engine, tenant: TenantWorld, question: Question) -> list[str]:
    """The engine's plan of each statement on entries that a search sends, in lines."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if "directory_entry" in statement:
            sent.append((statement, values))

    factory = sessionmaker(engine, class_=Session, autoflush=False)
    guard_sessions(factory)
    event.listen(engine, "before_cursor_execute", note)
    with tenant_session(factory, tenant.id) as session:
        find_listed(session, tenant.actor("member"), question, NOW)
    event.remove(engine, "before_cursor_execute", note)
    assert sent
    word = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as connection:
        return [
            str(row[-1])
            for statement, values in sent
            for row in connection.exec_driver_sql(f"{word} {statement}", values)
        ]


def _led_by_tenant(lines: list[str]) -> bool:
    """Whether every way into the entries begins with the tenant."""
    ways = [line for line in lines if "directory_entry" in line or "Index Cond" in line]
    if any("SCAN" in line or "Seq Scan" in line for line in ways if "directory_entry" in line):
        return False
    conditions = [line for line in ways if line.startswith("SEARCH") or "Index Cond" in line]
    return bool(conditions) and all("tenant_id" in line for line in conditions)


QUESTIONS = (Question(), Question(page=7), Question("weav gla"), Question(here=True), Question(location_id=1))


def test_it_is_led_by_the_tenant(owner: Engine, world: World) -> None:
    for question in QUESTIONS:
        lines = _plans(owner, world.northlight, question)
        assert _led_by_tenant(lines), "\n".join([str(question), *lines])


def test_without_its_indexes_it_would_not_be(owner: Engine, world: World) -> None:
    """The opposite case: this file can tell."""
    with owner.begin() as connection:
        for index in ("ix_directory_entry_sort", "ix_directory_entry_industry"):
            connection.execute(text(f"DROP INDEX {index}"))
        if owner.dialect.name == "postgresql":
            for rule in (
                "uq_directory_entry_tenant_id_person_id_for_members",
                "uq_directory_entry_tenant_id_id",
            ):
                connection.execute(text(f"ALTER TABLE directory_entry DROP CONSTRAINT {rule}"))
    lines = [line for question in QUESTIONS for line in _plans(owner, world.northlight, question)]
    if owner.dialect.name == "postgresql":
        assert not _led_by_tenant(lines)
    else:
        # The unique keys, which SQLite drops with the table alone, lead to the tenant too, but to no order.
        assert any("USE TEMP B-TREE FOR ORDER BY" in line for line in lines)
