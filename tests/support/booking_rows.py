"""Bookings as rows, for tests that are not about booking."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from app.domain.booking.quotes import Quote
from app.models import Booking, BookingStatus, Occupancy
from app.tenancy import tenant_session
from app.web.database import db
from tests.support.world import TenantWorld


def book(app: Flask, tenant: TenantWorld, who: str, room: str, hours_from_now: float, **more: Any) -> int:
    """Write a booking of one hour as it stands, and return its id; whether it could be made is not the question here."""
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours_from_now)
    booking = Booking(
        resource_id=tenant.rooms[room],
        location_id=tenant.locations["Porto" if room == "Tejo" else "Leith Walk"],
        person_id=tenant.people[who],
        booked_by_id=tenant.people[who],
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        status=more.pop("status", BookingStatus.CONFIRMED),
        currency="GBP",
        quote=Quote(60, 0, 0, "GBP").as_json(),
        created_at=starts,
        **more,
    )
    with app.app_context(), tenant_session(db.session.session_factory, tenant.id) as session:
        session.add(booking)
        session.flush()
        return booking.id


def blocked(booking: Booking) -> Occupancy:
    """The row by which a booking that is written blocks its room, or the first of several."""
    return Occupancy(
        booking_id=booking.id,
        resource_id=booking.resource_id,
        location_id=booking.location_id,
        unit=0,
        blocks_from=booking.starts_at,
        blocks_until=booking.ends_at,
    )
