"""The words of moving dates of a series: what is wished, and what each date would be and cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import Moved
from app.domain.booking.terms import Obstacle
from app.kernel.spans import Span
from app.models import PayWhen


@dataclass(frozen=True, slots=True)
class MoveDates:
    """Another time of day, in minutes after midnight, another length, and maybe another room for the dates of a range."""

    series_id: int
    ranged: Range
    starts: int
    minutes: int
    resource_id: int | None = None
    """The room from now on, at the location of the series; None for the usual one."""
    moved: Mapping[date, Moved] = field(default_factory=dict)
    """Single dates that go elsewhere than the others, also to another day."""
    chosen: frozenset[date] | None = None
    """Which dates move, those in another room among them; None for all that are in the room of the series."""
    override: bool = False
    seen_sequence: int | None = None
    """`changes_of` the series as the page in hand showed it; None looks at nobody else's change."""
    seen_more: int | None = None
    """What the page said would be left to bill in addition, in minor units, which may be less than nothing; None takes any price."""
    only_later: bool = False
    """The page in hand had not said that anything is paid at once."""


class Stays(StrEnum):
    """Why a date of the range does not move."""

    AS_WISHED = "as_wished"
    """It is so already."""
    LEFT = "left"
    """Whoever asks leaves it where it is."""
    ELSEWHERE = "elsewhere"
    """It is in another room than the series, and was not chosen."""
    LATE = "late"
    """Its cut-off has passed."""


@dataclass(frozen=True, slots=True)
class Paid:
    """What a date costs with what was ordered, and what of that credit does not pay, in minor units."""

    price_minor: int
    due_minor: int


@dataclass(frozen=True, slots=True)
class MoveDate:
    """One date of the range as it is, and as it would be; of one that stays, where it would go if it was chosen."""

    day: date
    """Of the rule."""
    was: Span
    span: Span
    stays: Stays | None
    obstacles: tuple[Obstacle, ...]
    before: Paid
    after: Paid
    pays: PayWhen | None
    """When it is paid, as it was agreed; none of what costs nothing yet."""

    @property
    def moves(self) -> bool:
        """Whether it would be moved: it is to be, and can."""
        return self.stays is None and not self.obstacles


@dataclass(frozen=True, slots=True)
class MovePreview:
    """Every date of a range that has not begun, in order, with what all that would move come to."""

    zone: str
    currency: str
    sequence: int
    """`changes_of` the series."""
    dates: tuple[MoveDate, ...]

    @property
    def moving(self) -> tuple[MoveDate, ...]:
        return tuple(each for each in self.dates if each.moves)

    @property
    def against(self) -> tuple[Obstacle, ...]:
        """All that stands against any date that is to move."""
        return tuple(obstacle for each in self.dates for obstacle in each.obstacles)

    @property
    def before_minor(self) -> int:
        return sum(each.before.price_minor for each in self.moving)

    @property
    def after_minor(self) -> int:
        return sum(each.after.price_minor for each in self.moving)

    @property
    def more_minor(self) -> int:
        """What would be left to bill in addition; less than nothing where less is."""
        return sum(each.after.due_minor - each.before.due_minor for each in self.moving)

    def at_once_minor(self, policy: PayWhen) -> int:
        """What of the dates that come to cost more is paid at once, where what was not agreed yet goes by the policy."""
        dearer = (each for each in self.moving if (each.pays or policy) is PayWhen.NOW)
        return sum(max(each.after.due_minor - each.before.due_minor, 0) for each in dearer)


@dataclass(frozen=True, slots=True)
class MovedDates:
    """How many dates are as it was wished, and which were not moved because their cut-off had passed."""

    dates: int
    late: tuple[date, ...]
    elsewhere: tuple[date, ...]
    """Which were not because they are in another room, where each was moved by itself."""
