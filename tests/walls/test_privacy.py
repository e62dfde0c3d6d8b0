"""Nothing about a person is forgotten: every table and every word in it is in the register of what is held of people."""

import re
from collections.abc import Iterable

import pytest
from sqlalchemy import JSON, Column, Enum, MetaData, String, Table

from app.domain.privacy.holding import Ending, Holding, Merging
from app.domain.privacy.holdings import BY_TABLE, HOLDINGS
from app.domain.privacy.merge import unique_beside
from app.domain.privacy.reach import references
from app.models import Base
from app.models.base import BigId, belongs_to, owned

_SECRET = re.compile(r"hash|secret|token|digest|_key$")


def _reaching(metadata: MetaData, known: dict[str, Holding]) -> set[str]:
    """The tables whose rows hang on a person's, directly or through others. Nothing is somebody's because it hangs on a
    row that only mentions people.
    """
    found = {"person"}
    mentioning = {name for name, holding in known.items() if not (holding.whose or holding.through)}
    while True:
        more = {
            table.name
            for table in metadata.sorted_tables
            if any(references(table, held) for held in found - mentioning)
        } - found
        if not more:
            return found
        found |= more


def _people_columns(table: Table) -> set[str]:
    return set(references(table, "person")) | ({"id"} if table.name == "person" else set())


def _words(table: Table) -> set[str]:
    """Columns that can say anything, so also who somebody is."""
    return {
        c.name for c in table.columns if isinstance(c.type, (String, JSON)) and not isinstance(c.type, Enum)
    }


def _missing(metadata: MetaData, register: Iterable[Holding]) -> list[str]:
    """What the register does not say, a sentence each."""
    known = {holding.table: holding for holding in register}
    problems = [f"{name}: not in the register" for name in sorted(_reaching(metadata, known) - known.keys())]
    for name, holding in known.items():
        table = metadata.tables.get(name)
        if table is None:
            problems.append(f"{name}: no such table")
        else:
            problems += [f"{name}: {problem}" for problem in _problems(table, holding)]
    return problems


def _problems(table: Table, holding: Holding) -> list[str]:
    named = {holding.whose, *holding.mentions} - {""}
    said = set(holding.blank) | set(holding.plain)
    found = [f"{c} names a person" for c in sorted(_people_columns(table) ^ named)]
    found += [
        f"{c} is no column" for c in sorted((said | set(holding.hidden)) - {c.name for c in table.columns})
    ]
    if holding.through and not references(table, holding.through):
        found.append(f"does not hang on {holding.through}")
    if not (holding.whose or holding.through or holding.mentions):
        found.append("whose is it?")
    if holding.ending is not Ending.DELETE:
        found += [f"what becomes of {c}?" for c in sorted(_words(table) - said)]
        files = set(references(table, "stored_file"))
        found += [f"the file {c} stays" for c in sorted(files - set(holding.blank) - set(holding.plain))]
        found += [] if holding.why else ["why is it kept?"]
    if not holding.export and holding.whose and not holding.why:
        found.append("why is it not exported?")
    if holding.export:
        secrets = {c.name for c in table.columns if _SECRET.search(c.name)}
        found += [f"{c} looks like a secret, and is exported" for c in sorted(secrets - set(holding.hidden))]
    return found + _clashes(table, holding)


def _clashes(table: Table, holding: Holding) -> list[str]:
    """Rows that move may meet their like: then it must be said which one goes, or what is emptied."""
    if holding.merging is not Merging.MOVE:
        return []
    rules = [rule for name in _people_columns(table) for rule in unique_beside(table, name)]
    return [f"unique with {rule}: merging is ONE" for rule in rules if not set(rule) & set(holding.cleared)]


def test_everything_is_in_the_register() -> None:
    assert _missing(Base.metadata, HOLDINGS) == []


def test_each_table_and_each_file_of_an_archive_is_there_once() -> None:
    assert len(BY_TABLE) == len(HOLDINGS)
    exports = [holding.export for holding in HOLDINGS if holding.export]
    assert len(set(exports)) == len(exports)


def _with(*extra: Column[str]) -> MetaData:
    """The tables as they are, and one that nobody has thought of."""
    metadata = MetaData()
    for table in Base.metadata.sorted_tables:
        table.to_metadata(metadata)
    Table(
        "badge",
        metadata,
        Column("id", BigId, primary_key=True),
        Column("tenant_id", BigId),
        Column("person_id", BigId),
        *extra,
        *owned(belongs_to("person_id", "person")),
    )
    return metadata


_BADGE = Holding("badge", Ending.BLANK, Merging.MOVE, whose="person_id", export="badges", why="x")


@pytest.mark.parametrize(
    ("holding", "problem"),
    [
        (None, "badge: not in the register"),
        (_BADGE, "badge: what becomes of motto?"),
        (Holding("badge", Ending.DELETE, Merging.MOVE, export="x"), "badge: person_id names a person"),
        (
            Holding("badge", Ending.DELETE, Merging.MOVE, whose="person_id", export="badges"),
            "badge: token_hash looks like a secret, and is exported",
        ),
    ],
)
def test_a_table_that_nobody_thought_of_is_noticed(holding: Holding | None, problem: str) -> None:
    register = (*HOLDINGS, holding) if holding else HOLDINGS
    metadata = _with(Column("motto", String(20)), Column("token_hash", String(64)))
    assert problem in _missing(metadata, register)


def test_a_table_that_hangs_on_another_is_noticed() -> None:
    metadata = _with()
    Table(
        "stamp",
        metadata,
        Column("id", BigId, primary_key=True),
        Column("tenant_id", BigId),
        Column("badge_id", BigId),
        *owned(belongs_to("badge_id", "badge")),
    )
    assert "stamp: not in the register" in _missing(metadata, (*HOLDINGS, _BADGE))
