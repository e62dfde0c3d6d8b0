"""Money by month: what was invoiced and for what, what came in, what is still open. Amounts are minor units."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, extract, func, select
from sqlalchemy.orm import Session, aliased

from app.domain.billing.reasons import Sold, sold_by
from app.domain.billing.sold import charge_of, credited_line
from app.domain.invoicing.amounts import Amounts
from app.domain.invoicing.settling import open_column
from app.kernel.months import last_day, months
from app.models import Charge, DocumentKind, Invoice, InvoiceLine, Payment, PaymentWay

_NOTHING = Amounts(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Earned:
    """What was invoiced in one month, credit notes taken off. The kinds' sums are without tax."""

    month: date
    amounts: Amounts = _NOTHING
    net_by_kind: dict[Sold, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Received:
    """What came in within a month, and what is still open of what was issued within it."""

    month: date
    open_minor: int
    by_way: dict[PaymentWay, int] = field(default_factory=dict)

    @property
    def received_minor(self) -> int:
        return sum(self.by_way.values())


def earned(session: Session, first: date, last: date) -> list[Earned]:
    """Every month from that of a day to that of another, also those of which nothing is known. One statement."""
    sign = case((Invoice.kind == DocumentKind.CREDIT_NOTE, -1), else_=1)
    credited, kind = aliased(InvoiceLine), sold_by(Charge.reason_key).label("sold")
    query = (
        select(
            *_month_of(Invoice.issued_on),
            kind,
            func.sum(sign * InvoiceLine.net_minor).label("net"),
            func.sum(sign * InvoiceLine.tax_minor).label("tax"),
            func.sum(sign * InvoiceLine.gross_minor).label("gross"),
        )
        .select_from(InvoiceLine)
        .join(Invoice, and_(Invoice.tenant_id == InvoiceLine.tenant_id, Invoice.id == InvoiceLine.invoice_id))
        .outerjoin(*credited_line(credited))
        .outerjoin(*charge_of(credited))
        .where(*_within(Invoice.issued_on, first, last))
        .group_by("year", "month", "sold")
    )
    sums: dict[date, dict[Sold, Amounts]] = {}
    for row in session.execute(query):
        of_month = sums.setdefault(date(int(row.year), int(row.month), 1), {})
        of_month[Sold(row.sold)] = Amounts(int(row.net), int(row.tax), int(row.gross))
    return [_earned(month, sums.get(month, {})) for month in months(first, last)]


def received(session: Session, first: date, last: date) -> list[Received]:
    """The same months. What was written down by mistake did not come in. Two statements."""
    payments = (
        select(*_month_of(Payment.received_on), Payment.way, func.sum(Payment.amount_minor).label("minor"))
        .where(Payment.voided_at.is_(None), *_within(Payment.received_on, first, last))
        .group_by("year", "month", Payment.way)
    )
    came: dict[date, dict[PaymentWay, int]] = {}
    for row in session.execute(payments):
        came.setdefault(date(int(row.year), int(row.month), 1), {})[row.way] = int(row.minor)
    invoices = (
        select(*_month_of(Invoice.issued_on), func.sum(open_column()).label("minor"))
        .where(Invoice.kind == DocumentKind.INVOICE, *_within(Invoice.issued_on, first, last))
        .group_by("year", "month")
    )
    left = {date(int(row.year), int(row.month), 1): int(row.minor) for row in session.execute(invoices)}
    return [Received(month, left.get(month, 0), came.get(month, {})) for month in months(first, last)]


def _earned(month: date, by_kind: dict[Sold, Amounts]) -> Earned:
    turnover = [amounts for kind, amounts in by_kind.items() if kind is not Sold.DEPOSITS]
    whole = Amounts(
        sum(each.net_minor for each in turnover),
        sum(each.tax_minor for each in turnover),
        sum(each.gross_minor for each in turnover),
    )
    return Earned(month, whole, {kind: amounts.net_minor for kind, amounts in by_kind.items()})


def _month_of(day: Any) -> tuple[ColumnElement[int], ColumnElement[int]]:
    return extract("year", day).label("year"), extract("month", day).label("month")


def _within(day: Any, first: date, last: date) -> list[ColumnElement[bool]]:
    return [day >= first.replace(day=1), day <= last_day(last)]
