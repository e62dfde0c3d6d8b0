"""Bookings are billed, and plans take percentages off: the tax of a type of resource, which bookings nobody was billed for yet, discounts."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned, references_unheeded, seen_whole

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_PERCENTAGES = ("booking_discount_hundredths", "product_discount_hundredths")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with references_unheeded():
        with op.batch_alter_table("resource_type") as kind:
            kind.add_column(sa.Column("tax_rate_id", ID, nullable=True))
            kind.create_foreign_key(
                op.f("fk_resource_type_tenant_id_tax_rate_id"),
                "tax_rate",
                ["tenant_id", "tax_rate_id"],
                ["tenant_id", "id"],
                ondelete="RESTRICT",
            )
        _discounts()
        _unbilled()
        with seen_whole("resource_type", "tax_rate", "booking"):
            _usual_rates()
            _what_is_ahead()
        for table in ("unbilled_booking", "plan_discount_type"):
            walls.open_to_web(table)
            walls.wall(table)


def downgrade() -> None:
    with references_unheeded():
        op.drop_table("unbilled_booking")
        op.drop_table("plan_discount_type")
        op.drop_column("purchase_line", "discount_hundredths")
        with op.batch_alter_table("plan_version") as version:
            version.drop_constraint(op.f("ck_plan_version_discounts"), type_="check")
            for column in _PERCENTAGES:
                version.drop_column(column)
        with op.batch_alter_table("resource_type") as kind:
            kind.drop_constraint(op.f("fk_resource_type_tenant_id_tax_rate_id"), type_="foreignkey")
            kind.drop_column("tax_rate_id")


def _discounts() -> None:
    with op.batch_alter_table("plan_version") as version:
        for column in _PERCENTAGES:
            version.add_column(sa.Column(column, sa.Integer(), server_default="0", nullable=False))
        version.create_check_constraint(
            op.f("ck_plan_version_discounts"),
            " AND ".join(f"{column} BETWEEN 0 AND 10000" for column in _PERCENTAGES),
        )
    op.add_column(
        "purchase_line",
        sa.Column("discount_hundredths", sa.Integer(), server_default="0", nullable=False),
    )
    op.create_table(
        "plan_discount_type",
        sa.Column("version_id", ID, nullable=False),
        sa.Column("resource_type_id", ID, nullable=False),
        *owned("plan_discount_type"),
        belongs("plan_discount_type", "version_id", "plan_version"),
        belongs("plan_discount_type", "resource_type_id", "resource_type"),
        sa.UniqueConstraint(
            "tenant_id",
            "version_id",
            "resource_type_id",
            name=op.f("uq_plan_discount_type_tenant_id_version_id_resource_type_id"),
        ),
    )


def _unbilled() -> None:
    op.create_table(
        "unbilled_booking",
        sa.Column("booking_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=True),
        *owned("unbilled_booking"),
        belongs("unbilled_booking", "booking_id", "booking"),
        belongs("unbilled_booking", "team_id", "team", "RESTRICT"),
        sa.UniqueConstraint("tenant_id", "booking_id", name=op.f("uq_unbilled_booking_tenant_id_booking_id")),
    )
    op.create_index("ix_unbilled_booking_team", "unbilled_booking", ["tenant_id", "team_id"], unique=False)


def _usual_rates() -> None:
    """Each tenant's first rate above zero; none where it has none, and its bookings are not billed then."""
    kind = sa.table("resource_type", sa.column("tenant_id", ID), sa.column("tax_rate_id", ID))
    rate = sa.table(
        "tax_rate",
        sa.column("id", ID),
        sa.column("tenant_id", ID),
        sa.column("category", sa.String),
        sa.column("position", sa.Integer),
        sa.column("retired_at", _MOMENT),
    )
    usual = (
        sa.select(rate.c.id)
        .where(rate.c.tenant_id == kind.c.tenant_id, rate.c.category == "S", rate.c.retired_at.is_(None))
        .order_by(rate.c.position, rate.c.id)
        .limit(1)
        .scalar_subquery()
    )
    op.execute(kind.update().values(tax_rate_id=usual))


def _what_is_ahead() -> None:
    """What is over was charged for in some other way, or not at all: nobody is billed for it now."""
    booking = sa.table(
        "booking",
        sa.column("id", ID),
        sa.column("tenant_id", ID),
        sa.column("status", sa.String),
        sa.column("price_minor", sa.Integer),
        sa.column("ends_at", _MOMENT),
    )
    unbilled = sa.table("unbilled_booking", sa.column("tenant_id", ID), sa.column("booking_id", ID))
    ahead = sa.select(booking.c.tenant_id, booking.c.id).where(
        booking.c.status == "confirmed", booking.c.price_minor > 0, booking.c.ends_at > _now()
    )
    op.execute(unbilled.insert().from_select(["tenant_id", "booking_id"], ahead))


def _now() -> datetime:
    """As the engine keeps moments: SQLite without a zone."""
    now = datetime.now(UTC)
    return now if walls.on_postgresql() else now.replace(tzinfo=None)
