"""The credit and the passes that a product brings: once when it is bought, and with each cycle of what recurs."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.billing.reasons import purchase_key, subscription_key
from app.domain.credits.granting import put_grant
from app.domain.credits.terms import Holder, NewGrant
from app.domain.house_day import house_day, house_zone
from app.domain.plans.benefits import PRODUCTS, benefits_of
from app.domain.plans.calculating import Deal, cost
from app.domain.plans.terms import Benefit
from app.kernel.cycles import Days
from app.kernel.walltime import day_bounds
from app.models import CreditSource, Product, ProductSubscription, Purchase, PurchaseLine


def grant_bought(
    session: Session, purchase: Purchase, line: PurchaseLine, product: Product, now: datetime
) -> None:
    """Give what something that was bought once carries, within a transaction that writes and holds the person."""
    ends = None
    if product.credit_days is not None:
        last = house_day(session, now) + timedelta(days=product.credit_days - 1)
        ends = day_bounds(last, house_zone(session))[1]
    for number, benefit in enumerate(_carried(session, product.id)):
        amount = benefit.amount * line.quantity
        _put(
            session,
            purchase.person_id,
            product.id,
            benefit,
            amount,
            f"{purchase_key(line.id)}:{number}",
            now,
            ends,
            now,
        )


def grant_subscribed(
    session: Session,
    subscription: ProductSubscription,
    parts: Iterable[tuple[Deal, Days]],
    today: date,
    now: datetime,
) -> None:
    """Give what the cycles of something that recurs bring, within a transaction that writes and holds the subscription: by
    the days of each, as its price is worked out, and nothing for what is over.

    The deals are of its price for one; each first day gives once.
    """
    left = [(deal, days) for deal, days in parts if days.last >= today]
    benefits = _carried(session, subscription.product_id) if left else ()
    if not benefits:
        return
    tz = house_zone(session)
    for deal, days in left:
        starts, ends = day_bounds(days.first, tz)[0], day_bounds(days.last, tz)[1]
        for number, benefit in enumerate(benefits):
            months = deal.cycles.count
            whole = benefit.amount * subscription.quantity * months
            amount = cost(replace(deal, price_minor=whole), days)
            if amount > 0:
                key = f"{subscription_key(subscription.id, days.first)}:{number}"
                _put(
                    session,
                    subscription.person_id,
                    subscription.product_id,
                    benefit,
                    amount,
                    key,
                    starts,
                    ends,
                    now,
                )


def _carried(session: Session, product_id: int) -> tuple[Benefit, ...]:
    return benefits_of(session, [product_id], PRODUCTS).get(product_id, ())


def _put(
    session: Session,
    person_id: int,
    product_id: int,
    benefit: Benefit,
    amount: int,
    key: str,
    starts_at: datetime,
    expires_at: datetime | None,
    now: datetime,
) -> None:
    grant = NewGrant(
        Holder(person_id),
        benefit.kind,
        amount,
        starts_at,
        expires_at,
        CreditSource.PRODUCT,
        key,
        benefit.type_ids,
        product_id=product_id,
        pass_type_id=benefit.pass_type_id,
    )
    put_grant(session, grant, now)
