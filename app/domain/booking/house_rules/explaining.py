"""Why somebody may or may not book a room then: every check in order, which rule decided, and what would work."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from app.domain.booking.availability import nearest
from app.domain.booking.by_team import not_for_oneself
from app.domain.booking.catalogue import Bookable, Catalogue
from app.domain.booking.house_rules.matching import concerns, limits_by, speaks_of
from app.domain.booking.house_rules.terms import Rule
from app.domain.booking.house_rules.windows import touches
from app.domain.booking.minutes import Stretch, span_of
from app.domain.booking.occupancy import busy_of, overlaps
from app.domain.booking.rules import Asker, Limits, check_reach
from app.domain.booking.survey import Survey, survey
from app.domain.booking.terms import Obstacle, Reason, Room, RoomQuery
from app.domain.booking.upcoming import too_many_ahead
from app.kernel.spans import Span

_DAYS_AHEAD = 7
"""How many more days are looked at for a start that works."""


class Topic(StrEnum):
    """What is checked, in the order in which it is told."""

    TIME = "time"
    ACCESS = "access"
    NOTICE = "notice"
    HORIZON = "horizon"
    HOURS = "hours"
    SHIFTS = "shifts"
    """Only where the room is booked in these."""
    GRID = "grid"
    LENGTH = "length"
    PEOPLE = "people"
    QUOTA = "quota"
    TAKEN = "taken"


_REASONS: dict[Topic, tuple[Reason, ...]] = {
    Topic.TIME: (Reason.IN_THE_PAST,),
    Topic.ACCESS: (
        Reason.RULED_OUT,
        Reason.NOT_FOR_CONTACTS,
        Reason.NOT_FOR_MEMBERS,
        Reason.PLAN_NEEDED,
        Reason.TEAM_NEEDED,
        Reason.STAFF_ONLY,
        Reason.TEAM_BOOKS,
        Reason.NEEDS_APPROVAL,
    ),
    Topic.NOTICE: (Reason.TOO_SOON, Reason.EXTRA_TOO_LATE, Reason.EXTRA_PREPARED),
    Topic.HORIZON: (Reason.TOO_FAR_AHEAD,),
    Topic.HOURS: (Reason.CLOSED, Reason.OUTSIDE_HOURS),
    Topic.SHIFTS: (Reason.OUT_OF_SHIFT,),
    Topic.GRID: (Reason.OFF_GRID,),
    Topic.LENGTH: (Reason.TOO_SHORT, Reason.TOO_LONG),
    Topic.PEOPLE: (Reason.TOO_MANY_PEOPLE,),
    Topic.QUOTA: (Reason.TOO_MANY_AHEAD, Reason.TOO_MUCH_TIME, Reason.COOLING_DOWN),
    Topic.TAKEN: (Reason.TAKEN, Reason.EXTRA_TAKEN),
}
LIMITS: dict[Topic, tuple[str, ...]] = {
    Topic.ACCESS: ("access", "needs_approval"),
    Topic.HOURS: ("any_hour",),
    Topic.NOTICE: ("notice_minutes",),
    Topic.HORIZON: ("horizon_days",),
    Topic.SHIFTS: ("shifts",),
    Topic.GRID: ("grid_minutes",),
    Topic.LENGTH: ("min_minutes", "max_minutes"),
    Topic.PEOPLE: ("capacity",),
    Topic.QUOTA: (
        "most_ahead",
        "day_minutes",
        "week_minutes",
        "month_minutes",
        "cooldown_minutes",
        "cooldown_any_minutes",
    ),
}
"""What of a rule's limits a topic is about, by their names."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what stands against it, if anything, and the rules that set its limits."""

    topic: Topic
    obstacles: tuple[Obstacle, ...]
    rules: tuple[Rule, ...]

    @property
    def passed(self) -> bool:
        return not self.obstacles


class Standing(StrEnum):
    """What one rule says to a booking."""

    OFF = "off"
    OTHER_PLACE = "other_place"
    OTHER_ROOM = "other_room"
    OTHER_PERSON = "other_person"
    OTHER_TIME = "other_time"
    STOPPED = "stopped"
    """It would hold, but an earlier rule ended the list."""
    OVERRULED = "overruled"
    """It holds, but earlier rules have set all that it sets."""
    HOLDS = "holds"


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """What a rule says. `limits` are those that it decided; `by` is the rule that ended the list before it."""

    rule: Rule
    standing: Standing
    limits: tuple[str, ...] = ()
    refuses: bool = False
    by: Rule | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is to be said of one wish."""

    room: Room
    zone: str
    span: Span
    limits: Limits
    checks: tuple[Check, ...]
    works: Span | None
    """The nearest start on that day, else the first on one of the next, at which the same would be booked; None where none
    would be, or it can be had as it is asked."""

    @property
    def allowed(self) -> bool:
        return all(check.passed for check in self.checks)

    @property
    def obstacles(self) -> tuple[Obstacle, ...]:
        return tuple(obstacle for check in self.checks for obstacle in check.obstacles)


def explain(
    session: Session, catalogue: Catalogue, asker: Asker, resource_id: int, query: RoomQuery, now: datetime
) -> Explanation:
    """Answer for somebody for whom the catalogue was loaded. Raises NotFound for the room, OutOfReach for the span."""
    check_reach(query.span, now)
    bookable = catalogue.room(resource_id)
    surveyed = survey(session, catalogue, asker, query, now)
    limits = surveyed.limits(bookable)
    ahead = () if limits.most_ahead is not None else too_many_ahead(session, asker.person_id, now)
    personal = (*ahead, *not_for_oneself(session, asker.person_id, holding=True))
    found = [*_taken(surveyed, bookable), *surveyed.against(bookable), *personal]
    checks = tuple(
        Check(
            topic,
            tuple(each for each in found if each.reason in reasons),
            tuple(dict.fromkeys(limits.by[name] for name in LIMITS.get(topic, ()) if name in limits.by)),
        )
        for topic, reasons in _REASONS.items()
        if topic is not (Topic.GRID if limits.shifts else Topic.SHIFTS)
    )
    works = None if personal or not found else _works(session, surveyed, bookable)
    return Explanation(bookable.room, catalogue.zone, query.span, limits, checks, works)


def answers(
    rules: Sequence[Rule], asker: Asker, catalogue: Catalogue, explained: Explanation, wanted: Stretch
) -> list[RuleAnswer]:
    """What each of the house's rules, on or off, says to that wish."""
    refusing = {_rule_id(each) for each in explained.obstacles}
    found, holding = [], list[Rule]()
    stopped: Rule | None = None
    for rule in rules:
        standing = _standing(rule, asker, catalogue, explained.limits, wanted)
        if standing is Standing.HOLDS and stopped is not None:
            found.append(RuleAnswer(rule, Standing.STOPPED, by=stopped))
            continue
        if standing is not Standing.HOLDS:
            found.append(RuleAnswer(rule, standing))
            continue
        holding.append(rule)
        by = limits_by(explained.limits, holding).by
        decided = tuple(name for name in rule.said if by[name] is rule)
        standing = Standing.HOLDS if decided or not rule.said else Standing.OVERRULED
        found.append(RuleAnswer(rule, standing, decided, refuses=rule.id in refusing))
        stopped = rule if rule.stop_here else None
    return found


def _standing(rule: Rule, asker: Asker, catalogue: Catalogue, limits: Limits, wanted: Stretch) -> Standing:
    if not rule.enabled:
        return Standing.OFF
    if rule.location_id not in (None, catalogue.id):
        return Standing.OTHER_PLACE
    if not speaks_of(rule, limits.resource_id, limits.type_id):
        return Standing.OTHER_ROOM
    if not concerns(rule, asker):
        return Standing.OTHER_PERSON
    if not touches(rule.when, catalogue.calendar, wanted):
        return Standing.OTHER_TIME
    return Standing.HOLDS


def _rule_id(obstacle: Obstacle) -> object:
    fact = obstacle.facts.get("rule")
    return fact["id"] if isinstance(fact, dict) else None


def _taken(surveyed: Survey, bookable: Bookable) -> list[Obstacle]:
    start, end = surveyed.wanted
    busy = busy_of(bookable, surveyed.blocks)
    taken = overlaps(busy, start - bookable.buffer_before, end + bookable.buffer_after)
    return [Obstacle(Reason.TAKEN)] if taken else []


def _works(session: Session, surveyed: Survey, bookable: Bookable) -> Span | None:
    found = nearest(surveyed, bookable, busy_of(bookable, surveyed.blocks))
    start, end = surveyed.wanted
    for ahead in range(1, _DAYS_AHEAD + 1):
        if found is not None:
            break
        day = surveyed.catalogue.calendar.day(surveyed.day.day + timedelta(days=ahead))
        begins = day.at(surveyed.day.wall(start))
        query = replace(surveyed.query, span=span_of((begins, begins + end - start)))
        later = survey(session, surveyed.catalogue, surveyed.asker, query, surveyed.moment)
        found = nearest(later, bookable, busy_of(bookable, later.blocks))
    return None if found is None else span_of(found)
