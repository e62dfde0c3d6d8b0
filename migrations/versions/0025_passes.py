"""Kinds of pass, what products carry, and time passes."""

import sqlalchemy as sa
from alembic import op

from migrations import altering, walls
from migrations.tables import ID, belongs, owned

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TABLES = ("pass_type", "pass_window", "pass_place", "product_benefit", "product_benefit_type")
_KINDS = ("time", "money", "days")
_SOURCES = ("staff", "contract")
_FIXED = "tenant_id, grant_id, amount, cause, reason_key, booking_id, location_id, created_at"
"""What of a line never changed before, and now neither do the times of a stay."""


def upgrade() -> None:
    _pass_types()
    _product_benefits()
    altering.add_column("product", sa.Column("credit_days", sa.Integer(), nullable=True))
    altering.add_check("product", "credit_days", "credit_days BETWEEN 1 AND 3660")
    for table in ("plan_benefit", "credit_grant"):
        altering.set_words(table, "kind", "creditkind", *_KINDS, "minutes")
        column = sa.Column("pass_type_id", ID, nullable=True)
        altering.add_column(table, column, ("pass_type_id", "pass_type", "RESTRICT"))
    altering.set_words("credit_grant", "source", "creditsource", *_SOURCES, "product")
    column = sa.Column("product_id", ID, nullable=True)
    altering.add_column("credit_grant", column, ("product_id", "product", "RESTRICT"))
    altering.add_check("credit_grant", "product", "source <> 'product' OR product_id IS NOT NULL")
    _stays()
    for table in _TABLES:
        walls.open_to_web(table)
        walls.wall(table)


def downgrade() -> None:
    altering.drop_check("location", "day_ends")
    altering.drop_column("location", "day_ends")
    op.drop_index("ix_check_in_grant", table_name="check_in")
    altering.drop_column("check_in", "grant_id", reference=True)
    altering.drop_check("check_in", "held")
    altering.drop_column("check_in", "held_minutes")
    _keep(_FIXED)
    for column in ("ends_at", "starts_at"):
        altering.drop_column("credit_line", column)
    altering.drop_check("credit_grant", "product")
    altering.drop_column("credit_grant", "product_id", reference=True)
    altering.set_words("credit_grant", "source", "creditsource", *_SOURCES)
    for table in ("credit_grant", "plan_benefit"):
        altering.drop_column(table, "pass_type_id", reference=True)
        altering.set_words(table, "kind", "creditkind", *_KINDS)
    altering.drop_check("product", "credit_days")
    altering.drop_column("product", "credit_days")
    for table in reversed(_TABLES):
        op.drop_table(table)


def _pass_types() -> None:
    op.create_table(
        "pass_type",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", _kind(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("retired_at", _MOMENT, nullable=True),
        *owned("pass_type"),
        sa.CheckConstraint("kind IN ('days', 'minutes')", name=op.f("ck_pass_type_of_a_pass")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_pass_type_tenant_id_name")),
    )
    op.create_table(
        "pass_window",
        sa.Column("pass_type_id", ID, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        *owned("pass_window"),
        belongs("pass_window", "pass_type_id", "pass_type"),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_pass_window_weekday")),
        sa.CheckConstraint(
            "opens >= 0 AND closes <= 1440 AND opens < closes", name=op.f("ck_pass_window_span")
        ),
    )
    op.create_index("ix_pass_window_type", "pass_window", ["tenant_id", "pass_type_id"], unique=False)
    op.create_table(
        "pass_place",
        sa.Column("pass_type_id", ID, nullable=False),
        sa.Column("location_id", ID, nullable=False),
        *owned("pass_place"),
        belongs("pass_place", "pass_type_id", "pass_type"),
        belongs("pass_place", "location_id", "location"),
        sa.UniqueConstraint(
            "tenant_id",
            "pass_type_id",
            "location_id",
            name=op.f("uq_pass_place_tenant_id_pass_type_id_location_id"),
        ),
    )


def _product_benefits() -> None:
    op.create_table(
        "product_benefit",
        sa.Column("product_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", _kind(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("pass_type_id", ID, nullable=True),
        *owned("product_benefit"),
        belongs("product_benefit", "product_id", "product"),
        belongs("product_benefit", "pass_type_id", "pass_type", "RESTRICT"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_product_benefit_amount")),
        sa.UniqueConstraint(
            "tenant_id",
            "product_id",
            "number",
            name=op.f("uq_product_benefit_tenant_id_product_id_number"),
        ),
    )
    op.create_table(
        "product_benefit_type",
        sa.Column("benefit_id", ID, nullable=False),
        sa.Column("resource_type_id", ID, nullable=False),
        *owned("product_benefit_type"),
        belongs("product_benefit_type", "benefit_id", "product_benefit"),
        belongs("product_benefit_type", "resource_type_id", "resource_type"),
        sa.UniqueConstraint(
            "tenant_id",
            "benefit_id",
            "resource_type_id",
            name=op.f("uq_product_benefit_type_tenant_id_benefit_id_resource_type_id"),
        ),
    )


def _stays() -> None:
    for column in ("starts_at", "ends_at"):
        altering.add_column("credit_line", sa.Column(column, _MOMENT, nullable=True))
    _keep(f"{_FIXED}, starts_at, ends_at")
    held = sa.Column("held_minutes", sa.Integer(), server_default=sa.text("0"), nullable=False)
    altering.add_column("check_in", held)
    altering.add_check("check_in", "held", "held_minutes >= 0")
    grant = sa.Column("grant_id", ID, nullable=True)
    altering.add_column("check_in", grant, ("grant_id", "credit_grant", "RESTRICT"))
    op.create_index("ix_check_in_grant", "check_in", ["tenant_id", "grant_id"], unique=False)
    ends = sa.Column("day_ends", sa.Integer(), server_default=sa.text("180"), nullable=False)
    altering.add_column("location", ends)
    altering.add_check("location", "day_ends", "day_ends BETWEEN 0 AND 720")


def _keep(fixed: str) -> None:
    """Let nobody change these columns of a line, where others were kept before."""
    triggers = (
        ("no_change", "no_delete", "no_truncate") if walls.on_postgresql() else ("no_change", "no_delete")
    )
    on = " ON credit_line" if walls.on_postgresql() else ""
    for name in triggers:
        op.execute(f"DROP TRIGGER credit_line_{name}{on}")
    walls.forget_append_only("credit_line")
    walls.keep_columns("credit_line", fixed)


def _kind() -> sa.Enum:
    return sa.Enum(
        *_KINDS, "minutes", name="creditkind", native_enum=False, length=32, create_constraint=True
    )
