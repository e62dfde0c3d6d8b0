"""A repeating booking of the demo member: one that runs for some weeks, with what was taken left out."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.quotes import Quote
from app.domain.booking.repeating import Every, Pattern, dates_of, span_on
from app.kernel.spans import Span
from app.kernel.walltime import local_date, zone
from app.models import Booking, BookingSeries, BookingStatus, Location, Occupancy, Resource

_STARTS, _MINUTES, _WEEKS = 19 * 60, 60, 8
"""After the hours in which the days are filled, which would run into it."""


def repeat_for_member(session: Session, location: Location, member: int, now: datetime) -> None:
    """Book the first room that has no buffers every week at seven, from next week on, unless such a series is still ahead."""
    tz = zone(location.zone)
    today = local_date(now, tz)
    ahead = select(BookingSeries.id).where(BookingSeries.person_id == member, BookingSeries.last_day >= today)
    if session.scalar(ahead.limit(1)):
        return
    room = session.scalars(
        select(Resource)
        .where(
            Resource.location_id == location.id,
            Resource.retired_at.is_(None),
            Resource.units == 1,
            Resource.notice_minutes == 0,
            Resource.buffer_before == 0,
            Resource.buffer_after == 0,
        )
        .order_by(Resource.position)
        .limit(1)
    ).one_or_none()
    if room is None:
        return
    catalogue = load_catalogue(session, location.id, member, now)
    bookable, asker = catalogue.room(room.id), catalogue.asker(member, is_member=True)
    start = today + timedelta(days=7 - today.weekday() + 1)
    dates = dates_of(Pattern(start, Every.WEEK, count=_WEEKS), today)
    series = BookingSeries(
        person_id=member,
        booked_by_id=member,
        resource_id=room.id,
        location_id=location.id,
        rule=dates.rule,
        first_day=dates.days[0],
        last_day=dates.days[-1],
        starts=_STARTS,
        minutes=_MINUTES,
        title="Reading group",
        people=3,
        created_at=now,
        changed_at=now,
    )
    session.add(series)
    session.flush()
    for day in dates.days:
        span = span_on(day, _STARTS, _MINUTES, tz)
        price = catalogue.price(bookable, span, asker, now)
        if price is not None and not _taken(session, room.id, span):
            booking = _booking(series, day, span, price)
            session.add(booking)
            session.flush()
            session.add(_blocks(booking))
    session.flush()


def _taken(session: Session, resource_id: int, span: Span) -> bool:
    blocking = select(Occupancy.id).where(
        Occupancy.resource_id == resource_id,
        Occupancy.blocks_from < span.end,
        Occupancy.blocks_until > span.start,
    )
    return session.scalar(blocking.limit(1)) is not None


def _booking(series: BookingSeries, day: date, span: Span, price: Quote) -> Booking:
    return Booking(
        resource_id=series.resource_id,
        location_id=series.location_id,
        person_id=series.person_id,
        booked_by_id=series.person_id,
        starts_at=span.start,
        ends_at=span.end,
        status=BookingStatus.CONFIRMED,
        title=series.title,
        people=series.people,
        price_minor=price.total_minor,
        currency=price.currency,
        quote=price.as_json(),
        series_id=series.id,
        series_day=day,
        created_at=series.created_at,
    )


def _blocks(booking: Booking) -> Occupancy:
    return Occupancy(
        booking_id=booking.id,
        resource_id=booking.resource_id,
        location_id=booking.location_id,
        unit=0,
        blocks_from=booking.starts_at,
        blocks_until=booking.ends_at,
    )
