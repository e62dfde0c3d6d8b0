"""What a location offers, for whoever knows but one of its rooms."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.booking.catalogue import Catalogue, load_catalogue, recall_catalogue
from app.kernel.errors import NotFound
from app.models import Resource, Tenant
from app.models.base import table_of
from app.tenancy import ask, reviewed, tenant_of

ReadCatalogue = Callable[[Session, int, int, datetime], Catalogue]
"""Session, resource id, person id, now."""

_RESOURCE, _TENANT = table_of(Resource), table_of(Tenant)
_STANDS = reviewed(
    select(_RESOURCE.c.location_id, _TENANT.c.revision)
    .join(_TENANT, _TENANT.c.id == _RESOURCE.c.tenant_id)
    .where(_RESOURCE.c.tenant_id == bindparam("tenant"), _RESOURCE.c.id == bindparam("resource"))
)


def load_catalogue_of(session: Session, resource_id: int, person_id: int, now: datetime) -> Catalogue:
    """The catalogue as it stands in this transaction. Raises NotFound for an unknown room."""
    location_id, _revision = _stands(session, resource_id)
    return load_catalogue(session, location_id, person_id, now)


def recall_catalogue_of(session: Session, resource_id: int, person_id: int, now: datetime) -> Catalogue:
    """The same from memory where this process has met that revision: for a first look, of which nothing is written.

    Raises NotFound for an unknown room.
    """
    location_id, revision = _stands(session, resource_id)
    return recall_catalogue(session, revision, location_id, person_id, now)


def _stands(session: Session, resource_id: int) -> tuple[int, int]:
    """(location id, the settings' revision)."""
    row = ask(session, _STANDS, {"tenant": tenant_of(session), "resource": resource_id}).one_or_none()
    if row is None:
        raise NotFound
    return row.location_id, row.revision
