"""What versions of plans give with each cycle."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.lookup import all_of
from app.domain.plans.terms import BadVersion, Benefit
from app.models import CreditKind, PlanBenefit, PlanBenefitType, PlanVersion, ResourceType

MOST = 1_000_000_000
_Found = tuple[CreditKind, int, dict[int, str]]


@dataclass(frozen=True, slots=True)
class Given:
    """What a plan gives with each cycle, as its card says it."""

    kind: CreditKind
    amount: int
    types: tuple[str, ...]
    """The names of the types of resource that the time is for."""


def benefits_of(session: Session, version_ids: Iterable[int]) -> dict[int, tuple[Benefit, ...]]:
    """By the ids of versions, each in the order of its editor. One statement."""
    return {
        version_id: tuple(Benefit(kind, amount, tuple(sorted(types))) for kind, amount, types in found)
        for version_id, found in _by_version(session, version_ids).items()
    }


def given_by(session: Session, version_ids: Iterable[int]) -> dict[int, tuple[Given, ...]]:
    """The same with the names of the types, in the operator's order. One statement."""
    return {
        version_id: tuple(Given(kind, amount, tuple(types.values())) for kind, amount, types in found)
        for version_id, found in _by_version(session, version_ids).items()
    }


def _by_version(session: Session, version_ids: Iterable[int]) -> dict[int, list[_Found]]:
    """What each version gives: kind, amount, and the names of the types by their ids."""
    rows = session.execute(
        select(
            PlanBenefit.version_id,
            PlanBenefit.number,
            PlanBenefit.kind,
            PlanBenefit.amount,
            ResourceType.id.label("type_id"),
            ResourceType.name,
        )
        .outerjoin(
            PlanBenefitType,
            and_(
                PlanBenefitType.tenant_id == PlanBenefit.tenant_id,
                PlanBenefitType.benefit_id == PlanBenefit.id,
            ),
        )
        .outerjoin(
            ResourceType,
            and_(
                ResourceType.tenant_id == PlanBenefitType.tenant_id,
                ResourceType.id == PlanBenefitType.resource_type_id,
            ),
        )
        .where(PlanBenefit.version_id.in_(list(version_ids)))
        .order_by(PlanBenefit.version_id, PlanBenefit.number, ResourceType.position, ResourceType.name)
    ).all()
    found: dict[int, list[_Found]] = {}
    for (version_id, _number), group in groupby(rows, key=lambda row: (row.version_id, row.number)):
        same = list(group)
        types = {row.type_id: row.name for row in same if row.type_id is not None}
        found.setdefault(version_id, []).append((same[0].kind, same[0].amount, types))
    return found


def check_benefits(benefits: Iterable[Benefit]) -> None:
    """Raises BadVersion for credit of nothing, and for time in no type of room."""
    for each in benefits:
        if not 0 < each.amount <= MOST:
            raise BadVersion("credit_tenths" if each.kind is CreditKind.TIME else "credit_money_minor")
        if each.kind is CreditKind.DAYS:  # who is on a plan needs none
            raise BadVersion("credit_tenths")
        if (each.kind is CreditKind.TIME) is not bool(each.type_ids):
            raise BadVersion("credit_type_ids")


def put_benefits(session: Session, version: PlanVersion, benefits: Iterable[Benefit]) -> None:
    """Write what a new version gives, within a transaction that writes. Raises NotFound for a type that is unknown."""
    for number, each in enumerate(benefits):
        all_of(session, ResourceType, frozenset(each.type_ids))
        row = PlanBenefit(version_id=version.id, number=number, kind=each.kind, amount=each.amount)
        session.add(row)
        session.flush()
        session.add_all(
            PlanBenefitType(benefit_id=row.id, resource_type_id=type_id) for type_id in each.type_ids
        )
    session.flush()
