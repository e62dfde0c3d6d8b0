"""Keys of forms that were acted on."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import owned

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_press",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *owned("form_press"),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_form_press_tenant_id_key")),
    )
    op.create_index("ix_form_press_at", "form_press", ["tenant_id", "at"])
    walls.open_to_web("form_press")
    walls.wall("form_press")


def downgrade() -> None:
    op.drop_table("form_press")
