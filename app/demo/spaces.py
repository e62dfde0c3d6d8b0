"""The demo tenants as data, and how they are founded."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.demo.conversations import let_talk
from app.demo.profiles import describe_people
from app.demo.teams import add_teams
from app.domain.booking.rates import Conditions
from app.domain.passwords import hashed
from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.domain.prices.keeping import RateDetails, columns_of
from app.domain.spaces.locations import add_location
from app.domain.spaces.terms import LocationDetails, Opening
from app.domain.stored_file import keep_file
from app.domain.tenants import FoundTenant, found_tenant
from app.models import (
    Amenity,
    CancellationStep,
    Closure,
    Contract,
    Plan,
    Rate,
    RateTarget,
    RateUnit,
    Resource,
    ResourceAmenity,
    ResourcePart,
    ResourcePlan,
    ResourceType,
    ResourceVisibility,
    Role,
    ThemeSetting,
)
from app.ports import Files
from app.sections import Audience
from app.tenancy import tenant_session
from app.theming.logo import read_logo

PASSWORD = "portico-demo"  # noqa: S105 (said on the sign-in page of every demo)


@dataclass(frozen=True, slots=True)
class DemoPlace:
    name: str
    address: str
    zone: str
    opens: int
    closes: int
    days: range = range(6)


@dataclass(frozen=True, slots=True)
class DemoRoom:
    """One resource; `limits` are columns of `Resource`."""

    name: str
    place: str
    kind: str
    capacity: int
    level: str
    amenities: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    limits: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoSpace:
    tenant: FoundTenant
    primary: str
    radius: str
    logo: str
    places: tuple[DemoPlace, ...]
    plans: tuple[str, ...]
    types: dict[str, tuple[str, int, int | None]]
    """Name → picture kind, hourly price, cap; in minor units."""
    rates: tuple[tuple[str, RateDetails], ...]
    """(name of a type or of a room, what it costs beside its standard price)."""
    rooms: tuple[DemoRoom, ...]
    staff: tuple[tuple[str, str, str, Role], ...]
    member: tuple[str, str, str]
    contact: tuple[str, str, str]
    others: tuple[tuple[str, str, str], ...]
    """Members who fill the calendar: first name, last name, company."""
    plan_rates: tuple[tuple[str, str, RateDetails], ...] = ()
    """(name of a type, name of a plan, what it costs who is on that)."""


_AMENITIES = {
    "Screen": "monitor",
    "Whiteboard": "presentation",
    "Step-free": "accessibility",
    "Quiet": "volume-x",
    "Video calls": "video",
    "Daylight": "sun",
}

_HOUSE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#1f5c4d" '
    'd="M4 21V9.5L12 3l8 6.5V21h-4.5V11L12 8.2 8.5 11v10z"/></svg>'
)
_SAIL = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#e2552d" '
    'd="M11 2.5V16H3.6zM13 6l7 10h-7zM2.5 18h19c-1 2.2-2.9 3.500-5.500 3.500H8c-2.600 0-4.500-1.300-5.500-3.500z"/></svg>'
)

NORTHLIGHT = DemoSpace(
    tenant=FoundTenant(
        "northlight", "Northlight", "Northlight", "GBP", "en", "Europe/London", is_default=True
    ),
    primary="#1f5c4d",
    radius="soft",
    logo=_HOUSE,
    places=(
        DemoPlace("Leith Walk", "12 Leith Walk, Edinburgh", "Europe/London", 7 * 60, 22 * 60, range(7)),
        DemoPlace("Oosterpark", "Linnaeusstraat 2, Amsterdam", "Europe/Amsterdam", 8 * 60, 20 * 60),
    ),
    plans=("Studio", "Residents", "Flex"),
    types={
        "Meeting room": ("room", 1800, 9000),
        "Phone booth": ("booth", 0, None),
        "Event space": ("hall", 6000, 36000),
        "Desk": ("desk", 500, 2500),
        "Podcast room": ("room", 2200, None),
    },
    rates=(
        (
            "Meeting room",
            RateDetails(
                "Evening",
                RateUnit.HOUR,
                1200,
                conditions=Conditions(from_minute=18 * 60, until_minute=22 * 60),
            ),
        ),
        ("Rowan", RateDetails("Half day", RateUnit.HALF_DAY, 8000)),
        ("Rowan", RateDetails("Day", RateUnit.DAY, 14000)),
        (
            "Event space",
            RateDetails("Weekend", RateUnit.HOUR, 4500, conditions=Conditions(weekdays=0b1100000)),
        ),
        (
            "Event space",
            RateDetails(
                "Long planned", RateUnit.DAY, 30000, conditions=Conditions(least_notice_minutes=30 * 24 * 60)
            ),
        ),
    ),
    rooms=(
        DemoRoom(
            "Juniper", "Leith Walk", "Meeting room", 6, "Level 2", ("Screen", "Step-free", "Video calls")
        ),
        DemoRoom(
            "Fern",
            "Leith Walk",
            "Meeting room",
            4,
            "Level 1",
            ("Whiteboard", "Daylight"),
            limits={"hourly_minor": 1400},
        ),
        DemoRoom("Hawthorn", "Leith Walk", "Meeting room", 6, "Level 3", ("Whiteboard",)),
        DemoRoom(
            "Cedar",
            "Leith Walk",
            "Meeting room",
            8,
            "Level 2",
            ("Screen", "Video calls", "Step-free"),
            limits={"cancel_cutoff_minutes": 120, "buffer_after": 15},
        ),
        DemoRoom(
            "Rowan",
            "Leith Walk",
            "Meeting room",
            12,
            "Level 2",
            ("Screen", "Whiteboard", "Step-free"),
            limits={
                "hourly_minor": 2600,
                "cap_minor": 20000,
                "min_minutes": 30,
                "cancel_cutoff_minutes": 1440,
            },
        ),
        DemoRoom(
            "Alder",
            "Leith Walk",
            "Meeting room",
            4,
            "Level 3",
            ("Quiet", "Daylight"),
            plans=("Residents",),
            limits={"for_plans_only": True},
        ),
        DemoRoom(
            "Lark",
            "Leith Walk",
            "Phone booth",
            1,
            "Level 1",
            ("Quiet",),
            limits={"max_minutes": 120, "cooldown_minutes": 30},
        ),
        DemoRoom(
            "Wren",
            "Leith Walk",
            "Phone booth",
            1,
            "Level 2",
            ("Quiet", "Step-free"),
            limits={"max_minutes": 120},
        ),
        DemoRoom(
            "Dunlin",
            "Leith Walk",
            "Meeting room",
            3,
            "Level 3",
            ("Quiet",),
            limits={"visibility": ResourceVisibility.LINK},
        ),
        DemoRoom(
            "Heron East",
            "Leith Walk",
            "Event space",
            20,
            "Ground floor",
            ("Step-free", "Screen"),
            limits={"needs_approval": True},
        ),
        DemoRoom("Heron West", "Leith Walk", "Event space", 20, "Ground floor", ("Step-free", "Daylight")),
        DemoRoom(
            "Heron",
            "Leith Walk",
            "Event space",
            40,
            "Ground floor",
            ("Step-free", "Screen", "Daylight"),
            parts=("Heron East", "Heron West"),
            limits={
                "hourly_minor": 11000,
                "cap_minor": 66000,
                "notice_minutes": 1440,
                "min_minutes": 120,
                "audience": Audience.MEMBERS,
            },
        ),
        DemoRoom(
            "Tern bench",
            "Leith Walk",
            "Desk",
            1,
            "Level 1",
            ("Daylight",),
            limits={
                "units": 12,
                "unit_names": [f"Desk {number}" for number in range(1, 13)],
                "max_minutes": 900,
            },
        ),
        DemoRoom(
            "Nightjar",
            "Leith Walk",
            "Podcast room",
            4,
            "Level 3",
            ("Quiet",),
            # Mornings and afternoons of the week touch, and make a day; the weekend has one shift
            limits={
                "shifts": [[540, 780, 0b0011111], [780, 1020, 0b0011111], [600, 960, 0b1100000]],
            },
        ),
        DemoRoom("Tulp", "Oosterpark", "Meeting room", 6, "First floor", ("Screen", "Daylight")),
        DemoRoom(
            "Iep", "Oosterpark", "Meeting room", 10, "First floor", ("Screen", "Whiteboard", "Video calls")
        ),
        DemoRoom("Merel", "Oosterpark", "Phone booth", 1, "Ground floor", ("Quiet", "Step-free")),
        DemoRoom(
            "Reiger",
            "Oosterpark",
            "Desk",
            1,
            "Ground floor",
            ("Daylight",),
            limits={"units": 8, "max_minutes": 720},
        ),
    ),
    staff=(("owner", "Morag", "Sinclair", Role.OWNER), ("desk", "Callum", "Reid", Role.FRONT_DESK)),
    member=("Ines", "Okafor", "Okafor Prints"),
    contact=("Marta", "Lindqvist", ""),
    others=(
        ("Tomasz", "Wójcik", "Kite & Loom"),
        ("Maya", "Fraser", "Fraser Acoustics"),
        ("Priya", "Nair", "Tidewise"),
        ("Anouk", "de Vries", "Studio Anouk"),
        ("Dev", "Anand", "Paperlane"),
        ("Sorcha", "Byrne", "Byrne Legal"),
        ("Luca", "Moretti", "Moretti Maps"),
        ("Hana", "Sato", "Atelier Mori"),
        ("Ewan", "MacLeod", "Northside"),
        ("Bea", "Castro", "Bea Castro Photo"),
        ("Yusuf", "Demir", "Demir Bikes"),
        ("Elif", "Kaya", "Fieldnotes"),
    ),
    plan_rates=(
        (
            "Event space",
            "Residents",
            RateDetails("Residents", RateUnit.HOUR, 4800, conditions=Conditions(named_only=True)),
        ),
    ),
)


HARBOUR = DemoSpace(
    tenant=FoundTenant("harbour", "Harbour", "Harbour", "EUR", "es", "Europe/Madrid"),
    primary="#e2552d",
    radius="round",
    logo=_SAIL,
    places=(DemoPlace("Muelle", "Carrer de la Marina 9, València", "Europe/Madrid", 8 * 60, 21 * 60),),
    plans=("Tripulación", "Faro"),
    types={"Sala": ("room", 2000, 10000), "Cabina": ("booth", 0, None), "Terraza": ("hall", 4500, 27000)},
    rates=(
        (
            "Sala",
            RateDetails(
                "Tarde",
                RateUnit.HOUR,
                1500,
                conditions=Conditions(from_minute=18 * 60, until_minute=21 * 60),
            ),
        ),
    ),
    rooms=(
        DemoRoom("Babor", "Muelle", "Sala", 6, "Planta 1", ("Screen", "Daylight")),
        DemoRoom(
            "Estribor",
            "Muelle",
            "Sala",
            10,
            "Planta 1",
            ("Screen", "Whiteboard", "Video calls"),
            limits={"cancel_cutoff_minutes": 240},
        ),
        DemoRoom("Juniper", "Muelle", "Sala", 4, "Planta 2", ("Whiteboard",)),
        DemoRoom("Gaviota", "Muelle", "Cabina", 1, "Planta 1", ("Quiet",), limits={"max_minutes": 120}),
        DemoRoom(
            "Cubierta",
            "Muelle",
            "Terraza",
            30,
            "Ático",
            ("Daylight", "Step-free"),
            plans=("Faro",),
            limits={"for_plans_only": True, "notice_minutes": 1440},
        ),
    ),
    staff=(("owner", "Amparo", "Ferrer", Role.OWNER), ("desk", "Nico", "Soler", Role.FRONT_DESK)),
    member=("Lucía", "Navarro", "Navarro Textil"),
    contact=("Jon", "Etxeberria", ""),
    others=(
        ("Marc", "Vidal", "Vidal Foto"),
        ("Sara", "Blanco", "Blanco Abogados"),
        ("Pau", "Riera", "Sal y Mar"),
        ("Inés", "Molina", "Molina Data"),
        ("Bruno", "Costa", "Costa Verde"),
    ),
)

SPACES = (NORTHLIGHT, HARBOUR)

_LATE = ((2, 50), (24, 25))
"""(less than so many hours before, percent kept) of what is cancelled after a room's cut-off."""


def found_space(open_session: Callable[[], Session], files: Files, space: DemoSpace, now: datetime) -> int:
    """Found one demo tenant with everything but its bookings. Returns the tenant's id."""
    with open_session() as session:
        tenant_id = found_tenant(session, space.tenant, now).id
        session.commit()
    with tenant_session(open_session, tenant_id) as session:
        _dress(session, files, space, tenant_id, now)
        places = {place.name: _open(session, place, index) for index, place in enumerate(space.places)}
        plans = _plans(session, space)
        _people(session, space, next(iter(places.values())), plans, now)
        add_teams(session, space.member[2], f"{space.tenant.slug}.test", now)
        describe_people(session, files, space.tenant.slug, tenant_id, now)
        let_talk(session, files, space.tenant.slug, tenant_id, now)
        _rooms(session, space, places, plans)
        session.add_all(CancellationStep(hours=hours, percent=percent) for hours, percent in _LATE)
        closed = date(now.year, 12, 25)
        session.add(
            Closure(
                location_id=next(iter(places.values())),
                first_day=closed,
                last_day=closed + timedelta(days=1),
                yearly=True,
                message="Closed for the holidays",
            )
        )
    return tenant_id


def _dress(session: Session, files: Files, space: DemoSpace, tenant_id: int, now: datetime) -> None:
    logo = read_logo(space.logo.encode())
    logo_id = keep_file(
        session,
        now,
        files.put(tenant_id, logo.data),
        mime="image/svg+xml",
        size=len(logo.data),
        width=logo.width,
        height=logo.height,
    )
    session.add(ThemeSetting(primary=space.primary, radius=space.radius, logo_id=logo_id))


def _open(session: Session, place: DemoPlace, position: int) -> int:
    week = [Opening(day, place.opens, place.closes) for day in place.days]
    return add_location(session, LocationDetails(place.name, place.address, place.zone, position), week).id


def _plans(session: Session, space: DemoSpace) -> dict[str, int]:
    rows = [Plan(name=name, position=index) for index, name in enumerate(space.plans)]
    session.add_all(rows)
    session.flush()
    return {row.name: row.id for row in rows}


def _people(session: Session, space: DemoSpace, home: int, plans: dict[str, int], now: datetime) -> None:
    domain = f"{space.tenant.slug}.test"
    # One hash for everybody: hashing is slow on purpose, and the password is no secret.
    password_hash = hashed(PASSWORD)
    for local, first, last, role in space.staff:
        details = PersonDetails(f"{local}@{domain}", first, last, location_id=home)
        add_person(session, now, details, role=role, password_hash=password_hash)
    contact = PersonDetails(f"contact@{domain}", space.contact[0], space.contact[1], location_id=home)
    add_person(session, now, contact, password_hash=password_hash)
    members = [
        ("member", *space.member),
        *((first.lower(), first, last, company) for first, last, company in space.others),
    ]
    plan_ids = list(plans.values())
    for index, (local, first, last, company) in enumerate(members):
        details = PersonDetails(f"{local}@{domain}", first, last, company, home)
        person = add_person(session, now, details, password_hash=password_hash)
        started = now.date() - timedelta(days=30 + 17 * index)
        session.add(Contract(person_id=person.id, plan_id=plan_ids[index % len(plan_ids)], starts_on=started))


def _rooms(session: Session, space: DemoSpace, places: dict[str, int], plans: dict[str, int]) -> None:
    amenities = [
        Amenity(name=name, icon=icon, position=index) for index, (name, icon) in enumerate(_AMENITIES.items())
    ]
    types = [
        ResourceType(name=name, picture_kind=kind, hourly_minor=hourly, cap_minor=cap, position=index)
        for index, (name, (kind, hourly, cap)) in enumerate(space.types.items())
    ]
    session.add_all([*amenities, *types])
    session.flush()
    amenity_ids = {amenity.name: amenity.id for amenity in amenities}
    type_ids = {kind.name: kind.id for kind in types}
    made: dict[str, int] = {}
    for index, room in enumerate(space.rooms):
        resource = Resource(
            name=room.name,
            location_id=places[room.place],
            resource_type_id=type_ids[room.kind],
            capacity=room.capacity,
            level=room.level,
            position=index,
            horizon_days=90,
            **room.limits,
        )
        session.add(resource)
        session.flush()
        made[room.name] = resource.id
        session.add_all(
            ResourceAmenity(resource_id=resource.id, amenity_id=amenity_ids[name]) for name in room.amenities
        )
        session.add_all(ResourcePlan(resource_id=resource.id, plan_id=plans[name]) for name in room.plans)
        session.add_all(ResourcePart(whole_id=resource.id, part_id=made[name]) for name in room.parts)
    for position, (name, rate) in enumerate(space.rates):
        owner = {"resource_type_id": type_ids[name]} if name in type_ids else {"resource_id": made[name]}
        session.add(Rate(**owner, position=position, **columns_of(rate)))
    for position, (name, plan, rate) in enumerate(space.plan_rates, len(space.rates)):
        row = Rate(resource_type_id=type_ids[name], position=position, **columns_of(rate))
        session.add(row)
        session.flush()
        session.add(RateTarget(rate_id=row.id, plan_id=plans[plan]))
