"""What was booked before a house could choose when bookings are paid is paid with the next invoice, as it was agreed, and no change of it
asks for its money at once."""

from alembic import op

from migrations.tables import seen_whole

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with seen_whole("booking", "unbilled_booking"):
        op.execute(
            "UPDATE booking SET pays = 'invoice' WHERE pays IS NULL AND EXISTS (SELECT 1 FROM unbilled_booking"
            " WHERE unbilled_booking.tenant_id = booking.tenant_id AND unbilled_booking.booking_id = booking.id)"
        )


def downgrade() -> None:
    """What was agreed is so in either version."""
