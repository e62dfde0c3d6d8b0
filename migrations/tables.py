"""What the tables of tenants have in common, as the migrations write it."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

from migrations import walls

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def owned(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """What every tenant-owned table has: its id, its tenant, and both together for others to refer to."""
    return (
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{table}_tenant_id_id")),
    )


def belongs(table: str, column: str, other: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    """A reference to a row of the same tenant."""
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{other}.tenant_id", f"{other}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
        ondelete=ondelete,
    )


@contextmanager
def references_unheeded() -> Iterator[None]:
    """SQLite adds a reference by writing the table anew, and what refers to the old one would go, or hold it.

    It switches references off between transactions only, so what is done within is committed before the migration is
    noted as done.
    """
    if walls.on_postgresql():
        yield
        return
    connection = op.get_bind()
    for word in ("COMMIT", "PRAGMA foreign_keys=OFF", "BEGIN"):
        connection.exec_driver_sql(word)
    yield
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise ValueError(f"a reference of {broken[0]} leads nowhere")
    for word in ("COMMIT", "PRAGMA foreign_keys=ON", "BEGIN"):
        connection.exec_driver_sql(word)


@contextmanager
def seen_whole(*tables: str) -> Iterator[None]:
    """Rows of every tenant, for the owner of tables behind walls."""
    if not walls.on_postgresql():
        yield
        return
    for table in tables:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    for table in tables:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
