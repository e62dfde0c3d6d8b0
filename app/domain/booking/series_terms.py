"""The words that the verbs of repeating bookings share: what is asked, what each date comes to, and every reason for a no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.domain.booking.paying import ByCredit
from app.domain.booking.quotes import Quote
from app.domain.booking.repeating import Pattern
from app.domain.booking.terms import Obstacle, Reason
from app.kernel.errors import Refusal
from app.kernel.spans import Span
from app.models import BookingSeries


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a single date is instead: a local day, minutes after its midnight, and a length in minutes."""

    day: date
    starts: int
    minutes: int


@dataclass(frozen=True, slots=True)
class BookSeries:
    """A wish to have a room again and again. `starts` is in minutes after midnight on the wall of its place.

    The rest is as in `BookRoom`.
    """

    resource_id: int
    pattern: Pattern
    starts: int
    minutes: int
    people: int = 1
    title: str = ""
    for_person_id: int | None = None
    override: bool = False
    request_key: str | None = None
    left_out: frozenset[date] = frozenset()
    moved: Mapping[date, Moved] = field(default_factory=dict)
    seen_due: int | None = None
    """What the page said would be left to pay of all that is wanted, in minor units."""


@dataclass(frozen=True, slots=True)
class AddDates:
    """Dates of a series that is there: those that were left out before, and others up to a later day."""

    series_id: int
    days: frozenset[date] | None = None
    """None for all that there are: to look at, not to book."""
    until: date | None = None
    """Up to where the rule goes on; None for where it ends now."""
    moved: Mapping[date, Moved] = field(default_factory=dict)
    override: bool = False
    seen_due: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """One date, as it is asked for."""

    day: date
    """Of the rule."""
    span: Span
    wanted: bool = True
    """Others are only looked at: they take nothing from those that follow."""
    rather: int | None = None
    """The unit that it would rather have, where that is free as long as any."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date, and what it comes to. Prices are those of that date alone."""

    day: date
    span: Span
    wanted: bool
    obstacles: tuple[Obstacle, ...]
    price: Quote | None
    """None where the room has no price then, which stands against it."""
    credit: ByCredit

    @property
    def free(self) -> bool:
        """Whether it can be booked as it stands."""
        return not self.obstacles

    @property
    def taken(self) -> bool:
        """Whether nothing but another booking stands against it."""
        return bool(self.obstacles) and all(each.reason is Reason.TAKEN for each in self.obstacles)

    @property
    def price_minor(self) -> int:
        return self.price.total_minor if self.price else 0

    @property
    def due_minor(self) -> int:
        return self.price_minor - self.credit.total_minor


@dataclass(frozen=True, slots=True)
class Preview:
    """Every date of a wish, in order, with what all that are wanted and free come to, in minor units."""

    rule: str
    zone: str
    occurrences: tuple[Occurrence, ...]
    currency: str

    @property
    def chosen(self) -> tuple[Occurrence, ...]:
        return tuple(each for each in self.occurrences if each.wanted and each.free)

    @property
    def total_minor(self) -> int:
        return sum(each.price_minor for each in self.chosen)

    @property
    def due_minor(self) -> int:
        return sum(each.due_minor for each in self.chosen)


@dataclass(frozen=True, slots=True)
class SeriesClaim:
    """What became of a wish. `fresh` is False when the same request had been answered before."""

    series: BookingSeries
    dates: int
    fresh: bool


class SeriesNotBookable(Refusal):
    """Dates that are wanted cannot be had: nothing was written. `preview` has all dates as they are now."""

    def __init__(self, preview: Preview) -> None:
        super().__init__(", ".join(str(each.day) for each in preview.occurrences if not each.free))
        self.preview = preview

    @property
    def against(self) -> tuple[Occurrence, ...]:
        return tuple(each for each in self.preview.occurrences if each.wanted and not each.free)

    @property
    def obstacles(self) -> tuple[Obstacle, ...]:
        """All that stands against any of them."""
        return tuple(each for one in self.against for each in one.obstacles)


class NoneChosen(Refusal):
    """Not one date is wanted."""


class NothingToChange(Refusal):
    """No date in that range can still be changed by who asks. `late` are those whose cut-off has passed."""

    def __init__(self, late: tuple[date, ...] = ()) -> None:
        super().__init__(", ".join(map(str, late)))
        self.late = late


class AllElsewhere(Refusal):
    """What could be changed of that range is in another room than the series: each date there is changed by itself."""

    def __init__(self, days: tuple[date, ...]) -> None:
        super().__init__(", ".join(map(str, days)))
        self.days = days
