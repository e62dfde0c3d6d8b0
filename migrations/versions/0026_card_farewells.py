"""Customers whom the payment provider is to forget."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import owned

revision = "0026"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_farewell",
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("customer", sa.String(length=100), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        *owned("card_farewell"),
        sa.UniqueConstraint(
            "tenant_id", "account", "customer", name=op.f("uq_card_farewell_tenant_id_account_customer")
        ),
    )
    op.create_index("ix_card_farewell_due", "card_farewell", ["tenant_id", "account", "next_try_at"])
    walls.open_to_web("card_farewell")
    walls.wall("card_farewell")


def downgrade() -> None:
    op.drop_table("card_farewell")
