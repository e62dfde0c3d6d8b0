"""Teams, their people, and invitations into them."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OWNED = ("team", "team_member", "team_invitation")
_PAYS = sa.text("pays")
_OPEN = sa.text("accepted_at IS NULL AND revoked_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "team",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("seat_limit", sa.Integer(), nullable=True),
        sa.Column("location_id", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        *owned("team"),
        belongs("team", "location_id", "location", "RESTRICT"),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_team_tenant_id_name")),
        sa.CheckConstraint("seat_limit >= 1", name=op.f("ck_team_seat_limit")),
    )
    op.create_table(
        "team_member",
        sa.Column("team_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("administrator", sa.Boolean(), nullable=False),
        sa.Column("pays", sa.Boolean(), nullable=False),
        *_permissions(),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("via_provider_id", ID, nullable=True),
        *owned("team_member"),
        belongs("team_member", "team_id", "team", "CASCADE"),
        belongs("team_member", "person_id", "person", "CASCADE"),
        belongs("team_member", "via_provider_id", "sign_on_provider", "RESTRICT"),
        sa.UniqueConstraint(
            "tenant_id", "team_id", "person_id", name=op.f("uq_team_member_tenant_id_team_id_person_id")
        ),
    )
    op.create_index("ix_team_member_person", "team_member", ["tenant_id", "person_id"], unique=False)
    op.create_index(
        "uq_team_member_payer",
        "team_member",
        ["tenant_id", "team_id"],
        unique=True,
        sqlite_where=_PAYS,
        postgresql_where=_PAYS,
    )
    op.create_table(
        "team_invitation",
        sa.Column("team_id", ID, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        *_permissions(),
        sa.Column("invited_by_id", ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        *owned("team_invitation"),
        belongs("team_invitation", "team_id", "team", "CASCADE"),
        belongs("team_invitation", "invited_by_id", "person", "CASCADE"),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_team_invitation_tenant_id_token_hash")),
    )
    op.create_index(
        "uq_team_invitation_open",
        "team_invitation",
        ["tenant_id", "team_id", "email_key"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    for table in OWNED:
        walls.open_to_web(table)
        walls.wall(table)


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)


def _permissions() -> list[sa.Column[bool]]:
    return [
        sa.Column(name, sa.Boolean(), nullable=False)
        for name in ("may_book", "may_book_for_team", "may_buy", "may_see_invoices")
    ]
