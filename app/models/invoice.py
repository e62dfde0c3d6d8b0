"""Invoices and credit notes: drafts, what was issued, and what numbers and chains them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word

_DRAFT = text("issued_at IS NULL")


class DocumentKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class TaxTreatment(StrEnum):
    """How a customer is taxed."""

    USUAL = "usual"
    """Private people, and businesses at home: the rate of each line."""
    REVERSE_CHARGE = "reverse_charge"
    """A business abroad that owes the tax itself; it has a tax id."""
    EXEMPT = "exempt"


class Invoice(TenantOwned, Base):
    """One invoice or credit note. Issued ones never change: a trigger sees to it (`migrations/walls.py`)."""

    __tablename__ = "invoice"
    __table_args__ = owned(
        belongs_to("payer_id", "person"),
        belongs_to("location_id", "location"),
        belongs_to("corrects_id", "invoice"),
        belongs_to("made_by_id", "person"),
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "chain_position"),
        CheckConstraint("(kind = 'credit_note') = (corrects_id IS NOT NULL)", name="corrects"),
        CheckConstraint(
            "(issued_at IS NULL) = (number IS NULL) AND (issued_at IS NULL) = (document IS NULL) "
            "AND (issued_at IS NULL) = (chain_position IS NULL) AND (issued_at IS NULL) = (hash IS NULL)",
            name="issued",
        ),
        CheckConstraint("net_minor + tax_minor = total_minor AND total_minor >= 0", name="sums"),
        Index("ix_invoice_payer", "tenant_id", "payer_id", "issued_on", "id"),
        Index("ix_invoice_issued", "tenant_id", "issued_on", "id"),
        Index("ix_invoice_corrects", "tenant_id", "corrects_id"),
        Index("ix_invoice_draft", "tenant_id", "id", sqlite_where=_DRAFT, postgresql_where=_DRAFT),
    )

    kind: Mapped[DocumentKind] = mapped_column(word(DocumentKind))
    payer_id: Mapped[int] = mapped_column(BigId)
    """Who is to pay it; after a merger of two records, whose record stayed."""
    location_id: Mapped[int | None] = mapped_column(BigId)
    """Where what it is for was had; none where that is no single one."""
    corrects_id: Mapped[int | None] = mapped_column(BigId)
    """The invoice that a credit note takes something off."""
    made_by_id: Mapped[int | None] = mapped_column(BigId)
    """Who wrote it; nobody for what the portal made by itself."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    currency: Mapped[str] = mapped_column(String(3))
    prices_include_tax: Mapped[bool]
    """Whether the prices of its lines are with their tax."""
    note: Mapped[str] = mapped_column(String(500), default="")
    """A sentence of staff's own, printed below the lines; on a credit note why there is one."""
    net_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    tax_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    total_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """The sums of the lines as issued; zero while it is a draft, whose rates are not fixed yet."""
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    issued_on: Mapped[date | None]
    """The same by the tenant's clock: the document's date."""
    due_on: Mapped[date | None]
    """The last day to pay; none on credit notes."""
    number: Mapped[str | None] = mapped_column(String(40))
    document: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """All that it shows (`domain.invoicing.document`)."""
    chain_position: Mapped[int | None] = mapped_column(BigInteger)
    """The how manieth issued document of the tenant it is, from 1."""
    hash: Mapped[str | None] = mapped_column(String(64))


class InvoiceLine(TenantOwned, Base):
    """One line: a quantity of something at a price, and the tax on it."""

    __tablename__ = "invoice_line"
    __table_args__ = owned(
        belongs_to("invoice_id", "invoice", ondelete="CASCADE"),
        belongs_to("tax_rate_id", "tax_rate"),
        belongs_to("credits_line_id", "invoice_line"),
        belongs_to("charge_id", "charge"),
        UniqueConstraint("tenant_id", "charge_id"),
        CheckConstraint("quantity_thousandths > 0", name="quantity"),
        CheckConstraint("(from_day IS NULL) = (until_day IS NULL) AND from_day <= until_day", name="period"),
        CheckConstraint("net_minor + tax_minor = gross_minor", name="sums"),
        Index("ix_invoice_line_invoice", "tenant_id", "invoice_id", "position"),
        Index("ix_invoice_line_credits", "tenant_id", "credits_line_id"),
    )

    invoice_id: Mapped[int] = mapped_column(BigId)
    position: Mapped[int]
    description: Mapped[str] = mapped_column(String(200))
    """In the customer's language."""
    quantity_thousandths: Mapped[int] = mapped_column(BigInteger)
    """1500 is one and a half."""
    unit_minor: Mapped[int] = mapped_column(BigInteger)
    """The price of one, as the document has prices; below zero takes something off."""
    tax_rate_id: Mapped[int] = mapped_column(BigId)
    from_day: Mapped[date | None]
    until_day: Mapped[date | None]
    """The first and the last day of what is paid for, where it is a time."""
    credits_line_id: Mapped[int | None] = mapped_column(BigId)
    """On a credit note, the line that it takes something off."""
    charge_id: Mapped[int | None] = mapped_column(BigId)
    """What was to be billed; a charge is billed once, because it stands on one line only."""
    tax_category: Mapped[str] = mapped_column(String(2), default="")
    percent_hundredths: Mapped[int] = mapped_column(default=0)
    net_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    tax_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    gross_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """These five are fixed when the document is issued."""


class DocumentSeries(TenantOwned, Base):
    """The next number of one kind of document in one year. Whoever issues one holds the row until it is done."""

    __tablename__ = "document_series"
    __table_args__ = owned(UniqueConstraint("tenant_id", "kind", "year"))

    kind: Mapped[DocumentKind] = mapped_column(word(DocumentKind))
    year: Mapped[int]
    next_number: Mapped[int] = mapped_column(default=1)


class DocumentChain(TenantOwned, Base):
    """The end of the tenant's chain of issued documents: how many there are, and the hash of the last."""

    __tablename__ = "document_chain"
    __table_args__ = owned(UniqueConstraint("tenant_id"))

    length: Mapped[int] = mapped_column(BigInteger, default=0)
    last_hash: Mapped[str] = mapped_column(String(64), default="")


class InvoiceSetting(TenantOwned, Base):
    """Who bills, and how: what a tenant's documents say of itself. No row until somebody fills it in."""

    __tablename__ = "invoice_setting"
    __table_args__ = owned(
        UniqueConstraint("tenant_id"),
        CheckConstraint("due_days BETWEEN 0 AND 365", name="due_days"),
    )

    seller_name: Mapped[str] = mapped_column(String(120))
    """The name of the firm, which need not be the portal's."""
    street: Mapped[str] = mapped_column(String(160))
    postal_code: Mapped[str] = mapped_column(String(20))
    city: Mapped[str] = mapped_column(String(80))
    country: Mapped[str] = mapped_column(String(2))
    """ISO 3166 code, in capitals."""
    tax_id: Mapped[str] = mapped_column(String(40), default="")
    register_entry: Mapped[str] = mapped_column(String(120), default="")
    """Where the firm is registered, as the law wants it printed."""
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    bank_holder: Mapped[str] = mapped_column(String(120), default="")
    iban: Mapped[str] = mapped_column(String(34), default="")
    bic: Mapped[str] = mapped_column(String(11), default="")
    how_to_pay: Mapped[str] = mapped_column(String(300), default="")
    """A sentence for who pays otherwise: at the desk, by a standing order."""
    prices_include_tax: Mapped[bool] = mapped_column(default=True)
    due_days: Mapped[int] = mapped_column(default=14)
    invoice_pattern: Mapped[str] = mapped_column(String(30), default="{year}-{number:4}")
    credit_note_pattern: Mapped[str] = mapped_column(String(30), default="C{year}-{number:4}")
    footer: Mapped[str] = mapped_column(String(300), default="")
    closed_until: Mapped[date | None]
    """Nothing is issued with this date or an earlier one; it only moves forward."""


class PayerSetting(TenantOwned, Base):
    """How staff bill one person, where that differs from the usual."""

    __tablename__ = "payer_setting"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "person_id"),
        CheckConstraint("due_days BETWEEN 0 AND 365", name="due_days"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    treatment: Mapped[TaxTreatment] = mapped_column(word(TaxTreatment), default=TaxTreatment.USUAL)
    reason: Mapped[str] = mapped_column(String(200), default="")
    """Why they are exempt; printed, for the law wants it."""
    due_days: Mapped[int | None]
