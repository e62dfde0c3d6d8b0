"""Customers whom the payment provider is to forget, and refunds that somebody made there."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0026"
down_revision = "0025"
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
    op.create_table(
        "outside_refund",
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("refund", sa.String(length=100), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "pending",
                "done",
                "failed",
                name="refundstate",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", ID, nullable=True),
        *owned("outside_refund"),
        belongs("outside_refund", "attempt_id", "card_attempt", "RESTRICT"),
        belongs("outside_refund", "settled_by_id", "person", "RESTRICT"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_outside_refund_amount")),
        sa.UniqueConstraint("tenant_id", "refund", name=op.f("uq_outside_refund_tenant_id_refund")),
    )
    op.create_index("ix_outside_refund_attempt", "outside_refund", ["tenant_id", "attempt_id"])
    op.create_index("ix_card_attempt_intent", "card_attempt", ["tenant_id", "intent"])
    op.add_column("card_setting", sa.Column("refunds_seen_at", sa.DateTime(timezone=True), nullable=True))
    for table in ("card_farewell", "outside_refund"):
        walls.open_to_web(table)
        walls.wall(table)


def downgrade() -> None:
    op.drop_column("card_setting", "refunds_seen_at")
    op.drop_index("ix_card_attempt_intent", "card_attempt")
    op.drop_table("outside_refund")
    op.drop_table("card_farewell")
