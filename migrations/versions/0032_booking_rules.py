"""Rules of booking, and by how long a booking may be cancelled where a rule said so when it was made."""

import sqlalchemy as sa
from alembic import op

from migrations import altering, walls
from migrations.tables import ID, belongs, owned

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_TARGETS = ("resource", "resource_type", "plan", "team", "person")


def upgrade() -> None:
    op.create_table(
        "booking_rule",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("location_id", ID, nullable=True),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("sentence", sa.String(length=300), nullable=False),
        sa.Column("stop_here", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        *owned("booking_rule"),
        belongs("booking_rule", "location_id", "location"),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_booking_rule_tenant_id_name")),
        sa.CheckConstraint("position >= 0", name=op.f("ck_booking_rule_place")),
    )
    op.create_index("ix_booking_rule_order", "booking_rule", ["tenant_id", "position", "id"])
    op.create_table(
        "booking_rule_target",
        sa.Column("rule_id", ID, nullable=False),
        *(sa.Column(f"{each}_id", ID, nullable=True) for each in _TARGETS),
        *owned("booking_rule_target"),
        belongs("booking_rule_target", "rule_id", "booking_rule"),
        *(belongs("booking_rule_target", f"{each}_id", each) for each in _TARGETS),
        *(
            sa.UniqueConstraint(
                "tenant_id",
                "rule_id",
                f"{each}_id",
                name=op.f(f"uq_booking_rule_target_tenant_id_rule_id_{each}_id"),
            )
            for each in _TARGETS
        ),
        sa.CheckConstraint(
            " + ".join(f"(CASE WHEN {each}_id IS NULL THEN 0 ELSE 1 END)" for each in _TARGETS) + " = 1",
            name=op.f("ck_booking_rule_target_one"),
        ),
    )
    op.create_index("ix_booking_rule_target_person", "booking_rule_target", ["tenant_id", "person_id"])
    for table in ("booking_rule", "booking_rule_target"):
        walls.open_to_web(table)
        walls.wall(table)
    altering.add_column("booking", sa.Column("cancel_cutoff_minutes", sa.Integer(), nullable=True))


def downgrade() -> None:
    altering.drop_column("booking", "cancel_cutoff_minutes")
    op.drop_table("booking_rule_target")
    op.drop_table("booking_rule")
