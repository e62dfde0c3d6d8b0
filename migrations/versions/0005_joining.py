"""Joining: the operator's choices, who asked to join, invitations, terms and who accepted them.

A notice may go to an address that belongs to nobody yet.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OWNED = ("terms", "terms_acceptance", "joining_setting", "sign_up", "invitation", "invitation_list")
_MOMENT = sa.DateTime(timezone=True)
_OPEN = sa.text("accepted_at IS NULL AND revoked_at IS NULL")


def upgrade() -> None:
    _create_owned(
        "terms",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("for_everybody", sa.Boolean(), nullable=False),
        sa.Column("published_at", _MOMENT, nullable=False),
        sa.Column("published_by_id", ID, nullable=False),
        belongs("terms", "published_by_id", "person", "RESTRICT"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_terms_number")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_terms_tenant_id_number")),
    )
    _create_owned(
        "terms_acceptance",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("terms_id", ID, nullable=False),
        sa.Column("accepted_at", _MOMENT, nullable=False),
        belongs("terms_acceptance", "person_id", "person", "CASCADE"),
        belongs("terms_acceptance", "terms_id", "terms", "RESTRICT"),
        sa.UniqueConstraint(
            "tenant_id",
            "person_id",
            "terms_id",
            name=op.f("uq_terms_acceptance_tenant_id_person_id_terms_id"),
        ),
    )
    _create_owned(
        "joining_setting",
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.CheckConstraint("mode IN ('off', 'invited', 'open')", name=op.f("ck_joining_setting_joiningmode")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_joining_setting_tenant_id")),
    )
    _create_sign_up()
    _create_invitation()
    for table in OWNED:
        walls.open_to_web(table)
        walls.wall(table)
    with _notice() as notice:
        notice.add_column(sa.Column("email", sa.String(length=254), nullable=True))
        notice.alter_column("person_id", existing_type=ID, nullable=True)
        notice.create_check_constraint(
            op.f("ck_notice_somebody"), "person_id IS NOT NULL OR email IS NOT NULL"
        )


def downgrade() -> None:
    op.execute("DELETE FROM notice WHERE person_id IS NULL")
    with _notice() as notice:
        notice.drop_constraint(op.f("ck_notice_somebody"), type_="check")
        notice.alter_column("person_id", existing_type=ID, nullable=False)
        notice.drop_column("email")
    for table in reversed(OWNED):
        op.drop_table(table)


def _create_sign_up() -> None:
    _create_owned(
        "sign_up",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("locale", sa.String(length=12), nullable=True),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("completed_at", _MOMENT, nullable=True),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("terms_id", ID, nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decided_by_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        belongs("sign_up", "terms_id", "terms", "RESTRICT"),
        belongs("sign_up", "decided_by_id", "person", "RESTRICT"),
        belongs("sign_up", "person_id", "person", "CASCADE"),
        sa.CheckConstraint("completed_at IS NOT NULL OR decided_at IS NULL", name=op.f("ck_sign_up_decided")),
        sa.UniqueConstraint("tenant_id", "email_key", name=op.f("uq_sign_up_tenant_id_email_key")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_sign_up_tenant_id_token_hash")),
    )
    op.create_index("ix_sign_up_waiting", "sign_up", ["tenant_id", "completed_at"])


def _create_invitation() -> None:
    _create_owned(
        "invitation",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column("location_id", ID, nullable=True),
        sa.Column("plan_id", ID, nullable=True),
        sa.Column("message", sa.String(length=1000), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("invited_by_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=True),
        sa.Column("accepted_at", _MOMENT, nullable=True),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        belongs("invitation", "location_id", "location", "RESTRICT"),
        belongs("invitation", "plan_id", "plan", "RESTRICT"),
        belongs("invitation", "person_id", "person", "CASCADE"),
        belongs("invitation", "invited_by_id", "person", "RESTRICT"),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_invitation_tenant_id_token_hash")),
    )
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["tenant_id", "email_key"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_invitation_created", "invitation", ["tenant_id", "created_at"])
    _create_owned(
        "invitation_list",
        sa.Column("uploaded_by_id", ID, nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("message", sa.String(length=1000), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        belongs("invitation_list", "uploaded_by_id", "person", "CASCADE"),
    )


def _create_owned(table: str, *parts: sa.Column[Any] | sa.Constraint) -> None:
    op.create_table(
        table,
        *parts,
        *owned(table),
        sqlite_autoincrement=True,
    )


@contextmanager
def _notice() -> Iterator[BatchOperations]:
    """The notices' table, to be altered. SQLite can only write it anew, and takes what refers to the old one with it."""
    if walls.on_postgresql():
        with op.batch_alter_table("notice") as notice:
            yield notice
        return
    op.execute("CREATE TEMPORARY TABLE kept_delivery AS SELECT * FROM delivery")
    with op.batch_alter_table("notice", table_kwargs={"sqlite_autoincrement": True}) as notice:
        yield notice
    op.execute("DELETE FROM delivery")
    op.execute("INSERT INTO delivery SELECT * FROM kept_delivery")
    op.execute("DROP TABLE kept_delivery")
