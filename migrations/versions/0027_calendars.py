"""Calendars: secret addresses of bookings, calendars of elsewhere that block a resource, invitations by mail."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", ID, nullable=True),
        sa.Column("resource_id", ID, nullable=True),
        sa.Column("location_id", ID, nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        belongs("calendar_feed", "person_id", "person"),
        belongs("calendar_feed", "resource_id", "resource"),
        belongs("calendar_feed", "location_id", "location"),
        *owned("calendar_feed"),
        sa.CheckConstraint(
            "resource_id IS NULL OR location_id IS NULL", name=op.f("ck_calendar_feed_one_thing")
        ),
        sa.CheckConstraint(
            "person_id IS NOT NULL OR resource_id IS NOT NULL OR location_id IS NOT NULL",
            name=op.f("ck_calendar_feed_something"),
        ),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_calendar_feed_tenant_id_token_hash")),
    )
    op.create_index("ix_calendar_feed_person", "calendar_feed", ["tenant_id", "person_id"])
    op.create_table(
        "outside_calendar",
        sa.Column("resource_id", ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("etag", sa.String(length=200), nullable=False),
        sa.Column("read_for", sa.Date(), nullable=True),
        sa.Column("busy", sa.JSON(), nullable=False),
        sa.Column("unknown_zones", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=40), nullable=False),
        sa.Column("fault_detail", sa.String(length=300), nullable=False),
        sa.Column("read_at", _MOMENT, nullable=True),
        sa.Column("tried_at", _MOMENT, nullable=True),
        sa.Column("next_at", _MOMENT, nullable=False),
        belongs("outside_calendar", "resource_id", "resource"),
        *owned("outside_calendar"),
        sa.UniqueConstraint(
            "tenant_id", "resource_id", name=op.f("uq_outside_calendar_tenant_id_resource_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outside_calendar_due", "outside_calendar", ["tenant_id", "next_at"])
    for table in ("calendar_feed", "outside_calendar"):
        walls.open_to_web(table)
        walls.wall(table)
    # Not in batches, which on SQLite would drop the tables, and what hangs on them.
    op.add_column("booking", sa.Column("changed_at", _MOMENT, nullable=True))
    op.add_column("booking", sa.Column("sequence", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "notice_setting",
        sa.Column("invitations", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    _block_by_calendars()


def downgrade() -> None:
    op.execute("DELETE FROM occupancy WHERE booking_id IS NULL")
    op.drop_index("ix_occupancy_calendar", "occupancy")
    with op.batch_alter_table("occupancy", table_kwargs={"sqlite_autoincrement": True}) as occupancy:
        occupancy.drop_constraint(op.f("ck_occupancy_cause"), type_="check")
        occupancy.drop_constraint(op.f("fk_occupancy_tenant_id_calendar_id"), type_="foreignkey")
        occupancy.alter_column("booking_id", existing_type=ID, nullable=False)
        occupancy.drop_column("calendar_id")
    _refuse_overlap_again()
    op.drop_column("notice_setting", "invitations")
    op.drop_column("booking", "sequence")
    op.drop_column("booking", "changed_at")
    op.drop_table("outside_calendar")
    op.drop_table("calendar_feed")


def _block_by_calendars() -> None:
    """Nothing refers to what blocks, so on SQLite its table may be written anew; its triggers go with the old one."""
    with op.batch_alter_table("occupancy", table_kwargs={"sqlite_autoincrement": True}) as occupancy:
        occupancy.add_column(sa.Column("calendar_id", ID, nullable=True))
        occupancy.alter_column("booking_id", existing_type=ID, nullable=True)
        occupancy.create_foreign_key(
            op.f("fk_occupancy_tenant_id_calendar_id"),
            "outside_calendar",
            ["tenant_id", "calendar_id"],
            ["tenant_id", "id"],
            ondelete="CASCADE",
        )
        occupancy.create_check_constraint(
            op.f("ck_occupancy_cause"), "(booking_id IS NULL) <> (calendar_id IS NULL)"
        )
    _refuse_overlap_again()
    op.create_index("ix_occupancy_calendar", "occupancy", ["tenant_id", "calendar_id"])


def _refuse_overlap_again() -> None:
    if not walls.on_postgresql():
        walls.refuse_overlap()
