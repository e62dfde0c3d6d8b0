"""What one rule of the house says: of which rooms, to whom, when, and what it sets."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from app.domain.booking.minutes import DAY
from app.domain.booking.shifts import Shifts, read_shifts


class Rooms(StrEnum):
    """Which rooms a rule speaks of."""

    ALL = "all"
    TYPES = "types"
    RESOURCES = "resources"


class Whom(StrEnum):
    """Whose bookings a rule speaks of."""

    EVERYBODY = "everybody"
    MEMBERS = "members"
    CONTACTS = "contacts"
    PLANS = "plans"
    TEAMS = "teams"
    PEOPLE = "people"


NAMED = frozenset({Whom.PLANS, Whom.TEAMS, Whom.PEOPLE})
"""Those that a rule names one by one."""


class Access(StrEnum):
    """Whether a room is to be had at all."""

    NEVER = "never"
    OPEN = "open"
    """Whatever audience or plans the room has, and whatever a later rule says."""


@dataclass(frozen=True, slots=True)
class Sets:
    """What a rule puts in the place of a room's own limits; None leaves them. Lengths are whole minutes."""

    access: Access | None = None
    min_minutes: int | None = None
    max_minutes: int | None = None
    grid_minutes: int | None = None
    notice_minutes: int | None = None
    horizon_days: int | None = None
    capacity: int | None = None
    cancel_minutes: int | None = None
    """A person may cancel until so long before the start."""
    most_ahead: int | None = None
    """Bookings that one person may have ahead, of those that the rule speaks of."""
    day_minutes: int | None = None
    """Minutes that one person may have a day, a week from Monday, and a month, of what the rule speaks of."""
    week_minutes: int | None = None
    month_minutes: int | None = None
    cooldown_minutes: int | None = None
    """So long one person leaves between two bookings of a room that it speaks of."""
    cooldown_any_minutes: int | None = None
    """So long between one of these and any other booking."""
    any_hour: bool | None = None
    """Whether it may be booked outside of opening hours, too; closures stay."""
    needs_approval: bool | None = None
    """Whether staff approve it first."""
    shifts: Shifts | None = None
    """On each day on which the rule holds; empty for a room that is then booked freely."""

    def said(self) -> tuple[str, ...]:
        """Names of the limits that it sets."""
        return tuple(name for name in LIMITS if getattr(self, name) is not None)


LIMITS = tuple(each.name for each in fields(Sets))
QUOTAS = ("most_ahead", "day_minutes", "week_minutes", "month_minutes")


@dataclass(frozen=True, slots=True)
class When:
    """Local time of the place. Empty weekdays (0 is Monday) are all; `closes` at or before `opens` is on the next day."""

    weekdays: frozenset[int] = frozenset()
    opens: int = 0
    closes: int = DAY
    first: date | None = None
    last: date | None = None

    @property
    def always(self) -> bool:
        return not self.weekdays and self.all_day and self.first is None and self.last is None

    @property
    def all_day(self) -> bool:
        return self.opens == 0 and self.closes == DAY


@dataclass(frozen=True)
class Rule:
    """A rule as the engine asks it. `number` is its place in the list, from 1."""

    id: int
    number: int
    name: str
    sets: Sets
    sentence: str = ""
    location_id: int | None = None
    rooms: Rooms = Rooms.ALL
    room_ids: frozenset[int] = frozenset()
    """Of types or of resources, as `rooms` says."""
    whom: Whom = Whom.EVERYBODY
    whom_ids: frozenset[int] = frozenset()
    when: When = When()
    stop_here: bool = False
    enabled: bool = True

    @cached_property
    def said(self) -> tuple[str, ...]:
        return self.sets.said()

    @cached_property
    def counts(self) -> bool:
        """Whether it sets how much one person may have."""
        return any(name in QUOTAS for name in self.said)

    @property
    def cooldown(self) -> int:
        """The longer of both that it sets."""
        return max(self.sets.cooldown_minutes or 0, self.sets.cooldown_any_minutes or 0)

    @property
    def fact(self) -> dict[str, object]:
        """As an obstacle carries it."""
        return {"id": self.id, "number": self.number, "name": self.name, "sentence": self.sentence}


def terms_json(rooms: Rooms, whom: Whom, when: When, sets: Sets) -> dict[str, Any]:
    """What is stored in `BookingRule.terms`; what it leaves out is as by default."""
    known = {name: getattr(sets, name) for name in sets.said()}
    return {
        "rooms": rooms.value,
        "whom": whom.value,
        "weekdays": sorted(when.weekdays),
        "opens": when.opens,
        "closes": when.closes,
        "first": when.first.isoformat() if when.first else None,
        "last": when.last.isoformat() if when.last else None,
        "sets": known,
    }


@dataclass(frozen=True, slots=True)
class Terms:
    """The same read back."""

    rooms: Rooms
    whom: Whom
    when: When
    sets: Sets


def read_terms(stored: Mapping[str, Any]) -> Terms:
    first, last = (date.fromisoformat(each) if each else None for each in (stored["first"], stored["last"]))
    sets = dict(stored["sets"])
    access = sets.pop("access", None)
    if "shifts" in sets:
        sets["shifts"] = read_shifts(sets["shifts"])
    return Terms(
        Rooms(stored["rooms"]),
        Whom(stored["whom"]),
        When(frozenset(stored["weekdays"]), stored["opens"], stored["closes"], first, last),
        Sets(Access(access) if access else None, **sets),
    )
