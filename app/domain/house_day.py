"""The tenant's clock: what contracts, invoices and credit go by, wherever their people are."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.kernel.walltime import local_date, zone
from app.models import Tenant
from app.tenancy import tenant_of


def house_zone(session: Session) -> ZoneInfo:
    """The tenant's own zone. No statement where the tenant has been read."""
    return zone(session.get_one(Tenant, tenant_of(session)).zone)


def house_day(session: Session, now: datetime) -> date:
    """The date there."""
    return local_date(now, house_zone(session))
