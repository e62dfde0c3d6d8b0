"""How many of a product are left, and products as the verbs have them in hand."""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.domain.plans.clauses import followed, their_contract
from app.kernel.errors import NotFound
from app.models import Contract, Product, ProductSubscription


def products_in_hand(session: Session, ids: Collection[int]) -> dict[int, Product]:
    """Products by their ids, locked until the transaction ends: nobody buys or edits them meanwhile. Taken before people,
    and in the order of ids, so that two baskets with the same things wait for each other and not both for ever.

    Raises NotFound when one is missing.
    """
    query = select(Product).where(Product.id.in_(ids)).order_by(Product.id).with_for_update(key_share=True)
    found = {each.id: each for each in session.scalars(query.execution_options(populate_existing=True))}
    if len(found) != len(set(ids)):
        raise NotFound
    return found


def left_of(session: Session, products: Iterable[Product], today: date) -> dict[int, int | None]:
    """How many may still be had, by the product's id; None for any number. One statement where something recurs."""
    known = list(products)
    had = taken(session, [each.id for each in known if each.recurring and each.stock is not None], today)
    return {each.id: left(each, had.get(each.id)) for each in known}


def taken(session: Session, ids: Collection[int], today: date) -> dict[int, int]:
    """How many of what recurs somebody has on a day, by the product's id."""
    if not ids:
        return {}
    query = (
        select(ProductSubscription.product_id, func.sum(ProductSubscription.quantity))
        .join(Contract, their_contract())
        .where(ProductSubscription.product_id.in_(ids), is_had(today))
        .group_by(ProductSubscription.product_id)
    )
    return {product_id: int(count) for product_id, count in session.execute(query)}


def on_sale(today: date) -> Select[Product, int | None]:
    """Every product that is shown, in the operator's order, with how many of it somebody has: of what recurs and is not to be
    had without end."""
    had = (
        select(func.coalesce(func.sum(ProductSubscription.quantity), 0))
        .join(Contract, their_contract())
        .where(
            ProductSubscription.tenant_id == Product.tenant_id,
            ProductSubscription.product_id == Product.id,
            is_had(today),
        )
        .correlate(Product)
        .scalar_subquery()
    )
    counted = Product.recurring & Product.stock.is_not(None)
    return (
        select(Product, case((counted, had)).label("had"))
        .where(Product.retired_at.is_(None), Product.visible.is_(True))
        .order_by(Product.position, Product.name)
    )


def left(product: Product, had: int | None) -> int | None:
    """How many may still be had of one that so many have; None for any number."""
    return None if product.stock is None else max(product.stock - int(had or 0), 0)


def is_had(today: date) -> ColumnElement[bool]:
    """Whether somebody has it on a day, of subscriptions beside their contracts."""
    return and_(
        or_(ProductSubscription.ends_on.is_(None), ProductSubscription.ends_on >= today),
        or_(Contract.ends_on.is_(None), Contract.ends_on >= today, followed()),
    )


def take_away(product: Product, count: int) -> None:
    """Take so many out of the stock of a locked product that is sold once. Below zero the database refuses."""
    if not product.recurring and product.stock is not None:
        product.stock -= count
