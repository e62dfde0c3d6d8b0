"""What recurs, once somebody has it: stopped at the end of what is paid for, and kept after all."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record_for_person
from app.domain.billing.subscription_charges import deal_of
from app.domain.lookup import one
from app.domain.plans.acting import check_may_act
from app.domain.plans.contracts import held
from app.domain.products.terms import GoesOn, StopsAlready
from app.kernel.errors import NotFound
from app.models import Contract, Product, ProductSubscription
from app.tenancy import begin_writing


def last_day(session: Session, subscription: ProductSubscription, today: date) -> date:
    """The last day of what has begun, and is paid for: nothing is given back."""
    found = held(session, session.get_one(Contract, subscription.contract_id))
    cycle = deal_of(subscription, found).cycles.containing(max(today, subscription.starts_on))
    return max(cycle.last, subscription.billed_until or cycle.last)


def stop(
    session: Session, actor: Actor, subscription_id: int, today: date, now: datetime
) -> ProductSubscription:
    """Have it end with the cycle in hand. Raises NotFound and StopsAlready."""
    begin_writing(session)
    subscription = _theirs(session, actor, subscription_id)
    if subscription.ends_on is not None:
        raise StopsAlready
    subscription.ends_on = last_day(session, subscription, today)
    _record(session, actor, "subscription.stopped", subscription, now)
    session.flush()
    return subscription


def keep(
    session: Session, actor: Actor, subscription_id: int, today: date, now: datetime
) -> ProductSubscription:
    """Let what was stopped go on, until its last day has passed: its place was nobody else's yet. Raises NotFound and GoesOn."""
    begin_writing(session)
    subscription = _theirs(session, actor, subscription_id)
    if subscription.ends_on is None or subscription.ends_on < today:
        raise GoesOn
    subscription.ends_on = None
    _record(session, actor, "subscription.kept", subscription, now)
    session.flush()
    return subscription


def _theirs(session: Session, actor: Actor, subscription_id: int) -> ProductSubscription:
    """Locked, as the run of billing has it in hand."""
    one(session, ProductSubscription, subscription_id)
    query = (
        select(ProductSubscription)
        .where(ProductSubscription.id == subscription_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    subscription = session.scalars(query).one_or_none()
    if subscription is None:
        raise NotFound
    check_may_act(session, actor, subscription.person_id)
    return subscription


def _record(
    session: Session, actor: Actor, action: str, subscription: ProductSubscription, now: datetime
) -> None:
    record_for_person(
        session,
        actor,
        now,
        action,
        subscription.person_id,
        after={
            "subscription": subscription.id,
            "product": session.get_one(Product, subscription.product_id).name,
            "ends_on": subscription.ends_on.isoformat() if subscription.ends_on else None,
        },
    )
