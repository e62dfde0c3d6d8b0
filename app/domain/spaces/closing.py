"""What a closure is about to lie upon: bookings that stand, since no closure takes them away."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.booking.calendar import ClosedDays
from app.domain.booking.view import STANDING
from app.domain.spaces.terms import BookingsWithin, ClosureDetails, Whose
from app.kernel.walltime import day_bounds, zone
from app.models import Booking, Location

_DAY = timedelta(days=1)


def check_nothing_unseen(
    session: Session, whose: Whose, details: ClosureDetails, seen: int, now: datetime
) -> None:
    """Raise BookingsWithin where more bookings ahead lie within a closure than its maker was told of."""
    tz = zone(session.scalars(select(Location.zone).where(Location.id == whose.location_id)).one())
    closed = ClosedDays(details.first_day, details.last_day, details.yearly)
    days: Counter[date] = Counter()
    count = 0
    for starts_at, ends_at in session.execute(_ahead(whose, closed, tz, now)):
        within = [day for day in _days(starts_at, ends_at, tz) if closed.covers(day)]
        days.update(within)
        count += bool(within)
    if count > seen:
        raise BookingsWithin(tuple(sorted(days.items())), count)


def _ahead(whose: Whose, closed: ClosedDays, tz: ZoneInfo, now: datetime) -> Select[datetime, datetime]:
    query = select(Booking.starts_at, Booking.ends_at).where(
        Booking.location_id == whose.location_id, Booking.status.in_(STANDING), Booking.ends_at > now
    )
    if whose.resource_id is not None:
        query = query.where(Booking.resource_id == whose.resource_id)
    if not closed.yearly:
        start, end = day_bounds(closed.first, tz)[0], day_bounds(closed.last, tz)[1]
        query = query.where(Booking.starts_at < end, Booking.ends_at > start)
    return query


def _days(starts_at: datetime, ends_at: datetime, tz: ZoneInfo) -> list[date]:
    """The local days that it reaches into."""
    first = starts_at.astimezone(tz).date()
    last = (ends_at - timedelta(minutes=1)).astimezone(tz).date()
    return [first + n * _DAY for n in range((last - first).days + 1)]
