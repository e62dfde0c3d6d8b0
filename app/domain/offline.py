"""What a person's own device may keep for the time without a network: the next bookings and the member card."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.unit_names import UnitName, unit_names
from app.models import Booking, BookingStatus, Contract, Location, Person, Plan, Resource
from app.models.plan import running_on

_MOST_BOOKINGS = 10


@dataclass(frozen=True, slots=True)
class KeptBooking:
    """One booking as the offline page shows it; moments are UTC, `zone` is the IANA zone of the place."""

    room: str
    unit_names: tuple[UnitName, ...]
    place: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    title: str


@dataclass(frozen=True, slots=True)
class KeptCard:
    """The member card. `token` is what its QR code says."""

    name: str
    token: str
    plan: str | None
    since: date | None
    """First day of the oldest contract; None for somebody who never had one."""


@dataclass(frozen=True, slots=True)
class OfflineData:
    card: KeptCard
    bookings: list[KeptBooking]


def offline_data(session: Session, actor: Actor, now: datetime, today: date) -> OfflineData:
    """The person's card, and at most ten bookings that are not over, soonest first; two statements.

    `today` is the date where the tenant is: contracts are counted in local days.
    """
    return OfflineData(_card(session, actor, today), _bookings(session, actor, now))


def _card(session: Session, actor: Actor, today: date) -> KeptCard:
    since = (
        select(func.min(Contract.starts_on)).where(Contract.person_id == actor.person_id).scalar_subquery()
    )
    running = and_(Contract.person_id == Person.id, running_on(today))
    row = session.execute(
        select(Person.card_token, Plan.name.label("plan"), since.label("since"))
        .select_from(Person)
        .outerjoin(Contract, running)
        .outerjoin(Plan, Plan.id == Contract.plan_id)
        .where(Person.id == actor.person_id)
        .order_by(Plan.position, Contract.id)
        .limit(1)
    ).one()
    return KeptCard(actor.name, row.card_token, row.plan, row.since)


def _bookings(session: Session, actor: Actor, now: datetime) -> list[KeptBooking]:
    rows = session.execute(
        select(
            Resource.name,
            Resource.units,
            Resource.unit_names,
            Booking.unit_numbers,
            Location.name.label("place"),
            Location.zone,
            Booking.starts_at,
            Booking.ends_at,
            Booking.title,
        )
        .join(Resource, Booking.resource_id == Resource.id)
        .join(Location, Booking.location_id == Location.id)
        .where(
            Booking.person_id == actor.person_id,
            Booking.status == BookingStatus.CONFIRMED,
            Booking.ends_at > now,
        )
        .order_by(Booking.starts_at, Booking.id)
        .limit(_MOST_BOOKINGS)
    )
    return [KeptBooking(row[0], unit_names(*row[1:4]), *row[4:]) for row in rows]
