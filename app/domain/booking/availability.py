"""Where a booking fits into a room's day: the nearest start to the one asked for."""

from collections.abc import Iterable, Iterator

from app.domain.booking.calendar import LocalDay
from app.domain.booking.catalogue import Bookable
from app.domain.booking.house_rules.cooling import cooldowns
from app.domain.booking.minutes import Stretch
from app.domain.booking.occupancy import Busy, overlaps
from app.domain.booking.rules import Limits, earliest_start
from app.domain.booking.shifts import Shifts, apart, run_of, runs, stretches_on
from app.domain.booking.survey import Survey


def nearest(surveyed: Survey, bookable: Bookable, busy: list[Busy]) -> Stretch | None:
    """The stretch of the wanted length that starts nearest to the wanted one on its local day, or None; where the room is booked
    in shifts, the nearest of these, or of those that touch, whatever its length.

    `busy` is the room's; nothing that reaches out of the looked-at window, buffers included, is offered.
    Heeds every limit that holds at the start that it offers, those that rules of the house set too.
    """
    free = _nearest_start(surveyed, bookable, busy)
    plans = surveyed.rules.shift_plans(bookable.limits)
    if not plans:
        return free
    found = [*_free_runs(surveyed, bookable, plans, busy), *([free] if free else [])]
    return min(found, key=lambda each: apart(surveyed.wanted, each), default=None)


def _free_runs(
    surveyed: Survey, bookable: Bookable, plans: Iterable[Shifts], busy: list[Busy]
) -> Iterator[Stretch]:
    """What can be had of that day's shifts."""
    for run in {run for plan in plans for run in runs(stretches_on(plan, surveyed.day))}:
        limits = surveyed.rules.limits(bookable.limits, run)
        taken = overlaps(busy, run[0] - bookable.buffer_before, run[1] + bookable.buffer_after)
        if limits.shifts and not taken and not surveyed.against_at(limits, run):
            yield run


def _nearest_start(surveyed: Survey, bookable: Bookable, busy: list[Busy]) -> Stretch | None:
    """Where the room is booked freely."""
    start, end = surveyed.wanted
    best: int | None = None
    for (since, until), limits in surveyed.pieces(bookable):
        if limits.shifts or surveyed.standing(limits, (since, since + end - start)):
            continue
        for opens, closes in _starts(surveyed, bookable, limits, busy):
            first, last = max(opens, since), min(closes, until - 1)
            if first > last:
                continue
            found = _on_grid(surveyed.day, min(max(start, first), last), (first, last), limits.grid_minutes)
            if found is not None and (best is None or abs(found - start) < abs(best - start)):
                best = found
    return None if best is None else (best, best + end - start)


def free_until(surveyed: Survey, bookable: Bookable, busy: list[Busy]) -> int:
    """Until when the free stretch lasts that holds the wanted one: the next booking, the last shift's end, or closing time."""
    start, end = surveyed.wanted
    limits = surveyed.limits(bookable)
    opened = surveyed.catalogue.calendar.open_from(
        bookable.room.id, surveyed.day.day, end, any_hour=limits.any_hour
    )
    closing = next((closes for opens, closes in opened if opens <= start and end <= closes), end)
    run = run_of(limits.shifts, surveyed.day, start)
    closing = min(closing, run[1]) if run else closing
    ahead = next((each.start for each in busy if each.start >= end), closing + bookable.buffer_after)
    return max(end, min(closing, ahead - bookable.buffer_after))


def _starts(surveyed: Survey, bookable: Bookable, limits: Limits, busy: list[Busy]) -> Iterator[Stretch]:
    """First and last possible start in each free gap of the day, both included."""
    if _too_far(surveyed, limits):
        return
    length, day = surveyed.wanted[1] - surveyed.wanted[0], surveyed.day
    earliest = max(
        earliest_start(limits, surveyed.now), day.start, surveyed.window[0] + bookable.buffer_before
    )
    blocked = sorted([*busy, *_cooling(surveyed, bookable, limits)], key=lambda each: each[:2])
    for opens, closes in surveyed.catalogue.calendar.open_from(
        bookable.room.id, day.day, day.end + length - 1, any_hour=limits.any_hour
    ):
        latest = min(closes, surveyed.window[1] - bookable.buffer_after) - length
        for first, last in _gaps(bookable, blocked, max(opens, earliest), latest, length):
            if first < day.end:
                yield first, min(last, day.end - 1)


def _cooling(surveyed: Survey, bookable: Bookable, limits: Limits) -> Iterator[Busy]:
    """What the person's other bookings keep from them, less the room's buffers, which do not count for that."""
    for (since, until), _obstacle in cooldowns(limits, surveyed.stays):
        start, end = since + bookable.buffer_after, until - bookable.buffer_before
        if start < end:
            yield Busy(start, end, None)


def _gaps(bookable: Bookable, busy: list[Busy], earliest: int, latest: int, length: int) -> Iterator[Stretch]:
    first = earliest
    for each in busy:
        last = min(each.start - bookable.buffer_after - length, latest)
        if first <= last:
            yield first, last
        first = max(first, each.end + bookable.buffer_before)
    if first <= latest:
        yield first, latest


def _too_far(surveyed: Survey, limits: Limits) -> bool:
    horizon = limits.horizon_days
    today = surveyed.catalogue.calendar.day_of(surveyed.now).day
    return horizon is not None and (surveyed.day.day - today).days > horizon


def _on_grid(day: LocalDay, start: int, between: Stretch, grid: int) -> int | None:
    """The start on the room's grid that is nearest, below where it can be, else above."""
    down = start - day.wall(start) % grid
    if down >= between[0] and day.wall(down) % grid == 0:
        return down
    up = start + -day.wall(start) % grid
    return up if up <= between[1] and day.wall(up) % grid == 0 else None
