"""What somebody could buy to be let in at a place."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.passes.fitting import ANYWHERE, terms_of
from app.domain.plans.benefits import PASSES, PLANS, PRODUCTS, Carrier, Given
from app.domain.plans.contracts import taken
from app.domain.plans.joining import is_for
from app.domain.plans.showing import may_see, present
from app.domain.portal import Place
from app.domain.products.stock import left, on_sale
from app.kernel.walltime import zone
from app.models import PassType, Plan, PlanVersion, Product

_ANY_TIME = 0
"""Stands for the kind of a pass without one."""


@dataclass(slots=True)
class ProductIn:
    """A product with the passes that it gives, and their kinds."""

    product: Product
    gives: list[Given] = field(default_factory=list)
    pass_types: set[int] = field(default_factory=set)


@dataclass(slots=True)
class PlanIn:
    """A plan as it is now, with the kinds of pass that it gives."""

    plan: Plan
    version: PlanVersion
    pass_types: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class WaysIn:
    """Products with a pass that holds at that place now, and plans that let in, or give such a pass."""

    products: tuple[ProductIn, ...]
    plans: tuple[PlanIn, ...]


def ways_in(
    session: Session, actor: Actor, place: Place, today: date, now: datetime, *, shop: bool, joining: bool
) -> WaysIn:
    """What is on sale for somebody, of what is to be had at all: `shop` for products, `joining` for plans. Four statements."""
    products = _products(session, actor, today) if shop else []
    plans = _plans(session, actor, today) if joining else []
    ways: list[ProductIn | PlanIn] = [*products, *plans]
    kinds = {kind for way in ways for kind in way.pass_types}
    terms, tz = terms_of(session, kinds - {_ANY_TIME}), zone(place.zone)

    def lets_in(pass_types: Iterable[int]) -> bool:
        known = (terms.get(each, ANYWHERE) for each in pass_types)
        return any(each.holds_until(place.id, now, tz) is not None for each in known)

    return WaysIn(
        tuple(each for each in products if lets_in(each.pass_types)),
        # A plan without passes lets in at any time
        tuple(each for each in plans if not each.pass_types or lets_in(each.pass_types)),
    )


def _products(session: Session, actor: Actor, today: date) -> list[ProductIn]:
    found: dict[int, ProductIn] = {}
    query = _with_passes(on_sale(today), Product, PRODUCTS)
    for product, had, kind, amount, pass_type_id, name in session.execute(query):
        if not is_for(actor, product.audience) or left(product, had) == 0:
            continue
        way = found.setdefault(product.id, ProductIn(product))
        if kind is not None:
            way.gives.append(Given(kind, amount, (), name))
            way.pass_types.add(pass_type_id or _ANY_TIME)
    return list(found.values())


def _plans(session: Session, actor: Actor, today: date) -> list[PlanIn]:
    found: dict[int, PlanIn] = {}
    places = taken(session, today)
    query = _with_passes(present(actor.person_id, today), PlanVersion, PLANS)
    for plan, version, own, kind, _amount, pass_type_id, _name in session.execute(query):
        full = version.capacity is not None and places.get(plan.id, 0) >= version.capacity
        if own or full or not may_see(actor, plan, version):
            continue
        way = found.setdefault(plan.id, PlanIn(plan, version))
        if kind is not None:
            way.pass_types.add(pass_type_id or _ANY_TIME)
    return list(found.values())


def _with_passes(
    query: Select[*tuple[Any, ...]], owner: type[Product | PlanVersion], carrier: Carrier
) -> Select[*tuple[Any, ...]]:
    """The same rows, once for each pass that its owner carries: kind, amount, kind of pass and its name."""
    benefit = carrier.benefit
    return (
        query.add_columns(benefit.kind, benefit.amount, benefit.pass_type_id, PassType.name)
        .outerjoin(
            benefit,
            and_(
                benefit.tenant_id == owner.tenant_id,
                getattr(benefit, carrier.owner) == owner.id,
                benefit.kind.in_(PASSES),
            ),
        )
        .outerjoin(
            PassType, and_(PassType.tenant_id == benefit.tenant_id, PassType.id == benefit.pass_type_id)
        )
        .order_by(benefit.number)
    )
