"""Resources that are booked in shifts."""

import sqlalchemy as sa

from migrations import altering

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    altering.add_column("resource", sa.Column("shifts", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    altering.drop_column("resource", "shifts")
