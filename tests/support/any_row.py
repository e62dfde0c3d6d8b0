"""A row for any table, made from what the metadata says of it: for tests that must hold for tables nobody has written yet."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Enum, LargeBinary, String, Table, insert, select
from sqlalchemy.orm import Session

from app.domain.privacy.reach import table_named, targets
from app.models.base import UtcDateTime
from app.tenancy import reviewed, tenant_of

_MOMENT = datetime(2026, 11, 1, tzinfo=UTC)


def any_row(session: Session, table: Table, word: str, plain: tuple[str, ...], **given: Any) -> None:
    """Insert a row of this tenant whose texts all say `word`, but for the `plain` ones.

    What it must refer to is there already, or is made first. A table whose rules want more needs a row by hand.
    """
    tenant_id = tenant_of(session)
    values = {"tenant_id": tenant_id} | given
    refers = targets(table)
    for column in table.columns:
        if column.name in {"id", *values}:
            continue
        if column.name in refers:
            if not column.nullable:
                values[column.name] = _some_id(session, refers[column.name], word)
        elif isinstance(column.type, (String, JSON)) or not column.nullable:
            values[column.name] = _value(column, "x" if column.name in plain else word)
    session.execute(reviewed(insert(table).values(values)))


def _some_id(session: Session, name: str, word: str) -> int:
    table = table_named(name)
    query = reviewed(select(table.c.id).where(table.c.tenant_id == tenant_of(session)).limit(1))
    found = session.scalar(query)
    if found is None:
        any_row(session, table, "x", ())
        found = session.scalar(query)
    assert isinstance(found, int), word
    return found


def _value(column: Column[Any], word: str) -> Any:
    kind = column.type
    if isinstance(kind, Enum):
        return kind.enum_class(kind.enums[0]) if kind.enum_class else kind.enums[0]
    if isinstance(kind, String):
        return f"{word} {column.table.name}.{column.name}"[: kind.length]
    if isinstance(kind, JSON):
        return {"said": [word]}
    if isinstance(kind, (UtcDateTime, DateTime)):
        return _MOMENT
    plain = {Date: date(2026, 11, 1), LargeBinary: word.encode(), Boolean: False}
    return next((value for sort, value in plain.items() if isinstance(kind, sort)), 1)
