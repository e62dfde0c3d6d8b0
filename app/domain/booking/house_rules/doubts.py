"""What staff are told of rules that cannot do what they say: never hold, are overruled, or contradict another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.booking.house_rules.terms import NAMED, Rooms, Rule, Sets, When, Whom
from app.domain.booking.minutes import DAY

_MEMBERS = frozenset({Whom.MEMBERS, Whom.PLANS})
"""Who is on a plan is a member."""


class Kind(StrEnum):
    """What is the matter with a rule."""

    NO_ROOM = "no_room"
    """All rooms or types that it named are gone."""
    NOBODY = "nobody"
    """All plans, teams or people that it named are gone."""
    PAST = "past"
    UNREACHED = "unreached"
    """Wherever it holds, an earlier rule ends the list."""
    OVERRULED = "overruled"
    """Wherever it holds, an earlier rule has set these limits."""
    IMPOSSIBLE = "impossible"
    """With another rule, the shortest length is above the longest."""
    NEVER_IN_TIME = "never_in_time"
    """With another rule, the notice asked for is longer than how far ahead one may book."""


_AT_LEAST_AT_MOST = {
    Kind.IMPOSSIBLE: ("min_minutes", "max_minutes"),
    Kind.NEVER_IN_TIME: ("notice_minutes", "horizon_days"),
}
"""Limits of which the first leaves nothing once it is above the second."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to know of a rule. `other` is the rule that is in its way."""

    kind: Kind
    other: Rule | None = None
    limits: tuple[str, ...] = ()


def doubts(rules: Sequence[Rule], types: Mapping[int, int], today: date) -> dict[int, list[Doubt]]:
    """By ids of rules that are on, in order. `types` is the type of each room by its id."""
    on = [rule for rule in rules if rule.enabled]
    found: dict[int, list[Doubt]] = {}
    for at, rule in enumerate(on):
        known = [*_alone(rule, today), *_after(rule, on[:at], types), *_impossible(rule, on[:at], types)]
        if known:
            found[rule.id] = known
    return found


def _alone(rule: Rule, today: date) -> list[Doubt]:
    found = []
    if rule.rooms is not Rooms.ALL and not rule.room_ids:
        found.append(Doubt(Kind.NO_ROOM))
    if rule.whom in NAMED and not rule.whom_ids:
        found.append(Doubt(Kind.NOBODY))
    if rule.when.last is not None and rule.when.last < today:
        found.append(Doubt(Kind.PAST))
    return found


def _after(rule: Rule, earlier: Sequence[Rule], types: Mapping[int, int]) -> list[Doubt]:
    """What rules before it, that hold wherever it does, leave of it."""
    left = set(rule.said)
    for other in earlier:
        if not covers(other, rule, types):
            continue
        overruled = tuple(name for name in rule.said if name in left and name in other.said)
        left -= set(overruled)
        if other.stop_here and (left or not rule.said):
            return [Doubt(Kind.UNREACHED, other)]
        if overruled and not left:
            return [Doubt(Kind.OVERRULED, other, overruled)]
    return []


def _impossible(rule: Rule, earlier: Sequence[Rule], types: Mapping[int, int]) -> list[Doubt]:
    """One sets what is asked for at least and the other what is allowed at most, below it, where both may hold."""
    return [
        Doubt(kind, other)
        for kind, (least, most) in _AT_LEAST_AT_MOST.items()
        for other in [_contradicts(rule, earlier, types, least, most)]
        if other is not None
    ]


def _contradicts(
    rule: Rule, earlier: Sequence[Rule], types: Mapping[int, int], least: str, most: str
) -> Rule | None:
    for other in earlier:
        # Where the earlier one sets both, or ends the list, the later one is never asked
        settled = other.stop_here or {least, most} <= set(other.said)
        backwards = any(
            _above(one.sets, least, two.sets, most) for one, two in ((rule, other), (other, rule))
        )
        if backwards and not settled and meet(rule, other, types):
            return other
    return None


def _above(one: Sets, least: str, two: Sets, most: str) -> bool:
    low, high = _minutes(one, least), _minutes(two, most)
    return low is not None and high is not None and low > high


def _minutes(sets: Sets, limit: str) -> int | None:
    value: int | None = getattr(sets, limit)
    return value * DAY if value is not None and limit == "horizon_days" else value


def covers(wide: Rule, narrow: Rule, types: Mapping[int, int]) -> bool:
    """Whether one rule holds for every booking for which the other does; False where that is not certain."""
    return (
        wide.location_id in (None, narrow.location_id)
        and _rooms_cover(wide, narrow, types)
        and _whom_covers(wide, narrow)
        and _when_covers(wide.when, narrow.when)
    )


def meet(one: Rule, other: Rule, types: Mapping[int, int]) -> bool:
    """Whether there may be a booking for which both hold."""
    return (
        (None in (one.location_id, other.location_id) or one.location_id == other.location_id)
        and _rooms_meet(one, other, types)
        and _whom_meet(one, other)
        and _when_meet(one.when, other.when)
    )


def _rooms_cover(wide: Rule, narrow: Rule, types: Mapping[int, int]) -> bool:
    if wide.rooms is Rooms.ALL:
        return True
    if narrow.rooms is Rooms.ALL:
        return False
    if wide.rooms is narrow.rooms:
        return narrow.room_ids <= wide.room_ids
    if wide.rooms is Rooms.TYPES:
        return all(types.get(room_id) in wide.room_ids for room_id in narrow.room_ids)
    return False


def _rooms_meet(one: Rule, other: Rule, types: Mapping[int, int]) -> bool:
    if Rooms.ALL in (one.rooms, other.rooms):
        return True
    if one.rooms is other.rooms:
        return not one.room_ids.isdisjoint(other.room_ids)
    kinds, rooms = (one, other) if one.rooms is Rooms.TYPES else (other, one)
    return any(types.get(room_id) in kinds.room_ids for room_id in rooms.room_ids)


def _whom_covers(wide: Rule, narrow: Rule) -> bool:
    if wide.whom is Whom.EVERYBODY:
        return True
    if wide.whom is Whom.MEMBERS:
        return narrow.whom in _MEMBERS
    if wide.whom is not narrow.whom:
        return False
    return wide.whom is Whom.CONTACTS or narrow.whom_ids <= wide.whom_ids


def _whom_meet(one: Rule, other: Rule) -> bool:
    both = {one.whom, other.whom}
    if Whom.CONTACTS in both and both & _MEMBERS:
        return False
    if both == {Whom.PEOPLE}:
        return not one.whom_ids.isdisjoint(other.whom_ids)
    return True


def _when_covers(wide: When, narrow: When) -> bool:
    days = not wide.weekdays or (bool(narrow.weekdays) and narrow.weekdays <= wide.weekdays)
    begins = wide.first is None or (narrow.first is not None and wide.first <= narrow.first)
    ends = wide.last is None or (narrow.last is not None and narrow.last <= wide.last)
    first, last = _hours(narrow)
    hours = wide.all_day or (_hours(wide)[0] <= first and last <= _hours(wide)[1])
    # A window that runs past midnight reaches into days that a list of days does not name
    overnight = (
        last > DAY and not wide.always and not (wide.opens == narrow.opens and wide.closes == narrow.closes)
    )
    return days and begins and ends and hours and not overnight


def _when_meet(one: When, other: When) -> bool:
    if one.first and other.last and other.last < one.first:
        return False
    if one.last and other.first and one.last < other.first:
        return False
    (a, b), (c, d) = _hours(one), _hours(other)
    if max(b, d) > DAY:
        return True
    if one.weekdays and other.weekdays and one.weekdays.isdisjoint(other.weekdays):
        return False
    return a < d and c < b


def _hours(when: When) -> tuple[int, int]:
    return when.opens, when.closes if when.closes > when.opens else when.closes + DAY
