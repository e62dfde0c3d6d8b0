"""Percentages that versions of plans take off bookings and products."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.domain.lookup import all_of
from app.domain.plans.terms import BadVersion, VersionDetails
from app.kernel.money import WHOLE
from app.models import Contract, PlanDiscountType, PlanVersion, ResourceType
from app.models.plan import running_on


@dataclass(frozen=True, slots=True)
class Off:
    """What a plan takes off, as its card says it, in hundredths of a percent."""

    bookings: int
    types: tuple[str, ...]
    """The names of the types of resource whose bookings cost less; none for all."""
    products: int


def discount_types_of(session: Session, version_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """Ids and names of the types that versions name, in the operator's order. One statement, none for no version."""
    found: dict[int, dict[int, str]] = {}
    if not version_ids:
        return found
    query = (
        select(PlanDiscountType.version_id, ResourceType.id, ResourceType.name)
        .join(
            ResourceType,
            and_(
                ResourceType.tenant_id == PlanDiscountType.tenant_id,
                ResourceType.id == PlanDiscountType.resource_type_id,
            ),
        )
        .where(PlanDiscountType.version_id.in_(version_ids))
        .order_by(ResourceType.position, ResourceType.name)
    )
    for version_id, type_id, name in session.execute(query):
        found.setdefault(version_id, {})[type_id] = name
    return found


def off_by(session: Session, versions: Iterable[PlanVersion]) -> dict[int, Off]:
    """What versions take off, by their ids; those that take nothing are not in it. One statement where bookings cost less."""
    taking = [
        each for each in versions if each.booking_discount_hundredths or each.product_discount_hundredths
    ]
    types = discount_types_of(session, [each.id for each in taking if each.booking_discount_hundredths])
    return {
        each.id: Off(
            each.booking_discount_hundredths,
            tuple(types.get(each.id, {}).values()),
            each.product_discount_hundredths,
        )
        for each in taking
    }


def check_discounts(details: VersionDetails) -> None:
    """Raises BadVersion for more than all, and for rooms without a percentage."""
    for field in ("booking_discount_hundredths", "product_discount_hundredths"):
        if not 0 <= getattr(details, field) <= WHOLE:
            raise BadVersion(field)
    if details.discount_type_ids and not details.booking_discount_hundredths:
        raise BadVersion("booking_discount_hundredths")


def put_discount_types(session: Session, version: PlanVersion, type_ids: Collection[int]) -> None:
    """Write what a new version's percentage comes off, within a transaction that writes. Raises NotFound for an unknown type."""
    all_of(session, ResourceType, frozenset(type_ids))
    session.add_all(PlanDiscountType(version_id=version.id, resource_type_id=type_id) for type_id in type_ids)
    session.flush()


def product_discount(session: Session, person_id: int, today: date) -> int:
    """What comes off what somebody buys, in hundredths of a percent: the best of the contracts that run. One statement."""
    query = (
        select(func.coalesce(func.max(PlanVersion.product_discount_hundredths), 0))
        .join(
            Contract,
            and_(Contract.tenant_id == PlanVersion.tenant_id, Contract.version_id == PlanVersion.id),
        )
        .where(Contract.person_id == person_id, running_on(today))
    )
    return session.execute(query).scalar_one()
