"""How an engine means to answer: the plans of the very statements that some work sends."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

_PRIMARY = re.compile(r"\b\w*id = ")
_ALIAS = re.compile(r"_\d+$")
_SCANNED = re.compile(r"^SCAN (\w+)|Seq Scan on (\w+)")


def plans_of(engine: Engine, work: Callable[[], object]) -> list[tuple[str, list[str]]]:
    """Each statement that the work sends over this engine, with the engine's plan for it, in lines."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if (
            statement.lstrip().startswith(("SELECT", "WITH", "UPDATE", "DELETE"))
            and "set_config" not in statement
        ):
            # The same for many rows is planned once.
            sent.append((statement, values[0] if isinstance(values, list) else values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    word = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as connection:
        return [
            (
                statement,
                [str(row[-1]).strip() for row in connection.exec_driver_sql(f"{word} {statement}", values)],
            )
            for statement, values in sent
        ]


def scanned(lines: list[str], tables: set[str]) -> set[str]:
    """Those of the tables that the plan reads from end to end."""
    found = {name for line in lines for match in _SCANNED.finditer(line) for name in match.groups() if name}
    # An alias is the table's name with a number.
    return tables & {_ALIAS.sub("", name) for name in found}


def not_led_by_tenant(lines: list[str]) -> list[str]:
    """The ways into tables that begin neither with the tenant nor with one row's id."""
    ways = [line for line in lines if line.startswith("SEARCH") or "Index Cond" in line]
    return [
        line
        for line in ways
        if "tenant_id" not in line
        and "rowid=?" not in line
        and not _PRIMARY.search(line)
        # What SQLite made of a part of the statement, not a table.
        and "AUTOMATIC" not in line
    ]
