"""The small named world of the tests: two tenants with same-named rooms, and a cast that means something.

Northlight is the default tenant with two locations in different zones; Harbour has the same rooms and people of
the same e-mail addresses, so that whatever leaks across the wall shows.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.domain.spaces.locations import add_location
from app.domain.spaces.terms import LocationDetails, Opening
from app.domain.tenants import FoundTenant, found_tenant
from app.models import (
    Amenity,
    Contract,
    Plan,
    Resource,
    ResourceAmenity,
    ResourcePlan,
    ResourceType,
    Role,
    Skill,
    StaffRole,
)
from app.sections import Audience
from app.tenancy import tenant_session

PASSWORD = "correct-horse-battery"
FOUNDED = datetime(2026, 1, 5, 9, tzinfo=UTC)
# Cheap on purpose: the tests sign in hundreds of times, and what is tested is the rule, not the cost.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

CAST = {
    "owner": ("Olive", "Owner", Role.OWNER, False),
    "manager": ("Mona", "Manager", Role.MANAGER, False),
    "desk": ("Dora", "Desk", Role.FRONT_DESK, False),
    "member": ("Maya", "Member", Role.NONE, True),
    "colleague": ("Colin", "Colleague", Role.NONE, True),
    "contact": ("Conny", "Contact", Role.NONE, False),
}


@dataclass(frozen=True)
class TenantWorld:
    """Ids of one tenant's things, by the names the tests use."""

    id: int
    slug: str
    host: str
    people: dict[str, int] = field(default_factory=dict)
    locations: dict[str, int] = field(default_factory=dict)
    rooms: dict[str, int] = field(default_factory=dict)
    amenities: dict[str, int] = field(default_factory=dict)
    plans: dict[str, int] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)
    skills: dict[str, int] = field(default_factory=dict)
    roles: dict[str, int] = field(default_factory=dict)
    """Staff roles of the tenant's own."""

    def email(self, who: str) -> str:
        return f"{who}@example.test"

    def actor(self, who: str, session_id: int | None = None) -> Actor:
        """Somebody of the cast as the domain sees them; signed in, with a `session_id`."""
        first, last, role, member = CAST[who]
        return Actor(
            person_id=self.people[who],
            tenant_id=self.id,
            role=role,
            is_member=member,
            first_name=first,
            last_name=last,
            email=self.email(who),
            location_id=None,
            locale=None,
            session_id=session_id,
            # As on the pages of the front desk, which say that staff may act for others there.
            on_behalf=role is not Role.NONE,
        )


@dataclass(frozen=True)
class World:
    northlight: TenantWorld
    harbour: TenantWorld


def build_world(open_session: Callable[[], Session]) -> World:
    """Fill an empty database with the two tenants."""
    return World(
        _tenant(open_session, "northlight", "localhost", is_default=True),
        _tenant(open_session, "harbour", "harbour.localhost", is_default=False),
    )


def write_world(world: World, path: Path) -> None:
    """Keep the ids beside the template database, for the other processes of the run."""
    path.write_text(json.dumps(asdict(world)))


def read_world(path: Path) -> World:
    """Read what `write_world` kept."""
    kept: dict[str, dict[str, Any]] = json.loads(path.read_text())
    return World(**{name: TenantWorld(**tenant) for name, tenant in kept.items()})


def _tenant(open_session: Callable[[], Session], slug: str, host: str, *, is_default: bool) -> TenantWorld:
    with open_session() as session:
        tenant = found_tenant(
            session,
            FoundTenant(slug, slug.title(), slug.title(), "GBP", "en", "Europe/London", is_default),
            FOUNDED,
        )
        session.commit()
    world = TenantWorld(tenant.id, slug, host)
    with tenant_session(open_session, tenant.id) as session:
        _places(session, world)
        _people(session, world)
        _skills(session, world)
        _rooms(session, world)
    return world


def _places(session: Session, world: TenantWorld) -> None:
    for position, (name, zone) in enumerate((("Leith Walk", "Europe/London"), ("Porto", "America/New_York"))):
        week = [Opening(day, 8 * 60, 20 * 60) for day in range(7)]
        location = add_location(session, LocationDetails(name, "", zone, position), week)
        world.locations[name] = location.id


def _people(session: Session, world: TenantWorld) -> None:
    for name in ("Studio", "Residents"):
        plan = Plan(name=name)
        session.add(plan)
        session.flush()
        world.plans[name] = plan.id
    host = StaffRole(name="Event host", permissions=["bookings"])
    session.add(host)
    session.flush()
    world.roles[host.name] = host.id
    for who, (first, last, role, member) in CAST.items():
        details = PersonDetails(world.email(who), first, last)
        person = add_person(session, FOUNDED, details, role=role, password_hash=_HASH)
        world.people[who] = person.id
        if member:
            session.add(
                Contract(person_id=person.id, plan_id=world.plans["Studio"], starts_on=date(2026, 1, 5))
            )


def _skills(session: Session, world: TenantWorld) -> None:
    for position, name in enumerate(("Welding", "Bookkeeping")):
        skill = Skill(name=name, position=position)
        session.add(skill)
        session.flush()
        world.skills[name] = skill.id


def _rooms(session: Session, world: TenantWorld) -> None:
    for name, kind, hourly, cap in (("Meeting room", "room", 1800, 9000), ("Phone booth", "booth", 0, None)):
        resource_type = ResourceType(name=name, picture_kind=kind, hourly_minor=hourly, cap_minor=cap)
        session.add(resource_type)
        session.flush()
        world.types[name] = resource_type.id
    for name, icon in (("Screen", "monitor"), ("Whiteboard", "presentation")):
        amenity = Amenity(name=name, icon=icon)
        session.add(amenity)
        session.flush()
        world.amenities[name] = amenity.id
    place, far = world.locations["Leith Walk"], world.locations["Porto"]
    meeting, booth = world.types["Meeting room"], world.types["Phone booth"]
    rooms: tuple[tuple[str, int, int, int, dict[str, Any]], ...] = (
        ("Fern", meeting, place, 4, {}),
        ("Cedar", meeting, place, 8, {"buffer_after": 15, "cancel_cutoff_minutes": 120}),
        ("Alder", meeting, place, 4, {"for_plans_only": True}),
        ("Rowan", meeting, place, 12, {"audience": Audience.MEMBERS}),
        ("Lark", booth, place, 1, {"units": 2}),
        ("Tejo", meeting, far, 6, {}),
    )
    for position, (name, type_id, location_id, capacity, limits) in enumerate(rooms):
        room = Resource(
            name=name,
            resource_type_id=type_id,
            location_id=location_id,
            capacity=capacity,
            position=position,
            **limits,
        )
        session.add(room)
        session.flush()
        world.rooms[name] = room.id
    session.add(ResourceAmenity(resource_id=world.rooms["Cedar"], amenity_id=world.amenities["Screen"]))
    session.add(ResourceAmenity(resource_id=world.rooms["Fern"], amenity_id=world.amenities["Whiteboard"]))
    session.add(ResourcePlan(resource_id=world.rooms["Alder"], plan_id=world.plans["Residents"]))
