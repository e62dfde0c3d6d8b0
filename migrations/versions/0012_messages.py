"""Conversations and their messages, with files, reactions, drafts, blocks and reports; and how long messages are kept."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TABLES = (
    "conversation",
    "conversation_member",
    "draft",
    "block",
    "message",
    "attachment",
    "reaction",
    "report",
)


def upgrade() -> None:
    _conversations()
    _messages()
    _on_messages()
    for table in _TABLES:
        walls.open_to_web(table)
        walls.wall(table)
    # Not in a batch, which on SQLite would drop the table. Whoever has a row keeps messages as long as who has none.
    op.add_column(
        "privacy_setting", sa.Column("message_days", sa.Integer(), nullable=True, server_default="730")
    )


def downgrade() -> None:
    op.drop_column("privacy_setting", "message_days")
    for table in reversed(_TABLES):
        op.drop_table(table)


def _conversations() -> None:
    op.create_table(
        "conversation",
        sa.Column("kind", _words("conversationkind", "direct", "group"), nullable=False),
        sa.Column("direct_key", sa.String(length=41), nullable=True),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("created_by_id", ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        *owned("conversation"),
        belongs("conversation", "created_by_id", "person", "RESTRICT"),
        sa.UniqueConstraint("tenant_id", "direct_key", name=op.f("uq_conversation_tenant_id_direct_key")),
        sa.CheckConstraint(
            "(kind = 'direct') = (direct_key IS NOT NULL)", name=op.f("ck_conversation_direct")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "conversation_member",
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("joined_at", _MOMENT, nullable=False),
        sa.Column("joined_after", ID, nullable=False),
        sa.Column("left_after", ID, nullable=True),
        sa.Column("read_up_to", ID, nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        *_in_conversation("conversation_member"),
    )
    op.create_index(
        "ix_conversation_member_person", "conversation_member", ["tenant_id", "person_id"], unique=False
    )
    op.create_table(
        "draft",
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kept_at", _MOMENT, nullable=False),
        *_in_conversation("draft"),
    )
    op.create_table(
        "block",
        sa.Column("blocker_id", ID, nullable=False),
        sa.Column("blocked_id", ID, nullable=False),
        sa.Column("blocked_at", _MOMENT, nullable=False),
        *owned("block"),
        belongs("block", "blocker_id", "person"),
        belongs("block", "blocked_id", "person"),
        sa.UniqueConstraint(
            "tenant_id", "blocker_id", "blocked_id", name=op.f("uq_block_tenant_id_blocker_id_blocked_id")
        ),
    )
    op.create_index("ix_block_blocked", "block", ["tenant_id", "blocked_id"], unique=False)


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("sender_id", ID, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=False),
        sa.Column("edited_at", _MOMENT, nullable=True),
        sa.Column("deleted_at", _MOMENT, nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        *owned("message"),
        belongs("message", "conversation_id", "conversation"),
        belongs("message", "sender_id", "person"),
        sa.UniqueConstraint(
            "tenant_id", "sender_id", "client_id", name=op.f("uq_message_tenant_id_sender_id_client_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_message_conversation", "message", ["tenant_id", "conversation_id", "id"], unique=False
    )
    op.create_index("ix_message_sent", "message", ["tenant_id", "sent_at"], unique=False)


def _on_messages() -> None:
    op.create_table(
        "attachment",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("file_id", ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        *owned("attachment"),
        belongs("attachment", "message_id", "message"),
        belongs("attachment", "file_id", "stored_file", "RESTRICT"),
    )
    op.create_index("ix_attachment_message", "attachment", ["tenant_id", "message_id"], unique=False)
    op.create_table(
        "reaction",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("sign", sa.String(length=16), nullable=False),
        *owned("reaction"),
        belongs("reaction", "message_id", "message"),
        belongs("reaction", "person_id", "person"),
        sa.UniqueConstraint(
            "tenant_id",
            "message_id",
            "person_id",
            "sign",
            name=op.f("uq_reaction_tenant_id_message_id_person_id_sign"),
        ),
    )
    op.create_table(
        "report",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("reporter_id", ID, nullable=False),
        sa.Column("reason", _words("reportreason", "rude", "unwanted", "unsafe", "other"), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("reported_at", _MOMENT, nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decided_by_id", ID, nullable=True),
        sa.Column("outcome", _words("reportoutcome", "kept", "removed"), nullable=True),
        *owned("report"),
        belongs("report", "message_id", "message"),
        belongs("report", "reporter_id", "person"),
        belongs("report", "decided_by_id", "person", "RESTRICT"),
        sa.UniqueConstraint(
            "tenant_id", "message_id", "reporter_id", name=op.f("uq_report_tenant_id_message_id_reporter_id")
        ),
    )
    op.create_index("ix_report_open", "report", ["tenant_id", "decided_at", "id"], unique=False)


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=32, create_constraint=True)


def _in_conversation(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """What a table has of which each person has one row in each conversation."""
    return (
        *owned(table),
        belongs(table, "conversation_id", "conversation"),
        belongs(table, "person_id", "person"),
        sa.UniqueConstraint(
            "tenant_id",
            "conversation_id",
            "person_id",
            name=op.f(f"uq_{table}_tenant_id_conversation_id_person_id"),
        ),
    )
