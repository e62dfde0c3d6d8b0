"""The waiting list, and rooms that are held as an offer."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("booking", sa.Column("offered", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "waitlist_entry",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("location_id", ID, nullable=False),
        sa.Column("resource_type_id", ID, nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("tolerance_minutes", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booking_id", ID, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *owned("waitlist_entry"),
        belongs("waitlist_entry", "person_id", "person"),
        belongs("waitlist_entry", "location_id", "location"),
        belongs("waitlist_entry", "resource_type_id", "resource_type"),
        belongs("waitlist_entry", "booking_id", "booking"),
        sa.UniqueConstraint("tenant_id", "booking_id", name=op.f("uq_waitlist_entry_tenant_id_booking_id")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_waitlist_entry_span")),
        sa.CheckConstraint("people >= 1", name=op.f("ck_waitlist_entry_people")),
        sa.CheckConstraint("tolerance_minutes >= 0", name=op.f("ck_waitlist_entry_tolerance")),
    )
    op.create_index("ix_waitlist_entry_line", "waitlist_entry", ["tenant_id", "ended_at", "id"])
    op.create_index("ix_waitlist_entry_person", "waitlist_entry", ["tenant_id", "person_id", "ended_at"])
    walls.open_to_web("waitlist_entry")
    walls.wall("waitlist_entry")


def downgrade() -> None:
    op.drop_table("waitlist_entry")
    op.drop_column("booking", "offered")
