"""Where a room stands, for pages that know no more of it than its id."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.models import Location, Resource, ResourceVisibility
from app.models.base import table_of
from app.tenancy import ask, reviewed, tenant_of


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Which room it is and whose clock it lives by."""

    name: str
    location_id: int
    zone: str
    visibility: ResourceVisibility


def whereabouts(session: Session, resource_id: int) -> Whereabouts:
    """A room's name and place. Raises NotFound for one that is retired, unknown or another tenant's."""
    row = ask(session, _STANDS, {"tenant": tenant_of(session), "resource": resource_id}).one_or_none()
    if row is None:
        raise NotFound
    return Whereabouts(*row)


_RESOURCE, _LOCATION = table_of(Resource), table_of(Location)
_STANDS = reviewed(
    select(_RESOURCE.c.name, _RESOURCE.c.location_id, _LOCATION.c.zone, _RESOURCE.c.visibility)
    .join(
        _LOCATION,
        and_(_LOCATION.c.tenant_id == _RESOURCE.c.tenant_id, _LOCATION.c.id == _RESOURCE.c.location_id),
    )
    .where(
        _RESOURCE.c.tenant_id == bindparam("tenant"),
        _RESOURCE.c.id == bindparam("resource"),
        _RESOURCE.c.retired_at.is_(None),
    )
)
