"""Rates beside the standard price of a type of resource, which may have none."""

import sqlalchemy as sa
from alembic import op

from migrations import altering, walls
from migrations.tables import ID, belongs, owned

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_UNITS = ("step", "hour", "half_day", "day", "week", "month", "use")
_AUDIENCES = ("everyone", "signed_in", "members", "contacts")


def upgrade() -> None:
    altering.set_nullable("resource_type", "hourly_minor", "INTEGER", nullable=True)
    op.create_table("rate", *_columns(), *owned("rate"), *_rules())
    op.create_index("ix_rate_type", "rate", ["tenant_id", "resource_type_id", "position"])
    op.create_index("ix_rate_resource", "rate", ["tenant_id", "resource_id", "position"])
    walls.open_to_web("rate")
    walls.wall("rate")


def downgrade() -> None:
    op.drop_table("rate")
    if walls.on_postgresql():
        op.execute("ALTER TABLE resource_type NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE resource_type SET hourly_minor = 0 WHERE hourly_minor IS NULL")
    if walls.on_postgresql():
        op.execute("ALTER TABLE resource_type FORCE ROW LEVEL SECURITY")
    altering.set_nullable("resource_type", "hourly_minor", "INTEGER", nullable=False)


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("resource_type_id", ID, nullable=True),
        sa.Column("resource_id", ID, nullable=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unit", _words("rateunit", *_UNITS), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("step_minutes", sa.Integer(), nullable=False),
        sa.Column("minimum_minor", sa.Integer(), nullable=True),
        sa.Column("cap_minor", sa.Integer(), nullable=True),
        sa.Column("fixed_minutes", sa.Integer(), nullable=True),
        sa.Column("fixed_minor", sa.Integer(), nullable=True),
        sa.Column("always", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("audience", _words("audience", *_AUDIENCES), nullable=False),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=True),
        sa.Column("until_minute", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("least_minutes", sa.Integer(), nullable=True),
        sa.Column("most_minutes", sa.Integer(), nullable=True),
        sa.Column("least_notice_minutes", sa.Integer(), nullable=True),
        sa.Column("most_notice_minutes", sa.Integer(), nullable=True),
    ]


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=32, create_constraint=True)


def _rules() -> list[sa.schema.SchemaItem]:
    return [
        belongs("rate", "resource_type_id", "resource_type"),
        belongs("rate", "resource_id", "resource"),
        _check("of_one", "(resource_type_id IS NULL) <> (resource_id IS NULL)"),
        _check(
            "amounts",
            "amount_minor >= 0 AND (minimum_minor IS NULL OR minimum_minor >= 0) AND (cap_minor IS NULL OR cap_minor >= 0)"
            " AND (minimum_minor IS NULL OR cap_minor IS NULL OR minimum_minor <= cap_minor)",
        ),
        _check("step", "step_minutes BETWEEN 5 AND 1440"),
        _check(
            "fixed",
            "(fixed_minutes IS NULL) = (fixed_minor IS NULL)"
            " AND (fixed_minutes IS NULL OR (fixed_minutes >= 1 AND fixed_minor >= 0 AND unit IN ('step', 'hour')))",
        ),
        _check("weekdays", "weekdays BETWEEN 1 AND 127"),
        _check(
            "window",
            "(from_minute IS NULL) = (until_minute IS NULL) AND (from_minute IS NULL OR (from_minute BETWEEN 0 AND 1439"
            " AND until_minute BETWEEN 1 AND 1440 AND from_minute <> until_minute))",
        ),
        _check("days", "first_day IS NULL OR last_day IS NULL OR first_day <= last_day"),
        _check("length", "least_minutes IS NULL OR most_minutes IS NULL OR least_minutes <= most_minutes"),
        _check(
            "notice",
            "least_notice_minutes IS NULL OR most_notice_minutes IS NULL OR least_notice_minutes <= most_notice_minutes",
        ),
    ]


def _check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_rate_{name}"))
