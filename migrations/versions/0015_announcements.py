"""Announcements: their words, whom they are for and whom they were told; and who of staff may make them.

A role of a tenant's own that permits everything that the front desk's did goes on doing so.
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TABLES = ("announcement", "announcement_target", "announcement_reader")
_NEW = "announcements"
_FRONT_DESK = frozenset({"people", "bookings", "override", "community", "settings"})
_ROLE = sa.table("staff_role", sa.column("id", ID), sa.column("permissions", sa.JSON()))


def upgrade() -> None:
    _announcement()
    _target()
    _reader()
    for table in _TABLES:
        walls.open_to_web(table)
        walls.wall(table)
    _change_roles(lambda permissions: sorted({*permissions, _NEW}) if permissions >= _FRONT_DESK else None)


def downgrade() -> None:
    _change_roles(lambda permissions: sorted(permissions - {_NEW}) if _NEW in permissions else None)
    for table in reversed(_TABLES):
        op.drop_table(table)


def _announcement() -> None:
    op.create_table(
        "announcement",
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("photo_id", ID, nullable=True),
        sa.Column(
            "audience", _words("audience", "everyone", "signed_in", "members", "contacts"), nullable=False
        ),
        sa.Column("here_now", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column(
            "state",
            _words("announcementstate", "draft", "scheduled", "sending", "sent", "withdrawn"),
            nullable=False,
        ),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("send_at", _MOMENT, nullable=True),
        sa.Column("home_ends_at", _MOMENT, nullable=True),
        sa.Column("created_by_id", ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=True),
        sa.Column("told_up_to", ID, nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        *owned("announcement"),
        belongs("announcement", "photo_id", "stored_file", "RESTRICT"),
        belongs("announcement", "created_by_id", "person", "RESTRICT"),
        sa.CheckConstraint(
            "state <> 'scheduled' OR send_at IS NOT NULL", name=op.f("ck_announcement_moment")
        ),
    )
    op.create_index("ix_announcement_due", "announcement", ["tenant_id", "state", "send_at"])


def _target() -> None:
    table = "announcement_target"
    columns = ("location_id", "plan_id", "team_id")
    op.create_table(
        table,
        sa.Column("announcement_id", ID, nullable=False),
        *(sa.Column(column, ID, nullable=True) for column in columns),
        *owned(table),
        belongs(table, "announcement_id", "announcement", "CASCADE"),
        *(belongs(table, column, column.removesuffix("_id"), "RESTRICT") for column in columns),
        sa.CheckConstraint(
            " + ".join(f"(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)" for column in columns) + " = 1",
            name=op.f("ck_announcement_target_one"),
        ),
    )
    op.create_index("ix_announcement_target_of", table, ["tenant_id", "announcement_id"])


def _reader() -> None:
    table = "announcement_reader"
    op.create_table(
        table,
        sa.Column("announcement_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("told_at", _MOMENT, nullable=False),
        sa.Column("read_at", _MOMENT, nullable=True),
        sa.Column("dismissed_at", _MOMENT, nullable=True),
        *owned(table),
        belongs(table, "announcement_id", "announcement", "CASCADE"),
        belongs(table, "person_id", "person", "CASCADE"),
        sa.UniqueConstraint(
            "tenant_id",
            "announcement_id",
            "person_id",
            name=op.f("uq_announcement_reader_tenant_id_announcement_id_person_id"),
        ),
    )
    op.create_index("ix_announcement_reader_person", table, ["tenant_id", "person_id", "told_at"])


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=32, create_constraint=True)


def _change_roles(change: Callable[[frozenset[str]], list[str] | None]) -> None:
    """Write anew the permissions of each role for which `change` has others."""
    # Row security binds the table's owner as well, who belongs to no tenant.
    if walls.on_postgresql():
        op.execute("ALTER TABLE staff_role NO FORCE ROW LEVEL SECURITY")
    bind = op.get_bind()
    for role_id, permissions in bind.execute(sa.select(_ROLE.c.id, _ROLE.c.permissions)).all():
        wanted = change(frozenset(permissions))
        if wanted is not None:
            bind.execute(_ROLE.update().where(_ROLE.c.id == role_id).values(permissions=wanted))
    if walls.on_postgresql():
        op.execute("ALTER TABLE staff_role FORCE ROW LEVEL SECURITY")
