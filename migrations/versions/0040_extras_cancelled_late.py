"""What is owed of an extra when its booking is cancelled after its lead time."""

import sqlalchemy as sa

from migrations import altering

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_PERCENT = "cancel_percent BETWEEN 0 AND 100"
_LEAD = "lead_hours BETWEEN 0 AND 2160"


def upgrade() -> None:
    for table in ("booking_extra_offer", "booking_extra"):
        altering.add_column(
            table, sa.Column("cancel_percent", sa.Integer(), server_default="0", nullable=False)
        )
        altering.add_check(table, "cancel_percent", _PERCENT)
    # Of what was ordered before nothing is owed, so until when is no matter
    altering.add_column(
        "booking_extra", sa.Column("lead_hours", sa.Integer(), server_default="0", nullable=False)
    )
    altering.add_check("booking_extra", "lead", _LEAD)


def downgrade() -> None:
    altering.drop_check("booking_extra", "lead")
    altering.drop_column("booking_extra", "lead_hours")
    for table in ("booking_extra", "booking_extra_offer"):
        altering.drop_check(table, "cancel_percent")
        altering.drop_column(table, "cancel_percent")
