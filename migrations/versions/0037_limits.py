"""Where a resource is seen."""

import sqlalchemy as sa

from migrations import altering

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    altering.add_column(
        "resource", sa.Column("visibility", sa.String(length=32), server_default="listed", nullable=False)
    )
    altering.add_check("resource", "resourcevisibility", "visibility IN ('listed', 'link', 'staff')")


def downgrade() -> None:
    altering.drop_check("resource", "resourcevisibility")
    altering.drop_column("resource", "visibility")
