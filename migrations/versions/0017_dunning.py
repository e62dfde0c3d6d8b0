"""The dunning ladder, its reminders, and the first day due of what somebody has open."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TABLES = ("dunning_step", "dunning_reminder")
_OWES = sa.text("first_due_on IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "dunning_step",
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "remind",
                "limit",
                "suspend",
                name="dunningaction",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        *owned("dunning_step"),
        sa.CheckConstraint("days BETWEEN 1 AND 365", name=op.f("ck_dunning_step_days")),
        sa.UniqueConstraint("tenant_id", "days", name=op.f("uq_dunning_step_tenant_id_days")),
    )
    op.create_table(
        "dunning_reminder",
        sa.Column("invoice_id", ID, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *owned("dunning_reminder"),
        belongs("dunning_reminder", "invoice_id", "invoice"),
        sa.UniqueConstraint(
            "tenant_id",
            "invoice_id",
            "days",
            name=op.f("uq_dunning_reminder_tenant_id_invoice_id_days"),
        ),
    )
    for table in _TABLES:
        walls.open_to_web(table)
        walls.wall(table)
    op.add_column("person", sa.Column("first_due_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_person_first_due",
        "person",
        ["tenant_id", "first_due_on"],
        postgresql_where=_OWES,
        sqlite_where=_OWES,
    )


def downgrade() -> None:
    op.drop_index("ix_person_first_due", table_name="person")
    op.drop_column("person", "first_due_on")
    for table in reversed(_TABLES):
        op.drop_table(table)
