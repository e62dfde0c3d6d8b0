"""Where a room stands, for pages that know no more of it than its id."""

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.models import Location, Resource, ResourceVisibility


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Which room it is and whose clock it lives by."""

    name: str
    location_id: int
    zone: str
    visibility: ResourceVisibility


def whereabouts(session: Session, resource_id: int) -> Whereabouts:
    """A room's name and place. Raises NotFound for one that is retired, unknown or another tenant's."""
    row = session.execute(
        select(Resource.name, Resource.location_id, Location.zone, Resource.visibility)
        .join(Location, and_(Location.tenant_id == Resource.tenant_id, Location.id == Resource.location_id))
        .where(Resource.id == resource_id, Resource.retired_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound
    return Whereabouts(*row)
