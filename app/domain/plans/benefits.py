"""What versions of plans give with each cycle, and what products carry."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from app.domain.credits.terms import TYPED
from app.domain.lookup import all_of
from app.domain.plans.terms import BadBenefit, Benefit
from app.kernel.errors import NotFound
from app.models import (
    CreditKind,
    PassType,
    PlanBenefit,
    PlanBenefitType,
    ProductBenefit,
    ProductBenefitType,
    ResourceType,
)

MOST = 1_000_000_000
PASSES = (CreditKind.DAYS, CreditKind.MINUTES)
"""What lets somebody in, and pays for no room."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """The tables of what something carries: `owner` is the column that says what does."""

    benefit: Any
    type: Any
    owner: str


PLANS = Carrier(PlanBenefit, PlanBenefitType, "version_id")
PRODUCTS = Carrier(ProductBenefit, ProductBenefitType, "product_id")


@dataclass(frozen=True, slots=True)
class Given:
    """What a plan or a product gives, as its card says it."""

    kind: CreditKind
    amount: int
    types: tuple[str, ...]
    """The names of the types of resource that the time is for."""
    pass_name: str | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """A benefit with the names of its types by their ids, and that of its pass."""

    benefit: Benefit
    types: dict[int, str]
    pass_name: str | None


def benefits_of(
    session: Session, owner_ids: Iterable[int], carrier: Carrier = PLANS
) -> dict[int, tuple[Benefit, ...]]:
    """By the ids of versions, or of products, each in the order of its editor. One statement."""
    found = _by_owner(session, owner_ids, carrier)
    return {owner_id: tuple(each.benefit for each in rows) for owner_id, rows in found.items()}


def given_by(
    session: Session, owner_ids: Iterable[int], carrier: Carrier = PLANS
) -> dict[int, tuple[Given, ...]]:
    """The same with the names of types, in the operator's order, and of passes. One statement."""
    return {
        owner_id: tuple(
            Given(each.benefit.kind, each.benefit.amount, tuple(each.types.values()), each.pass_name)
            for each in rows
        )
        for owner_id, rows in _by_owner(session, owner_ids, carrier).items()
    }


def _by_owner(session: Session, owner_ids: Iterable[int], carrier: Carrier) -> dict[int, list[_Found]]:
    benefit, of_type = carrier.benefit, carrier.type
    owner = getattr(benefit, carrier.owner)
    rows = session.execute(
        select(
            owner.label("owner_id"),
            benefit.number,
            benefit.kind,
            benefit.amount,
            benefit.pass_type_id,
            PassType.name.label("pass_name"),
            ResourceType.id.label("type_id"),
            ResourceType.name,
        )
        .outerjoin(of_type, and_(of_type.tenant_id == benefit.tenant_id, of_type.benefit_id == benefit.id))
        .outerjoin(
            ResourceType,
            and_(ResourceType.tenant_id == of_type.tenant_id, ResourceType.id == of_type.resource_type_id),
        )
        .outerjoin(
            PassType, and_(PassType.tenant_id == benefit.tenant_id, PassType.id == benefit.pass_type_id)
        )
        .where(owner.in_(list(owner_ids)))
        .order_by(owner, benefit.number, ResourceType.position, ResourceType.name)
    ).all()
    found: dict[int, list[_Found]] = {}
    for (owner_id, _number), group in groupby(rows, key=lambda row: (row.owner_id, row.number)):
        same = list(group)
        first, types = same[0], {row.type_id: row.name for row in same if row.type_id is not None}
        benefit_found = Benefit(first.kind, first.amount, tuple(sorted(types)), first.pass_type_id)
        found.setdefault(owner_id, []).append(_Found(benefit_found, types, first.pass_name))
    return found


def check_benefits(benefits: Iterable[Benefit]) -> None:
    """Raises BadBenefit for credit of nothing, and for time in no type of room."""
    for each in benefits:
        if not 0 < each.amount <= MOST:
            raise BadBenefit(each.kind, "amount")
        if (each.kind is CreditKind.TIME and not each.type_ids) or (each.type_ids and each.kind not in TYPED):
            raise BadBenefit(each.kind, "type_ids")
        if each.pass_type_id is not None and each.kind not in PASSES:
            raise BadBenefit(each.kind, "pass_type_id")


def put_benefits(
    session: Session, owner_id: int, benefits: Iterable[Benefit], carrier: Carrier = PLANS
) -> None:
    """Write what a new version, or a product, gives, within a transaction that writes.

    Raises NotFound for a type that is unknown, and for a pass that is, or is of another kind.
    """
    for number, each in enumerate(benefits):
        all_of(session, ResourceType, frozenset(each.type_ids))
        _check_pass(session, each)
        row = carrier.benefit(
            number=number,
            kind=each.kind,
            amount=each.amount,
            pass_type_id=each.pass_type_id,
            **{carrier.owner: owner_id},
        )
        session.add(row)
        session.flush()
        session.add_all(
            carrier.type(benefit_id=row.id, resource_type_id=type_id) for type_id in each.type_ids
        )
    session.flush()


def replace_product_benefits(session: Session, product_id: int, benefits: Iterable[Benefit]) -> None:
    """Have a product, which is locked, carry this from now on; what was bought stays. Raises as `put_benefits`."""
    session.execute(delete(ProductBenefit).where(ProductBenefit.product_id == product_id))
    put_benefits(session, product_id, benefits, PRODUCTS)


def _check_pass(session: Session, benefit: Benefit) -> None:
    if benefit.pass_type_id is None:
        return
    (found,) = all_of(session, PassType, frozenset({benefit.pass_type_id}))
    if found.kind is not benefit.kind:
        raise NotFound
