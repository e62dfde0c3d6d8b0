"""The data that is measured on: one space with 20 rooms, 16 signed-in people and a history, written in bulk."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from string import ascii_uppercase
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.quotes import Quote
from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.domain.spaces.locations import add_location
from app.domain.spaces.terms import LocationDetails, Opening
from app.domain.tenants import FoundTenant, found_tenant
from app.domain.visit import token_hash
from app.kernel.spans import Span
from app.models import (
    Amenity,
    Booking,
    BookingStatus,
    Contract,
    LoginSession,
    Occupancy,
    Plan,
    Resource,
    ResourceAmenity,
    ResourceType,
    Role,
)
from app.tenancy import reviewed, tenant_session

ROOMS = 20
PEOPLE = 16
BOOKINGS = 10_000
A_DAY = 5
"""Bookings of one room on one day: enough that a third of the rooms is taken at any time."""
DAYS_AHEAD = 30
_SEED = 20_261_124
_AMENITIES = (
    ("Screen", "monitor"),
    ("Whiteboard", "presentation"),
    ("Video calls", "video"),
    ("Quiet", "volume-x"),
)
_TYPES = (("Meeting room", "room", 1800, 9000), ("Phone booth", "booth", 0, None))
_CHUNK = 5_000
_QUOTE = Quote(45, 1350, 1350, "EUR").as_json()


@dataclass(frozen=True)
class BenchWorld:
    """One space, ready to be asked. `tokens` are what the session cookies of its 16 people hold."""

    tenant_id: int
    location_id: int
    room_ids: tuple[int, ...]
    person_ids: tuple[int, ...]
    tokens: tuple[str, ...]


def actor_of(on: BenchWorld, person_id: int, role: Role = Role.NONE) -> Actor:
    """Somebody of that space as the domain's verbs know them."""
    return Actor(
        person_id=person_id,
        tenant_id=on.tenant_id,
        role=role,
        is_member=False,
        first_name="Bea",
        last_name="Bench",
        email="",
        location_id=None,
        locale=None,
    )


@dataclass(frozen=True)
class Place:
    """Where bulk rows go."""

    tenant_id: int
    location_id: int
    room_ids: tuple[int, ...]
    person_ids: tuple[int, ...]


def build(open_session: Callable[[], Session], now: datetime) -> BenchWorld:
    """Fill a migrated, empty database: the default tenant with its rooms, people, sign-ins and bookings."""
    place = found_space(open_session, "bench", now, is_default=True)
    with tenant_session(open_session, place.tenant_id) as session:
        tokens = tuple(sign_in(session, person_id, now) for person_id in place.person_ids)
    book(open_session, place, BOOKINGS, now)
    return BenchWorld(**vars(place), tokens=tokens)


def found_space(
    open_session: Callable[[], Session], slug: str, now: datetime, *, is_default: bool = False
) -> Place:
    """A tenant with one location in Madrid that is open every day, 20 rooms and 16 members."""
    with open_session() as session:
        command = FoundTenant(slug, slug.title(), slug.title(), "EUR", "en", "Europe/Madrid", is_default)
        tenant_id = found_tenant(session, command, now).id
        session.commit()
    with tenant_session(open_session, tenant_id) as session:
        week = [Opening(day, 8 * 60, 20 * 60) for day in range(7)]
        location = add_location(session, LocationDetails("Main house", "", "Europe/Madrid"), week)
        return Place(tenant_id, location.id, _rooms(session, location.id), _people(session, now))


def _rooms(session: Session, location_id: int) -> tuple[int, ...]:
    types = [
        ResourceType(name=name, picture_kind=kind, hourly_minor=hourly, cap_minor=cap)
        for name, kind, hourly, cap in _TYPES
    ]
    amenities = [Amenity(name=name, icon=icon, position=at) for at, (name, icon) in enumerate(_AMENITIES)]
    session.add_all([*types, *amenities])
    session.flush()
    rooms = [
        Resource(
            name=f"Room {number + 1:02}",
            resource_type_id=types[number % 5 // 4].id,
            level=f"Level {number % 4}",
            location_id=location_id,
            position=number,
            capacity=1 + number % 5 * 3,
            buffer_after=number % 3 * 5,
        )
        for number in range(ROOMS)
    ]
    session.add_all(rooms)
    session.flush()
    session.add_all(
        ResourceAmenity(resource_id=room.id, amenity_id=amenity.id)
        for at, room in enumerate(rooms)
        for amenity in amenities[: at % 4]
    )
    return tuple(room.id for room in rooms)


def _people(session: Session, now: datetime) -> tuple[int, ...]:
    plan = Plan(name="Studio")
    session.add(plan)
    session.flush()
    ids = tuple(
        add_person(session, now, PersonDetails(f"member{letter}@bench.test", "Mara", f"Member {letter}")).id
        for letter in ascii_uppercase[:PEOPLE]
    )
    session.add_all(
        Contract(person_id=each, plan_id=plan.id, starts_on=now.date() - timedelta(days=400)) for each in ids
    )
    return ids


def sign_in(session: Session, person_id: int, now: datetime) -> str:
    """Sign somebody in for a day; what their cookie is to hold."""
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            person_id=person_id,
            token_hash=token_hash(token),
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(days=1),
        )
    )
    return token


def book(open_session: Callable[[], Session], place: Place, count: int, now: datetime) -> None:
    """Write that many bookings with their occupancy rows: never two at once in one room, the last a month ahead."""
    random = Random(f"{_SEED} {place.tenant_id}")  # noqa: S311 - the same data on every machine
    spans = _spans(place, count, now, random)
    with tenant_session(open_session, place.tenant_id) as session:
        while chunk := [each for _, each in zip(range(_CHUNK), spans, strict=False)]:
            _write(session, place, chunk, now, random)


def _spans(place: Place, count: int, now: datetime, random: Random) -> Iterator[tuple[int, Span]]:
    """(room, span), backwards from a month ahead, day by day."""
    day = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=DAYS_AHEAD)
    left = count
    while left > 0:
        for room_id in place.room_ids:
            for hour in sorted(random.sample(range(7, 19), A_DAY))[:left]:
                start = day + timedelta(hours=hour, minutes=random.choice((0, 15)))
                yield room_id, Span(start, start + timedelta(minutes=45))
                left -= 1
        day -= timedelta(days=1)


def _write(
    session: Session, place: Place, chunk: list[tuple[int, Span]], now: datetime, random: Random
) -> None:
    # Reviewed: both statements write rows of the one tenant that this session has entered.
    bookings: list[dict[str, Any]] = [
        {
            "tenant_id": place.tenant_id,
            "location_id": place.location_id,
            "resource_id": room_id,
            "starts_at": span.start,
            "ends_at": span.end,
            "person_id": person_id,
            "booked_by_id": person_id,
            "status": BookingStatus.CONFIRMED,
            "title": "",
            "people": 1,
            "price_minor": 1350,
            "currency": "EUR",
            "quote": _QUOTE,
            "overridden": [],
            "cancel_reason": "",
            "created_at": now,
        }
        for room_id, span in chunk
        for person_id in [random.choice(place.person_ids)]
    ]
    statement = insert(Booking).returning(Booking.id, sort_by_parameter_order=True)
    ids = session.execute(reviewed(statement), bookings).scalars().all()
    session.execute(
        reviewed(insert(Occupancy)),
        [
            {
                "tenant_id": place.tenant_id,
                "location_id": place.location_id,
                "resource_id": room_id,
                "booking_id": booking_id,
                "unit": 0,
                "blocks_from": span.start,
                "blocks_until": span.end,
            }
            for booking_id, (room_id, span) in zip(ids, chunk, strict=True)
        ],
    )
