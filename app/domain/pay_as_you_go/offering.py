"""What a visit costs somebody, before they come in."""

from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from app.domain.billing.next_bill import next_bills
from app.domain.house_day import house_day
from app.domain.invoicing.amounts import Amounts
from app.domain.invoicing.rates import rates
from app.domain.invoicing.seller import payer_details, seller_if_known
from app.domain.invoicing.treating import priced
from app.domain.pay_as_you_go.setting import visit_price
from app.domain.pay_as_you_go.terms import Offer, VisitPayer
from app.models import InvoiceLine, Team, TeamMember


def offer_for(session: Session, person_id: int, now: datetime) -> Offer | None:
    """What the tenant asks of somebody; None where nobody pays as they go. Raises NoRateYet."""
    price = visit_price(session)
    if price is None or not price.offered:
        return None
    payer = payer_for(session, person_id)
    day = house_day(session, now)
    bills = next_bills(session, [payer.person_id])
    return Offer(
        price,
        payer,
        with_tax(session, payer.person_id, price.tax_rate_id, price.price_minor, day),
        None
        if price.cap_minor is None
        else with_tax(session, payer.person_id, price.tax_rate_id, price.cap_minor, day),
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
    setting = seller_if_known(session)
    line = InvoiceLine(quantity_thousandths=1000, unit_minor=price_minor, tax_rate_id=rate_id)
    (found,) = priced(
        rates(session, [rate_id]),
        [line],
        payer_details(session, payer_id),
        day,
        prices_include_tax=setting is None or setting.prices_include_tax,
    )
    return found.amounts
