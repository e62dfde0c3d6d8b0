"""Rates for who is on some plans, or in some teams."""

import sqlalchemy as sa
from alembic import op

from migrations import altering, walls
from migrations.tables import ID, belongs, owned

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_TARGETS = ("plan", "team")


def upgrade() -> None:
    altering.add_column(
        "rate", sa.Column("named_only", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_table(
        "rate_target",
        sa.Column("rate_id", ID, nullable=False),
        *(sa.Column(f"{each}_id", ID, nullable=True) for each in _TARGETS),
        *owned("rate_target"),
        belongs("rate_target", "rate_id", "rate"),
        *(belongs("rate_target", f"{each}_id", each) for each in _TARGETS),
        *(
            sa.UniqueConstraint(
                "tenant_id", "rate_id", f"{each}_id", name=op.f(f"uq_rate_target_tenant_id_rate_id_{each}_id")
            )
            for each in _TARGETS
        ),
        sa.CheckConstraint("(plan_id IS NULL) <> (team_id IS NULL)", name=op.f("ck_rate_target_one")),
    )
    walls.open_to_web("rate_target")
    walls.wall("rate_target")


def downgrade() -> None:
    op.drop_table("rate_target")
    altering.drop_column("rate", "named_only")
