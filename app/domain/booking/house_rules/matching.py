"""Which rules hold for a booking, and which limits come of it: the first rule that sets a limit has it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from app.domain.booking.calendar import Calendar, LocalDay
from app.domain.booking.house_rules.terms import Access, Rooms, Rule, Whom
from app.domain.booking.house_rules.windows import touches, windows
from app.domain.booking.minutes import Stretch
from app.domain.booking.rules import Asker, Limits
from app.sections import Audience

Piece = tuple[Stretch, Limits]
"""Starts, from the first to before the last, for which the same limits hold."""


def speaks_of(rule: Rule, resource_id: int, type_id: int) -> bool:
    """Whether a rule is about a room, wherever that stands."""
    if rule.rooms is Rooms.ALL:
        return True
    return (type_id if rule.rooms is Rooms.TYPES else resource_id) in rule.room_ids


def concerns(rule: Rule, asker: Asker) -> bool:
    """Whether a rule is about bookings of that person."""
    match rule.whom:
        case Whom.EVERYBODY:
            return True
        case Whom.MEMBERS:
            return asker.is_member
        case Whom.CONTACTS:
            return not asker.is_member
        case Whom.PLANS:
            return not rule.whom_ids.isdisjoint(asker.plan_ids)
        case Whom.TEAMS:
            return not rule.whom_ids.isdisjoint(asker.team_ids)
        case Whom.PEOPLE:
            return asker.person_id in rule.whom_ids


def limits_by(limits: Limits, rules: Iterable[Rule]) -> Limits:
    """A room's limits under the rules that hold, in their order: what an earlier one set stays, and one may end the list."""
    by: dict[str, Rule] = {}
    for rule in rules:
        for name in rule.said:
            by.setdefault(name, rule)
        if rule.stop_here:
            break
    if not by:
        return limits
    changed: dict[str, Any] = {name: getattr(rule.sets, name) for name, rule in by.items()}
    access = changed.pop("access", None)
    if access is Access.NEVER:
        changed["never"] = True
    elif access is Access.OPEN:
        changed |= {"audience": Audience.SIGNED_IN, "plans": None}
    return replace(limits, by=by, **changed)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a place that concern one person, in order."""

    each: tuple[Rule, ...]
    calendar: Calendar

    def __bool__(self) -> bool:
        return bool(self.each)

    @property
    def count(self) -> bool:
        """Whether what the person has already decides anything."""
        return any(rule.counts for rule in self.each)

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(rule.id for rule in self.each)

    def about(self, limits: Limits) -> list[Rule]:
        """Those that speak of a room."""
        return [rule for rule in self.each if speaks_of(rule, limits.resource_id, limits.type_id)]

    def limits(self, limits: Limits, wanted: Stretch) -> Limits:
        """What holds for a room at that time, of the limits that it has by itself."""
        if not self.each:
            return limits
        return limits_by(
            limits, [rule for rule in self.about(limits) if touches(rule.when, self.calendar, wanted)]
        )

    def pieces(self, limits: Limits, day: LocalDay, minutes: int) -> list[Piece]:
        """A local day's starts of a booking that is so long, cut where other limits begin to hold."""
        about = self.about(limits) if self.each else []
        if all(rule.when.always for rule in about):
            return [((day.start, day.end), limits_by(limits, about))]
        marks = {day.start, day.end}
        for rule in about:
            if not rule.when.always:
                for opens, closes in windows(rule.when, self.calendar, (day.start, day.end + minutes)):
                    marks |= {at for at in (opens - minutes + 1, closes) if day.start < at < day.end}
        ordered = sorted(marks)
        return [
            ((first, last), self.limits(limits, (first, first + minutes)))
            for first, last in pairwise(ordered)
        ]
