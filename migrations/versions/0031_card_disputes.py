"""Payments by card that are disputed at the bank."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_dispute",
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("dispute", sa.String(length=100), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asks",
                "review",
                "won",
                "lost",
                name="disputestate",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_again_minor", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", ID, nullable=True),
        *owned("card_dispute"),
        belongs("card_dispute", "attempt_id", "card_attempt", "RESTRICT"),
        belongs("card_dispute", "settled_by_id", "person", "RESTRICT"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_card_dispute_amount")),
        sa.CheckConstraint("(state = 'lost') = (lost_at IS NOT NULL)", name=op.f("ck_card_dispute_lost")),
        sa.UniqueConstraint("tenant_id", "dispute", name=op.f("uq_card_dispute_tenant_id_dispute")),
    )
    op.create_index("ix_card_dispute_attempt", "card_dispute", ["tenant_id", "attempt_id"])
    walls.open_to_web("card_dispute")
    walls.wall("card_dispute")


def downgrade() -> None:
    op.drop_table("card_dispute")
