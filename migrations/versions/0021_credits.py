"""Credits, their lines, and what plans give of them."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TABLES = ("plan_benefit", "plan_benefit_type", "credit_grant", "credit_grant_type", "credit_line")
_FIXED = "tenant_id, grant_id, amount, cause, reason_key, booking_id, location_id, created_at"
"""What of a line never changes: all but what staff wrote about somebody."""


def upgrade() -> None:
    op.add_column(
        "tenant", sa.Column("check_in_needs_pass", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    _benefits()
    _grants()
    _lines()
    for table in _TABLES:
        walls.open_to_web(table)
        walls.wall(table)
    walls.keep_columns("credit_line", _FIXED)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
    walls.forget_append_only("credit_line")
    op.drop_column("tenant", "check_in_needs_pass")


def _benefits() -> None:
    op.create_table(
        "plan_benefit",
        sa.Column("version_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", _kind(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        *owned("plan_benefit"),
        belongs("plan_benefit", "version_id", "plan_version"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_plan_benefit_amount")),
        sa.UniqueConstraint(
            "tenant_id", "version_id", "number", name=op.f("uq_plan_benefit_tenant_id_version_id_number")
        ),
    )
    _types("plan_benefit_type", "benefit_id", "plan_benefit")


def _grants() -> None:
    op.create_table(
        "credit_grant",
        sa.Column("person_id", ID, nullable=True),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("kind", _kind(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=True),
        sa.Column("source", _words("creditsource", "staff", "contract"), nullable=False),
        sa.Column("contract_id", ID, nullable=True),
        sa.Column("reason_key", sa.String(length=120), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        *owned("credit_grant"),
        belongs("credit_grant", "person_id", "person", "RESTRICT"),
        belongs("credit_grant", "team_id", "team", "RESTRICT"),
        belongs("credit_grant", "contract_id", "contract", "RESTRICT"),
        sa.CheckConstraint("(person_id IS NULL) <> (team_id IS NULL)", name=op.f("ck_credit_grant_holder")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_credit_grant_amount")),
        sa.CheckConstraint(
            "source <> 'contract' OR contract_id IS NOT NULL", name=op.f("ck_credit_grant_contract")
        ),
        sa.UniqueConstraint("tenant_id", "reason_key", name=op.f("uq_credit_grant_tenant_id_reason_key")),
    )
    for holder in ("person", "team"):
        op.create_index(
            f"ix_credit_grant_{holder}",
            "credit_grant",
            ["tenant_id", f"{holder}_id", "expires_at"],
            unique=False,
        )
    op.create_index("ix_credit_grant_contract", "credit_grant", ["tenant_id", "contract_id"], unique=False)
    _types("credit_grant_type", "grant_id", "credit_grant")


def _lines() -> None:
    op.create_table(
        "credit_line",
        sa.Column("grant_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "cause",
            _words("creditcause", "granted", "booked", "returned", "visited", "taken"),
            nullable=False,
        ),
        sa.Column("reason_key", sa.String(length=120), nullable=False),
        sa.Column("booking_id", ID, nullable=True),
        sa.Column("location_id", ID, nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        *owned("credit_line"),
        belongs("credit_line", "grant_id", "credit_grant", "RESTRICT"),
        belongs("credit_line", "booking_id", "booking", "RESTRICT"),
        belongs("credit_line", "location_id", "location", "RESTRICT"),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_credit_line_amount")),
        sa.CheckConstraint(
            "(booking_id IS NULL) = (cause IN ('granted', 'visited', 'taken'))",
            name=op.f("ck_credit_line_booking"),
        ),
        sa.CheckConstraint(
            "(location_id IS NULL) = (cause <> 'visited')", name=op.f("ck_credit_line_location")
        ),
        sa.UniqueConstraint("tenant_id", "reason_key", name=op.f("uq_credit_line_tenant_id_reason_key")),
    )
    for column in ("grant", "booking"):
        op.create_index(
            f"ix_credit_line_{column}", "credit_line", ["tenant_id", f"{column}_id"], unique=False
        )


def _types(table: str, column: str, of: str) -> None:
    op.create_table(
        table,
        sa.Column(column, ID, nullable=False),
        sa.Column("resource_type_id", ID, nullable=False),
        *owned(table),
        belongs(table, column, of),
        belongs(table, "resource_type_id", "resource_type"),
        sa.UniqueConstraint(
            "tenant_id",
            column,
            "resource_type_id",
            name=op.f(f"uq_{table}_tenant_id_{column}_resource_type_id"),
        ),
    )


def _kind() -> sa.Enum:
    return _words("creditkind", "time", "money", "days")


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=32, create_constraint=True)
