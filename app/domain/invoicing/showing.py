"""One document with what belongs to it, for its reader and for staff."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.invoicing.listing import Standing, standing
from app.domain.invoicing.settling import open_minor
from app.domain.lookup import one
from app.kernel.errors import NotFound
from app.models import Allocation, DocumentKind, Invoice, Payment, PaymentWay


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
    left = open_minor(session, invoice) if invoice.kind is DocumentKind.INVOICE else 0
    facts = _Facts(invoice.kind, invoice.number, invoice.due_on, invoice.total_minor, left)
    return Issued(invoice, invoice.document, left, standing(facts, today), _receipts(session, invoice))


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
