"""Payment by card: accounts at the provider, attempts to pay, cards that are kept, money that waits for staff."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TABLES = (
    "card_setting",
    "card_customer",
    "saved_card",
    "card_attempt",
    "attempt_invoice",
    "attempt_payment",
    "held_money",
    "card_refund",
    "card_event",
    "invoice_link",
)


def upgrade() -> None:
    _accounts()
    _attempts()
    _money()
    _messages()
    for table in _TABLES:
        walls.open_to_web(table)
        walls.wall(table)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=32, create_constraint=True)


def _accounts() -> None:
    op.create_table(
        "card_setting",
        sa.Column("mode", _words("cardmode", "own_key", "connect"), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("secret_key", sa.String(length=1000), nullable=True),
        sa.Column("endpoint", sa.String(length=100), nullable=False),
        sa.Column("endpoint_secret", sa.String(length=1000), nullable=True),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        *owned("card_setting"),
        sa.CheckConstraint("(mode = 'own_key') = (secret_key IS NOT NULL)", name=op.f("ck_card_setting_key")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_card_setting_tenant_id")),
    )
    op.create_table(
        "card_customer",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("customer", sa.String(length=100), nullable=False),
        sa.Column("automatic_since", _MOMENT, nullable=True),
        *owned("card_customer"),
        belongs("card_customer", "person_id", "person", "CASCADE"),
        sa.UniqueConstraint(
            "tenant_id", "person_id", "account", name=op.f("uq_card_customer_tenant_id_person_id_account")
        ),
    )
    op.create_table(
        "saved_card",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("method", sa.String(length=100), nullable=False),
        sa.Column("brand", sa.String(length=40), nullable=False),
        sa.Column("last_digits", sa.String(length=4), nullable=False),
        sa.Column("expires_month", sa.Integer(), nullable=False),
        sa.Column("expires_year", sa.Integer(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        *owned("saved_card"),
        belongs("saved_card", "person_id", "person", "CASCADE"),
        sa.UniqueConstraint(
            "tenant_id", "account", "method", name=op.f("uq_saved_card_tenant_id_account_method")
        ),
    )
    op.create_index("ix_saved_card_person", "saved_card", ["tenant_id", "person_id"])
    op.create_index(
        "uq_saved_card_default",
        "saved_card",
        ["tenant_id", "person_id", "account"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )


def _attempts() -> None:
    op.create_table(
        "card_attempt",
        sa.Column("payer_id", ID, nullable=False),
        sa.Column("kind", _words("attemptkind", "page", "automatic", "card"), nullable=False),
        sa.Column(
            "state",
            _words("attemptstate", "open", "paid", "refused", "asks", "ended", "held"),
            nullable=False,
        ),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("keeps_card", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=100), nullable=True),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.Column("intent", sa.String(length=100), nullable=True),
        sa.Column("method", sa.String(length=100), nullable=True),
        sa.Column("problem", sa.String(length=60), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("look_at", _MOMENT, nullable=True),
        *owned("card_attempt"),
        sa.CheckConstraint("(kind = 'card') = (amount_minor = 0)", name=op.f("ck_card_attempt_amount")),
        sa.CheckConstraint("(state = 'open') = (look_at IS NOT NULL)", name=op.f("ck_card_attempt_look")),
        belongs("card_attempt", "payer_id", "person", "RESTRICT"),
        sa.UniqueConstraint("token", name=op.f("uq_card_attempt_token")),
    )
    op.create_index(
        "ix_card_attempt_look",
        "card_attempt",
        ["tenant_id", "look_at"],
        sqlite_where=sa.text("look_at IS NOT NULL"),
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index("ix_card_attempt_payer", "card_attempt", ["tenant_id", "payer_id", "id"])
    op.create_table(
        "attempt_invoice",
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("invoice_id", ID, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        *owned("attempt_invoice"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_attempt_invoice_amount")),
        belongs("attempt_invoice", "attempt_id", "card_attempt", "CASCADE"),
        belongs("attempt_invoice", "invoice_id", "invoice", "RESTRICT"),
        sa.UniqueConstraint(
            "tenant_id",
            "attempt_id",
            "invoice_id",
            name=op.f("uq_attempt_invoice_tenant_id_attempt_id_invoice_id"),
        ),
    )
    op.create_index("ix_attempt_invoice_invoice", "attempt_invoice", ["tenant_id", "invoice_id"])
    op.create_table(
        "attempt_payment",
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("payment_id", ID, nullable=False),
        *owned("attempt_payment"),
        belongs("attempt_payment", "attempt_id", "card_attempt", "RESTRICT"),
        belongs("attempt_payment", "payment_id", "payment", "RESTRICT"),
        sa.UniqueConstraint("tenant_id", "payment_id", name=op.f("uq_attempt_payment_tenant_id_payment_id")),
    )
    op.create_index("ix_attempt_payment_attempt", "attempt_payment", ["tenant_id", "attempt_id"])


def _money() -> None:
    op.create_table(
        "held_money",
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("reason", _words("holdreason", "amount", "currency", "settled"), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("came_at", _MOMENT, nullable=False),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.Column("settled_by_id", ID, nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        *owned("held_money"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_held_money_amount")),
        belongs("held_money", "attempt_id", "card_attempt", "RESTRICT"),
        belongs("held_money", "settled_by_id", "person", "RESTRICT"),
        sa.UniqueConstraint("tenant_id", "attempt_id", name=op.f("uq_held_money_tenant_id_attempt_id")),
    )
    op.create_index(
        "ix_held_money_unsettled",
        "held_money",
        ["tenant_id", "id"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "card_refund",
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("credit_note_id", ID, nullable=True),
        sa.Column("held_id", ID, nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", _words("refundstate", "asked", "pending", "done", "failed"), nullable=False),
        sa.Column("refund", sa.String(length=100), nullable=True),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("asked_by_id", ID, nullable=True),
        sa.Column("look_at", _MOMENT, nullable=True),
        sa.Column("failed_at", _MOMENT, nullable=True),
        sa.Column("settled_at", _MOMENT, nullable=True),
        *owned("card_refund"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_card_refund_amount")),
        sa.CheckConstraint(
            "(credit_note_id IS NULL) <> (held_id IS NULL)", name=op.f("ck_card_refund_one_reason")
        ),
        belongs("card_refund", "asked_by_id", "person", "RESTRICT"),
        belongs("card_refund", "attempt_id", "card_attempt", "RESTRICT"),
        belongs("card_refund", "credit_note_id", "invoice", "RESTRICT"),
        belongs("card_refund", "held_id", "held_money", "RESTRICT"),
    )
    op.create_index("ix_card_refund_attempt", "card_refund", ["tenant_id", "attempt_id"])
    op.create_index(
        "ix_card_refund_look",
        "card_refund",
        ["tenant_id", "look_at"],
        sqlite_where=sa.text("look_at IS NOT NULL"),
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index("ix_card_refund_note", "card_refund", ["tenant_id", "credit_note_id"])


def _messages() -> None:
    op.create_table(
        "card_event",
        sa.Column("event", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("came_at", _MOMENT, nullable=False),
        *owned("card_event"),
        sa.UniqueConstraint("tenant_id", "event", name=op.f("uq_card_event_tenant_id_event")),
    )
    op.create_index("ix_card_event_came", "card_event", ["tenant_id", "came_at"])
    op.create_table(
        "invoice_link",
        sa.Column("invoice_id", ID, nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("made_by_id", ID, nullable=True),
        sa.Column("made_at", _MOMENT, nullable=False),
        *owned("invoice_link"),
        belongs("invoice_link", "invoice_id", "invoice", "CASCADE"),
        belongs("invoice_link", "made_by_id", "person", "RESTRICT"),
        sa.UniqueConstraint("tenant_id", "invoice_id", name=op.f("uq_invoice_link_tenant_id_invoice_id")),
        sa.UniqueConstraint("token", name=op.f("uq_invoice_link_token")),
    )
