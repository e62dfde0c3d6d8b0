"""Invoices as lists show them: somebody's own, and everybody's for staff."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from app.domain.folded import holds_all
from app.domain.invoicing.settling import open_column
from app.kernel.errors import NotFound
from app.kernel.names import full_name
from app.kernel.paging import Paged, stretch
from app.models import DocumentKind, Invoice, InvoiceLine, Person


class Standing(StrEnum):
    """Where a document stands; derived, never kept."""

    DRAFT = "draft"
    OPEN = "open"
    PART_PAID = "part_paid"
    OVERDUE = "overdue"
    PAID = "paid"
    CREDIT_NOTE = "credit_note"


class Which(StrEnum):
    """What a list of staff's may be cut down to."""

    ALL = "all"
    DRAFTS = "drafts"
    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
    CREDIT_NOTES = "credit_notes"


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """A document in a list. Amounts are minor units."""

    id: int
    kind: DocumentKind
    number: str | None
    payer_id: int
    payer: str
    issued_on: date | None
    due_on: date | None
    currency: str
    total_minor: int
    open_minor: int
    about: str
    """What its first line is for."""
    lines: int

    def standing(self, today: date) -> Standing:
        return standing(self, today)


def standing(document: Any, today: date) -> Standing:
    """Where something with `kind`, `number`, `due_on`, `total_minor` and `open_minor` stands on a day."""
    if document.number is None:
        return Standing.DRAFT
    if document.kind is DocumentKind.CREDIT_NOTE:
        return Standing.CREDIT_NOTE
    if document.open_minor == 0:
        return Standing.PAID
    if document.due_on is not None and document.due_on < today:
        return Standing.OVERDUE
    return Standing.PART_PAID if document.open_minor < document.total_minor else Standing.OPEN


def invoices_of(session: Session, person_id: int) -> list[InvoiceRow]:
    """Everything that was issued to somebody, the newest first."""
    query = _query().where(Invoice.payer_id == person_id, Invoice.issued_at.is_not(None))
    return [_row(each) for each in session.execute(query.order_by(*_NEWEST))]


def documents_of(session: Session, person_id: int) -> list[InvoiceRow]:
    """The same for staff, with the drafts before."""
    query = _query().where(Invoice.payer_id == person_id)
    return [_row(each) for each in session.execute(query.order_by(Invoice.issued_at.is_not(None), *_NEWEST))]


def list_invoices(
    session: Session, today: date, words: str = "", which: Which = Which.ALL, page: int = 1
) -> Paged[InvoiceRow]:
    """One page of everybody's, drafts first and then the newest. A page beyond the last gives the last one."""
    conditions = [*_of(which, today), *_with_words(words)]
    total = session.scalar(select(func.count()).select_from(Invoice).join(Person, _PAYER).where(*conditions))
    at = stretch(page, total or 0)
    query = _query().where(*conditions).order_by(Invoice.issued_at.is_not(None), *_NEWEST)
    rows = session.execute(query.offset(at.start).limit(at.stop - at.start)).all()
    return Paged(tuple(_row(each) for each in rows), at)


def every_invoice(session: Session, today: date, words: str, which: Which) -> list[InvoiceRow]:
    """All of them that match, for a spreadsheet."""
    query = _query().where(*_of(which, today), *_with_words(words)).order_by(*_NEWEST)
    return [_row(each) for each in session.execute(query)]


def documents(session: Session, ids: Collection[int]) -> list[Invoice]:
    """Those of some ids, in the order in which they were begun. Raises NotFound when one of them is not there."""
    found = session.scalars(select(Invoice).where(Invoice.id.in_(ids)).order_by(Invoice.id)).all()
    if len(found) != len(ids):
        raise NotFound
    return list(found)


def owed_by(session: Session, person_id: int) -> tuple[int, int, date | None]:
    """How many invoices of somebody are open, what they ask for together in minor units, and the first day due."""
    row = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(open_column()), 0),
            func.min(Invoice.due_on),
        ).where(
            Invoice.payer_id == person_id,
            Invoice.kind == DocumentKind.INVOICE,
            Invoice.issued_at.is_not(None),
            open_column() > 0,
        )
    ).one()
    return int(row[0]), int(row[1]), row[2]


_PAYER = and_(Person.tenant_id == Invoice.tenant_id, Person.id == Invoice.payer_id)
_NEWEST = (Invoice.issued_on.desc(), Invoice.id.desc())


def _query() -> Select[*tuple[Any, ...]]:
    of_it = and_(InvoiceLine.tenant_id == Invoice.tenant_id, InvoiceLine.invoice_id == Invoice.id)
    about = (
        select(InvoiceLine.description)
        .where(of_it)
        .order_by(InvoiceLine.position, InvoiceLine.id)
        .limit(1)
        .correlate(Invoice)
        .scalar_subquery()
    )
    lines = select(func.count()).select_from(InvoiceLine).where(of_it).correlate(Invoice).scalar_subquery()
    query: Select[*tuple[Any, ...]] = select(
        Invoice.id,
        Invoice.kind,
        Invoice.number,
        Invoice.payer_id,
        Person.first_name,
        Person.last_name,
        Invoice.issued_on,
        Invoice.due_on,
        Invoice.currency,
        Invoice.total_minor,
        open_column(),
        func.coalesce(about, "").label("about"),
        lines.label("lines"),
    ).join(Person, _PAYER)
    return query


def _row(row: Any) -> InvoiceRow:
    return InvoiceRow(
        row.id,
        row.kind,
        row.number,
        row.payer_id,
        full_name(row.first_name, row.last_name),
        row.issued_on,
        row.due_on,
        row.currency,
        row.total_minor,
        row.open_minor,
        row.about,
        row.lines,
    )


def _of(which: Which, today: date) -> list[ColumnElement[bool]]:
    issued = [Invoice.issued_at.is_not(None), Invoice.kind == DocumentKind.INVOICE]
    match which:
        case Which.ALL:
            return []
        case Which.DRAFTS:
            return [Invoice.issued_at.is_(None)]
        case Which.OPEN:
            return [*issued, open_column() > 0]
        case Which.OVERDUE:
            return [*issued, open_column() > 0, Invoice.due_on < today]
        case Which.PAID:
            return [*issued, open_column() == 0]
        case Which.CREDIT_NOTES:
            return [Invoice.kind == DocumentKind.CREDIT_NOTE]


def _with_words(words: str) -> list[ColumnElement[bool]]:
    """Every word stands in the number or in the payer's name, address or company, whatever its accents."""
    number = func.lower(func.coalesce(Invoice.number, ""))
    return holds_all(number + " " + Person.folded, words)
