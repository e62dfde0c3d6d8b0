"""The levels of settings: the tenant, and each location that may differ from it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.models import Location, Tenant
from app.tenancy import tenant_of


class UnknownLevel(NotFound):
    """The location does not exist, is retired, or is another tenant's."""


class Level:
    """One level, held for a change: nobody else changes settings of this tenant until the transaction ends."""

    def __init__(self, tenant: Tenant, location_id: int | None) -> None:
        self.tenant = tenant
        self.location_id = location_id

    def touch(self) -> None:
        """Settings changed: raise the tenant's revision, so that every process looks again at its next request."""
        self.tenant.revision += 1


def hold_level(session: Session, location_id: int | None) -> Level:
    """Lock the tenant's settings and make sure that the level is there; None is the tenant itself.

    The lock is the tenant's row (on SQLite the transaction itself, see `begin_writing`), so that two people who
    order the same list leave one order or the other, never a mixture. Raises UnknownLevel.
    """
    # What an earlier verb of this transaction changed must not be read over.
    session.flush()
    # "No key": whoever only refers to the tenant, as every row does, is not made to wait.
    tenant = session.get_one(
        Tenant, tenant_of(session), with_for_update={"key_share": True}, populate_existing=True
    )
    if location_id is not None:
        found = session.scalars(
            select(Location.id).where(Location.id == location_id, Location.retired_at.is_(None))
        ).one_or_none()
        if found is None:
            raise UnknownLevel
    return Level(tenant, location_id)
