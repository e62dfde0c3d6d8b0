"""Devices that take notices as push messages, what was sent to each, and the tenant's key that signs them."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TABLES = ("push_key", "push_device", "push_sent")


def upgrade() -> None:
    op.create_table(
        "push_key",
        sa.Column("public_key", sa.String(length=100), nullable=False),
        sa.Column("private_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.String(length=300), nullable=False),
        *owned("push_key"),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_push_key_tenant_id")),
    )
    op.create_table(
        "push_device",
        sa.Column("session_id", ID, nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("endpoint_hash", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.Column("p256dh", sa.String(length=100), nullable=False),
        sa.Column("auth", sa.String(length=40), nullable=False),
        sa.Column("browser", sa.String(length=40), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("mobile", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("gave_up_at", sa.DateTime(timezone=True), nullable=True),
        *owned("push_device"),
        belongs("push_device", "session_id", "login_session"),
        sa.UniqueConstraint(
            "tenant_id", "endpoint_hash", name=op.f("uq_push_device_tenant_id_endpoint_hash")
        ),
    )
    op.create_index("ix_push_device_session", "push_device", ["tenant_id", "session_id"], unique=False)
    op.create_table(
        "push_sent",
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("device_id", ID, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        *owned("push_sent"),
        belongs("push_sent", "delivery_id", "delivery"),
        belongs("push_sent", "device_id", "push_device"),
        sa.UniqueConstraint(
            "tenant_id", "delivery_id", "device_id", name=op.f("uq_push_sent_tenant_id_delivery_id_device_id")
        ),
    )
    op.create_index("ix_push_sent_device", "push_sent", ["tenant_id", "device_id"], unique=False)
    for table in _TABLES:
        walls.open_to_web(table)
        walls.wall(table)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
