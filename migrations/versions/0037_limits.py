"""Where a resource is seen, and how long one rests between bookings of it."""

import sqlalchemy as sa

from migrations import altering

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_COOLDOWNS = ("cooldown_minutes", "cooldown_any_minutes")


def upgrade() -> None:
    altering.add_column(
        "resource", sa.Column("visibility", sa.String(length=32), server_default="listed", nullable=False)
    )
    altering.add_check("resource", "resourcevisibility", "visibility IN ('listed', 'link', 'staff')")
    for column in _COOLDOWNS:
        altering.add_column("resource", sa.Column(column, sa.Integer(), server_default="0", nullable=False))
    altering.add_check("resource", "cooldowns", " AND ".join(f"{column} >= 0" for column in _COOLDOWNS))


def downgrade() -> None:
    altering.drop_check("resource", "cooldowns")
    for column in reversed(_COOLDOWNS):
        altering.drop_column("resource", column)
    altering.drop_check("resource", "resourcevisibility")
    altering.drop_column("resource", "visibility")
