"""What staff see of spaces: lists to look at and lists to choose from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.reach import check_within_reach
from app.kernel.errors import NotFound
from app.models import (
    BLOCKING,
    Amenity,
    Booking,
    Location,
    Plan,
    Resource,
    ResourceAmenity,
    ResourcePart,
    ResourcePlan,
    ResourceTeam,
    ResourceType,
    StoredFile,
    Team,
)

Pairs = tuple[tuple[int, str], ...]
"""(id, name) in the operator's order."""


@dataclass(frozen=True, slots=True)
class ResourceChoices:
    """What a resource's form offers."""

    types: Pairs
    amenities: Pairs
    plans: Pairs
    teams: Pairs
    """Those in use, and those that the resource is for."""
    parts: Pairs
    """Other resources of the same location that are not retired."""
    amenity_ids: frozenset[int]
    plan_ids: frozenset[int]
    team_ids: frozenset[int]
    part_ids: frozenset[int]
    """Of these, what the resource in hand has; nothing for a new one."""


@dataclass(frozen=True, slots=True)
class ResourceLine:
    """A resource as the list of a location shows it."""

    id: int
    name: str
    type_name: str
    level: str
    capacity: int
    units: int
    retired: bool
    ahead: int
    """Bookings running or to come."""


@dataclass(frozen=True, slots=True)
class ResourceSheet:
    """A resource with what stands beside it on its page."""

    resource: Resource
    place: str
    """Name of its location."""
    photo: str | None
    """Digest of its photograph."""
    ahead: int
    """Bookings running or to come."""


@dataclass(frozen=True, slots=True)
class LocationLine:
    """A location as the list shows it."""

    id: int
    name: str
    address: str
    zone: str
    retired: bool
    resources: int
    """How many can be booked there."""


def resource_choices(session: Session, location_id: int, resource_id: int | None = None) -> ResourceChoices:
    """What the form of a resource at that location offers; not the resource itself as its own part. Five statements."""
    amenities = _marked(
        session,
        select(Amenity.id, Amenity.name, ResourceAmenity.id.is_not(None))
        .outerjoin(
            ResourceAmenity,
            and_(ResourceAmenity.amenity_id == Amenity.id, ResourceAmenity.resource_id == resource_id),
        )
        .order_by(Amenity.position, Amenity.name),
    )
    plans = _marked(
        session,
        select(Plan.id, Plan.name, ResourcePlan.id.is_not(None))
        .outerjoin(
            ResourcePlan, and_(ResourcePlan.plan_id == Plan.id, ResourcePlan.resource_id == resource_id)
        )
        .order_by(Plan.position, Plan.name),
    )
    teams = _marked(
        session,
        select(Team.id, Team.name, ResourceTeam.id.is_not(None))
        .outerjoin(
            ResourceTeam, and_(ResourceTeam.team_id == Team.id, ResourceTeam.resource_id == resource_id)
        )
        .where(or_(Team.retired_at.is_(None), ResourceTeam.id.is_not(None)))
        .order_by(Team.name, Team.id),
    )
    parts = _marked(
        session,
        select(Resource.id, Resource.name, ResourcePart.id.is_not(None))
        .outerjoin(
            ResourcePart, and_(ResourcePart.part_id == Resource.id, ResourcePart.whole_id == resource_id)
        )
        .where(
            Resource.location_id == location_id,
            Resource.retired_at.is_(None),
            Resource.id != (resource_id or 0),
        )
        .order_by(Resource.position, Resource.name),
    )
    return ResourceChoices(
        types=type_pairs(session),
        amenities=amenities[0],
        plans=plans[0],
        teams=teams[0],
        parts=parts[0],
        amenity_ids=amenities[1],
        plan_ids=plans[1],
        team_ids=teams[1],
        part_ids=parts[1],
    )


def type_pairs(session: Session) -> Pairs:
    """Every type of resource."""
    rows = session.execute(
        select(ResourceType.id, ResourceType.name).order_by(ResourceType.position, ResourceType.name)
    )
    return tuple((row.id, row.name) for row in rows)


def list_resources(session: Session, actor: Actor, location_id: int, now: datetime) -> list[ResourceLine]:
    """All resources of a location, retired ones last. Raises NotFound out of reach."""
    check_within_reach(actor, location_id)
    rows = session.execute(
        select(
            Resource.id,
            Resource.name,
            ResourceType.name.label("type_name"),
            Resource.level,
            Resource.capacity,
            Resource.units,
            Resource.retired_at.is_not(None),
            _ahead(now),
        )
        .join(ResourceType, Resource.resource_type_id == ResourceType.id)
        .where(Resource.location_id == location_id)
        .order_by(Resource.retired_at.is_not(None), Resource.position, Resource.name)
    ).all()
    return [ResourceLine(*row) for row in rows]


def resource_sheet(session: Session, actor: Actor, resource_id: int, now: datetime) -> ResourceSheet:
    """A resource as its page shows it, in one statement. Raises NotFound."""
    row = session.execute(
        select(Resource, Location.name, StoredFile.digest, _ahead(now))
        .join(Location, Location.id == Resource.location_id)
        .outerjoin(StoredFile, StoredFile.id == Resource.photo_id)
        .where(Resource.id == resource_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    check_within_reach(actor, row[0].location_id)
    return ResourceSheet(*row)


def list_locations(session: Session, actor: Actor) -> list[LocationLine]:
    """All locations in reach, retired ones last."""
    count = (
        select(func.count(Resource.id))
        .where(
            Resource.tenant_id == Location.tenant_id,
            Resource.location_id == Location.id,
            Resource.retired_at.is_(None),
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Location.id,
            Location.name,
            Location.address,
            Location.zone,
            Location.retired_at.is_not(None),
            count,
        ).order_by(Location.retired_at.is_not(None), Location.position, Location.id)
    ).all()
    return [LocationLine(*row) for row in rows if actor.reaches(row.id)]


def _ahead(now: datetime) -> ScalarSelect[int]:
    """Of a resource, how many bookings are running or to come."""
    return (
        select(func.count(Booking.id))
        .where(
            Booking.tenant_id == Resource.tenant_id,
            Booking.resource_id == Resource.id,
            Booking.ends_at > now,
            Booking.status.in_(BLOCKING),
        )
        .scalar_subquery()
    )


def _marked(session: Session, query: Select[*tuple[Any, ...]]) -> tuple[Pairs, frozenset[int]]:
    """Everything on offer by id and name, and the ids of what is marked in the third column."""
    rows = session.execute(query).all()
    return tuple((row[0], row[1]) for row in rows), frozenset(row[0] for row in rows if row[2])
