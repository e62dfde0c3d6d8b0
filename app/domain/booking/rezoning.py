"""A booking by another clock: what stays on the wall when a location changes its zone. Pure.

(docs/decisions/0055-a-location-changes-its-zone.md)
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.booking.minutes import DAY, stretch_of
from app.domain.booking.occupancy import UnitStretch
from app.kernel.errors import Refusal
from app.kernel.spans import Span
from app.kernel.walltime import nearest_utc

STANDING = None
"""Whose the rows are that stay: of what has begun. Nobody is asked to move those."""


class MovesBookings(Refusal):
    """So many bookings would be at another moment: whoever changes it agrees to that first. `series` of theirs repeat."""

    def __init__(self, bookings: int, series: int) -> None:
        super().__init__(f"{bookings} bookings, {series} series")
        self.bookings = bookings
        self.series = series


@dataclass(frozen=True, slots=True)
class InTheWay:
    """A booking that cannot stay at its time on the wall. `span` is where it is by now."""

    booking_id: int
    room: str
    span: Span


class BookingsInTheWay(Refusal):
    """By the other clock some bookings would have begun by now, or two of them would have one room."""

    def __init__(self, bookings: tuple[InTheWay, ...]) -> None:
        super().__init__(f"{len(bookings)} in the way")
        self.bookings = bookings


def rezoned(span: Span, old: ZoneInfo, new: ZoneInfo) -> Span:
    """Where a span is by the clock of `new` that was so by the clock of `old`: both its ends stay on the wall.

    Where either of them is in an hour that one of the two clocks skips or repeats, it begins as near as it can and has the length
    that it had: else it could end before it begins.
    """
    starts, ends = _on_the_wall(span.start, old), _on_the_wall(span.end, old)
    start = nearest_utc(starts.date(), starts.time(), new)
    if all(_is_one_moment(each, tz) for each in (starts, ends) for tz in (old, new)):
        return Span(start, nearest_utc(ends.date(), ends.time(), new))
    return Span(start, start + span.length)


def same_on_the_wall(before: Span, old: ZoneInfo, after: Span, new: ZoneInfo) -> bool:
    """Whether whoever reads the clock there sees no difference."""
    walls = zip((before.start, before.end), (after.start, after.end), strict=True)
    return all(_on_the_wall(was, old) == _on_the_wall(now, new) for was, now in walls)


def rows_along(rows: Iterable[UnitStretch], before: Span, after: Span) -> list[UnitStretch]:
    """What a booking blocks, on the same units and with the same time kept free around it, once it is somewhere else."""
    was, now = stretch_of(before), stretch_of(after)

    def along(minute: int) -> int:
        if minute >= was[1]:
            return minute - was[1] + now[1]
        # Where a day is an hour shorter, what changes units within it does so no later than its end.
        return min(minute - was[0] + now[0], now[1])

    found = []
    for row in rows:
        start, end = along(row.start), along(row.end)
        # The database holds a day at most in one row, and a night may be an hour longer by the other clock.
        found += [row._replace(start=at, end=min(at + DAY, end)) for at in range(start, end, DAY)]
    return found


def in_each_others_way(
    standing: Sequence[UnitStretch], moving: Mapping[int, Sequence[UnitStretch]]
) -> set[int]:
    """The ids of those among the moving that would want a unit at the same time as another, or as what stands."""
    by_unit: defaultdict[tuple[int, int], list[tuple[int, int, int | None]]] = defaultdict(list)
    for row in standing:
        by_unit[row.resource_id, row.unit].append((row.start, row.end, STANDING))
    for booking_id, rows in moving.items():
        for row in rows:
            by_unit[row.resource_id, row.unit].append((row.start, row.end, booking_id))
    found: set[int | None] = set()
    for stretches in by_unit.values():
        stretches.sort(key=lambda each: each[:2])
        until, last = 0, STANDING
        for start, end, whose in stretches:
            if start < until and whose != last:
                found |= {whose, last}
            if end > until:
                until, last = end, whose
    return {each for each in found if each is not None}


def _on_the_wall(moment: datetime, tz: ZoneInfo) -> datetime:
    return moment.astimezone(tz).replace(tzinfo=None)


def _is_one_moment(wall: datetime, tz: ZoneInfo) -> bool:
    return wall.replace(tzinfo=tz, fold=0).utcoffset() == wall.replace(tzinfo=tz, fold=1).utcoffset()
