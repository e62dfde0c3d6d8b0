"""Which rules hold for a booking, and which limits come of it: the first rule that sets a limit has it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, pairwise
from typing import Any

from app.domain.booking.calendar import Calendar, LocalDay
from app.domain.booking.house_rules.terms import Access, Rooms, Rule, Whom
from app.domain.booking.house_rules.windows import touches, windows
from app.domain.booking.minutes import Stretch
from app.domain.booking.rules import ANSWERING_MINUTES, Asker, Limits
from app.domain.booking.shifts import Shifts
from app.sections import Audience

_Cut = tuple[Stretch, dict[str, Any]]
"""Starts, and what rules change for them."""
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
    change = _change_by(rules)
    return _changed(limits, change)


def _changed(limits: Limits, change: dict[str, Any]) -> Limits:
    if not change:
        return limits
    changed = replace(limits, **change)
    if changed.needs_approval and changed.notice_minutes < ANSWERING_MINUTES:
        return replace(changed, notice_minutes=ANSWERING_MINUTES)
    return changed


def _change_by(rules: Iterable[Rule]) -> dict[str, Any]:
    """Fields of `Limits` as the rules have them; empty where none sets anything."""
    by: dict[str, Rule] = {}
    for rule in rules:
        for name in rule.said:
            by.setdefault(name, rule)
        if rule.stop_here:
            break
    if not by:
        return {}
    change: dict[str, Any] = {name: getattr(rule.sets, name) for name, rule in by.items()}
    access = change.pop("access", None)
    if access is Access.NEVER:
        change["never"] = True
    elif access is Access.OPEN:
        change |= {"audience": Audience.SIGNED_IN, "plans": None, "teams": None}
    return {**change, "by": by}


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a place that concern one person, in order."""

    each: tuple[Rule, ...]
    calendar: Calendar
    cooldown: int = 0
    """The longest of the place: from so long before a booking on what the person had matters."""
    _holding: dict[Stretch, tuple[Rule, ...]] = field(default_factory=dict, compare=False)
    _cuts: dict[tuple[tuple[int, ...], date, int], list[_Cut]] = field(default_factory=dict, compare=False)
    """Both remember: the rooms of a place are asked for the same time, and many of them are spoken of by the same rules."""

    def __bool__(self) -> bool:
        return bool(self.each)

    @property
    def count(self) -> bool:
        """Whether what the person has already decides anything."""
        return self.cooldown > 0 or any(rule.counts for rule in self.each)

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(rule.id for rule in self.each)

    def limits(self, limits: Limits, wanted: Stretch) -> Limits:
        """What holds for a room at that time, of the limits that it has by itself."""
        if not self.each:
            return limits
        holding = self._holding.get(wanted)
        if holding is None:
            found = (rule for rule in self.each if touches(rule.when, self.calendar, wanted))
            holding = self._holding[wanted] = tuple(found)
        return limits_by(limits, _about(holding, limits))

    def shift_plans(self, limits: Limits) -> set[Shifts]:
        """Every list of shifts that may hold for a room at some time; none for a room that is always booked freely."""
        set_by_rules = {
            rule.sets.shifts
            for rule in self.each
            if rule.sets.shifts and speaks_of(rule, limits.resource_id, limits.type_id)
        }
        return {limits.shifts, *set_by_rules} if limits.shifts else set_by_rules

    def lengths(self, limits: Limits) -> set[int]:
        """Every shortest length that a rule may set for a room at some time."""
        return {
            rule.sets.min_minutes
            for rule in self.each
            if rule.sets.min_minutes is not None and speaks_of(rule, limits.resource_id, limits.type_id)
        }

    def farthest(self, limits: Limits) -> int | None:
        """How many days ahead a room may be had at most, at whatever time; None without an end."""
        said = [
            rule.sets.horizon_days
            for rule in self.each
            if rule.sets.horizon_days is not None and speaks_of(rule, limits.resource_id, limits.type_id)
        ]
        return None if limits.horizon_days is None else max(limits.horizon_days, *said, 0)

    def pieces(self, limits: Limits, day: LocalDay, minutes: int) -> list[Piece]:
        """A local day's starts of a booking that is so long, cut where other limits begin to hold."""
        if not self.each:
            return [((day.start, day.end), limits)]
        about = _about(self.each, limits)
        key = (tuple([rule.id for rule in about]), day.day, minutes)
        if key not in self._cuts:
            self._cuts[key] = list(self._cut(about, day, minutes))
        return [(times, _changed(limits, change)) for times, change in self._cuts[key]]

    def _cut(self, about: list[Rule], day: LocalDay, minutes: int) -> Iterator[_Cut]:
        around = day.start, day.end + minutes
        known = {
            rule.id: list(windows(rule.when, self.calendar, around)) for rule in about if not rule.when.always
        }
        marks = {day.start, day.end}
        for opens, closes in chain.from_iterable(known.values()):
            marks |= {at for at in (opens - minutes + 1, closes) if day.start < at < day.end}
        for first, last in pairwise(sorted(marks)):
            yield (
                (first, last),
                _change_by(
                    rule
                    for rule in about
                    if rule.when.always
                    or any(opens < first + minutes and first < closes for opens, closes in known[rule.id])
                ),
            )


def _about(rules: Iterable[Rule], limits: Limits) -> list[Rule]:
    """Those that speak of a room."""
    return [rule for rule in rules if speaks_of(rule, limits.resource_id, limits.type_id)]
