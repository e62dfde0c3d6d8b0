"""What staff see of spaces: lists to look at and lists to choose from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import (
    Amenity,
    Booking,
    BookingStatus,
    Location,
    Plan,
    Resource,
    ResourceType,
)

Pairs = tuple[tuple[int, str], ...]
"""(id, name) in the operator's order."""


@dataclass(frozen=True, slots=True)
class ResourceChoices:
    """What a resource's form offers."""

    types: Pairs
    amenities: Pairs
    plans: Pairs
    parts: Pairs
    """Other resources of the same location that are not retired."""


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
    """What the form of a resource at that location offers; not the resource itself as its own part."""
    return ResourceChoices(
        types=_pairs(
            session,
            select(ResourceType.id, ResourceType.name).order_by(ResourceType.position, ResourceType.name),
        ),
        amenities=_pairs(session, select(Amenity.id, Amenity.name).order_by(Amenity.position, Amenity.name)),
        plans=_pairs(session, select(Plan.id, Plan.name).order_by(Plan.position, Plan.name)),
        parts=_pairs(
            session,
            select(Resource.id, Resource.name)
            .where(
                Resource.location_id == location_id,
                Resource.retired_at.is_(None),
                Resource.id != (resource_id or 0),
            )
            .order_by(Resource.position, Resource.name),
        ),
    )


def list_resources(session: Session, location_id: int, now: datetime) -> list[ResourceLine]:
    """All resources of a location, retired ones last."""
    ahead = (
        select(func.count(Booking.id))
        .where(
            Booking.tenant_id == Resource.tenant_id,
            Booking.resource_id == Resource.id,
            Booking.ends_at > now,
            Booking.status.in_((BookingStatus.HELD, BookingStatus.CONFIRMED)),
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Resource.id,
            Resource.name,
            ResourceType.name.label("type_name"),
            Resource.level,
            Resource.capacity,
            Resource.units,
            Resource.retired_at.is_not(None),
            ahead,
        )
        .join(ResourceType, Resource.resource_type_id == ResourceType.id)
        .where(Resource.location_id == location_id)
        .order_by(Resource.retired_at.is_not(None), Resource.position, Resource.name)
    ).all()
    return [ResourceLine(*row) for row in rows]


def list_locations(session: Session) -> list[LocationLine]:
    """All locations, retired ones last."""
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
    return [LocationLine(*row) for row in rows]


def _pairs(session: Session, query: Any) -> Pairs:
    return tuple((row.id, row.name) for row in session.execute(query))
