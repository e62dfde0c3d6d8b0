"""Products as staff keep them: made, edited, counted, retired, and given a photograph."""

from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record_row
from app.domain.lookup import one, require_location
from app.domain.plans.benefits import (
    PRODUCTS,
    benefits_of,
    check_benefits,
    put_benefits,
    replace_product_benefits,
)
from app.domain.products.stock import products_in_hand
from app.domain.products.terms import LARGEST_STOCK, ProductDetails, TooFewLeft
from app.domain.reach import check_within_reach
from app.domain.retiring import set_retired
from app.domain.spaces.saving import flush
from app.domain.stored_file import Photo, digest_of, keep_photo
from app.kernel.errors import NotFound
from app.models import Product, TaxRate
from app.tenancy import begin_writing

_COLUMNS = tuple(each.name for each in fields(ProductDetails) if each.name != "benefits")


def details_of(session: Session, product: Product) -> ProductDetails:
    """A product as its editor shows it, with what it carries. One statement."""
    carried = benefits_of(session, [product.id], PRODUCTS).get(product.id, ())
    return ProductDetails(**{name: getattr(product, name) for name in _COLUMNS}, benefits=carried)


def products_of(session: Session) -> list[Product]:
    """Every product in the operator's order, retired ones last."""
    order = (Product.retired_at.is_not(None), Product.position, Product.name)
    return list(session.scalars(select(Product).order_by(*order)))


def create_product(session: Session, actor: Actor, details: ProductDetails, now: datetime) -> Product:
    """Put a product on sale. Raises NotFound (a retired rate or location too), NameTaken and BadBenefit."""
    check_within_reach(actor, None)
    begin_writing(session)
    _check(session, details, None)
    product = Product(**{name: getattr(details, name) for name in _COLUMNS})
    session.add(product)
    flush(session)
    put_benefits(session, product.id, details.benefits, PRODUCTS)
    record_row(session, actor, now, product, "created", after=asdict(details))
    session.flush()
    return product


def edit_product(
    session: Session, actor: Actor, product_id: int, details: ProductDetails, now: datetime
) -> Product:
    """Change a product; what was bought stays what it was, and so does whether it recurs. Raises as `create_product`.

    The stock is changed by `restock` alone, so that a form which lay open overwrites nobody's purchase.
    """
    check_within_reach(actor, None)
    begin_writing(session)
    product = _in_hand(session, product_id)
    before = asdict(details_of(session, product))
    after = {**asdict(details), "stock": product.stock, "recurring": product.recurring}
    _check(session, details, product)
    old, new = changes(before, after)
    for name in new.keys() & set(_COLUMNS):
        setattr(product, name, new[name])
    if "benefits" in new:
        replace_product_benefits(session, product.id, details.benefits)
    if new:
        flush(session)
        record_row(session, actor, now, product, "edited", before=old, after=new)
        session.flush()
    return product


def restock(session: Session, actor: Actor, product_id: int, change: int | None, now: datetime) -> int | None:
    """Add so many to the stock, or take them away below zero; None stops counting. How many there are then.

    A product that was not counted begins at nothing. Raises NotFound and TooFewLeft.
    """
    check_within_reach(actor, None)
    begin_writing(session)
    product = _in_hand(session, product_id)
    before = product.stock
    stock = None if change is None else (before or 0) + change
    if stock is not None and not 0 <= stock <= LARGEST_STOCK:
        raise TooFewLeft(before or 0)
    if stock != before:
        product.stock = stock
        record_row(
            session, actor, now, product, "restocked", before={"stock": before}, after={"stock": stock}
        )
        session.flush()
    return stock


def retire_product(session: Session, actor: Actor, product_id: int, now: datetime, *, retired: bool) -> None:
    """Have nobody buy a product any more, or let them again; who has it keeps it. Raises NotFound."""
    check_within_reach(actor, None)
    begin_writing(session)
    product = _in_hand(session, product_id)
    set_retired(session, actor, product, now, retired=retired)
    session.flush()


def set_product_photo(
    session: Session, actor: Actor, product_id: int, photo: Photo | None, now: datetime
) -> None:
    """Give a product a photograph, or take it away. Raises NotFound."""
    check_within_reach(actor, None)
    begin_writing(session)
    product = _in_hand(session, product_id)
    before, after = digest_of(session, product.photo_id), photo.digest if photo else None
    if before != after:
        product.photo_id = keep_photo(session, photo) if photo else None
        record_row(
            session, actor, now, product, "photo_changed", before={"photo": before}, after={"photo": after}
        )
        session.flush()


def _in_hand(session: Session, product_id: int) -> Product:
    one(session, Product, product_id)
    return products_in_hand(session, [product_id])[product_id]


def _check(session: Session, details: ProductDetails, product: Product | None) -> None:
    """What a product has already it may keep, retired since or not."""
    check_benefits(details.benefits)
    rate = one(session, TaxRate, details.tax_rate_id)
    if rate.retired_at is not None and (product is None or product.tax_rate_id != rate.id):
        raise NotFound
    if details.location_id is not None and (product is None or product.location_id != details.location_id):
        require_location(session, details.location_id)
