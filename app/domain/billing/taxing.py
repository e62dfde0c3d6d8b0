"""What tax will come on top of a booking, for tenants whose prices are without it."""

from zoneinfo import ZoneInfo

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.invoicing.amounts import ONE
from app.domain.invoicing.rates import rates
from app.domain.invoicing.seller import payer_details
from app.domain.invoicing.terms import NoRateYet
from app.domain.invoicing.treating import Priced, priced
from app.kernel.walltime import local_date
from app.models import Booking, InvoiceLine, Resource, ResourceType


def tax_on_booking(session: Session, booking_id: int, due_minor: int, tz: ZoneInfo) -> Priced | None:
    """An amount without tax with what comes on top of it for whose booking it is, on its day there; None where nobody is
    billed for such rooms, or no tax is known for that day. Four statements."""
    row = session.execute(
        select(ResourceType.tax_rate_id, Booking.person_id, Booking.starts_at)
        .select_from(Booking)
        .join(Resource, and_(Resource.tenant_id == Booking.tenant_id, Resource.id == Booking.resource_id))
        .join(
            ResourceType,
            and_(ResourceType.tenant_id == Resource.tenant_id, ResourceType.id == Resource.resource_type_id),
        )
        .where(Booking.id == booking_id)
    ).one_or_none()
    if row is None or row.tax_rate_id is None:
        return None
    line = InvoiceLine(quantity_thousandths=ONE, unit_minor=due_minor, tax_rate_id=row.tax_rate_id)
    payer, known = payer_details(session, row.person_id), rates(session, {row.tax_rate_id})
    try:
        (found,) = priced(known, [line], payer, local_date(row.starts_at, tz), prices_include_tax=False)
    except NoRateYet:
        return None
    return found
