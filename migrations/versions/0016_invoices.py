"""Invoices and credit notes, rates of tax, and the payments that settle them."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TABLES = (
    "tax_rate",
    "tax_rate_version",
    "invoice_setting",
    "payer_setting",
    "document_series",
    "document_chain",
    "charge",
    "invoice",
    "invoice_line",
    "payment",
    "allocation",
)


def upgrade() -> None:
    _taxes()
    _settings()
    _charges()
    _documents()
    _payments()
    for table in _TABLES:
        walls.open_to_web(table)
        walls.wall(table)
    walls.keep_issued()


def downgrade() -> None:
    walls.forget_issued()
    for table in reversed(_TABLES):
        op.drop_table(table)


def _taxes() -> None:
    op.create_table(
        "tax_rate",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("category", _words("taxcategory", "S", "Z", "E", "AE", "O"), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", _MOMENT, nullable=True),
        *owned("tax_rate"),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_tax_rate_tenant_id_name")),
    )
    op.create_table(
        "tax_rate_version",
        sa.Column("tax_rate_id", ID, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("percent_hundredths", sa.Integer(), nullable=False),
        *owned("tax_rate_version"),
        belongs("tax_rate_version", "tax_rate_id", "tax_rate"),
        sa.CheckConstraint(
            "percent_hundredths BETWEEN 0 AND 10000", name=op.f("ck_tax_rate_version_percent")
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "tax_rate_id",
            "starts_on",
            name=op.f("uq_tax_rate_version_tenant_id_tax_rate_id_starts_on"),
        ),
    )


def _settings() -> None:
    op.create_table(
        "invoice_setting",
        sa.Column("seller_name", sa.String(length=120), nullable=False),
        sa.Column("street", sa.String(length=160), nullable=False),
        sa.Column("postal_code", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("tax_id", sa.String(length=40), nullable=False),
        sa.Column("register_entry", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("bank_holder", sa.String(length=120), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("how_to_pay", sa.String(length=300), nullable=False),
        sa.Column("prices_include_tax", sa.Boolean(), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("invoice_pattern", sa.String(length=30), nullable=False),
        sa.Column("credit_note_pattern", sa.String(length=30), nullable=False),
        sa.Column("footer", sa.String(length=300), nullable=False),
        sa.Column("closed_until", sa.Date(), nullable=True),
        *owned("invoice_setting"),
        sa.CheckConstraint("due_days BETWEEN 0 AND 365", name=op.f("ck_invoice_setting_due_days")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_invoice_setting_tenant_id")),
    )
    op.create_table(
        "payer_setting",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("treatment", _words("taxtreatment", "usual", "reverse_charge", "exempt"), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=True),
        *owned("payer_setting"),
        belongs("payer_setting", "person_id", "person"),
        sa.CheckConstraint("due_days BETWEEN 0 AND 365", name=op.f("ck_payer_setting_due_days")),
        sa.UniqueConstraint("tenant_id", "person_id", name=op.f("uq_payer_setting_tenant_id_person_id")),
    )


def _charges() -> None:
    op.create_table(
        "charge",
        sa.Column("payer_id", ID, nullable=False),
        sa.Column("location_id", ID, nullable=True),
        sa.Column("reason_key", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("unit_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate_id", ID, nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("bill_on", sa.Date(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        *owned("charge"),
        belongs("charge", "location_id", "location", "RESTRICT"),
        belongs("charge", "payer_id", "person", "RESTRICT"),
        belongs("charge", "tax_rate_id", "tax_rate", "RESTRICT"),
        sa.CheckConstraint(
            "(from_day IS NULL) = (until_day IS NULL) AND from_day <= until_day",
            name=op.f("ck_charge_period"),
        ),
        sa.CheckConstraint("quantity_thousandths > 0", name=op.f("ck_charge_quantity")),
        sa.UniqueConstraint("tenant_id", "reason_key", name=op.f("uq_charge_tenant_id_reason_key")),
    )
    op.create_index("ix_charge_payer", "charge", ["tenant_id", "payer_id", "bill_on"], unique=False)


def _documents() -> None:
    op.create_table(
        "document_series",
        sa.Column("kind", _words("documentkind", "invoice", "credit_note"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        *owned("document_series"),
        sa.UniqueConstraint("tenant_id", "kind", "year", name=op.f("uq_document_series_tenant_id_kind_year")),
    )
    op.create_table(
        "document_chain",
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
        *owned("document_chain"),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_document_chain_tenant_id")),
    )
    op.create_table(
        "invoice",
        sa.Column("kind", _words("documentkind", "invoice", "credit_note"), nullable=False),
        sa.Column("payer_id", ID, nullable=False),
        sa.Column("location_id", ID, nullable=True),
        sa.Column("corrects_id", ID, nullable=True),
        sa.Column("made_by_id", ID, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("prices_include_tax", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("chain_position", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        *owned("invoice"),
        belongs("invoice", "corrects_id", "invoice", "RESTRICT"),
        belongs("invoice", "location_id", "location", "RESTRICT"),
        belongs("invoice", "made_by_id", "person", "RESTRICT"),
        belongs("invoice", "payer_id", "person", "RESTRICT"),
        sa.CheckConstraint(
            "(kind = 'credit_note') = (corrects_id IS NOT NULL)", name=op.f("ck_invoice_corrects")
        ),
        sa.CheckConstraint(
            "(issued_at IS NULL) = (number IS NULL) AND (issued_at IS NULL) = (document IS NULL) "
            "AND (issued_at IS NULL) = (chain_position IS NULL) AND (issued_at IS NULL) = (hash IS NULL)",
            name=op.f("ck_invoice_issued"),
        ),
        sa.CheckConstraint(
            "net_minor + tax_minor = total_minor AND total_minor >= 0", name=op.f("ck_invoice_sums")
        ),
        sa.UniqueConstraint("tenant_id", "chain_position", name=op.f("uq_invoice_tenant_id_chain_position")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_invoice_tenant_id_number")),
    )
    op.create_index("ix_invoice_corrects", "invoice", ["tenant_id", "corrects_id"], unique=False)
    op.create_index(
        "ix_invoice_draft",
        "invoice",
        ["tenant_id", "id"],
        unique=False,
        sqlite_where=sa.text("issued_at IS NULL"),
        postgresql_where=sa.text("issued_at IS NULL"),
    )
    op.create_index("ix_invoice_issued", "invoice", ["tenant_id", "issued_on", "id"], unique=False)
    op.create_index("ix_invoice_payer", "invoice", ["tenant_id", "payer_id", "issued_on", "id"], unique=False)
    op.create_table(
        "invoice_line",
        sa.Column("invoice_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("unit_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate_id", ID, nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("credits_line_id", ID, nullable=True),
        sa.Column("charge_id", ID, nullable=True),
        sa.Column("tax_category", sa.String(length=2), nullable=False),
        sa.Column("percent_hundredths", sa.Integer(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        *owned("invoice_line"),
        belongs("invoice_line", "charge_id", "charge", "RESTRICT"),
        belongs("invoice_line", "credits_line_id", "invoice_line", "RESTRICT"),
        belongs("invoice_line", "invoice_id", "invoice"),
        belongs("invoice_line", "tax_rate_id", "tax_rate", "RESTRICT"),
        sa.CheckConstraint(
            "(from_day IS NULL) = (until_day IS NULL) AND from_day <= until_day",
            name=op.f("ck_invoice_line_period"),
        ),
        sa.CheckConstraint("net_minor + tax_minor = gross_minor", name=op.f("ck_invoice_line_sums")),
        sa.CheckConstraint("quantity_thousandths > 0", name=op.f("ck_invoice_line_quantity")),
        sa.UniqueConstraint("tenant_id", "charge_id", name=op.f("uq_invoice_line_tenant_id_charge_id")),
    )
    op.create_index("ix_invoice_line_credits", "invoice_line", ["tenant_id", "credits_line_id"], unique=False)
    op.create_index(
        "ix_invoice_line_invoice", "invoice_line", ["tenant_id", "invoice_id", "position"], unique=False
    )


def _payments() -> None:
    op.create_table(
        "payment",
        sa.Column("payer_id", ID, nullable=False),
        sa.Column("way", _words("paymentway", "transfer", "desk", "card"), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=140), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("recorded_by_id", ID, nullable=True),
        sa.Column("voided_at", _MOMENT, nullable=True),
        *owned("payment"),
        belongs("payment", "payer_id", "person", "RESTRICT"),
        belongs("payment", "recorded_by_id", "person", "RESTRICT"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_amount")),
    )
    op.create_index("ix_payment_payer", "payment", ["tenant_id", "payer_id", "received_on"], unique=False)
    op.create_table(
        "allocation",
        sa.Column("invoice_id", ID, nullable=False),
        sa.Column("payment_id", ID, nullable=True),
        sa.Column("credit_note_id", ID, nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        *owned("allocation"),
        belongs("allocation", "credit_note_id", "invoice", "RESTRICT"),
        belongs("allocation", "invoice_id", "invoice", "RESTRICT"),
        belongs("allocation", "payment_id", "payment", "RESTRICT"),
        sa.CheckConstraint(
            "(payment_id IS NULL) <> (credit_note_id IS NULL)", name=op.f("ck_allocation_one_source")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_allocation_amount")),
    )
    op.create_index("ix_allocation_credit_note", "allocation", ["tenant_id", "credit_note_id"], unique=False)
    op.create_index("ix_allocation_invoice", "allocation", ["tenant_id", "invoice_id"], unique=False)
    op.create_index("ix_allocation_payment", "allocation", ["tenant_id", "payment_id"], unique=False)


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=32, create_constraint=True)
