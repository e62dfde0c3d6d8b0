"""Drafts: started for somebody, filled with lines, thrown away."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record_row
from app.domain.invoicing.amounts import price_of
from app.domain.invoicing.seller import seller
from app.domain.invoicing.terms import (
    DEAREST_MINOR,
    MOST_LINES,
    MOST_THOUSANDTHS,
    AlreadyIssued,
    NewLine,
    TooMuch,
)
from app.domain.lookup import one, require_location
from app.kernel.errors import NotFound
from app.models import Charge, DocumentKind, Invoice, InvoiceLine, Person, TaxRate, Tenant
from app.tenancy import begin_writing, tenant_of


def start_draft(
    session: Session, actor: Actor | None, payer_id: int, location_id: int | None, now: datetime
) -> Invoice:
    """Begin an invoice for somebody; `actor` None is the portal itself.

    Raises NotFound, and SellerUnknown as long as nobody said who bills.
    """
    begin_writing(session)
    return put_draft(session, actor, payer_id, location_id, now)


def put_draft(
    session: Session, actor: Actor | None, payer_id: int, location_id: int | None, now: datetime
) -> Invoice:
    """The same within a transaction that writes."""
    if location_id is not None:
        require_location(session, location_id)
    payer = one(session, Person, payer_id)
    if payer.anonymised_at is not None:
        raise NotFound
    invoice = Invoice(
        kind=DocumentKind.INVOICE,
        payer_id=payer.id,
        location_id=location_id,
        made_by_id=None if actor is None else actor.person_id,
        created_at=now,
        currency=session.get_one(Tenant, tenant_of(session)).currency,
        prices_include_tax=seller(session).prices_include_tax,
    )
    session.add(invoice)
    session.flush()
    record_row(session, actor, now, invoice, "drafted", after={"payer": payer.id})
    return invoice


def add_line(session: Session, invoice_id: int, line: NewLine) -> InvoiceLine:
    """Put a line at the end of a draft. Raises NotFound, AlreadyIssued and TooMuch."""
    begin_writing(session)
    invoice = draft_in_hand(session, invoice_id)
    return put_line(session, invoice, line)


def put_line(session: Session, invoice: Invoice, line: NewLine) -> InvoiceLine:
    """The same within a transaction that holds the draft."""
    check_line(line)
    rate = one(session, TaxRate, line.tax_rate_id)
    if rate.retired_at is not None:
        raise NotFound
    return _append(session, invoice, line)


def put_charge_line(session: Session, invoice: Invoice, charge: Charge) -> InvoiceLine:
    """Bill a charge on a draft that is held. Its rate may be retired: it was in use when the charge arose."""
    line = NewLine(
        charge.description,
        charge.quantity_thousandths,
        charge.unit_minor,
        charge.tax_rate_id,
        charge.from_day,
        charge.until_day,
    )
    return _append(session, invoice, line, charge.id)


def _append(session: Session, invoice: Invoice, line: NewLine, charge_id: int | None = None) -> InvoiceLine:
    count, last = session.execute(
        select(func.count(), func.max(InvoiceLine.position)).where(InvoiceLine.invoice_id == invoice.id)
    ).one()
    if count >= MOST_LINES:
        raise TooMuch
    row = InvoiceLine(
        invoice_id=invoice.id,
        position=(last or 0) + 1,
        description=line.description,
        quantity_thousandths=line.quantity_thousandths,
        unit_minor=line.unit_minor,
        tax_rate_id=line.tax_rate_id,
        charge_id=charge_id,
        from_day=line.from_day,
        until_day=line.until_day,
    )
    session.add(row)
    session.flush()
    return row


def remove_line(session: Session, invoice_id: int, line_id: int) -> None:
    """Take a line out of a draft. Raises NotFound and AlreadyIssued."""
    begin_writing(session)
    invoice = draft_in_hand(session, invoice_id)
    line = one(session, InvoiceLine, line_id)
    if line.invoice_id != invoice.id:
        raise NotFound
    session.delete(line)
    session.flush()


def set_note(session: Session, invoice_id: int, note: str) -> None:
    """Say something below the lines. Raises NotFound and AlreadyIssued."""
    begin_writing(session)
    draft_in_hand(session, invoice_id).note = note
    session.flush()


def discard_draft(session: Session, actor: Actor, invoice_id: int, now: datetime) -> None:
    """Throw a draft away with its lines. Raises NotFound and AlreadyIssued."""
    begin_writing(session)
    invoice = draft_in_hand(session, invoice_id)
    record_row(session, actor, now, invoice, "discarded", before={"payer": invoice.payer_id})
    session.delete(invoice)
    session.flush()


def draft_in_hand(session: Session, invoice_id: int) -> Invoice:
    """A draft, locked until the transaction ends. Raises NotFound and AlreadyIssued."""
    invoice = one(session, Invoice, invoice_id, lock=True)
    if invoice.number is not None:
        raise AlreadyIssued(invoice.number)
    return invoice


def check_line(line: NewLine) -> None:
    """Raises TooMuch for what nobody means; a form has refused it before."""
    if (
        not 0 < line.quantity_thousandths <= MOST_THOUSANDTHS
        or abs(line.unit_minor) > DEAREST_MINOR
        or abs(price_of(line.unit_minor, line.quantity_thousandths)) > DEAREST_MINOR
    ):
        raise TooMuch
