"""Signs beside rooms, checking in to bookings, letting go of rooms that nobody came to, and floor plans."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_MOMENTS = ("checked_in_at", "no_show_warned_at", "released_at")


def upgrade() -> None:
    # Not in a batch, which on SQLite would drop the table, and what hangs on it.
    for name in _MOMENTS:
        op.add_column("booking", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for table in ("tenant", "resource"):
        op.add_column(table, sa.Column("release_minutes", sa.Integer(), nullable=True))
    op.create_table(
        "room_sign",
        sa.Column("resource_id", ID, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("panel_hash", sa.String(length=64), nullable=True),
        sa.Column("panel_made_at", sa.DateTime(timezone=True), nullable=True),
        *owned("room_sign"),
        belongs("room_sign", "resource_id", "resource"),
        *(
            sa.UniqueConstraint("tenant_id", column, name=op.f(f"uq_room_sign_tenant_id_{column}"))
            for column in ("resource_id", "code", "panel_hash")
        ),
    )
    op.create_table(
        "floor_plan",
        sa.Column("location_id", ID, nullable=False),
        sa.Column("file_id", ID, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        *owned("floor_plan"),
        belongs("floor_plan", "location_id", "location"),
        belongs("floor_plan", "file_id", "stored_file", "RESTRICT"),
        sa.UniqueConstraint("tenant_id", "location_id", name=op.f("uq_floor_plan_tenant_id_location_id")),
    )
    op.create_table(
        "floor_mark",
        sa.Column("resource_id", ID, nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        *owned("floor_mark"),
        belongs("floor_mark", "resource_id", "resource"),
        sa.UniqueConstraint("tenant_id", "resource_id", name=op.f("uq_floor_mark_tenant_id_resource_id")),
        sa.CheckConstraint(
            "x BETWEEN 0 AND 1000 AND y BETWEEN 0 AND 1000", name=op.f("ck_floor_mark_inside")
        ),
    )
    for table in ("room_sign", "floor_plan", "floor_mark"):
        walls.open_to_web(table)
        walls.wall(table)


def downgrade() -> None:
    for table in ("floor_mark", "floor_plan", "room_sign"):
        op.drop_table(table)
    for table in ("resource", "tenant"):
        op.drop_column(table, "release_minutes")
    for name in _MOMENTS:
        op.drop_column("booking", name)
