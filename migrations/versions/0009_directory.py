"""The directory: what can be found of people, who is in the house, and teams that show themselves.

Entries of people who are listed already are written by the first sweep (`domain.directory.index.mend`).
"""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLES = ("directory_entry", "check_in")


def upgrade() -> None:
    op.create_table(
        "directory_entry",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("for_members", sa.Boolean(), nullable=False),
        sa.Column("sort_key", sa.String(length=320), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("industry", sa.String(length=80), nullable=False),
        sa.Column("industry_key", sa.String(length=160), nullable=False),
        sa.Column("location_id", ID, nullable=True),
        sa.Column("shows_skills", sa.Boolean(), nullable=False),
        sa.Column("shows_here", sa.Boolean(), nullable=False),
        *owned("directory_entry"),
        belongs("directory_entry", "person_id", "person", "CASCADE"),
        belongs("directory_entry", "location_id", "location", "RESTRICT"),
        sa.UniqueConstraint(
            "tenant_id",
            "person_id",
            "for_members",
            name=op.f("uq_directory_entry_tenant_id_person_id_for_members"),
        ),
    )
    op.create_index(
        "ix_directory_entry_sort", "directory_entry", ["tenant_id", "for_members", "sort_key", "person_id"]
    )
    op.create_index(
        "ix_directory_entry_industry", "directory_entry", ["tenant_id", "for_members", "industry_key"]
    )
    op.create_table(
        "check_in",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("location_id", ID, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        *owned("check_in"),
        belongs("check_in", "person_id", "person", "CASCADE"),
        belongs("check_in", "location_id", "location", "RESTRICT"),
        sa.CheckConstraint("starts_at <= ends_at", name=op.f("ck_check_in_span")),
    )
    op.create_index("ix_check_in_end", "check_in", ["tenant_id", "ends_at"])
    op.create_index("ix_check_in_person", "check_in", ["tenant_id", "person_id", "ends_at"])
    for table in _TABLES:
        walls.open_to_web(table)
        walls.wall(table)
    # Not in a batch: on SQLite that would drop the table, and everything that hangs on a team with it.
    op.add_column("team", sa.Column("listed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("team", sa.Column("about", sa.String(length=400), server_default="", nullable=False))
    # Nor here: the audit trail's triggers read this table. A check of the column's own goes with it at the way back.
    op.execute(
        "ALTER TABLE privacy_setting ADD COLUMN check_in_days INTEGER DEFAULT 30 "
        "CONSTRAINT ck_privacy_setting_check_in CHECK (check_in_days >= 1)"
    )
    # Where people may find each other's names more easily when typing goes wrong; nothing needs it.
    _try_trigrams()


def downgrade() -> None:
    op.drop_column("privacy_setting", "check_in_days")
    op.drop_column("team", "about")
    op.drop_column("team", "listed")
    for table in reversed(_TABLES):
        op.drop_table(table)


def _try_trigrams() -> None:
    """Create pg_trgm where the server has it and lets us; it stays at the way back, for it may be somebody else's."""
    if not walls.on_postgresql():
        return
    link = op.get_bind()
    if not link.scalar(sa.text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")):
        return
    try:
        with link.begin_nested():
            link.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except sa.exc.DBAPIError:
        return
