"""Credit notes: what was billed wrongly is taken off, line by line."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.invoicing.amounts import ONE, Amounts, taxed
from app.domain.invoicing.issuing import issue_in_hand, lines_of
from app.domain.invoicing.settling import look_soon, note_first_due, open_minor
from app.domain.invoicing.terms import CreditLines, MoreThanBilled, NothingToIssue
from app.domain.lookup import hold_person, one
from app.kernel.errors import NotFound
from app.models import Allocation, DocumentKind, Invoice, InvoiceLine
from app.tenancy import begin_writing


def credit(session: Session, actor: Actor | None, command: CreditLines, now: datetime) -> Invoice:
    """Issue a credit note for parts of an issued invoice, and settle the invoice with it as far as it is open.

    Raises NotFound (a draft, a credit note and a line of another document as well), NothingToIssue, MoreThanBilled, and as
    `issue`.
    """
    begin_writing(session)
    return credit_in_hand(session, actor, command, now)


def credit_in_hand(session: Session, actor: Actor | None, command: CreditLines, now: datetime) -> Invoice:
    """The same within a transaction that writes."""
    hold_person(session, one(session, Invoice, command.invoice_id).payer_id)
    invoice = one(session, Invoice, command.invoice_id, lock=True)
    if invoice.kind is not DocumentKind.INVOICE or invoice.issued_at is None:
        raise NotFound
    lines = {line.id: line for line in lines_of(session, invoice.id)}
    amounts = {line_id: minor for line_id, minor in command.amounts.items() if minor}
    if not amounts:
        raise NothingToIssue
    if not amounts.keys() <= lines.keys():
        raise NotFound
    note = _start(session, actor, invoice, command.reason, now)
    credited = _credited(session, list(amounts))
    for position, (line_id, minor) in enumerate(sorted(amounts.items()), 1):
        part = _part(invoice, lines[line_id], credited.get(line_id, Amounts(0, 0, 0)), minor)
        line = _line(note, lines[line_id], position, minor, part)
        line.charge_id = command.charges.get(line_id)
        session.add(line)
    session.flush()
    issue_in_hand(session, actor, note, now)
    settled = min(note.total_minor, open_minor(session, invoice))
    if settled > 0:
        session.add(Allocation(invoice_id=invoice.id, credit_note_id=note.id, amount_minor=settled, at=now))
    session.flush()
    note_first_due(session, invoice.payer_id)
    look_soon(session, invoice.id, now)
    return note


def left_to_credit(session: Session, invoice: Invoice) -> list[tuple[InvoiceLine, int]]:
    """Each line and what is left of it, as the invoice has prices; lines that took something off are not in it."""
    lines = lines_of(session, invoice.id)
    credited = _credited(session, [line.id for line in lines])
    nothing = Amounts(0, 0, 0)
    return [
        (line, _price(invoice, _of(line)) - _price(invoice, credited.get(line.id, nothing)))
        for line in lines
        if line.gross_minor > 0
    ]


def _start(session: Session, actor: Actor | None, invoice: Invoice, reason: str, now: datetime) -> Invoice:
    note = Invoice(
        kind=DocumentKind.CREDIT_NOTE,
        payer_id=invoice.payer_id,
        location_id=invoice.location_id,
        corrects_id=invoice.id,
        made_by_id=None if actor is None else actor.person_id,
        created_at=now,
        currency=invoice.currency,
        prices_include_tax=invoice.prices_include_tax,
        note=reason,
    )
    session.add(note)
    session.flush()
    return note


def _credited(session: Session, line_ids: list[int]) -> dict[int | None, Amounts]:
    """What was taken off each line until now. The invoice is locked, so nobody takes more meanwhile."""
    rows = session.execute(
        select(
            InvoiceLine.credits_line_id,
            func.sum(InvoiceLine.net_minor).label("net"),
            func.sum(InvoiceLine.tax_minor).label("tax"),
            func.sum(InvoiceLine.gross_minor).label("gross"),
        )
        .where(InvoiceLine.credits_line_id.in_(line_ids))
        .group_by(InvoiceLine.credits_line_id)
    )
    return {row.credits_line_id: Amounts(int(row.net), int(row.tax), int(row.gross)) for row in rows}


def _part(invoice: Invoice, line: InvoiceLine, credited: Amounts, minor: int) -> Amounts:
    """What an amount off a line comes to. The last part is the exact rest, so that no cent stays behind."""
    whole = _of(line)
    left = _price(invoice, whole) - _price(invoice, credited)
    if not 0 < minor <= left:
        raise MoreThanBilled(line.id, max(left, 0))
    if minor == left:
        return Amounts(
            whole.net_minor - credited.net_minor,
            whole.tax_minor - credited.tax_minor,
            whole.gross_minor - credited.gross_minor,
        )
    return taxed(minor, line.percent_hundredths, includes_tax=invoice.prices_include_tax)


def _line(note: Invoice, credited: InvoiceLine, position: int, minor: int, part: Amounts) -> InvoiceLine:
    return InvoiceLine(
        invoice_id=note.id,
        position=position,
        description=credited.description,
        quantity_thousandths=ONE,
        unit_minor=minor,
        tax_rate_id=credited.tax_rate_id,
        from_day=credited.from_day,
        until_day=credited.until_day,
        credits_line_id=credited.id,
        tax_category=credited.tax_category,
        percent_hundredths=credited.percent_hundredths,
        net_minor=part.net_minor,
        tax_minor=part.tax_minor,
        gross_minor=part.gross_minor,
    )


def _of(line: InvoiceLine) -> Amounts:
    return Amounts(line.net_minor, line.tax_minor, line.gross_minor)


def _price(invoice: Invoice, amounts: Amounts) -> int:
    return amounts.gross_minor if invoice.prices_include_tax else amounts.net_minor
