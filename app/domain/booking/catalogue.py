"""What a location offers and by which rules: read in two statements, however many rooms there are."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.domain.booking.calendar import Calendar
from app.domain.booking.catalogue_facts import Facts, best_of
from app.domain.booking.catalogue_statements import FACTS, MY_DISCOUNTS, MY_PLANS, MY_TEAMS, ROOMS
from app.domain.booking.house_rules.matching import Rules, concerns
from app.domain.booking.house_rules.terms import Rule, Whom
from app.domain.booking.pricing import price
from app.domain.booking.quotes import Discount, Quote
from app.domain.booking.rates import Conditions, Tariff, Wish
from app.domain.booking.rules import ANSWERING_MINUTES, Asker, Limits
from app.domain.booking.shifts import read_shifts
from app.domain.booking.terms import Room
from app.domain.memory import Memory
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.kernel.walltime import local_date, zone
from app.models import ResourceVisibility
from app.tenancy import ask, tenant_of


@dataclass(frozen=True, slots=True)
class Bookable:
    """A room with all that deciding about it takes."""

    room: Room
    limits: Limits
    type_id: int
    tariffs: tuple[Tariff, ...]
    """What it may be priced by, in the operator's order, the standard price last."""
    buffer_before: int
    buffer_after: int
    position: int
    amenity_ids: frozenset[int]
    parts: tuple[tuple[int, int], ...]
    """(resource id, units) of everything it is made of, parts of parts too."""

    @property
    def listed(self) -> bool:
        """Whether members see it in lists and grids."""
        return self.limits.visibility is ResourceVisibility.LISTED


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
    """Of the plans that rooms, rates and rules here ask for, those that the person is on today."""
    team_ids: frozenset[int]
    """Of the teams that rooms, rates and rules here ask for, those that the person is in."""
    discounts: Mapping[int | None, Discount]
    """What the person's plans take off today, by type of resource, and by None off all of them."""
    has_discounts: bool
    """Whether any plan takes anything off."""
    rules: tuple[Rule, ...]
    """Of the house, those that are on and hold here, in order."""
    longest_cooldown: int
    """Minutes, of all rooms: so far around a booking its person's others matter. 0 where no room asks for any."""

    @property
    def personal(self) -> Hashable:
        """What of it is as it is for this person, and decides what they may book and what it costs them: the key under which
        what others see is kept apart."""
        return self.plan_ids, self.team_ids, frozenset(self.discounts.items())

    @property
    def listed(self) -> tuple[Bookable, ...]:
        """What members see of it in lists and grids."""
        return tuple(bookable for bookable in self.rooms if bookable.listed)

    @property
    def any_shifts(self) -> bool:
        """Whether anything here may be booked in shifts, by itself or by a rule."""
        return any(bookable.limits.shifts for bookable in self.rooms) or any(
            rule.sets.shifts for rule in self.rules
        )

    def room(self, resource_id: int) -> Bookable:
        """The room of that id. Raises NotFound for one that is retired or elsewhere."""
        for bookable in self.rooms:
            if bookable.room.id == resource_id:
                return bookable
        raise NotFound

    def asker(self, person_id: int, *, is_member: bool) -> Asker:
        """The person that this was loaded for, as limits and rules see them."""
        return Asker(person_id, is_member, self.plan_ids, self.team_ids)

    def rules_for(self, asker: Asker) -> Rules:
        """Those that are about this person's bookings."""
        mine = tuple(rule for rule in self.rules if concerns(rule, asker))
        longest = max((rule.cooldown for rule in mine), default=0)
        return Rules(mine, self.calendar, max(longest, self.longest_cooldown))

    def rules_for_everybody(self) -> Rules:
        """Those that hold whoever asks."""
        found = (rule for rule in self.rules if rule.whom is Whom.EVERYBODY)
        return Rules(tuple(found), self.calendar)

    def price(self, bookable: Bookable, span: Span, asker: Asker, booked_at: datetime) -> Quote | None:
        """What a room costs the person when it is booked at that time; None where it has no price then.

        The best discount wins, they do not add up.
        """
        fitting = [self.discounts.get(each) for each in (bookable.type_id, None)]
        best = max((each for each in fitting if each), key=lambda each: each.hundredths, default=None)
        wish = Wish(span, self.calendar.zone, asker.is_member, booked_at, asker.plan_ids, asker.team_ids)
        return _priced(bookable.tariffs, wish, self.currency, best)


_priced = lru_cache(maxsize=1024)(price)
"""A search asks the same of all rooms of a type, most of which have the same rates."""
_CATALOGUES: Memory[Catalogue] = Memory(512)


def load_catalogue(session: Session, location_id: int, person_id: int, now: datetime) -> Catalogue:
    """Load a location for one person. Raises NotFound when it is unknown, retired or another tenant's."""
    tenant_id = tenant_of(session)
    rows = session.execute(ROOMS, {"tenant": tenant_id, "location": location_id}).all()
    if not rows:
        raise NotFound
    tz = zone(rows[0].zone)
    today = local_date(now, tz)
    facts = Facts()
    asked = {
        "tenant": tenant_id,
        "location": location_id,
        "person": person_id,
        "today": today,
        **_since(today),
    }
    for row in session.execute(FACTS, asked).all():
        facts.take(row)
    calendar = Calendar(tz, dict(facts.hours), facts.closed_days())
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
        frozenset(facts.my_teams),
        best_of(facts.my_discounts),
        facts.has_discounts,
        facts.rules(),
        max((bookable.limits.cooldown for bookable in rooms), default=0),
    )


def recall_catalogue(
    session: Session, revision: int, location_id: int, person_id: int, now: datetime
) -> Catalogue:
    """The same for pages that only read: in no statement once this process has met the location at that revision.

    One statement where rooms, rates or rules are for plans, one where rooms, rates or rules are for teams, and one where plans take something off,
    because contracts and teams change without a new revision.
    """
    key = (tenant_of(session), revision, location_id)
    known = _CATALOGUES.recall(session, key, lambda: load_catalogue(session, location_id, person_id, now))
    plans = {plan_id for each in known.rooms for plan_id, _ in each.limits.plans or ()}
    plans |= {plan_id for rule in known.rules if rule.whom is Whom.PLANS for plan_id in rule.whom_ids}
    teams = {team_id for each in known.rooms for team_id in each.limits.teams or ()}
    teams |= {team_id for rule in known.rules if rule.whom is Whom.TEAMS for team_id in rule.whom_ids}
    for terms in _named_in_rates(known):
        plans |= terms.plan_ids
        teams |= terms.team_ids
    today = local_date(now, known.calendar.zone)
    mine = _my_plans(session, person_id, today) if plans else frozenset()
    # A calendar of its own: it grows with each day that is looked at.
    calendar = Calendar(known.calendar.zone, known.calendar.hours, known.calendar.closures)
    discounts = _my_discounts(session, person_id, today) if known.has_discounts else {}
    return replace(
        known,
        calendar=calendar,
        plan_ids=mine & plans,
        team_ids=_my_teams(session, person_id) & teams if teams else frozenset(),
        discounts=discounts,
    )


def _named_in_rates(known: Catalogue) -> Iterator[Conditions]:
    """The conditions of rates that are for the plans and teams that they name."""
    for bookable in known.rooms:
        for each in bookable.tariffs:
            if each.conditions is not None and each.conditions.named_only:
                yield each.conditions


def _my_plans(session: Session, person_id: int, today: date) -> frozenset[int]:
    asked = {"tenant": tenant_of(session), "person": person_id, "today": today}
    return frozenset(ask(session, MY_PLANS, asked).scalars())


def _my_teams(session: Session, person_id: int) -> frozenset[int]:
    return frozenset(ask(session, MY_TEAMS, {"tenant": tenant_of(session), "person": person_id}).scalars())


def _my_discounts(session: Session, person_id: int, today: date) -> dict[int | None, Discount]:
    asked = {"tenant": tenant_of(session), "person": person_id, "today": today}
    rows = ask(session, MY_DISCOUNTS, asked).all()
    return best_of((type_id, Discount(hundredths, plan)) for type_id, hundredths, plan in rows)


def _since(today: date) -> dict[str, date]:
    # Bookings reach back one day at most: what was closed before last year concerns nobody who looks ahead.
    return {"since": today.replace(day=1, year=today.year - 1)}


def _bookable(row: Row[*tuple[Any, ...]], facts: Facts) -> Bookable:
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
        unit_names=tuple(row.unit_names or ()),
    )
    limits = Limits(
        resource_id=row.id,
        type_id=row.resource_type_id,
        capacity=row.capacity,
        min_minutes=row.min_minutes,
        max_minutes=row.max_minutes,
        grid_minutes=row.grid_minutes,
        shifts=read_shifts(row.shifts),
        notice_minutes=max(row.notice_minutes, ANSWERING_MINUTES if row.needs_approval else 0),
        horizon_days=row.horizon_days,
        cooldown_minutes=row.cooldown_minutes,
        cooldown_any_minutes=row.cooldown_any_minutes,
        needs_approval=row.needs_approval,
        audience=row.audience,
        visibility=row.visibility,
        plans=tuple(facts.plans.get(row.id, ())) if row.for_plans_only else None,
        teams=frozenset(facts.teams.get(row.id, ())) if row.for_teams_only else None,
    )
    return Bookable(
        room=room,
        limits=limits,
        type_id=row.resource_type_id,
        tariffs=facts.tariffs(row),
        buffer_before=row.buffer_before,
        buffer_after=row.buffer_after,
        position=row.position,
        amenity_ids=frozenset(amenity_id for _, amenity_id, _, _ in amenities),
        parts=facts.all_parts(row.id),
    )
