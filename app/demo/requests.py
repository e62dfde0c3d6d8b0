"""What somebody of the demo asks for that its front desk has yet to approve."""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.spaces import DemoSpace
from app.domain.actor import Actor
from app.domain.booking.book import book
from app.domain.booking.terms import BookRoom, NotBookable
from app.kernel.spans import Span
from app.kernel.walltime import local_date, nearest_utc, zone
from app.models import Booking, BookingStatus, Contract, Location, Person, Resource, Role
from app.tenancy import tenant_of

_DAYS = range(2, 9)


def ask_for_rooms(session: Session, space: DemoSpace, now: datetime) -> None:
    """Have somebody ask for a room that staff approve, on the next day it is free, unless something waits already."""
    rooms = session.execute(
        select(Resource.id, Location.zone)
        .join(Location, Location.id == Resource.location_id)
        .where(Resource.needs_approval, Resource.retired_at.is_(None))
        .limit(1)
    ).one_or_none()
    waits = session.scalars(
        select(Booking.id).where(Booking.status == BookingStatus.TENTATIVE, Booking.starts_at > now).limit(1)
    ).first()
    person = session.scalars(
        select(Person)
        .join(Contract, Contract.person_id == Person.id)
        .where(Person.role == Role.NONE, Person.email_key != f"member@{space.tenant.slug}.test")
        .order_by(Person.id)
        .limit(1)
    ).first()
    if rooms is None or person is None or waits:
        return
    actor = Actor(
        person_id=person.id,
        tenant_id=tenant_of(session),
        role=person.role,
        is_member=True,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        location_id=None,
        locale=None,
    )
    today = local_date(now, zone(rooms.zone))
    for ahead in _DAYS:
        start = nearest_utc(today + timedelta(days=ahead), time(14), zone(rooms.zone))
        wish = BookRoom(rooms.id, Span(start, start + timedelta(hours=3)), 14, "Open evening")
        try:
            book(session, actor, wish, lambda: now)
        except NotBookable:
            continue
        return
