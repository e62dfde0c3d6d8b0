"""What the tenant asks of who comes without a pass."""

from dataclasses import asdict, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.invoicing.rates import rates
from app.domain.levels import hold_level
from app.domain.lookup import one
from app.domain.pay_as_you_go.terms import CapTooLow, VisitPrice
from app.domain.reach import check_within_reach
from app.kernel.errors import NotFound
from app.models import PaidBy, PayAsYouGo, TaxRate
from app.tenancy import begin_writing


def visit_price(session: Session) -> VisitPrice | None:
    """What was said last, offered or not; None while nobody has said anything. One statement."""
    row = session.scalars(select(PayAsYouGo)).one_or_none()
    return None if row is None else _price_of(row)


def set_visit_price(
    session: Session, actor: Actor, price: VisitPrice, today: date, now: datetime
) -> VisitPrice:
    """Ask for a price from now on, or no more; who is in the house pays what they agreed to. Audited.

    Of days the cap is left out. Raises CapTooLow, NotFound for a rate that is unknown or retired since, and NoRateYet for
    one that amounts to nothing today.
    """
    check_within_reach(actor, None)
    if price.paid_by is PaidBy.DAY:
        price = replace(price, cap_minor=None)
    elif price.cap_minor is None or price.cap_minor < price.price_minor:
        raise CapTooLow
    begin_writing(session)
    level = hold_level(session, None)
    row = session.scalars(select(PayAsYouGo)).one_or_none()
    rate = one(session, TaxRate, price.tax_rate_id)
    if rate.retired_at is not None and (row is None or row.tax_rate_id != rate.id):
        raise NotFound
    for each in rates(session, [rate.id]):
        each.tax_on(today)
    before = {} if row is None else asdict(_price_of(row))
    row = row or PayAsYouGo()
    for name, value in asdict(price).items():
        setattr(row, name, value)
    session.add(row)
    level.touch()
    audit.record_tenant(session, actor, now, "pay_as_you_go.changed", *audit.changes(before, asdict(price)))
    session.flush()
    return price


def _price_of(row: PayAsYouGo) -> VisitPrice:
    return VisitPrice(row.offered, row.paid_by, row.price_minor, row.cap_minor, row.tax_rate_id)
