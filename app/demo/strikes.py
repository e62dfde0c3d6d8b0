"""A repeating booking to which nobody came twice, in the demo's second house: one time more, and it ends."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.spaces import DemoSpace
from app.domain.booking.repeating import span_on
from app.kernel.walltime import zone
from app.models import Booking, BookingSeries, BookingStatus, Location, Resource, Tenant
from app.tenancy import tenant_of

_LIMIT, _KEPT = 3, 15
_MISSED = (3, 2)
"""So many weeks before its first date."""


def miss_dates(session: Session, space: DemoSpace, now: datetime) -> None:
    """Turn strikes on, and have the member's series miss two dates that were; unless it is on already."""
    tenant = session.get_one(Tenant, tenant_of(session))
    if space.tenant.slug != "harbour" or tenant.strike_limit is not None:
        return
    found = session.execute(
        select(BookingSeries, Booking, Location.zone)
        .join(
            Booking, (Booking.tenant_id == BookingSeries.tenant_id) & (Booking.series_id == BookingSeries.id)
        )
        .join(
            Location,
            (Location.tenant_id == BookingSeries.tenant_id) & (Location.id == BookingSeries.location_id),
        )
        .where(Booking.starts_at > now)
        .order_by(Booking.starts_at)
        .limit(1)
    ).one_or_none()
    if found is None:
        return
    series, next_one, zone_name = found
    tenant.strike_limit = _LIMIT
    session.get_one(Resource, series.resource_id).release_minutes = _KEPT
    first = series.first_day
    for weeks in _MISSED:
        day = first - timedelta(weeks=weeks)
        start = span_on(day, series.starts, series.minutes, zone(zone_name)).start
        freed = start + timedelta(minutes=_KEPT)
        session.add(
            Booking(
                resource_id=series.resource_id,
                location_id=series.location_id,
                person_id=series.person_id,
                booked_by_id=series.person_id,
                starts_at=start,
                ends_at=freed + timedelta(minutes=1),
                status=BookingStatus.CONFIRMED,
                title=series.title,
                people=series.people,
                price_minor=next_one.price_minor,
                currency=next_one.currency,
                quote=next_one.quote,
                series_id=series.id,
                series_day=day,
                created_at=start - timedelta(days=14),
                no_show_warned_at=freed - timedelta(minutes=5),
                released_at=freed,
            )
        )
        series.first_day = min(series.first_day, day)
        series.strikes_warned_at = freed + timedelta(minutes=2)
    session.flush()
