"""Charges of products that recur: with the cycles of the contract that they came with, month by month of it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.domain.billing.charging import NewCharge, put_charge
from app.domain.billing.reasons import subscription_key
from app.domain.plans.calculating import Deal, Part, parts
from app.domain.plans.clauses import followed, their_contract
from app.domain.plans.contracts import Held, held
from app.domain.products.carrying import grant_subscribed
from app.kernel.cycles import Cycles, Days
from app.models import (
    Contract,
    CycleUnit,
    Person,
    PlanVersion,
    Product,
    ProductSubscription,
    TenantOwned,
)


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


def subscription_parts(
    subscription: ProductSubscription, chain: Iterable[Held], through: date
) -> Iterator[Part]:
    """What is to be billed of a subscription until a day, of its contract and of those that follow it, in their order."""
    return (part for _deal, part in _parts_of_deals(subscription, chain, through))


def _parts_of_deals(
    subscription: ProductSubscription, chain: Iterable[Held], through: date
) -> Iterator[tuple[Deal, Part]]:
    """The same, each with what it is a part of."""
    billed_until = subscription.billed_until
    for found in chain:
        deal = replace(deal_of(subscription, found), billed_until=billed_until)
        for part in parts(deal, through):
            billed_until = part.days.last
            yield deal, part


def chain_of(session: Session, found: Held, through: date) -> Iterator[Held]:
    """A contract, and those that follow it and have begun by a day. One statement for a contract that goes on."""
    yield found
    while found.contract.ends_on is not None:
        query = select(Contract).where(
            Contract.follows_id == found.contract.id, Contract.starts_on <= through
        )
        follower = session.scalars(query).one_or_none()
        if follower is None:
            return
        found = held(session, follower)
        yield found


def charge_subscription(
    session: Session,
    subscription: ProductSubscription,
    today: date,
    now: datetime,
    bill_on: date | None = None,
) -> None:
    """Put down what has become due of a subscription that is locked, and give what its cycles bring, within a transaction
    that writes.

    `bill_on` is when, where that is not the day on which each cycle begins.
    """
    product = session.get_one(Product, subscription.product_id)
    location_id = product.location_id or session.get_one(Person, subscription.person_id).location_id
    chain = list(chain_of(session, held(session, session.get_one(Contract, subscription.contract_id)), today))
    found = list(_parts_of_deals(subscription, chain, today))
    for _deal, each in found:
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
    begun = [(deal, part.days) for deal, part in found if not part.paused]
    grant_subscribed(session, subscription, begun, today, now)
    subscription.contract_id = chain[-1].contract.id
    session.flush()


def charge_subscriptions_of(session: Session, payer_ids: Collection[int], today: date, now: datetime) -> None:
    """Put down what has become due of everything that people have, within a transaction that holds them."""
    query = (
        select(ProductSubscription)
        .join(Contract, their_contract())
        .where(ProductSubscription.person_id.in_(payer_ids), _is_due(today))
    )
    # Of the joined contract nothing is changed, and it was locked before
    query = query.order_by(ProductSubscription.id).with_for_update(of=ProductSubscription, key_share=True)
    for each in session.scalars(query.execution_options(populate_existing=True)).all():
        charge_subscription(session, each, today, now)


def subscribers_due(session: Session, today: date) -> list[int]:
    """Who has something that recurs of which a cycle has begun."""
    query = select(ProductSubscription.person_id).join(Contract, their_contract()).where(_is_due(today))
    return list(session.scalars(query.distinct()))


@dataclass(frozen=True, slots=True)
class DueSubscription:
    """Something that recurs and of which a cycle has begun, with all that working it out takes but pauses."""

    subscription: ProductSubscription
    product_name: str
    person: Person
    contract: Contract
    version: PlanVersion


def due_subscriptions(session: Session, day: date) -> list[DueSubscription]:
    """Everything that recurs and of which a cycle has begun by a day."""
    mine = ProductSubscription
    query = (
        select(mine, Product.name, Person, Contract, PlanVersion)
        .join(Contract, their_contract())
        .join(PlanVersion, _same(PlanVersion, Contract) & (PlanVersion.id == Contract.version_id))
        .join(Product, _same(Product, mine) & (Product.id == mine.product_id))
        .join(Person, _same(Person, mine) & (Person.id == mine.person_id))
        .where(_is_due(day))
        .order_by(mine.id)
    )
    return [DueSubscription(*row) for row in session.execute(query)]


def subscriptions_of(session: Session, person_id: int) -> list[tuple[ProductSubscription, str]]:
    """Everything that recurs and that somebody ever had, with the products' names."""
    mine = ProductSubscription
    query = (
        select(mine, Product.name)
        .join(Product, _same(Product, mine) & (Product.id == mine.product_id))
        .where(mine.person_id == person_id)
        .order_by(mine.id)
    )
    return [(subscription, name) for subscription, name in session.execute(query)]


def _same(one: type[TenantOwned], other: type[TenantOwned]) -> ColumnElement[bool]:
    return one.tenant_id == other.tenant_id


def _is_due(today: date) -> ColumnElement[bool]:
    """A cycle has begun that was not charged, and neither it nor its contract was over by then."""
    billed = ProductSubscription.billed_until
    return and_(
        ProductSubscription.starts_on <= today,
        or_(
            billed.is_(None),
            and_(
                billed < today,
                or_(ProductSubscription.ends_on.is_(None), ProductSubscription.ends_on > billed),
                or_(Contract.ends_on.is_(None), Contract.ends_on > billed, followed(today)),
            ),
        ),
    )
