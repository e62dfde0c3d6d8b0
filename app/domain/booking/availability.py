"""Where a booking fits into a room's day: the nearest start to the one asked for."""

from collections.abc import Iterator

from app.domain.booking.calendar import Calendar, LocalDay
from app.domain.booking.catalogue import Bookable
from app.domain.booking.minutes import Stretch
from app.domain.booking.occupancy import Busy
from app.domain.booking.rules import earliest_start


def nearest(
    bookable: Bookable,
    calendar: Calendar,
    busy: list[Busy],
    day: LocalDay,
    wanted: Stretch,
    now: int,
    within: Stretch,
) -> Stretch | None:
    """The stretch of the wanted length that starts nearest to the wanted one on that local day, or None.

    `busy` must be known for all of `within`; nothing that reaches out of it, buffers included, is offered.
    Heeds hours, closures, notice, past and grid; not who asks, nor the length.
    """
    length = wanted[1] - wanted[0]
    if _too_far(bookable, calendar, day, now):
        return None
    best: int | None = None
    for first, last in _starts(bookable, calendar, busy, day, length, now, within):
        start = _on_grid(day, min(max(wanted[0], first), last), first, last, bookable.limits.grid_minutes)
        if start is not None and (best is None or abs(start - wanted[0]) < abs(best - wanted[0])):
            best = start
    return None if best is None else (best, best + length)


def free_until(
    bookable: Bookable, calendar: Calendar, busy: list[Busy], day: LocalDay, wanted: Stretch
) -> int:
    """Until when the free stretch lasts that holds the wanted one: the next booking, or closing time."""
    opened = calendar.open_from(bookable.room.id, day.day, wanted[1])
    closing = next((end for start, end in opened if start <= wanted[0] and wanted[1] <= end), wanted[1])
    ahead = next((each.start for each in busy if each.start >= wanted[1]), closing + bookable.buffer_after)
    return max(wanted[1], min(closing, ahead - bookable.buffer_after))


def _too_far(bookable: Bookable, calendar: Calendar, day: LocalDay, now: int) -> bool:
    horizon = bookable.limits.horizon_days
    return horizon is not None and (day.day - calendar.day_of(now).day).days > horizon


def _starts(
    bookable: Bookable,
    calendar: Calendar,
    busy: list[Busy],
    day: LocalDay,
    length: int,
    now: int,
    within: Stretch,
) -> Iterator[Stretch]:
    """First and last possible start in each free gap of the day, both included."""
    before, after = bookable.buffer_before, bookable.buffer_after
    earliest = max(earliest_start(bookable.limits, now), day.start)
    for opens, closes in calendar.open_from(bookable.room.id, day.day, day.end + length - 1):
        first = max(opens, earliest, within[0] + before)
        for each in busy:
            if each.end + before > first:
                last = min(each.start - after, closes) - length
                if first <= last and first < day.end:
                    yield first, min(last, day.end - 1)
                first = max(first, each.end + before)
        last = min(closes, within[1] - after) - length
        if first <= last and first < day.end:
            yield first, min(last, day.end - 1)


def _on_grid(day: LocalDay, start: int, first: int, last: int, grid: int) -> int | None:
    """The start on the room's grid that is nearest, at or below first where it can be, else above."""
    down = start - day.wall(start) % grid
    if down >= first and day.wall(down) % grid == 0:
        return down
    up = start + -day.wall(start) % grid
    return up if up <= last and day.wall(up) % grid == 0 else None
