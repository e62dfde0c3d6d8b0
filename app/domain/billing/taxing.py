"""What tax a booking has, on top of its price or within it."""

from collections.abc import Iterable
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


def tax_on_booking(
    session: Session,
    booking_id: int,
    due_minor: int,
    tz: ZoneInfo,
    extras: Iterable[tuple[int, int]] = (),
    *,
    prices_include_tax: bool = False,
) -> list[Priced]:
    """What is due for a booking, and amounts with a rate of tax each for what comes with it, with the tax of each for whose booking it is, on its day there. None of the room where nobody is billed for such; nothing at all where no tax is
    known for that day. Four statements."""
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
    if row is None:
        return []
    parts = [(due_minor, row.tax_rate_id), *extras]
    lines = [
        InvoiceLine(quantity_thousandths=ONE, unit_minor=minor, tax_rate_id=rate_id)
        for minor, rate_id in parts
        if minor and rate_id is not None
    ]
    if not lines:
        return []
    payer, known = payer_details(session, row.person_id), rates(session, {each.tax_rate_id for each in lines})
    try:
        day = local_date(row.starts_at, tz)
        return list(priced(known, lines, payer, day, prices_include_tax=prices_include_tax))
    except NoRateYet:
        return []
