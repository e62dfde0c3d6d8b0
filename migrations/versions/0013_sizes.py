"""For spaces with ten thousand people: indexes, and what people are looked for by, folded."""

import sqlalchemy as sa
from alembic import op

from app.kernel.folding import fold
from migrations import walls

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_ENTRY = ("tenant_id", "for_members")
_FILES = (
    ("ix_attachment_file", "attachment", "file_id"),
    ("ix_person_face", "person", "face_digest"),
    ("ix_person_profile_photo", "person_profile", "photo_id"),
)


def upgrade() -> None:
    _folded()
    _files()
    op.create_index(
        "ix_person_first_name", "person", ["tenant_id", "first_name", "last_name", "id"], unique=False
    )
    op.drop_index("ix_directory_entry_industry", table_name="directory_entry")
    op.create_index(
        "ix_directory_entry_industry",
        "directory_entry",
        [*_ENTRY, "industry_key", "industry", "person_id"],
        unique=False,
    )
    if not walls.on_postgresql():
        # A search looks into every entry of its audience. Reading these one by one out of the table, in the order of
        # names, took four times as long. PostgreSQL reads the table in one go, and its index holds no text of any length.
        op.create_index(
            "ix_directory_entry_words",
            "directory_entry",
            [*_ENTRY, "sort_key", "person_id", "words", "shows_here"],
            unique=False,
        )
        # It takes an index of some rows only for a condition that is written in the same way; none that was asked was.
        _unread("read_at IS NULL AND in_app = 1")
    op.create_index("ix_notice_about", "notice", ["tenant_id", "kind", "about"], unique=False)
    op.create_index(
        "ix_person_skill_skill", "person_skill", ["tenant_id", "skill_id", "person_id"], unique=False
    )


def downgrade() -> None:
    for name, table, _column in _FILES:
        op.drop_index(name, table_name=table)
    op.drop_index("ix_person_skill_skill", table_name="person_skill")
    op.drop_index("ix_notice_about", table_name="notice")
    if not walls.on_postgresql():
        _unread("read_at IS NULL AND in_app")
        op.drop_index("ix_directory_entry_words", table_name="directory_entry")
    op.drop_index("ix_directory_entry_industry", table_name="directory_entry")
    op.create_index("ix_directory_entry_industry", "directory_entry", [*_ENTRY, "industry_key"], unique=False)
    op.drop_index("ix_person_first_name", table_name="person")
    op.drop_column("person", "folded")
    op.drop_column("person", "folded_name")


def _files() -> None:
    """Who shows a file is asked each time that it is fetched."""
    for name, table, column in _FILES:
        where = sa.text(f"{column} IS NOT NULL") if table != "attachment" else None
        op.create_index(name, table, ["tenant_id", column], sqlite_where=where, postgresql_where=where)


def _folded() -> None:
    for name in ("folded_name", "folded"):
        # Not in a batch, which on SQLite would drop the table.
        op.add_column("person", sa.Column(name, sa.Text(), server_default="", nullable=False))
    columns = ("id", "first_name", "last_name", "email", "company", "folded_name", "folded")
    person = sa.table("person", *(sa.column(name) for name in columns))
    link = op.get_bind()
    # Row security binds the table's owner as well, who belongs to no tenant.
    if walls.on_postgresql():
        op.execute("ALTER TABLE person NO FORCE ROW LEVEL SECURITY")
    last = 0
    while rows := link.execute(
        sa.select(person).where(person.c.id > last).order_by(person.c.id).limit(_AT_ONCE)
    ).all():
        for row in rows:
            name = f"{row.first_name} {row.last_name}".strip()
            folded = {"folded_name": fold(name), "folded": fold(f"{name} {row.email} {row.company}")}
            link.execute(person.update().where(person.c.id == row.id).values(folded))
        last = rows[-1].id
    if walls.on_postgresql():
        op.execute("ALTER TABLE person FORCE ROW LEVEL SECURITY")


def _unread(condition: str) -> None:
    op.drop_index("ix_notice_unread", table_name="notice")
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["tenant_id", "person_id"],
        unique=False,
        sqlite_where=sa.text(condition),
    )
