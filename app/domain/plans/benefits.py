"""What versions of plans give with each cycle."""

from collections.abc import Iterable

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.lookup import all_of
from app.domain.plans.terms import BadVersion, Benefit
from app.models import CreditKind, PlanBenefit, PlanBenefitType, PlanVersion, ResourceType

MOST = 1_000_000_000


def benefits_of(session: Session, version_ids: Iterable[int]) -> dict[int, tuple[Benefit, ...]]:
    """By the ids of versions, each in the order of its editor. One statement."""
    rows = session.execute(
        select(
            PlanBenefit.version_id,
            PlanBenefit.number,
            PlanBenefit.kind,
            PlanBenefit.amount,
            PlanBenefitType.resource_type_id,
        )
        .outerjoin(
            PlanBenefitType,
            and_(
                PlanBenefitType.tenant_id == PlanBenefit.tenant_id,
                PlanBenefitType.benefit_id == PlanBenefit.id,
            ),
        )
        .where(PlanBenefit.version_id.in_(list(version_ids)))
        .order_by(PlanBenefit.version_id, PlanBenefit.number, PlanBenefitType.resource_type_id)
    ).all()
    found: dict[int, dict[int, Benefit]] = {}
    for row in rows:
        of_version = found.setdefault(row.version_id, {})
        types = of_version[row.number].type_ids if row.number in of_version else ()
        more = () if row.resource_type_id is None else (row.resource_type_id,)
        of_version[row.number] = Benefit(row.kind, row.amount, (*types, *more))
    return {version_id: tuple(each.values()) for version_id, each in found.items()}


def check_benefits(benefits: Iterable[Benefit]) -> None:
    """Raises BadVersion for credit of nothing, and for time in no type of room."""
    for each in benefits:
        if not 0 < each.amount <= MOST:
            raise BadVersion("benefits")
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
