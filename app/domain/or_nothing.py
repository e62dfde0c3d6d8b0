"""Rows that whoever comes second finds there: inserted once, however many try at the same moment."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models.base import Base, table_of
from app.tenancy import reviewed, tenant_of

_Insert = postgresql.Insert | sqlite.Insert
_INSERTS: dict[str, Callable[[Table], _Insert]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_or_nothing(session: Session, model: type[Base], **values: Any) -> int | None:
    """The id of a new row of the tenant's; None where one stands already that it may not stand beside.

    Within a transaction that writes. It waits for whoever inserts the same at this moment, and inserts if they do not.
    """
    row = {"tenant_id": tenant_of(session), **values}
    insert = _statement(table_of(model), session.get_bind().dialect.name, returning=True)
    found: int | None = session.scalar(insert, row)
    return found


def insert_each_or_nothing(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """The same with several rows at once, each of which may stand already; all of them name the same columns."""
    if rows:
        insert = _statement(table_of(model), session.get_bind().dialect.name, returning=False)
        session.execute(insert, [{"tenant_id": tenant_of(session), **row} for row in rows])


@cache
def _statement(table: Table, dialect: str, *, returning: bool) -> Executable:
    insert = _INSERTS[dialect](table).on_conflict_do_nothing()
    return reviewed(insert.returning(table.c.id)) if returning else reviewed(insert)
