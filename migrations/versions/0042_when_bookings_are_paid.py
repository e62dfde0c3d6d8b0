"""When what credit does not pay of a booking is paid, and how long it may stay unpaid."""

import sqlalchemy as sa
from alembic import op

from migrations import altering

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_WHEN = "('invoice', 'end', 'now')"
_AUDIENCES = ("members_pay", "contacts_pay")


def upgrade() -> None:
    for column in _AUDIENCES:
        altering.add_column(
            "billing_setting",
            sa.Column(column, sa.String(length=32), server_default="invoice", nullable=False),
        )
        altering.add_check("billing_setting", column, f"{column} IN {_WHEN}")
    altering.add_column(
        "billing_setting", sa.Column("pay_within_minutes", sa.Integer(), server_default="0", nullable=False)
    )
    altering.add_check("billing_setting", "pay_within", "pay_within_minutes >= 0")
    altering.add_column("booking", sa.Column("pays", sa.String(length=32), nullable=True))
    altering.add_check("booking", "paywhen", f"pays IN {_WHEN}")
    altering.add_column("booking", sa.Column("pay_until", sa.DateTime(timezone=True), nullable=True))
    waits = sa.text("pay_until IS NOT NULL")
    op.create_index(
        "ix_booking_pay_until",
        "booking",
        ["tenant_id", "pay_until"],
        sqlite_where=waits,
        postgresql_where=waits,
    )


def downgrade() -> None:
    op.drop_index("ix_booking_pay_until", "booking")
    altering.drop_column("booking", "pay_until")
    altering.drop_check("booking", "paywhen")
    altering.drop_column("booking", "pays")
    altering.drop_check("billing_setting", "pay_within")
    altering.drop_column("billing_setting", "pay_within_minutes")
    for column in reversed(_AUDIENCES):
        altering.drop_check("billing_setting", column)
        altering.drop_column("billing_setting", column)
