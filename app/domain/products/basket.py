"""What somebody means to buy: put in, counted, taken out, and looked at."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.lookup import hold_person, one
from app.domain.products.snags import Wanted, any_recurs, contract_for, snags_of
from app.domain.products.stock import left_of
from app.domain.products.terms import MOST_LINES, MOST_OF_ONE, BasketFull, CannotBuy, Snag
from app.models import BasketLine, Product
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class Basket:
    """What lies in somebody's basket, in the order in which it was put there, and what is wrong with some of it."""

    wanted: tuple[Wanted, ...]
    snags: tuple[Snag, ...]


def basket_of(session: Session, actor: Actor, today: date) -> Basket:
    """Four statements at most: the lines, and of what recurs how many are had and the contract."""
    wanted = basket_lines(session, actor.person_id)
    return Basket(wanted, _snags(session, actor, wanted, today))


def basket_lines(session: Session, person_id: int) -> tuple[Wanted, ...]:
    """The products in somebody's basket, read anew."""
    query = (
        select(Product, BasketLine.quantity)
        .join(BasketLine, (BasketLine.tenant_id == Product.tenant_id) & (BasketLine.product_id == Product.id))
        .where(BasketLine.person_id == person_id)
        .order_by(BasketLine.id)
        .execution_options(populate_existing=True)
    )
    return tuple(Wanted(product, quantity) for product, quantity in session.execute(query))


def count_in_basket(session: Session, person_id: int) -> int:
    """How many things lie in somebody's basket."""
    query = select(func.coalesce(func.sum(BasketLine.quantity), 0)).where(BasketLine.person_id == person_id)
    return int(session.execute(query).scalar_one())


def put_in(session: Session, actor: Actor, product_id: int, quantity: int, today: date) -> Product:
    """Put so many more of a product into one's basket.

    Raises NotFound, CannotBuy when that many cannot be had, and BasketFull.
    """
    begin_writing(session)
    hold_person(session, actor.person_id)
    product = one(session, Product, product_id)
    lines = {each.product.id: each.quantity for each in basket_lines(session, actor.person_id)}
    if product.id not in lines and len(lines) >= MOST_LINES:
        raise BasketFull(MOST_LINES, of_one=False)
    _put(session, actor, product, lines.get(product.id, 0) + quantity, today)
    return product


def set_quantity(session: Session, actor: Actor, product_id: int, quantity: int, today: date) -> None:
    """Have so many of a product in one's basket. Raises NotFound, also for what is not in it, CannotBuy and BasketFull."""
    begin_writing(session)
    hold_person(session, actor.person_id)
    _put(session, actor, _in_basket(session, actor, product_id), quantity, today)


def take_out(session: Session, actor: Actor, product_id: int) -> None:
    """Take a product out of one's basket, if it is in it. Raises NotFound for what is no product."""
    begin_writing(session)
    product = one(session, Product, product_id)
    session.execute(
        delete(BasketLine).where(BasketLine.person_id == actor.person_id, BasketLine.product_id == product.id)
    )


def empty_in_hand(session: Session, person_id: int) -> None:
    """Empty a basket within a transaction that holds whose it is."""
    session.execute(delete(BasketLine).where(BasketLine.person_id == person_id))


def _put(session: Session, actor: Actor, product: Product, quantity: int, today: date) -> None:
    if quantity > MOST_OF_ONE:
        raise BasketFull(MOST_OF_ONE, of_one=True)
    snags = _snags(session, actor, (Wanted(product, quantity),), today)
    if snags:
        raise CannotBuy(snags)
    query = select(BasketLine).where(
        BasketLine.person_id == actor.person_id, BasketLine.product_id == product.id
    )
    line = session.scalars(query).one_or_none() or BasketLine(
        person_id=actor.person_id, product_id=product.id
    )
    line.quantity = quantity
    session.add(line)
    session.flush()


def _in_basket(session: Session, actor: Actor, product_id: int) -> Product:
    product = one(session, Product, product_id)
    query = select(BasketLine.id).where(
        BasketLine.person_id == actor.person_id, BasketLine.product_id == product.id
    )
    one(session, BasketLine, session.scalars(query).one_or_none() or 0)
    return product


def _snags(session: Session, actor: Actor, wanted: tuple[Wanted, ...], today: date) -> tuple[Snag, ...]:
    on_plan = any_recurs(wanted) and contract_for(session, actor.person_id, today) is not None
    left = left_of(session, [each.product for each in wanted], today)
    return snags_of(actor, wanted, left, on_plan=on_plan)
