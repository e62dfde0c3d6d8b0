"""Drafts: started for somebody, filled with lines, thrown away."""

from collections.abc import Iterable, Mapping, Sequence
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
    one(session, Person, payer_id)
    return put_drafts(session, actor, {payer_id: location_id}, now)[0]


def put_drafts(
    session: Session, actor: Actor | None, places: Mapping[int, int | None], now: datetime
) -> list[Invoice]:
    """The same for several payers, by their ids, each with where what they pay for was had."""
    for location_id in {each for each in places.values() if each is not None}:
        require_location(session, location_id)
    known = select(Person.id).where(Person.id.in_(places), Person.anonymised_at.is_(None))
    if set(session.scalars(known)) != set(places):
        raise NotFound
    currency = session.get_one(Tenant, tenant_of(session)).currency
    prices_include_tax = seller(session).prices_include_tax
    drafts = [
        Invoice(
            kind=DocumentKind.INVOICE,
            payer_id=payer_id,
            location_id=location_id,
            made_by_id=None if actor is None else actor.person_id,
            created_at=now,
            currency=currency,
            prices_include_tax=prices_include_tax,
        )
        for payer_id, location_id in places.items()
    ]
    session.add_all(drafts)
    session.flush()
    for draft in drafts:
        record_row(session, actor, now, draft, "drafted", after={"payer": draft.payer_id})
    return drafts


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


def put_charge_lines(session: Session, bills: Iterable[tuple[Invoice, Sequence[Charge]]]) -> None:
    """Bill charges on new drafts, at most MOST_LINES on each. Their rates may be retired: they were in use when the charges
    arose."""
    session.add_all(
        InvoiceLine(
            invoice_id=draft.id,
            position=position,
            description=charge.description,
            quantity_thousandths=charge.quantity_thousandths,
            unit_minor=charge.unit_minor,
            tax_rate_id=charge.tax_rate_id,
            charge_id=charge.id,
            from_day=charge.from_day,
            until_day=charge.until_day,
        )
        for draft, charges in bills
        for position, charge in enumerate(charges, start=1)
    )
    session.flush()


def _append(session: Session, invoice: Invoice, line: NewLine) -> InvoiceLine:
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
