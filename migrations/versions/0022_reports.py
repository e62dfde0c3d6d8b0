"""Accounts of the bookkeeping: of the house, and of each rate of tax."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import owned

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_ACCOUNTS = ("receivable", "revenue", "deposits", "tax", "bank", "cash", "card_clearing")


def upgrade() -> None:
    op.create_table(
        "journal_setting",
        *(sa.Column(name, sa.String(length=20), nullable=False) for name in _ACCOUNTS),
        *owned("journal_setting"),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_journal_setting_tenant_id")),
    )
    walls.open_to_web("journal_setting")
    walls.wall("journal_setting")
    # Not in a batch, which on SQLite would drop the table, and what hangs on it.
    op.add_column("tax_rate", sa.Column("account", sa.String(length=20), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("tax_rate", "account")
    op.drop_table("journal_setting")
