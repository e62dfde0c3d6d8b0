"""What was ordered, with a booking and of a day: for whose it is, for the front desk and for the kitchen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.extras.terms import Ordered
from app.domain.reach import day_in_reach
from app.kernel.names import full_name
from app.models import (
    Booking,
    BookingExtra,
    BookingExtraOffer,
    BookingStatus,
    Person,
    Resource,
)


def ordered(session: Session, booking_id: int) -> list[Ordered]:
    """What was ordered with a booking, in the operator's order. One statement."""
    rows = session.execute(
        select(
            BookingExtra.offer_id,
            BookingExtra.name,
            BookingExtra.quantity,
            BookingExtra.pricing,
            BookingExtra.total_minor,
            BookingExtra.tax_rate_id,
        )
        .join(BookingExtraOffer, BookingExtraOffer.id == BookingExtra.offer_id)
        .where(BookingExtra.booking_id == booking_id)
        .order_by(BookingExtraOffer.position, BookingExtra.name)
    )
    return [Ordered(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Serving:
    """So many of something, to be ready in a room at a time. Moments are UTC."""

    offer_id: int
    name: str
    quantity: int
    booking_id: int
    room: str
    level: str
    person: str
    title: str
    people: int
    starts_at: datetime
    ends_at: datetime
    tentative: bool
    """Its booking waits for approval."""


def servings(session: Session, actor: Actor, location_id: int, day: date) -> list[Serving]:
    """What is to be prepared at a location for bookings that begin on a local day, by their start. Two statements.

    For staff. Raises NotFound for an unknown location, and for one out of reach.
    """
    start, end = day_in_reach(session, actor, location_id, day)
    rows = session.execute(
        select(
            BookingExtra.offer_id,
            BookingExtra.name,
            BookingExtra.quantity,
            BookingExtra.booking_id,
            Resource.name.label("room"),
            Resource.level,
            Person.first_name,
            Person.last_name,
            Booking.title,
            Booking.people,
            Booking.starts_at,
            Booking.ends_at,
            Booking.status,
        )
        .join(
            Booking, and_(Booking.tenant_id == BookingExtra.tenant_id, Booking.id == BookingExtra.booking_id)
        )
        .join(BookingExtraOffer, BookingExtraOffer.id == BookingExtra.offer_id)
        .join(Resource, and_(Resource.tenant_id == Booking.tenant_id, Resource.id == Booking.resource_id))
        .join(Person, and_(Person.tenant_id == Booking.tenant_id, Person.id == Booking.person_id))
        .where(
            Booking.location_id == location_id,
            Booking.starts_at >= start,
            Booking.starts_at < end,
            Booking.status.in_((BookingStatus.CONFIRMED, BookingStatus.TENTATIVE)),
        )
        .order_by(Booking.starts_at, Resource.name, Booking.id, BookingExtraOffer.position, BookingExtra.name)
    )
    return [
        Serving(
            offer_id=row.offer_id,
            name=row.name,
            quantity=row.quantity,
            booking_id=row.booking_id,
            room=row.room,
            level=row.level,
            person=full_name(row.first_name, row.last_name),
            title=row.title,
            people=row.people,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            tentative=row.status is BookingStatus.TENTATIVE,
        )
        for row in rows
    ]


def totals(found: Collection[Serving]) -> list[tuple[str, int]]:
    """(name, how many in all), in the order in which they are first wanted."""
    sums: dict[str, int] = {}
    for each in found:
        sums[each.name] = sums.get(each.name, 0) + each.quantity
    return list(sums.items())
