"""Charges of products that recur: with the cycles of the contract that they came with, month by month of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.billing.charging import NewCharge, put_charge
from app.domain.plans.calculating import Deal, Part, parts
from app.domain.plans.contracts import Held, held
from app.kernel.cycles import Cycles, Days
from app.models import Contract, CycleUnit, Person, Product, ProductSubscription


def subscription_key(subscription_id: int, first_day: date) -> str:
    """The reason key of the charge for the days that begin on that one."""
    return f"subscription:{subscription_id}:{first_day}"


def deal_of(subscription: ProductSubscription, found: Held) -> Deal:
    """What a subscription costs and when, as the calculation wants it.

    The cycles are the contract's; where that counts in weeks they are months from the same day, for the price is a month's.
    """
    version, contract = found.version, found.contract
    months = version.cycle_count if version.cycle_unit is CycleUnit.MONTH else 1
    ends = [day for day in (subscription.ends_on, contract.ends_on) if day is not None]
    return Deal(
        Cycles(found.cycles.anchor, months),
        subscription.price_minor * months,
        subscription.starts_on,
        min(ends, default=None),
        subscription.quantity,
        prorate_last=version.prorate_last,
        pauses=tuple(Days(pause.from_day, pause.until_day) for pause in found.pauses),
        billed_until=subscription.billed_until,
    )


def subscription_parts(session: Session, subscription: ProductSubscription, through: date) -> Iterator[Part]:
    """What is to be billed of a subscription until a day, also of the contracts that follow its own. Writes nothing."""
    contract = session.get_one(Contract, subscription.contract_id)
    billed_until = subscription.billed_until
    while True:
        deal = deal_of(subscription, held(session, contract))
        for part in parts(replace(deal, billed_until=billed_until), through):
            billed_until = part.days.last
            yield part
        follower_id = session.scalars(_follower(contract.id, through)).one_or_none()
        if follower_id is None:
            return
        contract = session.get_one(Contract, follower_id)


def charge_subscription(
    session: Session,
    subscription: ProductSubscription,
    today: date,
    now: datetime,
    bill_on: date | None = None,
) -> None:
    """Put down what has become due of a subscription that is locked, within a transaction that writes.

    `bill_on` is when, where that is not the day on which each cycle begins.
    """
    product = session.get_one(Product, subscription.product_id)
    location_id = product.location_id or session.get_one(Person, subscription.person_id).location_id
    for each in list(subscription_parts(session, subscription, today)):
        days = each.days
        if each.unit_minor:
            charge = NewCharge(
                subscription.person_id,
                subscription_key(subscription.id, days.first),
                product.name,
                each.unit_minor,
                subscription.tax_rate_id,
                bill_on or days.first,
                subscription.quantity * 1000,
                days.first,
                days.last,
                location_id,
            )
            put_charge(session, charge, now)
        subscription.billed_until = days.last
    subscription.contract_id = _latest(session, subscription.contract_id, today)
    session.flush()


def charge_subscriptions_of(session: Session, payer_id: int, today: date, now: datetime) -> None:
    """Put down what has become due of everything that somebody has, within a transaction that holds them."""
    query = (
        select(ProductSubscription)
        .join(Contract, _their_contract())
        .where(ProductSubscription.person_id == payer_id, _is_due(today))
    )
    # Of the joined contract nothing is changed, and it was locked before
    query = query.order_by(ProductSubscription.id).with_for_update(of=ProductSubscription, key_share=True)
    for each in session.scalars(query.execution_options(populate_existing=True)).all():
        charge_subscription(session, each, today, now)


def subscribers_due(session: Session, today: date) -> list[int]:
    """Who has something that recurs of which a cycle has begun."""
    query = select(ProductSubscription.person_id).join(Contract, _their_contract()).where(_is_due(today))
    return list(session.scalars(query.distinct()))


def due_subscriptions(session: Session, day: date) -> list[tuple[ProductSubscription, str, Person]]:
    """What recurs of which a cycle has begun by a day, with its product's name and whose it is."""
    query = (
        select(ProductSubscription, Product.name, Person)
        .join(Contract, _their_contract())
        .join(
            Product,
            and_(
                Product.tenant_id == ProductSubscription.tenant_id,
                Product.id == ProductSubscription.product_id,
            ),
        )
        .join(
            Person,
            and_(
                Person.tenant_id == ProductSubscription.tenant_id, Person.id == ProductSubscription.person_id
            ),
        )
        .where(_is_due(day))
        .order_by(ProductSubscription.id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query).all()]


def _their_contract() -> ColumnElement[bool]:
    return and_(
        Contract.tenant_id == ProductSubscription.tenant_id,
        Contract.id == ProductSubscription.contract_id,
    )


def _is_due(today: date) -> ColumnElement[bool]:
    """A cycle has begun that was not charged, and neither it nor its contract was over by then."""
    billed, follower = ProductSubscription.billed_until, aliased(Contract)
    followed = (
        select(follower.id)
        .where(
            follower.tenant_id == Contract.tenant_id,
            follower.follows_id == Contract.id,
            follower.starts_on <= today,
        )
        .exists()
    )
    return and_(
        ProductSubscription.starts_on <= today,
        or_(
            billed.is_(None),
            and_(
                billed < today,
                or_(ProductSubscription.ends_on.is_(None), ProductSubscription.ends_on > billed),
                or_(Contract.ends_on.is_(None), Contract.ends_on > billed, followed),
            ),
        ),
    )


def _follower(contract_id: int, through: date) -> Select[int]:
    return select(Contract.id).where(Contract.follows_id == contract_id, Contract.starts_on <= through)


def _latest(session: Session, contract_id: int, today: date) -> int:
    """The last of the contracts that follow one and have begun."""
    while (follower_id := session.scalars(_follower(contract_id, today)).one_or_none()) is not None:
        contract_id = follower_id
    return contract_id
