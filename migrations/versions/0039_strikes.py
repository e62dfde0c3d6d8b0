"""Strikes of repeating bookings, and disputed card payments that are lost and won after all."""

import sqlalchemy as sa
from alembic import op

from migrations import altering, walls

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_RELEASED = sa.text("released_at IS NOT NULL")
_STRIKES = ("strikes_warned_at", "strikes_cleared_at")


def upgrade() -> None:
    op.add_column("tenant", sa.Column("strike_limit", sa.Integer(), nullable=True))
    for column in _STRIKES:
        altering.add_column("booking_series", sa.Column(column, _MOMENT, nullable=True))
    op.create_index(
        "ix_booking_released",
        "booking",
        ["tenant_id", "released_at"],
        sqlite_where=_RELEASED,
        postgresql_where=_RELEASED,
    )
    altering.add_column("card_dispute", sa.Column("won_back_at", _MOMENT, nullable=True))
    altering.add_column(
        "card_dispute", sa.Column("won_back_minor", sa.BigInteger(), server_default="0", nullable=False)
    )
    altering.drop_check("card_dispute", "lost")
    altering.add_check(
        "card_dispute", "lost", "(state = 'lost') = (lost_at IS NOT NULL AND won_back_at IS NULL)"
    )


def downgrade() -> None:
    altering.drop_check("card_dispute", "lost")
    _forget_losses()
    altering.add_check("card_dispute", "lost", "(state = 'lost') = (lost_at IS NOT NULL)")
    altering.drop_column("card_dispute", "won_back_minor")
    altering.drop_column("card_dispute", "won_back_at")
    op.drop_index("ix_booking_released", "booking")
    for column in reversed(_STRIKES):
        altering.drop_column("booking_series", column)
    op.drop_column("tenant", "strike_limit")


def _forget_losses() -> None:
    """What was won back counts as won from the start: the rule before knows no other end."""
    if walls.on_postgresql():
        op.execute("ALTER TABLE card_dispute NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE card_dispute SET lost_at = NULL WHERE won_back_at IS NOT NULL")
    if walls.on_postgresql():
        op.execute("ALTER TABLE card_dispute FORCE ROW LEVEL SECURITY")
