"""Which rows of a table are somebody's: conditions on the tables themselves, each naming its tenant."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, ForeignKeyConstraint, Table, and_, or_, select

from app.domain.privacy.holding import Holding
from app.domain.privacy.holdings import BY_TABLE
from app.models import Base, Person
from app.models.base import table_of

_PERSON = table_of(Person)


def table_named(name: str) -> Table:
    """The table of that name in the metadata."""
    return Base.metadata.tables[name]


def references(table: Table, target: str) -> list[str]:
    """The columns of a table that refer to rows of another one."""
    return [column for column, other in _references(table) if other == target]


def targets(table: Table) -> dict[str, str]:
    """Which table each referring column of a table refers to; the tenant itself is none of them."""
    return dict(_references(table))


def cascades(table: Table, target: str) -> bool:
    """Whether rows of the table are deleted with those of another one that they refer to."""
    return any(
        constraint.referred_table.name == target and constraint.ondelete == "CASCADE"
        for constraint in table.foreign_key_constraints
    )


def _references(table: Table) -> Iterator[tuple[str, str]]:
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint):
            for element in constraint.elements:
                if element.parent.name != "tenant_id":
                    yield element.parent.name, element.column.table.name


def belongs_to_person(holding: Holding, tenant_id: int, person_id: int) -> ColumnElement[bool] | None:
    """The condition on a holding's rows that makes them this person's; None when it only mentions people."""
    table = table_named(holding.table)
    within = table.c.tenant_id == tenant_id
    if holding.whose:
        mine = table.c[holding.whose] == person_id
        return and_(
            within,
            or_(mine, _is_address(table.c[holding.addressed], tenant_id, person_id))
            if holding.addressed
            else mine,
        )
    if holding.through:
        parent = table_named(holding.through)
        condition = belongs_to_person(BY_TABLE[holding.through], tenant_id, person_id)
        if condition is None:
            return None
        (column,) = references(table, holding.through)
        return and_(within, table.c[column].in_(select(parent.c.id).where(condition)))
    return None


def _is_address(column: ColumnElement[Any], tenant_id: int, person_id: int) -> ColumnElement[bool]:
    key = select(_PERSON.c.email_key).where(_PERSON.c.tenant_id == tenant_id, _PERSON.c.id == person_id)
    return column == key.scalar_subquery()
