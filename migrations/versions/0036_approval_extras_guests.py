"""Bookings that wait for staff to approve them."""

import sqlalchemy as sa
from alembic import op

from migrations.tables import references_unheeded, seen_whole

revision = "0036"
down_revision = "0034"
branch_labels = None
depends_on = None

_STATES = ("held", "confirmed", "cancelled", "lapsed")
_CHECK = "ck_booking_bookingstatus"


def upgrade() -> None:
    op.add_column(
        "resource", sa.Column("needs_approval", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    _let_status_be("held", "tentative", *_STATES[1:])


def downgrade() -> None:
    with seen_whole("booking"):
        op.execute("UPDATE booking SET status = 'lapsed' WHERE status = 'tentative'")
    _let_status_be(*_STATES)
    op.drop_column("resource", "needs_approval")


def _let_status_be(*states: str) -> None:
    words = ", ".join(f"'{state}'" for state in states)
    with references_unheeded(), op.batch_alter_table("booking") as booking:
        booking.drop_constraint(op.f(_CHECK), type_="check")
        booking.create_check_constraint(op.f(_CHECK), f"status IN ({words})")
