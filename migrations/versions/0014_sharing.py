"""What is shared into the portal from other apps, and where a mailed way in leads."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TABLES = ("sharing", "shared_file")


def upgrade() -> None:
    op.create_table(
        "sharing",
        sa.Column("person_id", ID, nullable=True),
        sa.Column("claim_hash", sa.String(length=64), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        *owned("sharing"),
        belongs("sharing", "person_id", "person"),
        sa.UniqueConstraint("tenant_id", "claim_hash", name=op.f("uq_sharing_tenant_id_claim_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sharing_person", "sharing", ["tenant_id", "person_id"], unique=False)
    op.create_index("ix_sharing_expires", "sharing", ["tenant_id", "expires_at"], unique=False)
    op.create_table(
        "shared_file",
        sa.Column("sharing_id", ID, nullable=False),
        sa.Column("file_id", ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        *owned("shared_file"),
        belongs("shared_file", "sharing_id", "sharing"),
        belongs("shared_file", "file_id", "stored_file", "RESTRICT"),
    )
    op.create_index("ix_shared_file_sharing", "shared_file", ["tenant_id", "sharing_id"], unique=False)
    for table in _TABLES:
        walls.open_to_web(table)
        walls.wall(table)
    # Not in a batch, which on SQLite would drop the table. A link of before leads home, as it did.
    op.add_column(
        "sign_in_link",
        sa.Column("next_path", sa.String(length=2000), nullable=False, server_default=""),
    )


def downgrade() -> None:
    op.drop_column("sign_in_link", "next_path")
    for table in reversed(_TABLES):
        op.drop_table(table)
