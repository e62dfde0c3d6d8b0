"""What cancelling late costs."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cancellation_step",
        sa.Column("resource_type_id", ID, nullable=True),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        *owned("cancellation_step"),
        belongs("cancellation_step", "resource_type_id", "resource_type"),
        sa.CheckConstraint("hours >= 1 AND hours <= 8784", name=op.f("ck_cancellation_step_hours")),
        sa.CheckConstraint("percent >= 0 AND percent <= 100", name=op.f("ck_cancellation_step_percent")),
    )
    op.create_index(
        "ix_cancellation_step_type",
        "cancellation_step",
        ["tenant_id", "resource_type_id", "hours"],
        unique=True,
    )
    walls.open_to_web("cancellation_step")
    walls.wall("cancellation_step")


def downgrade() -> None:
    op.drop_table("cancellation_step")
