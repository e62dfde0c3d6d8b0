"""What staff see of spaces: lists to look at and lists to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    union_all,
)
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
from app.models.base import table_of
from app.tenancy import ask, reviewed, tenant_of

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
    """What the form of a resource at that location offers; not the resource itself as its own part. Four statements."""
    amenities = _marked(
        session,
        select(Amenity.id, Amenity.name, ResourceAmenity.id.is_not(None))
        .outerjoin(
            ResourceAmenity,
            and_(ResourceAmenity.amenity_id == Amenity.id, ResourceAmenity.resource_id == resource_id),
        )
        .order_by(Amenity.position, Amenity.name),
    )
    plans, teams = _audiences(session, resource_id)
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


# Tables, not classes: what is one statement of two names its tenant by hand.
_PLAN, _TEAM, _FOR_PLAN, _FOR_TEAM = map(table_of, (Plan, Team, ResourcePlan, ResourceTeam))


def _with_chosen(
    kind: int, one: FromClause, place: ColumnElement[int], link: FromClause, whose: ColumnElement[int]
) -> Select[*tuple[Any, ...]]:
    """All of a sort, each with whether the resource has it; `whose` of the link's columns names it."""
    chosen = and_(
        link.c.tenant_id == one.c.tenant_id, whose == one.c.id, link.c.resource_id == bindparam("resource")
    )
    return (
        select(literal(kind), place, one.c.id, one.c.name, link.c.id.is_not(None))
        .select_from(one.outerjoin(link, chosen))
        .where(one.c.tenant_id == bindparam("tenant"))
    )


_AUDIENCES = reviewed(
    union_all(
        _with_chosen(0, _PLAN, _PLAN.c.position, _FOR_PLAN, _FOR_PLAN.c.plan_id),
        _with_chosen(1, _TEAM, literal(0), _FOR_TEAM, _FOR_TEAM.c.team_id).where(
            or_(_TEAM.c.retired_at.is_(None), _FOR_TEAM.c.id.is_not(None))
        ),
    )
)


def _audiences(session: Session, resource_id: int | None) -> list[tuple[Pairs, frozenset[int]]]:
    """Plans, and teams in use or chosen; in one statement."""
    asked = {"tenant": tenant_of(session), "resource": resource_id or 0}
    rows = sorted(ask(session, _AUDIENCES, asked).all(), key=_by_place)
    return [_apart([row[2:] for row in rows if row[0] == kind]) for kind in (0, 1)]


def _by_place(row: Row[*tuple[Any, ...]]) -> tuple[int, str, int]:
    return row[1], row[3], row[2]


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
    return _apart(session.execute(query).all())


def _apart(rows: Sequence[Sequence[Any]]) -> tuple[Pairs, frozenset[int]]:
    return tuple((row[0], row[1]) for row in rows), frozenset(row[0] for row in rows if row[2])
