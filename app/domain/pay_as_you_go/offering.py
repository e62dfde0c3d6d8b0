"""What a visit costs somebody, before they come in."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from app.domain.billing.next_bill import next_bills
from app.domain.credits.visiting import needs_pass
from app.domain.house_day import house_day
from app.domain.invoicing.amounts import Amounts
from app.domain.invoicing.rates import RateRow, rates
from app.domain.invoicing.seller import payer_details, prices_include_tax
from app.domain.invoicing.terms import PayerDetails
from app.domain.invoicing.treating import priced
from app.domain.memory import Memory
from app.domain.pay_as_you_go.setting import visit_price
from app.domain.pay_as_you_go.terms import Offer, VisitPayer, VisitPrice
from app.models import InvoiceLine, Team, TeamMember
from app.tenancy import tenant_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What the tenant asks of whoever pays as they go, before it is known who."""

    price: VisitPrice
    rate: RateRow
    prices_include_tax: bool

    def amounts(self, payer: PayerDetails, price_minor: int, day: date) -> Amounts:
        """What a price comes to on a day for who pays it. Raises NoRateYet."""
        return _taxed(self.rate, payer, price_minor, day, prices_include_tax=self.prices_include_tax)


_ASKED: Memory[Asked | None] = Memory(256)


def asked(session: Session) -> Asked | None:
    """What is asked now; None where nobody pays as they go. Four statements."""
    price = visit_price(session)
    if price is None or not price.offered:
        return None
    (rate,) = rates(session, [price.tax_rate_id])
    return Asked(price, rate, prices_include_tax(session))


def recall_asked(session: Session, revision: int) -> Asked | None:
    """What is shown before somebody comes in: from memory when this process has seen it. None also where everybody comes in
    freely. What they agree to is read anew (`offer_for`)."""
    return _ASKED.recall(
        session, (tenant_of(session), revision), lambda: asked(session) if needs_pass(session) else None
    )


def offer_for(session: Session, person_id: int, now: datetime) -> Offer | None:
    """What the tenant asks of somebody, all of it read anew; None where nobody pays as they go. Raises NoRateYet."""
    asks = asked(session)
    return None if asks is None else offer_of(session, person_id, house_day(session, now), asks)


def offer_of(session: Session, person_id: int, day: date, asks: Asked) -> Offer:
    """The same where it is known what is asked of everybody, on a day of the tenant's. Three statements. Raises NoRateYet."""
    payer, price = payer_for(session, person_id), asks.price
    bills = next_bills(session, [payer.person_id])
    details = payer_details(session, payer.person_id)
    return Offer(
        price,
        payer,
        asks.amounts(details, price.price_minor, day),
        None if price.cap_minor is None else asks.amounts(details, price.cap_minor, day),
        bills.of_usage(payer.person_id, day),
    )


def payer_for(session: Session, person_id: int) -> VisitPayer:
    """Who pays for somebody's visits: the payer of the first team in use that they may buy for, else they themselves."""
    paying = aliased(TeamMember)
    row = session.execute(
        select(Team.id, Team.name, paying.person_id)
        .join(TeamMember, and_(TeamMember.tenant_id == Team.tenant_id, TeamMember.team_id == Team.id))
        .join(paying, and_(paying.tenant_id == Team.tenant_id, paying.team_id == Team.id, paying.pays))
        .where(TeamMember.person_id == person_id, TeamMember.may_buy, Team.retired_at.is_(None))
        .order_by(Team.id)
        .limit(1)
    ).one_or_none()
    if row is None or row.person_id == person_id:
        return VisitPayer(person_id)
    return VisitPayer(row.person_id, row.id, row.name)


def with_tax(session: Session, payer_id: int, rate_id: int, price_minor: int, day: date) -> Amounts:
    """What a price comes to on a day for who pays it. Raises NoRateYet."""
    (rate,) = rates(session, [rate_id])
    payer, included = payer_details(session, payer_id), prices_include_tax(session)
    return _taxed(rate, payer, price_minor, day, prices_include_tax=included)


def _taxed(
    rate: RateRow, payer: PayerDetails, price_minor: int, day: date, *, prices_include_tax: bool
) -> Amounts:
    line = InvoiceLine(quantity_thousandths=1000, unit_minor=price_minor, tax_rate_id=rate.id)
    (found,) = priced([rate], [line], payer, day, prices_include_tax=prices_include_tax)
    return found.amounts
