"""What every table shares: the declarative base, column types, and the composite keys of the tenant wall."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

BigId = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit id; SQLite only numbers rows by itself when the key is spelled INTEGER."""
LARGEST_ID = 2**63 - 1
"""A larger number is no id: asking a database for it is an error of the driver, not an empty answer."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment. PostgreSQL keeps timestamptz; SQLite keeps the naive UTC text, which sorts as time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def word(kind: type[StrEnum], name: str = "") -> Enum:
    """A column type that stores an enum's value as a word, checked by the database. `name` tells two of one kind in a table apart."""
    return Enum(
        kind,
        native_enum=False,
        length=32,
        validate_strings=True,
        create_constraint=True,
        name=name or kind.__name__.lower(),
        values_callable=lambda members: [m.value for m in members],
    )


class Base(DeclarativeBase):
    """The one declarative base; constraint names are derived so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class TenantOwned:
    """A row that belongs to one tenant. `tenancy` stamps it, filters it and refuses foreign ones."""

    __tablename__: Any

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tenant_id: Mapped[int] = mapped_column(BigId, ForeignKey("tenant.id", ondelete="CASCADE"))


def owned(*extra: Any) -> tuple[Any, ...]:
    """Table arguments of a tenant-owned table: the key that references to it must use, then its own rules."""
    return (UniqueConstraint("tenant_id", "id"), *extra)


def once_a_level(table: str, *columns: str) -> tuple[Index, Index]:
    """One row for the whole tenant, whose `location_id` is NULL, and one for each location; of each value of `columns`.

    Two indexes, because a plain unique one would admit the tenant's own row twice: no NULL equals another.
    """
    whole = text("location_id IS NULL")
    return (
        Index(
            f"uq_{table}_tenant",
            "tenant_id",
            *columns,
            unique=True,
            sqlite_where=whole,
            postgresql_where=whole,
        ),
        Index(f"uq_{table}_place", "tenant_id", "location_id", *columns, unique=True),
    )


def belongs_to(column: str, table: str, *, ondelete: str = "RESTRICT") -> ForeignKeyConstraint:
    """A reference between tenant-owned tables, so that no row can point across the wall.

    PostgreSQL checks foreign keys with row security off; only the composite key keeps them inside one tenant.
    """
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=ondelete
    )


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements that are built once, run often, and name their tenant by hand."""
    return cast("Table", model.__table__)
