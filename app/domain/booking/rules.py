"""Every limit of a resource, checked together, so that a person hears all reasons at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.booking.calendar import Calendar, LocalDay, days_until
from app.domain.booking.house_rules.terms import Rule
from app.domain.booking.minutes import Stretch, minute_of, moment_of, stretch_of
from app.domain.booking.shifts import Shifts, runs, shifts_on, stretches_on
from app.domain.booking.terms import Obstacle, OutOfReach, Reason
from app.kernel.spans import Span
from app.models import ResourceVisibility
from app.sections import Audience

GRACE_MINUTES = 5
"""How long after its start a booking may still be made: who chose 10:00 may confirm at one past ten."""

ANSWERING_MINUTES = 1
"""What waits for staff to approve it begins later than now: nobody could answer it in time."""

FARTHEST = timedelta(days=3660)
LONGEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who the room is for: what audiences, plans and rules go by."""

    person_id: int
    is_member: bool
    plan_ids: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()
    by_staff: bool = False
    """Staff ask, so rooms that are theirs to book are among what can be had."""


@dataclass(frozen=True, slots=True)
class Limits:
    """A resource's limits as its columns have them, or as rules of the house have changed them for one person and time.

    Minutes are whole minutes, None does not apply.
    """

    resource_id: int
    type_id: int = 0
    capacity: int = 1
    min_minutes: int = 15
    max_minutes: int = 480
    grid_minutes: int = 15
    shifts: Shifts = ()
    """Where there are any, neither the grid nor the shortest length count, and the longest only for several together."""
    notice_minutes: int = 0
    horizon_days: int | None = None
    cooldown_minutes: int = 0
    cooldown_any_minutes: int = 0
    audience: Audience = Audience.SIGNED_IN
    plans: tuple[tuple[int, str], ...] | None = None
    """(id, name) of the plans that it is for; None when it is not for plans only."""
    teams: frozenset[int] | None = None
    """Whose people it is for; None when it is not for teams only. Of plans and teams one is enough."""
    visibility: ResourceVisibility = ResourceVisibility.LISTED
    any_hour: bool = False
    """Opening hours do not count; only a rule says so."""
    needs_approval: bool = False
    never: bool = False
    """Only a rule says so."""
    cancel_minutes: int | None = None
    """Where a rule says so; else as the resource does."""
    most_ahead: int | None = None
    day_minutes: int | None = None
    week_minutes: int | None = None
    month_minutes: int | None = None
    by: Mapping[str, Rule] = field(default_factory=dict, compare=False)
    """Which rule set what, by the names of `house_rules.terms.LIMITS`."""

    @property
    def cooldown(self) -> int:
        """The longer of both: so long before and after a booking other bookings of the person matter."""
        return max(self.cooldown_minutes, self.cooldown_any_minutes)

    @property
    def too_many_people(self) -> Obstacle:
        """What stands against more people than it holds."""
        return Obstacle(Reason.TOO_MANY_PEOPLE, self.facts("capacity", capacity=self.capacity))

    def facts(self, limit: str, **facts: object) -> dict[str, object]:
        """Of an obstacle, with the rule that set the limit: {rule: {id, number, name, sentence}} where one did."""
        return {**facts, "rule": self.by[limit].fact} if limit in self.by else facts


def check_reach(span: Span, now: datetime) -> None:
    """Raise OutOfReach for a span longer than a month or ten years away: nothing below is made for such."""
    if span.length > LONGEST or abs(span.start - now) > FARTHEST:
        raise OutOfReach


def obstacles(
    limits: Limits, asker: Asker, calendar: Calendar, span: Span, *, people: int, now: datetime
) -> tuple[Obstacle, ...]:
    """Everything that stands against this booking, but for other bookings. Empty when it may be made.

    Facts by reason, and the `rule` of the house that set the limit where one did: TOO_MANY_PEOPLE {capacity}; TOO_SHORT, TOO_LONG, OFF_GRID, TOO_SOON {minutes};
    TOO_FAR_AHEAD {days}; OUTSIDE_HOURS {opens, closes} as UTC moments of that day, None when it opens not at all;
    OUT_OF_SHIFT {shifts}, those of that day as pairs of minutes after midnight on the wall;
    CLOSED {day, message}; PLAN_NEEDED and TEAM_NEEDED {plans}, their names: which teams is nobody's business.
    """
    wanted = stretch_of(span)
    return (
        *standing(limits, asker, wanted[1] - wanted[0], people),
        *timely(limits, calendar, wanted, minute_of(now)),
    )


def standing(limits: Limits, asker: Asker, minutes: int, people: int) -> list[Obstacle]:
    """What stands against it at whatever time: who asks, for how many, for how long."""
    found = _for_whom(limits, asker)
    if people > limits.capacity:
        found.append(limits.too_many_people)
    if limits.shifts:
        return found
    if minutes < limits.min_minutes:
        found.append(Obstacle(Reason.TOO_SHORT, limits.facts("min_minutes", minutes=limits.min_minutes)))
    if minutes > limits.max_minutes:
        found.append(Obstacle(Reason.TOO_LONG, limits.facts("max_minutes", minutes=limits.max_minutes)))
    return found


def _for_whom(limits: Limits, asker: Asker) -> list[Obstacle]:
    found = []
    if limits.never:
        found.append(Obstacle(Reason.RULED_OUT, limits.facts("access")))
    if limits.visibility is ResourceVisibility.STAFF and not asker.by_staff:
        found.append(Obstacle(Reason.STAFF_ONLY))
    if limits.audience is Audience.MEMBERS and not asker.is_member:
        found.append(Obstacle(Reason.NOT_FOR_CONTACTS))
    if limits.audience is Audience.CONTACTS and asker.is_member:
        found.append(Obstacle(Reason.NOT_FOR_MEMBERS))
    return [*found, *_not_named(limits, asker)]


def _not_named(limits: Limits, asker: Asker) -> list[Obstacle]:
    """Neither on one of the plans nor in one of the teams that it is for, where it is for such only."""
    plans, teams = limits.plans, limits.teams
    if plans is None and teams is None:
        return []
    on_plan = not asker.plan_ids.isdisjoint(plan_id for plan_id, _ in plans or ())
    if on_plan or not asker.team_ids.isdisjoint(teams or ()):
        return []
    names = [name for _, name in plans or ()]
    return [Obstacle(Reason.PLAN_NEEDED if teams is None else Reason.TEAM_NEEDED, {"plans": names})]


def timely(limits: Limits, calendar: Calendar, wanted: Stretch, now: int) -> list[Obstacle]:
    """What stands against that time: past, notice, horizon, grid or shifts, opening hours, closures."""
    found = []
    start = wanted[0]
    day = calendar.day_of(start)
    if start < now - GRACE_MINUTES:
        found.append(Obstacle(Reason.IN_THE_PAST))
    elif limits.notice_minutes and start < now + limits.notice_minutes:
        found.append(Obstacle(Reason.TOO_SOON, limits.facts("notice_minutes", minutes=limits.notice_minutes)))
    if limits.horizon_days is not None and (day.day - calendar.day_of(now).day).days > limits.horizon_days:
        found.append(Obstacle(Reason.TOO_FAR_AHEAD, limits.facts("horizon_days", days=limits.horizon_days)))
    if limits.shifts:
        found.extend(_out_of_shift(limits, day, wanted))
    elif day.wall(start) % limits.grid_minutes:
        found.append(Obstacle(Reason.OFF_GRID, limits.facts("grid_minutes", minutes=limits.grid_minutes)))
    found.extend(_shut(limits, calendar, wanted))
    return found


def no_shift_near(limits: Limits, day: LocalDay, wanted: Stretch, tolerance: int) -> list[Obstacle]:
    """What stands against waiting for a stretch: no shift begins and ends within so many minutes of it."""
    near = any(
        abs(start - wanted[0]) <= tolerance and abs(end - wanted[1]) <= tolerance
        for start, end in runs(stretches_on(limits.shifts, day))
    )
    return [_shifts_of(limits, day)] if limits.shifts and not near else []


def _shifts_of(limits: Limits, day: LocalDay) -> Obstacle:
    walls = [(each.starts, each.ends) for each in shifts_on(limits.shifts, day.day)]
    return Obstacle(Reason.OUT_OF_SHIFT, limits.facts("shifts", shifts=walls))


def _out_of_shift(limits: Limits, day: LocalDay, wanted: Stretch) -> list[Obstacle]:
    shifts = stretches_on(limits.shifts, day)
    if wanted not in runs(shifts):
        return [_shifts_of(limits, day)]
    if wanted not in shifts and wanted[1] - wanted[0] > limits.max_minutes:
        return [Obstacle(Reason.TOO_LONG, limits.facts("max_minutes", minutes=limits.max_minutes))]
    return []


def earliest_start(limits: Limits, now: int) -> int:
    """The first minute at which a booking made now may start."""
    return now + limits.notice_minutes if limits.notice_minutes else now - GRACE_MINUTES


def _shut(limits: Limits, calendar: Calendar, wanted: Stretch) -> list[Obstacle]:
    resource_id, (start, end) = limits.resource_id, wanted
    day = calendar.day_of(start).day
    if _within(calendar.open(resource_id, day), start, end):
        return []
    days = days_until(calendar, day, end)
    found = []
    for each in days:
        closure = calendar.closed(resource_id, each)
        if closure:
            found.append(Obstacle(Reason.CLOSED, {"day": each, "message": closure.message}))
            break
    if limits.any_hour:
        return found
    weekly = calendar.weekly(resource_id, day)
    across = calendar.weekly_through(resource_id, days)
    if not _within(across, start, end):
        found.append(
            Obstacle(
                Reason.OUTSIDE_HOURS,
                limits.facts(
                    "any_hour",
                    opens=moment_of(weekly[0][0]) if weekly else None,
                    closes=moment_of(weekly[-1][1]) if weekly else None,
                ),
            )
        )
    return found


def _within(stretches: list[Stretch], start: int, end: int) -> bool:
    return any(opens <= start and end <= closes for opens, closes in stretches)
