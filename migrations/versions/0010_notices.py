"""The inbox, what people want to be told how, addresses from which mail came back, and a tenant's own mail server.

Notices that were mailed before there was an inbox count as read.
"""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_UNREAD = sa.text("read_at IS NULL AND in_app")
OWNED = ("notice_preference", "notice_setting", "mail_server_setting")
IN_THE_INBOX = (
    "booking.confirmed",
    "booking.cancelled",
    "password.changed",
    "factor.changed",
    "device.new",
    "email.changed",
    "data.ready",
    "deletion.taken_back",
    "sign_up.approved",
)


def _added() -> dict[str, tuple[sa.Column[object], ...]]:
    """The new columns of the tables that are there already."""
    return {
        "notice": (
            sa.Column("about", sa.String(length=40), server_default="", nullable=False),
            sa.Column("times", sa.Integer(), server_default="1", nullable=False),
            sa.Column("in_app", sa.Boolean(), server_default=sa.false(), nullable=False),
            sa.Column("read_at", _MOMENT, nullable=True),
        ),
        "delivery": (sa.Column("sent_to", sa.String(length=254), server_default="", nullable=False),),
        "person": (
            sa.Column("bounced_email", sa.String(length=254), nullable=True),
            sa.Column("bounced_at", _MOMENT, nullable=True),
            sa.Column("bounce_reason", sa.String(length=300), server_default="", nullable=False),
        ),
    }


def upgrade() -> None:
    for table, columns in _added().items():
        for column in columns:
            op.add_column(table, column)
    _mark_as_read()
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["tenant_id", "person_id"],
        unique=False,
        sqlite_where=_UNREAD,
        postgresql_where=_UNREAD,
    )
    _preferences()
    _settings()
    _mail_server()
    for table in OWNED:
        walls.open_to_web(table)
        walls.wall(table)


def _mark_as_read() -> None:
    told = sa.table("notice", *(sa.column(name) for name in ("kind", "in_app", "read_at", "created_at")))
    # Row security binds the table's owner as well, who belongs to no tenant.
    if walls.on_postgresql():
        op.execute("ALTER TABLE notice NO FORCE ROW LEVEL SECURITY")
    op.execute(
        told.update().where(told.c.kind.in_(IN_THE_INBOX)).values(in_app=sa.true(), read_at=told.c.created_at)
    )
    if walls.on_postgresql():
        op.execute("ALTER TABLE notice FORCE ROW LEVEL SECURITY")


def _preferences() -> None:
    op.create_table(
        "notice_preference",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column(
            "choice",
            sa.Enum("off", "on", "digest", name="choice", native_enum=False, length=32),
            nullable=False,
        ),
        *owned("notice_preference"),
        belongs("notice_preference", "person_id", "person"),
        sa.UniqueConstraint(
            "tenant_id",
            "person_id",
            "kind",
            "channel",
            name=op.f("uq_notice_preference_tenant_id_person_id_kind_channel"),
        ),
        sa.CheckConstraint("choice IN ('off', 'on', 'digest')", name=op.f("ck_notice_preference_choice")),
    )


def _settings() -> None:
    op.create_table(
        "notice_setting",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("daily_hour", sa.Integer(), nullable=False),
        sa.Column("discreet", sa.Boolean(), nullable=False),
        *owned("notice_setting"),
        belongs("notice_setting", "person_id", "person"),
        sa.UniqueConstraint("tenant_id", "person_id", name=op.f("uq_notice_setting_tenant_id_person_id")),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_notice_setting_quiet")
        ),
    )


def _mail_server() -> None:
    op.create_table(
        "mail_server_setting",
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column(
            "security",
            sa.Enum("starttls", "tls", name="mailsecurity", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("username", sa.String(length=254), nullable=False),
        sa.Column("password", sa.String(length=1000), nullable=True),
        sa.Column("sender", sa.String(length=254), nullable=False),
        *owned("mail_server_setting"),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_mail_server_setting_tenant_id")),
        sa.CheckConstraint(
            "security IN ('starttls', 'tls')", name=op.f("ck_mail_server_setting_mailsecurity")
        ),
    )


def downgrade() -> None:
    for table in OWNED:
        op.drop_table(table)
    op.drop_index("ix_notice_unread", table_name="notice")
    for table, columns in _added().items():
        for column in columns:
            op.drop_column(table, column.name)
