"""Bookings that repeat."""

import sqlalchemy as sa
from alembic import op

from migrations import altering, walls
from migrations.tables import ID, belongs, owned

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_STANDS = sa.text("status = 'confirmed'")


def upgrade() -> None:
    op.create_table(
        "booking_series",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("booked_by_id", ID, nullable=False),
        sa.Column("resource_id", ID, nullable=False),
        sa.Column("location_id", ID, nullable=False),
        sa.Column("rule", sa.String(length=120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        *owned("booking_series"),
        belongs("booking_series", "person_id", "person", "RESTRICT"),
        belongs("booking_series", "booked_by_id", "person", "RESTRICT"),
        belongs("booking_series", "resource_id", "resource", "RESTRICT"),
        belongs("booking_series", "location_id", "location", "RESTRICT"),
        sa.UniqueConstraint(
            "tenant_id",
            "person_id",
            "request_key",
            name=op.f("uq_booking_series_tenant_id_person_id_request_key"),
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_booking_series_days")),
        sa.CheckConstraint("starts BETWEEN 0 AND 1439", name=op.f("ck_booking_series_starts")),
        sa.CheckConstraint("minutes >= 1", name=op.f("ck_booking_series_minutes")),
        sa.CheckConstraint("people >= 1", name=op.f("ck_booking_series_people")),
    )
    op.create_index("ix_booking_series_resource", "booking_series", ["tenant_id", "resource_id"])
    walls.open_to_web("booking_series")
    walls.wall("booking_series")
    _bookings()


def _bookings() -> None:
    reference = ("series_id", "booking_series", "RESTRICT")
    altering.add_column("booking", sa.Column("series_id", ID, nullable=True), reference)
    altering.add_column("booking", sa.Column("series_day", sa.Date(), nullable=True))
    op.create_index("ix_booking_series", "booking", ["tenant_id", "series_id", "starts_at"])
    op.create_index(
        "uq_booking_series_day",
        "booking",
        ["tenant_id", "series_id", "series_day"],
        unique=True,
        sqlite_where=_STANDS,
        postgresql_where=_STANDS,
    )


def downgrade() -> None:
    op.drop_index("uq_booking_series_day", "booking")
    op.drop_index("ix_booking_series", "booking")
    altering.drop_column("booking", "series_day")
    altering.drop_column("booking", "series_id", reference=True)
    op.drop_table("booking_series")
