"""Whether somebody can buy something now, and with which of their contracts what recurs would be billed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.plans.joining import is_for
from app.domain.products.terms import Snag, Trouble
from app.models import Contract, Product
from app.models.plan import running_on


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many of a product."""

    product: Product
    quantity: int


def snags_of(
    buyer: Actor | None, wanted: Iterable[Wanted], left: Mapping[int, int | None], *, on_plan: bool
) -> tuple[Snag, ...]:
    """What is wrong with what somebody wants; `buyer` None for what staff sell, to whom they like."""
    found = (_snag(buyer, each, left[each.product.id], on_plan=on_plan) for each in wanted)
    return tuple(each for each in found if each is not None)


def contract_for(session: Session, person_id: int, today: date, *, lock: bool = False) -> Contract | None:
    """The contract that what recurs would go with: the first that runs today and is billed."""
    query = (
        select(Contract)
        .where(Contract.person_id == person_id, Contract.version_id.is_not(None), running_on(today))
        .order_by(Contract.starts_on, Contract.id)
        .limit(1)
    )
    if lock:
        query = query.with_for_update(key_share=True, of=Contract).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def any_recurs(wanted: Collection[Wanted]) -> bool:
    return any(each.product.recurring for each in wanted)


def _snag(buyer: Actor | None, wanted: Wanted, left: int | None, *, on_plan: bool) -> Snag | None:
    product = wanted.product

    def because(trouble: Trouble, count: int = 0) -> Snag:
        return Snag(product.id, product.name, trouble, count)

    if product.retired_at is not None or (buyer is not None and not product.visible):
        return because(Trouble.GONE)
    if buyer is not None and not is_for(buyer, product.audience):
        return because(Trouble.NOT_FOR_YOU)
    if left == 0:
        return because(Trouble.SOLD_OUT)
    if left is not None and left < wanted.quantity:
        return because(Trouble.TOO_FEW, left)
    if product.recurring and not on_plan:
        return because(Trouble.NO_PLAN)
    return None
