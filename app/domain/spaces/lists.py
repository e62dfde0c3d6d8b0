"""The operator's own lists: resource types with their price, amenities, plans; skills to choose from."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.actor import Actor
from app.domain.audit import changes, record_row
from app.domain.directory.index import index_skill
from app.domain.lookup import one
from app.domain.reach import check_within_reach
from app.domain.spaces.saving import facts, finish, flush
from app.domain.spaces.terms import StillUsed
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import (
    Amenity,
    AnnouncementTarget,
    Contract,
    PersonSkill,
    Plan,
    Resource,
    ResourceAmenity,
    ResourcePlan,
    ResourceType,
    Skill,
    TaxRate,
)
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class TypeDetails:
    """A resource type; prices in the tenant's minor units. Without `hourly_minor` only rates price it; `cap_minor` None
    means no cap."""

    name: str
    picture_kind: str
    hourly_minor: int | None
    cap_minor: int | None
    tax_rate_id: int | None = None
    """None where nobody is billed for its bookings."""
    position: int = 0


@dataclass(frozen=True, slots=True)
class AmenityDetails:
    name: str
    icon: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class PlanDetails:
    name: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class SkillDetails:
    name: str
    position: int = 0


Details = TypeDetails | AmenityDetails | PlanDetails | SkillDetails
Entry = ResourceType | Amenity | Plan | Skill
Listed = TypeVar("Listed", bound=Entry)
_MODELS: dict[type[Details], type[Entry]] = {
    TypeDetails: ResourceType,
    AmenityDetails: Amenity,
    PlanDetails: Plan,
    SkillDetails: Skill,
}
_USES: dict[type[Entry], tuple[InstrumentedAttribute[Any], ...]] = {
    ResourceType: (Resource.resource_type_id,),
    Amenity: (ResourceAmenity.amenity_id,),
    Plan: (Contract.plan_id, ResourcePlan.plan_id, AnnouncementTarget.plan_id),
    Skill: (PersonSkill.skill_id,),
}


def entries_of(session: Session, model: type[Listed]) -> Sequence[Listed]:
    """All entries of a list, in the operator's order."""
    return session.scalars(select(model).order_by(model.position, model.name)).all()


def save_entry(session: Session, actor: Actor, entry_id: int | None, details: Details, clock: Clock) -> Entry:
    """Add an entry to the list that the details belong to, or change one. Raises NotFound and NameTaken."""
    check_within_reach(actor, None)
    begin_writing(session)
    model = _MODELS[type(details)]
    entry = model(**asdict(details)) if entry_id is None else one(session, model, entry_id, lock=True)
    if isinstance(details, TypeDetails):
        _check_rate(session, details, None if entry_id is None else entry)
    before = {} if entry_id is None else facts(entry, asdict(details))
    for name, value in asdict(details).items():
        setattr(entry, name, value)
    session.add(entry)
    old, new = changes(before, asdict(details))
    if new:
        flush(session)
        verb = "created" if entry_id is None else "edited"
        record_row(session, actor, clock(), entry, verb, before={} if entry_id is None else old, after=new)
        if isinstance(entry, Skill) and "name" in old:
            index_skill(session, entry.id)
    finish(session)
    return entry


def _check_rate(session: Session, details: TypeDetails, entry: Entry | None) -> None:
    """What a type has already it may keep, retired since or not. Raises NotFound."""
    own = entry.tax_rate_id if isinstance(entry, ResourceType) else None
    if details.tax_rate_id is None or details.tax_rate_id == own:
        return
    if one(session, TaxRate, details.tax_rate_id).retired_at is not None:
        raise NotFound


def remove_entry(session: Session, actor: Actor, model: type[Entry], entry_id: int, clock: Clock) -> None:
    """Remove an entry that nothing uses. Raises NotFound and StillUsed."""
    check_within_reach(actor, None)
    begin_writing(session)
    entry = one(session, model, entry_id, lock=True)
    count = sum(
        session.execute(select(func.count()).where(column == entry.id)).scalar_one()
        for column in _USES[model]
    )
    if count:
        raise StillUsed(count)
    record_row(session, actor, clock(), entry, "removed", before={"name": entry.name})
    session.delete(entry)
    finish(session)
