"""Bookings that wait for staff to approve them, what is ordered with a booking, and who is expected at one."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned, references_unheeded, seen_whole

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_STATES = ("held", "confirmed", "cancelled", "lapsed")
_TABLES = ("booking_extra_offer", "booking_extra_room", "booking_extra", "booking_guest")
_PRICINGS = ("booking", "person", "hour")
_CHECK = "ck_booking_bookingstatus"


def upgrade() -> None:
    op.add_column(
        "resource", sa.Column("needs_approval", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    _let_status_be("held", "tentative", *_STATES[1:])
    _offers()
    _orders()
    _guests()
    for table in _TABLES:
        walls.open_to_web(table)
        walls.wall(table)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
    with seen_whole("booking"):
        op.execute("UPDATE booking SET status = 'lapsed' WHERE status = 'tentative'")
    _let_status_be(*_STATES)
    op.drop_column("resource", "needs_approval")


def _let_status_be(*states: str) -> None:
    words = ", ".join(f"'{state}'" for state in states)
    with references_unheeded(), op.batch_alter_table("booking") as booking:
        booking.drop_constraint(op.f(_CHECK), type_="check")
        booking.create_check_constraint(op.f(_CHECK), f"status IN ({words})")


def _pricing() -> sa.Column[str]:
    """What a price is for. Each table has a type of its own, for its check is called by it."""
    kind = sa.Enum(*_PRICINGS, name="extrapricing", native_enum=False, create_constraint=True, length=32)
    return sa.Column("pricing", kind, nullable=False)


def _offers() -> None:
    op.create_table(
        "booking_extra_offer",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        _pricing(),
        sa.Column("tax_rate_id", ID, nullable=True),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("lead_hours", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        *owned("booking_extra_offer"),
        belongs("booking_extra_offer", "tax_rate_id", "tax_rate", "RESTRICT"),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_booking_extra_offer_tenant_id_name")),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_booking_extra_offer_price")),
        sa.CheckConstraint("stock >= 1", name=op.f("ck_booking_extra_offer_stock")),
        sa.CheckConstraint("lead_hours BETWEEN 0 AND 2160", name=op.f("ck_booking_extra_offer_lead")),
    )
    op.create_table(
        "booking_extra_room",
        sa.Column("offer_id", ID, nullable=False),
        sa.Column("resource_type_id", ID, nullable=True),
        sa.Column("resource_id", ID, nullable=True),
        *owned("booking_extra_room"),
        belongs("booking_extra_room", "offer_id", "booking_extra_offer"),
        belongs("booking_extra_room", "resource_type_id", "resource_type"),
        belongs("booking_extra_room", "resource_id", "resource"),
        *(
            sa.UniqueConstraint(
                "tenant_id",
                "offer_id",
                column,
                name=op.f(f"uq_booking_extra_room_tenant_id_offer_id_{column}"),
            )
            for column in ("resource_type_id", "resource_id")
        ),
        sa.CheckConstraint(
            "(resource_type_id IS NULL) <> (resource_id IS NULL)", name=op.f("ck_booking_extra_room_one")
        ),
    )


def _orders() -> None:
    op.create_table(
        "booking_extra",
        sa.Column("booking_id", ID, nullable=False),
        sa.Column("offer_id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        _pricing(),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate_id", ID, nullable=True),
        *owned("booking_extra"),
        belongs("booking_extra", "booking_id", "booking"),
        belongs("booking_extra", "offer_id", "booking_extra_offer", "RESTRICT"),
        sa.UniqueConstraint(
            "tenant_id", "booking_id", "offer_id", name=op.f("uq_booking_extra_tenant_id_booking_id_offer_id")
        ),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_booking_extra_quantity")),
        sa.CheckConstraint("total_minor >= 0", name=op.f("ck_booking_extra_total")),
    )
    op.create_index("ix_booking_extra_offer", "booking_extra", ["tenant_id", "offer_id"])


def _guests() -> None:
    op.create_table(
        "booking_guest",
        sa.Column("booking_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        *owned("booking_guest"),
        belongs("booking_guest", "booking_id", "booking"),
        belongs("booking_guest", "person_id", "person", "RESTRICT"),
        sa.CheckConstraint("name <> ''", name=op.f("ck_booking_guest_name")),
    )
    op.create_index("ix_booking_guest_booking", "booking_guest", ["tenant_id", "booking_id"])
    op.create_index("ix_booking_guest_person", "booking_guest", ["tenant_id", "person_id"])
