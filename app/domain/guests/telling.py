"""What guests are told of the booking that they come to: that they are expected, that it is at another time, and that it is not."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.domain.calendars.writing import uid_of
from app.domain.notices import tell_address
from app.domain.unit_names import unit_names
from app.models import Booking, BookingGuest, Location, Person, Resource

INVITED, CHANGED, CANCELLED = "guest.invited", "guest.changed", "guest.cancelled"


def tell_guests_of(session: Session, booking_ids: Collection[int], kind: str, now: datetime) -> None:
    """Mail everybody with an address who is expected at these bookings, as they are by now, within the transaction that changed
    them. What has begun its guests know themselves. One statement where nobody is expected."""
    if booking_ids:
        _tell(session, kind, now, BookingGuest.booking_id.in_(booking_ids))


def tell_guest(session: Session, guest: BookingGuest, kind: str, now: datetime) -> None:
    """The same for one of them."""
    _tell(session, kind, now, BookingGuest.id == guest.id)


def _tell(session: Session, kind: str, now: datetime, *where: ColumnElement[bool]) -> None:
    """A guest is told no title, no price and no address of a page that they cannot open."""
    rows = session.execute(
        select(BookingGuest, Booking, Person, Resource, Location.name, Location.zone, Location.address)
        .join(
            Booking, and_(Booking.tenant_id == BookingGuest.tenant_id, Booking.id == BookingGuest.booking_id)
        )
        .join(Person, and_(Person.tenant_id == Booking.tenant_id, Person.id == Booking.person_id))
        .join(Resource, and_(Resource.tenant_id == Booking.tenant_id, Resource.id == Booking.resource_id))
        .join(Location, and_(Location.tenant_id == Booking.tenant_id, Location.id == Booking.location_id))
        .where(BookingGuest.email != "", Booking.starts_at > now, *where)
        .order_by(BookingGuest.id)
    ).all()
    for guest, booking, host, room, place, zone, address in rows:
        facts = {
            "resource": room.name,
            "unit_names": unit_names(room.units, room.unit_names, booking.unit_numbers),
            "location": place,
            "zone": zone,
            "starts_at": booking.starts_at.isoformat(),
            "ends_at": booking.ends_at.isoformat(),
            "title": "",
            "host": host.name,
            "first_name": guest.name,
            # Of this one alone, also where it is a date of a series.
            "calendar": {
                "uid": uid_of(booking.tenant_id, booking.id, booking.created_at),
                "sequence": booking.sequence,
                "changed_at": (booking.changed_at or booking.created_at).isoformat(),
                "address": address,
            },
        }
        tell_address(session, now, guest.email, kind, facts)
