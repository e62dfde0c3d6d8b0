"""Changing a table that others refer to. SQLite can only write such a table anew, which takes with it what refers to the
old one and every trigger on it; so there its text in the schema is changed, as its makers describe for rules that no stored
row can break (sqlite.org/lang_altertable.html, section 7)."""

import sqlalchemy as sa
from alembic import op

from migrations import walls

Reference = tuple[str, str, str]
"""(column, the table that it refers to, what happens to the row when that one is deleted)."""


def add_column(table: str, column: sa.Column[object], reference: Reference | None = None) -> None:
    """A column more, with a reference to a row of the same tenant."""
    op.add_column(table, column)
    if reference is None:
        return
    name, other, ondelete = reference
    constraint = f"fk_{table}_tenant_id_{name}"
    if walls.on_postgresql():
        op.create_foreign_key(
            op.f(constraint), table, other, ["tenant_id", name], ["tenant_id", "id"], ondelete=ondelete
        )
        return
    rule = f"FOREIGN KEY(tenant_id, {name}) REFERENCES {other} (tenant_id, id) ON DELETE {ondelete}"
    _add_rule(table, constraint, rule)


def drop_column(table: str, column: str, *, reference: bool = False) -> None:
    """Take back what `add_column` added."""
    constraint = f"fk_{table}_tenant_id_{column}"
    if reference and walls.on_postgresql():
        op.drop_constraint(op.f(constraint), table, type_="foreignkey")
    elif reference:
        _drop_rule(table, constraint)
    op.drop_column(table, column)


def add_check(table: str, name: str, rule: str) -> None:
    """A rule more, which every row keeps already."""
    constraint = f"ck_{table}_{name}"
    if walls.on_postgresql():
        op.create_check_constraint(op.f(constraint), table, rule)
    else:
        _add_rule(table, constraint, f"CHECK ({rule})")


def drop_check(table: str, name: str) -> None:
    constraint = f"ck_{table}_{name}"
    if walls.on_postgresql():
        op.drop_constraint(op.f(constraint), table, type_="check")
    else:
        _drop_rule(table, constraint)


def set_words(table: str, column: str, name: str, *words: str) -> None:
    """What a column of words may say from now on; `name` is the enumeration's in lower case."""
    drop_check(table, name)
    add_check(table, name, f"{column} IN ({', '.join(repr(each) for each in words)})")


def set_nullable(table: str, column: str, kind: str, *, nullable: bool) -> None:
    """Let a column of the SQL type `kind` be without a value, or no more; then no stored row may be without one."""
    if walls.on_postgresql():
        op.alter_column(table, column, nullable=nullable)
        return
    plain, needed = f"{column} {kind}", f"{column} {kind} NOT NULL"
    text, (old, new) = _text_of(table), (needed, plain) if nullable else (plain, needed)
    if text.count(old) != 1:
        raise ValueError(text)
    _write(table, text.replace(old, new))


def _add_rule(table: str, constraint: str, rule: str) -> None:
    text = _text_of(table)
    _write(table, f"{text[: text.rindex(')')].rstrip()}, \n\tCONSTRAINT {constraint} {rule}\n)")


def _drop_rule(table: str, constraint: str) -> None:
    text = _text_of(table)
    start = text.index(f"CONSTRAINT {constraint} ")
    end = _end_of_rule(text, start)
    _write(table, text[:start].rstrip().removesuffix(",") + text[end:])


def _end_of_rule(text: str, start: int) -> int:
    """Where the next rule's comma is, or the bracket that ends the table, outside of the rule's own brackets."""
    depth = 0
    for at in range(start, len(text)):
        if depth == 0 and text[at] in ",)":
            return at
        depth += {"(": 1, ")": -1}.get(text[at], 0)
    raise ValueError(text[start:])


def _text_of(table: str) -> str:
    query = sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table")
    return str(op.get_bind().scalar(query, {"table": table}))


def _write(table: str, text: str) -> None:
    connection = op.get_bind()
    version = connection.scalar(sa.text("PRAGMA schema_version"))
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    connection.execute(
        sa.text("UPDATE sqlite_schema SET sql = :text WHERE type = 'table' AND name = :table"),
        {"text": text, "table": table},
    )
    connection.execute(sa.text(f"PRAGMA schema_version = {int(version or 0) + 1}"))
    connection.execute(sa.text("PRAGMA writable_schema = OFF"))
