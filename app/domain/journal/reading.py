"""The journal of some days, read month by month: a year of a large house is more than a page should hold in its memory."""

from collections.abc import Iterator
from datetime import date
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    and_,
    case,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from app.domain.billing.reasons import Sold, sold_by
from app.domain.billing.sold import charge_of, credited_line
from app.domain.house_day import house_zone
from app.domain.journal.accounts import Accounts, accounts
from app.domain.journal.entries import (
    Document,
    Entry,
    Money,
    TaxedSum,
    entries_of,
    entries_of_money,
)
from app.domain.journal.sent_back import sent_back
from app.kernel.months import last_day, months
from app.kernel.names import full_name
from app.kernel.walltime import day_bounds, local_date
from app.models import (
    Allocation,
    Charge,
    Invoice,
    InvoiceLine,
    Payment,
    Person,
)


def journal(session: Session, first: date, last: date) -> Iterator[Entry]:
    """Every document that was issued, every payment that came, every one that was taken back, and every refund
    and lost dispute, from one day to another by the tenant's clock, in the order of days.

    Three statements, and four for each month, whatever it holds; a month is read when the one before has been taken.
    """
    of_house = accounts(session)
    tz = house_zone(session)
    for month in months(first, last):
        yield from _days(session, max(first, month), min(last, last_day(month)), of_house, tz)


def _days(session: Session, first: date, last: date, of_house: Accounts, tz: ZoneInfo) -> Iterator[Entry]:
    parts = (
        (entries_of(each, of_house) for each in _documents(session, first, last)),
        (entries_of_money(each, of_house) for each in _received(session, first, last)),
        (entries_of_money(each, of_house) for each in _taken_back(session, first, last, tz)),
        (entries_of_money(each, of_house) for each in sent_back(session, first, last, tz)),
    )
    for rows in merge(*map(_together, parts), key=lambda rows: rows[0].on):
        yield from rows


def _together(vouchers: Iterator[Iterator[Entry]]) -> Iterator[list[Entry]]:
    """The rows of one document after the other; one that comes to nothing has none."""
    return (rows for rows in map(list, vouchers) if rows)


def _documents(session: Session, first: date, last: date) -> Iterator[Document]:
    credited, corrected = aliased(InvoiceLine), aliased(Invoice)
    deposit = case((sold_by(Charge.reason_key) == Sold.DEPOSITS.value, 1), else_=0).label("deposit")
    query = (
        select(
            Invoice.chain_position,
            Invoice.issued_on,
            Invoice.number,
            Invoice.kind,
            Invoice.currency,
            Invoice.document["customer"]["name"].as_string().label("payer"),
            corrected.number.label("corrects"),
            InvoiceLine.tax_rate_id,
            InvoiceLine.tax_category,
            InvoiceLine.percent_hundredths,
            InvoiceLine.net_minor,
            InvoiceLine.tax_minor,
            deposit,
        )
        .select_from(Invoice)
        .join(
            InvoiceLine,
            and_(InvoiceLine.tenant_id == Invoice.tenant_id, InvoiceLine.invoice_id == Invoice.id),
        )
        .outerjoin(
            corrected,
            and_(corrected.tenant_id == Invoice.tenant_id, corrected.id == Invoice.corrects_id),
        )
        .outerjoin(*credited_line(credited))
        .outerjoin(*charge_of(credited))
        .where(Invoice.issued_on >= first, Invoice.issued_on <= last)
        .order_by(Invoice.issued_on, Invoice.chain_position, InvoiceLine.position, InvoiceLine.id)
    )
    for _position, rows in groupby(session.execute(query), attrgetter("chain_position")):
        lines = list(rows)
        head = lines[0]
        yield Document(
            head.issued_on,
            head.number,
            head.kind,
            head.payer,
            head.currency,
            _sums(lines),
            head.corrects or "",
        )


def _sums(lines: list[Any]) -> tuple[TaxedSum, ...]:
    found: dict[tuple[int, str, int, bool], tuple[int, int]] = {}
    for line in lines:
        key = (line.tax_rate_id, line.tax_category, line.percent_hundredths, bool(line.deposit))
        net, tax = found.get(key, (0, 0))
        found[key] = (net + line.net_minor, tax + line.tax_minor)
    return tuple(TaxedSum(*key, *amounts) for key, amounts in found.items())


def _received(session: Session, first: date, last: date) -> Iterator[Money]:
    query = _payments().where(Payment.received_on >= first, Payment.received_on <= last)
    for row in session.execute(query.order_by(Payment.received_on, Payment.id)):
        yield _money(row, row.received_on, taken_back=False)


def _taken_back(session: Session, first: date, last: date, tz: ZoneInfo) -> Iterator[Money]:
    begin, end = day_bounds(first, tz)[0], day_bounds(last, tz)[1]
    query = _payments().where(Payment.voided_at >= begin, Payment.voided_at < end)
    for row in session.execute(query.order_by(Payment.voided_at, Payment.id)):
        yield _money(row, local_date(row.voided_at, tz), taken_back=True)


def _payments() -> Any:
    number = (
        select(func.min(Invoice.number))
        .join(
            Allocation,
            and_(Allocation.tenant_id == Invoice.tenant_id, Allocation.invoice_id == Invoice.id),
        )
        .where(Allocation.tenant_id == Payment.tenant_id, Allocation.payment_id == Payment.id)
        .correlate(Payment)
        .scalar_subquery()
    )
    return select(
        Payment.id,
        Payment.received_on,
        Payment.voided_at,
        Payment.way,
        Payment.amount_minor,
        Payment.currency,
        Payment.note,
        Person.first_name,
        Person.last_name,
        number.label("invoice"),
    ).join(Person, and_(Person.tenant_id == Payment.tenant_id, Person.id == Payment.payer_id))


def _money(row: Any, on: date, *, taken_back: bool) -> Money:
    payer = full_name(row.first_name, row.last_name)
    return Money(
        on,
        row.id,
        row.way,
        payer,
        row.currency,
        row.amount_minor,
        row.invoice or "",
        row.note,
        taken_back,
    )
