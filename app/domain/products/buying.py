"""Buying what is in a basket, and selling something to somebody: once, however often a form is sent."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record_for_person
from app.domain.billing.charging import NewCharge, put_charge
from app.domain.billing.reasons import purchase_key
from app.domain.billing.subscription_charges import charge_subscription
from app.domain.lookup import hold_person
from app.domain.or_nothing import insert_or_nothing
from app.domain.products.basket import basket_lines, empty_in_hand
from app.domain.products.carrying import grant_bought
from app.domain.products.checkout import Checkout, Line, work_out
from app.domain.products.snags import Wanted, any_recurs, contract_for
from app.domain.products.stock import products_in_hand, take_away
from app.domain.products.terms import BasketChanged, BasketEmpty, Buy, CannotBuy, Sell
from app.domain.reach import person_in_reach
from app.kernel.errors import NotFound
from app.models import (
    Contract,
    Person,
    ProductSubscription,
    Purchase,
    PurchaseLine,
)
from app.tenancy import begin_writing


def buy(session: Session, actor: Actor, command: Buy, today: date, now: datetime) -> Purchase:
    """Buy all that is in one's basket, or nothing of it. A key that was used before gives what it bought then.

    What is due is put down as charges; billing them is the caller's. Raises BasketEmpty, BasketChanged, CannotBuy, NoRateYet.
    """
    begin_writing(session)
    ids = [each.product.id for each in basket_lines(session, actor.person_id)]
    _hold(session, ids, actor.person_id)
    done = _done(session, actor.person_id, command.request_key)
    if done is not None:
        return done
    wanted = basket_lines(session, actor.person_id)
    if not wanted:
        raise BasketEmpty
    if {each.product.id for each in wanted} != set(ids):
        raise BasketChanged
    contract = _contract(session, actor.person_id, wanted, today)
    found = work_out(session, actor, actor.person_id, wanted, today, contract=contract)
    if found.snags:
        raise CannotBuy(found.snags)
    if found.seen != command.seen:
        raise BasketChanged
    purchase = _put(session, actor.person_id, None, command.request_key, found, contract, now)
    empty_in_hand(session, actor.person_id)
    _record(session, actor, "purchase.made", purchase, found, now)
    session.flush()
    return purchase


def sell(session: Session, actor: Actor, command: Sell, today: date, now: datetime) -> Purchase:
    """Sell something to somebody, whoever it is on sale for; not more than there is. The same key sells once.

    Raises NotFound, also for somebody whose data is gone, CannotBuy and NoRateYet.
    """
    begin_writing(session)
    product = products_in_hand(session, [command.product_id])[command.product_id]
    person = person_in_reach(session, actor, command.person_id)
    if person.anonymised_at is not None:
        raise NotFound
    hold_person(session, person.id)
    done = _done(session, person.id, command.request_key)
    if done is not None:
        return done
    wanted = (Wanted(product, command.quantity),)
    contract = _contract(session, person.id, wanted, today)
    found = work_out(session, None, person.id, wanted, today, command.billing, contract=contract)
    if found.snags:
        raise CannotBuy(found.snags)
    purchase = _put(session, person.id, actor.person_id, command.request_key, found, contract, now)
    _record(session, actor, "purchase.sold", purchase, found, now)
    session.flush()
    return purchase


def _hold(session: Session, product_ids: Collection[int], person_id: int) -> None:
    """Products before people, as everywhere; so the basket is read again once both are held."""
    products_in_hand(session, product_ids)
    hold_person(session, person_id)


def _done(session: Session, person_id: int, request_key: str) -> Purchase | None:
    query = select(Purchase).where(Purchase.person_id == person_id, Purchase.request_key == request_key)
    return session.scalars(query).one_or_none()


def _contract(session: Session, person_id: int, wanted: Collection[Wanted], today: date) -> Contract | None:
    return contract_for(session, person_id, today, lock=True) if any_recurs(wanted) else None


def _put(
    session: Session,
    person_id: int,
    sold_by_id: int | None,
    request_key: str,
    found: Checkout,
    contract: Contract | None,
    now: datetime,
) -> Purchase:
    purchase_id = insert_or_nothing(
        session, Purchase, person_id=person_id, request_key=request_key, made_at=now, sold_by_id=sold_by_id
    )
    if purchase_id is None:
        raise BasketChanged
    purchase = session.get_one(Purchase, purchase_id)
    place = session.get_one(Person, person_id).location_id
    for each in found.lines:
        if each.product.recurring and contract is not None:
            _subscribe(session, purchase, each, contract, found, now)
        else:
            _charge(session, purchase, each, place, now)
        take_away(each.product, each.quantity)
    session.flush()
    return purchase


def _charge(session: Session, purchase: Purchase, line: Line, place: int | None, now: datetime) -> None:
    row = _line(session, purchase, line, None)
    grant_bought(session, purchase, row, line.product, now)
    charge = NewCharge(
        purchase.person_id,
        purchase_key(row.id),
        line.product.name,
        line.unit_minor,
        line.product.tax_rate_id,
        line.bill_on,
        line.quantity * 1000,
        location_id=line.product.location_id or place,
    )
    put_charge(session, charge, now)


def _subscribe(
    session: Session, purchase: Purchase, line: Line, contract: Contract, found: Checkout, now: datetime
) -> None:
    subscription = ProductSubscription(
        person_id=purchase.person_id,
        product_id=line.product.id,
        contract_id=contract.id,
        quantity=line.quantity,
        price_minor=line.product.price_minor,
        tax_rate_id=line.product.tax_rate_id,
        starts_on=found.today,
    )
    session.add(subscription)
    session.flush()
    charge_subscription(session, subscription, found.today, now, line.bill_on)
    _line(session, purchase, line, subscription.id)


def _line(session: Session, purchase: Purchase, line: Line, subscription_id: int | None) -> PurchaseLine:
    row = PurchaseLine(
        purchase_id=purchase.id,
        product_id=line.product.id,
        subscription_id=subscription_id,
        name=line.product.name,
        quantity=line.quantity,
        unit_minor=line.unit_minor,
        discount_hundredths=line.discount_hundredths,
        bill_on=line.bill_on,
    )
    session.add(row)
    session.flush()
    return row


def _record(
    session: Session, actor: Actor, action: str, purchase: Purchase, found: Checkout, now: datetime
) -> None:
    record_for_person(
        session,
        actor,
        now,
        action,
        purchase.person_id,
        after={
            "purchase": purchase.id,
            "products": {each.product.name: each.quantity for each in found.lines},
            "gross": sum(each.amounts.gross_minor for each in found.lines),
        },
    )
