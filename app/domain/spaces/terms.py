"""The words that the spaces' verbs share: what staff ask for, and every reason for a no."""

from dataclasses import dataclass, field
from datetime import date

from app.kernel.errors import Refusal
from app.models import ResourceVisibility
from app.sections import Audience

MOST_UNITS = 500
"""Of one resource."""
DAY_ENDS = 180
"""Three in the morning: who stays past midnight is still there on the day before."""


class NameTaken(Refusal):
    """Another one of that sort has the name."""


class UnknownZone(Refusal):
    """The name is no IANA time zone."""


class LastLocation(Refusal):
    """A portal without a location could show nothing."""


class BookedAhead(Refusal):
    """There are bookings to come, `count` of them."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} bookings to come")
        self.count = count


class HoursBackwards(Refusal):
    """An opening ends before it begins, or reaches beyond the day. `weekday` 0 is Monday."""

    def __init__(self, weekday: int) -> None:
        super().__init__(f"weekday {weekday}")
        self.weekday = weekday


class HoursOverlap(HoursBackwards):
    """Two openings of one day share a stretch of it."""


class DaysBackwards(Refusal):
    """The last day comes before the first."""


class BookingsWithin(Refusal):
    """There are bookings on the days of a closure that whoever makes it has not seen: how many on each day, in order."""

    def __init__(self, days: tuple[tuple[date, int], ...], count: int) -> None:
        super().__init__(f"{count} bookings")
        self.days = days
        self.count = count


class BadPart(Refusal):
    """A part must be another resource of the same location that is neither made of parts nor retired."""


class PlanNeeded(Refusal):
    """For plans only, and not a single plan was named: nobody could book it."""


class TeamNeeded(Refusal):
    """For teams only, and not a single team was named: nobody could book it."""


class TooManyNames(Refusal):
    """More names than units."""


class NameTwice(Refusal):
    """Two units have the same name. `name` is that."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class LengthsBackwards(Refusal):
    """The longest booking is shorter than the shortest."""


class StillUsed(Refusal):
    """Something refers to it, `count` times, so it cannot be removed."""

    def __init__(self, count: int) -> None:
        super().__init__(f"used {count} times")
        self.count = count


@dataclass(frozen=True, slots=True)
class LocationDetails:
    """`zone` is an IANA name; `position` orders the locations; `day_ends` is until how many minutes after midnight a day pass of
    the day before holds."""

    name: str
    address: str
    zone: str
    position: int = 0
    day_ends: int = DAY_ENDS


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """Open from minute to minute after midnight of a weekday (0 is Monday): 0 ≤ opens < closes ≤ 1440."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose hours and closures: a location's, or those of one resource in it."""

    location_id: int
    resource_id: int | None = None


@dataclass(frozen=True, slots=True)
class ClosureDetails:
    """Local days, both included, on which a place is closed; `yearly` repeats by month and day."""

    first_day: date
    last_day: date
    yearly: bool
    message: str


@dataclass(frozen=True, slots=True)
class ResourceDetails:
    """Everything about a resource that staff decide; named as the columns of `Resource`. Minutes are whole."""

    resource_type_id: int
    name: str
    description: str = ""
    level: str = ""
    position: int = 0
    capacity: int = 1
    units: int = 1
    unit_names: tuple[str, ...] = ()
    buffer_before: int = 0
    buffer_after: int = 0
    min_minutes: int = 15
    max_minutes: int = 480
    grid_minutes: int = 15
    notice_minutes: int = 0
    horizon_days: int | None = None
    cooldown_minutes: int = 0
    cooldown_any_minutes: int = 0
    cancel_cutoff_minutes: int = 0
    release_minutes: int | None = None
    audience: Audience = Audience.SIGNED_IN
    visibility: ResourceVisibility = ResourceVisibility.LISTED
    needs_approval: bool = False
    for_plans_only: bool = False
    for_teams_only: bool = False
    hourly_minor: int | None = None
    cap_minor: int | None = None
    amenity_ids: frozenset[int] = field(default_factory=frozenset)
    plan_ids: frozenset[int] = field(default_factory=frozenset)
    team_ids: frozenset[int] = field(default_factory=frozenset)
    part_ids: frozenset[int] = field(default_factory=frozenset)
