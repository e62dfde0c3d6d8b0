"""Units of a resource have names, a booking says which of them it has; resources for the people of some teams."""

import sqlalchemy as sa
from alembic import op

from migrations import altering, walls
from migrations.tables import ID, belongs, owned, seen_whole

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    altering.add_column("resource", sa.Column("unit_names", sa.JSON(none_as_null=True), nullable=True))
    altering.add_column(
        "resource", sa.Column("for_teams_only", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    altering.add_column("booking", sa.Column("unit_numbers", sa.JSON(none_as_null=True), nullable=True))
    _say_who_sits_where()
    op.create_table(
        "resource_team",
        sa.Column("resource_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        *owned("resource_team"),
        belongs("resource_team", "resource_id", "resource"),
        belongs("resource_team", "team_id", "team"),
        sa.UniqueConstraint(
            "tenant_id", "resource_id", "team_id", name=op.f("uq_resource_team_tenant_id_resource_id_team_id")
        ),
    )
    walls.open_to_web("resource_team")
    walls.wall("resource_team")


def _say_who_sits_where() -> None:
    """Of what blocks one unit all the time; whoever changes its unit, or was cancelled, has none written down."""
    kind = "json" if walls.on_postgresql() else "text"
    with seen_whole("booking", "occupancy", "resource"):
        op.execute(
            f"UPDATE booking SET unit_numbers = (SELECT CAST('[' || CAST(min(unit) AS text) || ']' AS {kind})"
            " FROM occupancy WHERE occupancy.tenant_id = booking.tenant_id"
            " AND occupancy.booking_id = booking.id AND occupancy.resource_id = booking.resource_id"
            " GROUP BY occupancy.booking_id HAVING min(unit) = max(unit))"
            " WHERE resource_id IN (SELECT id FROM resource WHERE units > 1)"
        )


def downgrade() -> None:
    op.drop_table("resource_team")
    altering.drop_column("booking", "unit_numbers")
    altering.drop_column("resource", "for_teams_only")
    altering.drop_column("resource", "unit_names")
