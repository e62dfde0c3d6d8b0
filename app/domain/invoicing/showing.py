"""One document with what belongs to it, for its reader and for staff."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.domain.invoicing.listing import Standing, standing
from app.domain.invoicing.settling import open_column
from app.domain.lookup import one
from app.kernel.errors import NotFound
from app.models import (
    Allocation,
    AttemptInvoice,
    CardDispute,
    DocumentKind,
    Invoice,
    Payment,
    PaymentWay,
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Something that settled a part of an invoice: a payment, or a credit note. Minor units."""

    payment_id: int | None
    credit_note_id: int | None
    way: PaymentWay | None
    number: str | None
    on: date
    amount_minor: int
    note: str


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued document as its page shows it."""

    invoice: Invoice
    document: dict[str, Any]
    open_minor: int
    standing: Standing
    receipts: list[Receipt]
    disputed: bool
    """Whether money by card that it was to be paid with is, or was, disputed at a bank."""
    corrected: bool
    """Whether credit notes take something of it back."""


def issued_to(session: Session, person_id: int, invoice_id: int, today: date) -> Issued:
    """Somebody's own document. Raises NotFound for anybody else's, and for what is not issued."""
    found = one(session, Invoice, invoice_id)
    if found.payer_id != person_id:
        raise NotFound
    return issued(session, found, today)


def issued(session: Session, invoice: Invoice, today: date) -> Issued:
    """Raises NotFound for a draft. Two statements."""
    if invoice.document is None:
        raise NotFound
    query = select(open_column(), _disputed(), _corrected()).where(Invoice.id == invoice.id)
    left, disputed, corrected = session.execute(query).one()
    facts = _Facts(invoice.kind, invoice.number, invoice.due_on, invoice.total_minor, left)
    return Issued(
        invoice,
        invoice.document,
        left,
        standing(facts, today),
        _receipts(session, invoice),
        disputed,
        corrected,
    )


def credit_notes_of(session: Session, invoice_id: int) -> list[Invoice]:
    """What was issued to take something of an invoice back, the earliest first."""
    query = select(Invoice).where(Invoice.corrects_id == invoice_id, Invoice.issued_at.is_not(None))
    return list(session.scalars(query.order_by(Invoice.id)))


def _corrected() -> ColumnElement[bool]:
    note = Invoice.__table__.alias("correction")
    found = select(note.c.id).where(
        note.c.tenant_id == Invoice.tenant_id,
        note.c.corrects_id == Invoice.id,
        note.c.issued_at.is_not(None),
    )
    return found.correlate(Invoice).exists()


def _disputed() -> ColumnElement[bool]:
    found = select(CardDispute.id).join(
        AttemptInvoice,
        (AttemptInvoice.tenant_id == CardDispute.tenant_id)
        & (AttemptInvoice.attempt_id == CardDispute.attempt_id),
    )
    found = found.where(
        AttemptInvoice.tenant_id == Invoice.tenant_id, AttemptInvoice.invoice_id == Invoice.id
    )
    return found.correlate(Invoice).exists()


@dataclass(frozen=True, slots=True)
class _Facts:
    kind: DocumentKind
    number: str | None
    due_on: date | None
    total_minor: int
    open_minor: int


def _receipts(session: Session, invoice: Invoice) -> list[Receipt]:
    note = Invoice.__table__.alias("note")
    rows = session.execute(
        select(
            Allocation.payment_id,
            Allocation.credit_note_id,
            Allocation.amount_minor,
            Payment.way,
            Payment.received_on,
            Payment.note,
            note.c.number,
            note.c.issued_on,
        )
        .outerjoin(
            Payment, (Payment.tenant_id == Allocation.tenant_id) & (Payment.id == Allocation.payment_id)
        )
        .outerjoin(
            note, (note.c.tenant_id == Allocation.tenant_id) & (note.c.id == Allocation.credit_note_id)
        )
        .where(Allocation.invoice_id == invoice.id)
        .order_by(Allocation.at, Allocation.id)
    )
    return [
        Receipt(
            row.payment_id,
            row.credit_note_id,
            row.way,
            row.number,
            row.received_on or row.issued_on,
            row.amount_minor,
            row.note or "",
        )
        for row in rows
    ]
