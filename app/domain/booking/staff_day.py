"""The front desk's day: every booking of a location, and who made one."""

from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.view import STANDING, BookingView, bookings, view_of
from app.domain.reach import check_within_reach
from app.kernel.errors import NotFound
from app.kernel.walltime import day_bounds, zone
from app.models import Booking, BookingStatus, Location, Person


def bookings_of_day(session: Session, actor: Actor, location_id: int, day: date) -> list[BookingView]:
    """Bookings that start on a local day, holds and cancelled ones too, by start and then by room.

    For staff: whoever calls has checked Permission.BOOKINGS. `can_cancel` says that it still stands; whether it is
    over, or a hold has run out, the caller's clock tells. Raises NotFound for an unknown location, and for one out of reach.
    """
    check_within_reach(actor, location_id)
    zone_name = session.scalar(select(Location.zone).where(Location.id == location_id))
    if zone_name is None:
        raise NotFound
    start, end = day_bounds(day, zone(zone_name))
    rows = session.execute(
        bookings(
            Booking.location_id == location_id,
            Booking.starts_at >= start,
            Booking.starts_at < end,
            Booking.status != BookingStatus.LAPSED,
        ).order_by(Booking.starts_at, Booking.id)
    )
    views = [view_of(row, lambda status, _ends_at, _cutoff: status in STANDING) for row in rows]
    return sorted(views, key=lambda view: (view.starts_at, view.room))


def booked_by(session: Session, booking_id: int) -> str:
    """The name of who made a booking, when that was somebody else than who has the room; empty otherwise."""
    found = session.execute(
        select(Person.first_name, Person.last_name)
        .join(Booking, and_(Booking.tenant_id == Person.tenant_id, Booking.booked_by_id == Person.id))
        .where(Booking.id == booking_id, Booking.booked_by_id != Booking.person_id)
    ).one_or_none()
    return " ".join(filter(None, found)) if found else ""
