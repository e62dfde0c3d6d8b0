"""Issuing: a draft gets its number, its days, its amounts and its place in the chain, all in one transaction."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.house_day import house_day
from app.domain.invoicing import document as parts
from app.domain.invoicing.amounts import Amounts, Tax, tax_sums
from app.domain.invoicing.drafting import draft_in_hand
from app.domain.invoicing.numbers import numbered
from app.domain.invoicing.rates import RateRow, rates
from app.domain.invoicing.seller import payer_details, payers_details, seller
from app.domain.invoicing.settling import note_first_dues
from app.domain.invoicing.terms import (
    DEAREST_MINOR,
    ISSUED,
    LessThanNothing,
    NothingToIssue,
    PayerDetails,
    PeriodClosed,
    TaxIdMissing,
    TooMuch,
)
from app.domain.invoicing.treating import Priced, includes_tax, priced, total
from app.domain.lookup import hold_people, hold_person, one
from app.domain.notices import tell, tell_each
from app.domain.or_nothing import insert_or_nothing
from app.domain.portal import load_portal
from app.models import (
    DocumentChain,
    DocumentKind,
    DocumentSeries,
    Invoice,
    InvoiceLine,
    InvoiceSetting,
    Notice,
    Person,
    PersonProfile,
    Tenant,
)
from app.models.invoice import TaxTreatment
from app.tenancy import begin_writing, tenant_of


def issue(session: Session, actor: Actor | None, invoice_id: int, now: datetime) -> Invoice:
    """Issue a draft; `actor` None is the portal itself.

    Raises NotFound, AlreadyIssued, SellerUnknown, NothingToIssue, LessThanNothing, TooMuch, NoRateYet, TaxIdMissing
    and PeriodClosed. Nothing is written then, and no number is used up.
    """
    begin_writing(session)
    hold_person(session, one(session, Invoice, invoice_id).payer_id)
    invoice = draft_in_hand(session, invoice_id)
    return issue_in_hand(session, actor, invoice, now)


def issue_in_hand(session: Session, actor: Actor | None, invoice: Invoice, now: datetime) -> Invoice:
    """The same within a transaction that holds the draft. Raises as `issue`."""
    issue_each_in_hand(session, actor, [invoice], now)
    return invoice


def issue_each_in_hand(
    session: Session, actor: Actor | None, drafts: Sequence[Invoice], now: datetime
) -> None:
    """The same with a draft each for several payers, numbered in their order. Asks no more of the database than for one.

    Raises as `issue`, where one of them cannot be issued: then none is.
    """
    setting, today = seller(session), house_day(session, now)
    if setting.closed_until is not None and today <= setting.closed_until:
        raise PeriodClosed(setting.closed_until)
    ready = _ready(session, drafts, setting, today)
    tenant = session.get_one(Tenant, tenant_of(session))
    payer_ids = [each.payer_id for each in drafts]
    hold_people(session, payer_ids)
    # From here on every other issuing of this tenant waits
    chain = _chain_in_hand(session)
    for each in ready:
        _fix_lines(each)
    # Lines before their document: those of an issued one never change
    session.flush()
    series = {kind: _series(session, kind, today.year) for kind in {each.kind for each in drafts}}
    for each in ready:
        _number(each.invoice, series[each.invoice.kind], setting, today, now)
        if each.invoice.kind is DocumentKind.INVOICE:
            due_days = setting.due_days if each.payer.due_days is None else each.payer.due_days
            each.invoice.due_on = today + timedelta(days=due_days)
        _chain(each.invoice, _document(session, each, setting, tenant), chain)
        record(
            session,
            now,
            None if actor is None else actor.person_id,
            "invoice.issued",
            subject="invoice",
            subject_id=each.invoice.id,
            for_id=each.invoice.payer_id,
            after={"number": each.invoice.number, "total_minor": each.invoice.total_minor},
        )
    tell_each(session, now, {each.payer_id: _news(each) for each in drafts}, ISSUED)
    session.flush()
    note_first_dues(session, payer_ids)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A draft with all that its document is made of."""

    invoice: Invoice
    person: Person
    payer: PayerDetails
    customer: parts.Json
    lines: list[Priced]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a draft would come to if it was issued today."""

    lines: list[Priced]
    total_minor: int
    net_minor: int
    tax_minor: int
    prices_include_tax: bool


def preview(session: Session, invoice: Invoice, today: date, known: Iterable[RateRow]) -> Preview:
    """A draft with today's taxes; `known` are all rates. Raises NoRateYet."""
    payer = payer_details(session, invoice.payer_id)
    lines = priced(
        known, lines_of(session, invoice.id), payer, today, prices_include_tax=invoice.prices_include_tax
    )
    amounts = total(lines)
    return Preview(
        lines,
        amounts.gross_minor,
        amounts.net_minor,
        amounts.tax_minor,
        includes_tax(payer, prices_include_tax=invoice.prices_include_tax),
    )


def lines_of(session: Session, invoice_id: int) -> list[InvoiceLine]:
    """A document's lines in their order."""
    return _lines_of_each(session, [invoice_id]).get(invoice_id, [])


def tell_issued(session: Session, invoice: Invoice, now: datetime) -> Notice | None:
    """Tell who is to pay; None where that section is off for them. A mail that cannot be sent is the mail's trouble: it is
    sent after this transaction, by a job."""
    return tell(session, now, invoice.payer_id, ISSUED, _news(invoice))


def _news(invoice: Invoice) -> dict[str, Any]:
    return {
        "invoice_id": invoice.id,
        "document_kind": str(invoice.kind),
        "number": invoice.number,
        "total_minor": invoice.total_minor,
        "currency": invoice.currency,
        "due_on": None if invoice.due_on is None else invoice.due_on.isoformat(),
    }


def _ready(session: Session, drafts: Sequence[Invoice], setting: InvoiceSetting, today: date) -> list[_Ready]:
    payer_ids = {each.payer_id for each in drafts}
    people = {row.id: row for row in session.scalars(select(Person).where(Person.id.in_(payer_ids)))}
    profiles = {
        row.person_id: row
        for row in session.scalars(select(PersonProfile).where(PersonProfile.person_id.in_(payer_ids)))
    }
    payers = payers_details(session, payer_ids)
    rows = _lines_of_each(session, [each.id for each in drafts])
    known = rates(session, {row.tax_rate_id for lines in rows.values() for row in lines})
    ready = []
    for draft in drafts:
        person, payer = people[draft.payer_id], payers[draft.payer_id]
        lines = _priced_lines(session, draft, rows.get(draft.id, []), payer, today, known)
        customer = parts.customer_part(person, profiles.get(person.id))
        if draft.kind is not DocumentKind.CREDIT_NOTE:
            # One that corrects what was issued goes by its taxes, whatever is known of its payer by now
            _check_tax_ids(payer, setting, customer["tax_id"])
        ready.append(_Ready(draft, person, payer, customer, lines))
    return ready


def _lines_of_each(session: Session, invoice_ids: Collection[int]) -> dict[int, list[InvoiceLine]]:
    query = select(InvoiceLine).where(InvoiceLine.invoice_id.in_(invoice_ids))
    found: dict[int, list[InvoiceLine]] = {}
    for line in session.scalars(query.order_by(InvoiceLine.position, InvoiceLine.id)):
        found.setdefault(line.invoice_id, []).append(line)
    return found


def _priced_lines(
    session: Session,
    invoice: Invoice,
    rows: list[InvoiceLine],
    payer: PayerDetails,
    today: date,
    known: Sequence[RateRow],
) -> list[Priced]:
    if not rows:
        raise NothingToIssue
    if invoice.corrects_id is not None:
        # It has the taxes of what it corrects, whatever has changed since.
        taxes = _taxes_of(session, invoice.corrects_id)
        return [Priced(row, row.unit_minor, taxes[row.credits_line_id], _amounts(row)) for row in rows]
    lines = priced(known, rows, payer, today, prices_include_tax=invoice.prices_include_tax)
    amount = total(lines).gross_minor
    if amount < 0:
        raise LessThanNothing
    if amount > DEAREST_MINOR:
        raise TooMuch
    return lines


def _taxes_of(session: Session, invoice_id: int) -> dict[int | None, Tax]:
    """The taxes that an issued invoice has, by the id of the line."""
    document = session.get_one(Invoice, invoice_id).document or {}
    by_position = {each["position"]: Tax(**each["tax"]) for each in document["lines"]}
    return {line.id: by_position[line.position] for line in lines_of(session, invoice_id)}


def _amounts(line: InvoiceLine) -> Amounts:
    return Amounts(line.net_minor, line.tax_minor, line.gross_minor)


def _check_tax_ids(payer: PayerDetails, setting: InvoiceSetting, customer_tax_id: str) -> None:
    if payer.treatment is TaxTreatment.REVERSE_CHARGE:
        for whose, tax_id in (("seller", setting.tax_id), ("customer", customer_tax_id)):
            if not tax_id:
                raise TaxIdMissing(whose)


def _chain_in_hand(session: Session) -> DocumentChain:
    """The end of the tenant's chain, locked. Its row is made with the tenant's first document."""
    query = select(DocumentChain).with_for_update().execution_options(populate_existing=True)
    chain = session.scalars(query).one_or_none()
    if chain is None:
        # Two first documents: one makes the row, and the other waits here for it to be there or not. No lock of the
        # tenant's row: whoever wrote anything before this holds a share of it.
        insert_or_nothing(session, DocumentChain, length=0, last_hash="")
        chain = session.scalars(query).one()
    return chain


def _series(session: Session, kind: DocumentKind, year: int) -> DocumentSeries:
    """What counts the documents of the year. Only who holds the chain comes here, so nobody else has the row."""
    series = session.scalars(
        select(DocumentSeries).where(DocumentSeries.kind == kind, DocumentSeries.year == year)
    ).one_or_none() or DocumentSeries(kind=kind, year=year, next_number=1)
    session.add(series)
    return series


def _number(
    invoice: Invoice, series: DocumentSeries, setting: InvoiceSetting, today: date, now: datetime
) -> None:
    pattern = setting.invoice_pattern if invoice.kind is DocumentKind.INVOICE else setting.credit_note_pattern
    invoice.number = numbered(pattern, series.year, series.next_number)
    invoice.issued_at, invoice.issued_on = now, today
    series.next_number += 1


def _chain(invoice: Invoice, document: parts.Json, chain: DocumentChain) -> None:
    chain.length += 1
    chain.last_hash = parts.chained(document, chain.last_hash)
    invoice.document, invoice.chain_position, invoice.hash = document, chain.length, chain.last_hash


def _fix_lines(ready: _Ready) -> None:
    invoice, lines = ready.invoice, ready.lines
    for each in lines:
        line, amounts = each.line, each.amounts
        line.unit_minor = each.unit_minor
        line.tax_category, line.percent_hundredths = each.tax.category, each.tax.percent_hundredths
        line.net_minor, line.tax_minor, line.gross_minor = (
            amounts.net_minor,
            amounts.tax_minor,
            amounts.gross_minor,
        )
    amounts = total(lines)
    invoice.net_minor, invoice.tax_minor = amounts.net_minor, amounts.tax_minor
    invoice.total_minor = amounts.gross_minor
    if invoice.kind is DocumentKind.INVOICE:
        invoice.prices_include_tax = includes_tax(ready.payer, prices_include_tax=invoice.prices_include_tax)


def _document(session: Session, ready: _Ready, setting: InvoiceSetting, tenant: Tenant) -> parts.Json:
    invoice, lines = ready.invoice, ready.lines
    corrected = session.get(Invoice, invoice.corrects_id) if invoice.corrects_id else None
    return {
        **parts.head_part(invoice, corrected),
        "language": ready.person.locale or tenant.locale,
        "treatment": str(ready.payer.treatment),
        "seller": parts.seller_part(setting),
        "customer": ready.customer,
        "look": parts.look_part(load_portal(session, tenant.revision), invoice.location_id),
        "lines": [parts.line_part(each.line, each.tax, each.amounts) for each in lines],
        "taxes": [parts.tax_sum_part(each) for each in tax_sums((each.tax, each.amounts) for each in lines)],
        "net_minor": invoice.net_minor,
        "tax_minor": invoice.tax_minor,
        "total_minor": invoice.total_minor,
    }
