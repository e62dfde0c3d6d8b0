"""What a location offers and by which rules: read in two statements, however many rooms there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.domain.booking.calendar import Calendar, ClosedDays, WeeklyHours
from app.domain.booking.catalogue_statements import FACTS, MY_DISCOUNTS, MY_PLANS, ROOMS
from app.domain.booking.pricing import quote, rate
from app.domain.booking.rules import ANSWERING_MINUTES, Limits
from app.domain.booking.terms import Discount, Quote, Room
from app.domain.memory import Memory
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.kernel.walltime import local_date, zone
from app.tenancy import ask, tenant_of


@dataclass(frozen=True, slots=True)
class Bookable:
    """A room with all that deciding about it takes."""

    room: Room
    limits: Limits
    type_id: int
    hourly_minor: int
    cap_minor: int | None
    buffer_before: int
    buffer_after: int
    position: int
    amenity_ids: frozenset[int]
    parts: tuple[tuple[int, int], ...]
    """(resource id, units) of everything it is made of, parts of parts too."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A location and what can be booked there, in the operator's order."""

    id: int
    name: str
    zone: str
    currency: str
    calendar: Calendar
    rooms: tuple[Bookable, ...]
    plan_ids: frozenset[int]
    """Of the plans that rooms here ask for, those that the person is on today."""
    discounts: Mapping[int | None, Discount]
    """What the person's plans take off today, by type of resource, and by None off all of them."""
    has_discounts: bool
    """Whether any plan takes anything off."""

    def room(self, resource_id: int) -> Bookable:
        """The room of that id. Raises NotFound for one that is retired or elsewhere."""
        for bookable in self.rooms:
            if bookable.room.id == resource_id:
                return bookable
        raise NotFound

    def price(self, bookable: Bookable, span: Span) -> Quote:
        """What a room costs the person: the best discount wins, they do not add up."""
        fitting = [self.discounts.get(each) for each in (bookable.type_id, None)]
        best = max((each for each in fitting if each), key=lambda each: each.hundredths, default=None)
        return quote(bookable.hourly_minor, bookable.cap_minor, span, self.currency, best)


_CATALOGUES: Memory[Catalogue] = Memory(512)


def load_catalogue(session: Session, location_id: int, person_id: int, now: datetime) -> Catalogue:
    """Load a location for one person. Raises NotFound when it is unknown, retired or another tenant's."""
    tenant_id = tenant_of(session)
    rows = session.execute(ROOMS, {"tenant": tenant_id, "location": location_id}).all()
    if not rows:
        raise NotFound
    tz = zone(rows[0].zone)
    today = local_date(now, tz)
    facts = _Facts()
    asked = {
        "tenant": tenant_id,
        "location": location_id,
        "person": person_id,
        "today": today,
        **_since(today),
    }
    for row in session.execute(FACTS, asked).all():
        facts.take(row)
    calendar = Calendar(tz, dict(facts.hours), dict(facts.closures))
    rooms = tuple(_bookable(row, facts) for row in rows if row.id is not None)
    first = rows[0]
    return Catalogue(
        location_id,
        first.location_name,
        first.zone,
        first.currency,
        calendar,
        rooms,
        frozenset(facts.my_plans),
        _best_of(facts.my_discounts),
        facts.has_discounts,
    )


def recall_catalogue(
    session: Session, revision: int, location_id: int, person_id: int, now: datetime
) -> Catalogue:
    """The same for pages that only read: in no statement once this process has met the location at that revision.

    One statement where rooms are for plans only, and one where plans take something off, because contracts change without
    a new revision.
    """
    key = (tenant_of(session), revision, location_id)
    known = _CATALOGUES.recall(session, key, lambda: load_catalogue(session, location_id, person_id, now))
    plans = {plan_id for each in known.rooms for plan_id, _ in each.limits.plans or ()}
    today = local_date(now, known.calendar.zone)
    mine = _my_plans(session, person_id, today) if plans else frozenset()
    # A calendar of its own: it grows with each day that is looked at.
    calendar = Calendar(known.calendar.zone, known.calendar.hours, known.calendar.closures)
    discounts = _my_discounts(session, person_id, today) if known.has_discounts else {}
    return replace(known, calendar=calendar, plan_ids=mine & plans, discounts=discounts)


def _my_plans(session: Session, person_id: int, today: date) -> frozenset[int]:
    asked = {"tenant": tenant_of(session), "person": person_id, "today": today}
    return frozenset(ask(session, MY_PLANS, asked).scalars())


def _my_discounts(session: Session, person_id: int, today: date) -> dict[int | None, Discount]:
    asked = {"tenant": tenant_of(session), "person": person_id, "today": today}
    rows = ask(session, MY_DISCOUNTS, asked).all()
    return _best_of((type_id, Discount(hundredths, plan)) for type_id, hundredths, plan in rows)


def _best_of(found: Iterable[tuple[int | None, Discount]]) -> dict[int | None, Discount]:
    best: dict[int | None, Discount] = {}
    for type_id, each in found:
        if type_id not in best or each.hundredths > best[type_id].hundredths:
            best[type_id] = each
    return best


def _since(today: date) -> dict[str, date]:
    # Bookings reach back one day at most: what was closed before last year concerns nobody who looks ahead.
    return {"since": today.replace(day=1, year=today.year - 1)}


class _Facts:
    """Collects the rows of `FACTS`, each kind into the form in which it is used."""

    def __init__(self) -> None:
        self.hours: defaultdict[int | None, list[WeeklyHours]] = defaultdict(list)
        self.closures: defaultdict[int | None, list[ClosedDays]] = defaultdict(list)
        self.amenities: defaultdict[int, list[tuple[int, int, str, str]]] = defaultdict(list)
        self.plans: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
        self.parts: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self.my_plans: set[int] = set()
        self.my_discounts: list[tuple[int | None, Discount]] = []
        self.has_discounts = False

    def take(self, fact: Row[*tuple[Any, ...]]) -> None:
        kind, of, a, b, c, x, y, z = fact
        if kind == "amenity":
            self.amenities[of].append((b, a, x, y))
        elif kind == "hours":
            self.hours[of].append(WeeklyHours(a, b, c))
        elif kind == "closure":
            self.closures[of].append(ClosedDays(date.fromisoformat(x), date.fromisoformat(y), bool(a), z))
        elif kind == "part":
            self.parts[of].append((a, b))
        elif kind == "discount":
            self.my_discounts.append((of, Discount(a, x)))
        elif kind == "discounts":
            self.has_discounts = a > 0
        else:
            self.plans[of].append((a, x))
            if b:
                self.my_plans.add(a)

    def all_parts(self, resource_id: int) -> tuple[tuple[int, int], ...]:
        """Parts, and parts of parts; a part that is listed twice counts once."""
        found: dict[int, int] = {}
        waiting = list(self.parts.get(resource_id, ()))
        while waiting:
            part_id, units = waiting.pop()
            if part_id not in found and part_id != resource_id:
                found[part_id] = units
                waiting.extend(self.parts.get(part_id, ()))
        return tuple(sorted(found.items()))


def _bookable(row: Row[*tuple[Any, ...]], facts: _Facts) -> Bookable:
    amenities = sorted(facts.amenities.get(row.id, ()))
    room = Room(
        id=row.id,
        name=row.name,
        type_name=row.type_name,
        picture_kind=row.picture_kind,
        level=row.level,
        capacity=row.capacity,
        units=row.units,
        description=row.description,
        amenities=tuple((amenity_id, name, icon) for _, amenity_id, name, icon in amenities),
        photo_digest=row.digest,
        grid_minutes=row.grid_minutes,
        min_minutes=row.min_minutes,
        max_minutes=row.max_minutes,
        needs_approval=row.needs_approval,
    )
    limits = Limits(
        resource_id=row.id,
        capacity=row.capacity,
        min_minutes=row.min_minutes,
        max_minutes=row.max_minutes,
        grid_minutes=row.grid_minutes,
        notice_minutes=max(row.notice_minutes, ANSWERING_MINUTES if row.needs_approval else 0),
        horizon_days=row.horizon_days,
        audience=row.audience,
        plans=tuple(facts.plans.get(row.id, ())) if row.for_plans_only else None,
    )
    hourly, cap = rate(row.hourly_minor, row.cap_minor, row.type_hourly, row.type_cap)
    return Bookable(
        room=room,
        limits=limits,
        type_id=row.resource_type_id,
        hourly_minor=hourly,
        cap_minor=cap,
        buffer_before=row.buffer_before,
        buffer_after=row.buffer_after,
        position=row.position,
        amenity_ids=frozenset(amenity_id for _, amenity_id, _, _ in amenities),
        parts=facts.all_parts(row.id),
    )
