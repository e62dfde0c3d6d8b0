"""Calendars of elsewhere block as far ahead as a series may be, or as far as they are known."""

import sqlalchemy as sa

from migrations import altering

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    altering.add_column(
        "outside_calendar", sa.Column("known_until", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    altering.drop_column("outside_calendar", "known_until")
