"""Paying as one goes: the tenant's price, and visits that were paid for like that."""

import sqlalchemy as sa
from alembic import op

from migrations import altering, walls
from migrations.tables import ID, belongs, owned

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_TABLES = ("pay_as_you_go", "paid_visit")


def upgrade() -> None:
    op.create_table(
        "pay_as_you_go",
        sa.Column("offered", sa.Boolean(), server_default=sa.false(), nullable=False),
        *_price(),
        *owned("pay_as_you_go"),
        belongs("pay_as_you_go", "tax_rate_id", "tax_rate", "RESTRICT"),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_pay_as_you_go_tenant_id")),
        sa.CheckConstraint("price_minor > 0", name=op.f("ck_pay_as_you_go_price")),
        sa.CheckConstraint(
            "(cap_minor IS NULL) = (paid_by = 'day') AND cap_minor >= price_minor",
            name=op.f("ck_pay_as_you_go_cap"),
        ),
    )
    op.create_table(
        "paid_visit",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("location_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *_price(),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("charged_minor", sa.BigInteger(), nullable=True),
        *owned("paid_visit"),
        belongs("paid_visit", "person_id", "person"),
        belongs("paid_visit", "team_id", "team", "RESTRICT"),
        belongs("paid_visit", "location_id", "location", "RESTRICT"),
        belongs("paid_visit", "tax_rate_id", "tax_rate", "RESTRICT"),
        sa.CheckConstraint("(cap_minor IS NULL) = (paid_by = 'day')", name=op.f("ck_paid_visit_cap")),
        sa.CheckConstraint("charged_minor >= 0", name=op.f("ck_paid_visit_charged")),
        sa.CheckConstraint(
            "(minutes IS NULL) = (paid_by = 'day' OR charged_minor IS NULL)",
            name=op.f("ck_paid_visit_minutes"),
        ),
    )
    op.create_index("ix_paid_visit_person", "paid_visit", ["tenant_id", "person_id", "day"])
    op.create_index("ix_paid_visit_charged", "paid_visit", ["tenant_id", "charged_minor"])
    visit = sa.Column("paid_visit_id", ID, nullable=True)
    altering.add_column("check_in", visit, ("paid_visit_id", "paid_visit", "RESTRICT"))
    op.create_index("ix_check_in_visit", "check_in", ["tenant_id", "paid_visit_id"])
    for table in _TABLES:
        walls.open_to_web(table)
        walls.wall(table)


def downgrade() -> None:
    op.drop_index("ix_check_in_visit", table_name="check_in")
    altering.drop_column("check_in", "paid_visit_id", reference=True)
    for table in reversed(_TABLES):
        op.drop_table(table)


def _price() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("paid_by", _paid_by(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("cap_minor", sa.BigInteger(), nullable=True),
        sa.Column("tax_rate_id", ID, nullable=False),
    )


def _paid_by() -> sa.Enum:
    return sa.Enum("day", "hour", name="paidby", native_enum=False, length=32, create_constraint=True)
