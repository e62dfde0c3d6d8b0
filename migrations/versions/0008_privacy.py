"""Privacy: accounts that end, copies of one's data, how long things are kept, and a trail that may forget.

What the audit trail's triggers allow from here on is in migrations/trail.py (docs/decisions/0016).
"""

import sqlalchemy as sa
from alembic import op

from migrations import trail, walls
from migrations.tables import ID, belongs, owned

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TABLES = ("merger", "deletion", "data_copy", "privacy_setting")


def upgrade() -> None:
    # Not in a batch: on SQLite that would drop the table, and everything that hangs on a person with it.
    op.add_column("person", sa.Column("anonymised_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "merger",
        sa.Column("merged_id", ID, nullable=False),
        sa.Column("kept_id", ID, nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        *owned("merger"),
        _of_person("merger", "merged_id", "RESTRICT"),
        _of_person("merger", "kept_id", "RESTRICT"),
        sa.UniqueConstraint("tenant_id", "merged_id", name=op.f("uq_merger_tenant_id_merged_id")),
        sa.CheckConstraint("merged_id <> kept_id", name=op.f("ck_merger_two")),
    )
    op.create_table(
        "deletion",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        *owned("deletion"),
        _of_person("deletion"),
        sa.UniqueConstraint("tenant_id", "person_id", name=op.f("uq_deletion_tenant_id_person_id")),
    )
    op.create_index("ix_deletion_due", "deletion", ["tenant_id", "due_at"], unique=False)
    op.create_table(
        "data_copy",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        *owned("data_copy"),
        _of_person("data_copy"),
    )
    op.create_index("ix_data_copy_person", "data_copy", ["tenant_id", "person_id", "asked_at"], unique=False)
    op.create_index("ix_data_copy_expiry", "data_copy", ["tenant_id", "expires_at"], unique=False)
    op.create_table(
        "privacy_setting",
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("audit_days", sa.Integer(), nullable=True),
        sa.Column("notice_days", sa.Integer(), nullable=True),
        sa.Column("session_days", sa.Integer(), nullable=True),
        sa.Column("booking_days", sa.Integer(), nullable=True),
        *owned("privacy_setting"),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_privacy_setting_tenant_id")),
        sa.CheckConstraint("grace_days BETWEEN 1 AND 90", name=op.f("ck_privacy_setting_grace")),
        sa.CheckConstraint("audit_days >= 30", name=op.f("ck_privacy_setting_audit")),
        sa.CheckConstraint(
            "notice_days >= 1 AND session_days >= 1 AND booking_days >= 1",
            name=op.f("ck_privacy_setting_days"),
        ),
    )
    for table in _TABLES:
        walls.open_to_web(table)
        walls.wall(table)
    trail.may_forget("audit_entry")


def downgrade() -> None:
    trail.may_not_forget("audit_entry")
    for table in reversed(_TABLES):
        op.drop_table(table)
    op.drop_column("person", "anonymised_at")


def _of_person(table: str, column: str = "person_id", ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return belongs(table, column, "person", ondelete)
