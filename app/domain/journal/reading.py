"""The journal of some days, read month by month: a year of a large house is more than a page should hold in its memory."""

from collections.abc import Iterator
from datetime import date, datetime
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Executable,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
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
from app.kernel.months import last_day, months
from app.kernel.names import full_name
from app.kernel.walltime import day_bounds, local_date
from app.models import (
    Allocation,
    AttemptPayment,
    CardAttempt,
    CardDispute,
    CardRefund,
    Charge,
    Invoice,
    InvoiceLine,
    OutsideRefund,
    Payment,
    PaymentWay,
    Person,
)
from app.models.base import UtcDateTime
from app.tenancy import reviewed, tenant_of


def journal(session: Session, first: date, last: date) -> Iterator[Entry]:
    """Every document that was issued, every payment that came, every one that was taken back and every refund, from one day to another by
    the tenant's clock, in the order of days.

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
        (entries_of_money(each, of_house) for each in _sent_back(session, first, last, tz)),
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


def _sent_back(session: Session, first: date, last: date, tz: ZoneInfo) -> Iterator[Money]:
    """What went back to cards: for credit notes, because somebody said so at the provider, and because a bank took it back
    for its customer, on the day on which that was found out. With it what a card could not take, on the day on which that was known, and what staff sent by transfer
    instead, on the day on which they said so: no row that somebody has already goes away."""
    begin, end = day_bounds(first, tz)[0], day_bounds(last, tz)[1]
    rows = session.execute(_refunds(tenant_of(session), begin, end)).all()
    found = []
    for row in sorted(rows, key=attrgetter("lost", "outside", "id")):
        for moment, way, failed in (
            (row.sent_at, PaymentWay.CARD, False),
            (row.failed_at, PaymentWay.CARD, True),
            (row.transferred_at, PaymentWay.TRANSFER, False),
        ):
            if moment is not None and begin <= moment < end:
                money = Money(
                    local_date(moment, tz),
                    row.id,
                    way,
                    full_name(row.first_name, row.last_name),
                    row.currency,
                    row.amount_minor,
                    row.number or "",
                    row.note,
                    taken_back=failed,
                    refund=True,
                    outside=row.outside,
                    lost=row.lost,
                )
                found.append(money)
    yield from sorted(found, key=attrgetter("on"))


def _refunds(tenant_id: int, begin: datetime, end: datetime) -> Executable:
    """Refunds of both kinds and lost disputes of which something happened in that time. What fitted nothing was
    never booked, neither is what goes back of it."""

    def within(*moments: Any) -> ColumnElement[bool]:
        return or_(*(and_(each >= begin, each < end) for each in moments))

    for_notes = (
        select(
            false().label("outside"),
            false().label("lost"),
            CardRefund.id,
            CardRefund.asked_at.label("sent_at"),
            CardRefund.failed_at,
            CardRefund.settled_at.label("transferred_at"),
            CardRefund.amount_minor,
            CardRefund.currency,
            Invoice.number,
            literal("").label("note"),
            Person.first_name,
            Person.last_name,
        )
        .join(
            Invoice, and_(Invoice.tenant_id == CardRefund.tenant_id, Invoice.id == CardRefund.credit_note_id)
        )
        .join(Person, and_(Person.tenant_id == Invoice.tenant_id, Person.id == Invoice.payer_id))
        .where(
            CardRefund.tenant_id == tenant_id,
            within(CardRefund.asked_at, CardRefund.failed_at, CardRefund.settled_at),
        )
    )
    outside = (
        select(
            true(),
            false(),
            OutsideRefund.id,
            OutsideRefund.found_at,
            OutsideRefund.failed_at,
            # What staff have dealt with is none of the books' business.
            cast(null(), UtcDateTime),
            OutsideRefund.amount_minor,
            OutsideRefund.currency,
            literal(""),
            OutsideRefund.refund,
            Person.first_name,
            Person.last_name,
        )
        .join(
            CardAttempt,
            and_(
                CardAttempt.tenant_id == OutsideRefund.tenant_id, CardAttempt.id == OutsideRefund.attempt_id
            ),
        )
        .join(Person, and_(Person.tenant_id == CardAttempt.tenant_id, Person.id == CardAttempt.payer_id))
        .where(
            OutsideRefund.tenant_id == tenant_id,
            within(OutsideRefund.found_at, OutsideRefund.failed_at),
            _booked(),
        )
    )
    lost = (
        select(
            false(),
            true(),
            CardDispute.id,
            CardDispute.lost_at,
            cast(null(), UtcDateTime),
            cast(null(), UtcDateTime),
            CardDispute.amount_minor,
            CardDispute.currency,
            literal(""),
            CardDispute.dispute,
            Person.first_name,
            Person.last_name,
        )
        .join(
            CardAttempt,
            and_(CardAttempt.tenant_id == CardDispute.tenant_id, CardAttempt.id == CardDispute.attempt_id),
        )
        .join(Person, and_(Person.tenant_id == CardAttempt.tenant_id, Person.id == CardAttempt.payer_id))
        .where(CardDispute.tenant_id == tenant_id, within(CardDispute.lost_at), _booked())
    )
    return reviewed(union_all(for_notes, outside, lost))


def _booked() -> ColumnElement[bool]:
    """Whether money came into the books by the attempt."""
    came = select(AttemptPayment.id).where(
        AttemptPayment.tenant_id == CardAttempt.tenant_id, AttemptPayment.attempt_id == CardAttempt.id
    )
    return came.correlate(CardAttempt).exists()


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
