"""A week of one room, or of all: what of each day is free, taken or one's own, and where a booking could begin."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.calendar import LocalDay
from app.domain.booking.catalogue import Bookable, Catalogue
from app.domain.booking.day import clipped, looker_of, taken_in
from app.domain.booking.day_cells import DayCell, Label, cells_of, ruled_apart, with_room_around
from app.domain.booking.house_rules.greying import RuledDay, ruled_day
from app.domain.booking.house_rules.starts import Looker, starts_of
from app.domain.booking.minutes import Stretch, span_of, stretch_of
from app.domain.booking.rules import FARTHEST
from app.domain.booking.shifts import lengths_of, runs
from app.domain.booking.terms import OutOfReach, Room
from app.kernel.spans import Span

DAYS = 7
STEP = 30
"""Minutes between the starts that a week offers; a room with a coarser grid offers fewer."""


@dataclass(frozen=True, slots=True)
class WeekDay:
    """One local day: its cells in order, without gaps, and what could be booked of it: the asked length at each start, or shifts."""

    day: date
    cells: tuple[DayCell, ...]
    starts: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class RoomWeek:
    """Seven local days of a room from a Monday on. `minutes` is the asked length, brought within the room's limits, or that of the
    shifts that come nearest to it."""

    room: Room
    minutes: int
    days: tuple[WeekDay, ...]
    lengths: tuple[int, ...] = ()
    """How long its shifts are, and those together that touch; empty where it is booked freely."""
    min_minutes: int = 0
    max_minutes: int = 0
    """What it is booked for at any time of these days."""
    farthest: int | None = None
    """How many days ahead it may be had at most; None without an end."""


@dataclass(frozen=True, slots=True)
class RoomDays:
    """A room and its seven local days: of each the cells in order, without gaps."""

    room: Room
    days: tuple[tuple[DayCell, ...], ...]


def monday_of(day: date) -> date:
    """The Monday of the week that a day is in."""
    return day - timedelta(days=day.weekday())


def room_week(
    session: Session,
    actor: Actor,
    catalogue: Catalogue,
    resource_id: int,
    monday: date,
    minutes: int,
    now: datetime,
) -> RoomWeek:
    """The week of one room of a location that the caller has loaded for the actor. Raises NotFound and OutOfReach.

    A start is offered where the engine lets whoever asks book that length. One statement, two when something there is the
    actor's own; another where a rule counts what they have.
    """
    bookable = catalogue.room(resource_id)
    looker, found = _days_of(session, actor, catalogue, (bookable,), monday, now)
    ruled = [day.ruled for day in found[0]]
    plans = looker.rules.shift_plans(bookable.limits)
    lengths = (
        () if _ever_free(ruled) else tuple(sorted({each for plan in plans for each in lengths_of(plan)}))
    )
    least, most = min(each.min_minutes for each in ruled), max(each.max_minutes for each in ruled)
    length = min(max(minutes, least), most)
    if lengths:
        length = min(lengths, key=lambda each: abs(each - minutes))
    days = tuple(
        WeekDay(day.ruled.day.day, day.cells, tuple(map(span_of, _starts(looker, bookable, day, length))))
        for day in found[0]
    )
    farthest = looker.rules.farthest(bookable.limits)
    return RoomWeek(bookable.room, length, days, lengths, least, most, farthest)


def all_rooms_week(
    session: Session, actor: Actor, catalogue: Catalogue, monday: date, now: datetime
) -> list[RoomDays]:
    """The week of every listed room of a location that the caller has loaded for the actor, in the operator's order.

    Raises OutOfReach. Statements as `room_week`.
    """
    _asked, found = _days_of(session, actor, catalogue, catalogue.listed, monday, now)
    return [
        RoomDays(each.room, tuple(day.cells for day in days))
        for each, days in zip(catalogue.listed, found, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Day:
    """A room's day: what the rules make of it, its stretches before that is heeded, and after."""

    ruled: RuledDay
    unruled: tuple[DayCell, ...]
    cells: tuple[DayCell, ...]


def _days_of(
    session: Session,
    actor: Actor,
    catalogue: Catalogue,
    rooms: tuple[Bookable, ...],
    monday: date,
    now: datetime,
) -> tuple[Looker, list[list[_Day]]]:
    """Who asks, and of each room its days."""
    if abs(monday - now.date()) > FARTHEST:
        raise OutOfReach
    locals_ = [catalogue.calendar.day(monday + timedelta(days=n)) for n in range(DAYS)]
    window = locals_[0].start, locals_[-1].end
    taken = taken_in(session, actor, catalogue, rooms, window, now)
    looker = looker_of(session, actor, catalogue, window, now)
    found = []
    for each in rooms:
        busy = with_room_around(taken[each.room.id], each.buffer_before, each.buffer_after)
        days = []
        for local in locals_:
            whole = local.start, local.end
            ruled = ruled_day(looker, each.limits, local)
            opened = catalogue.calendar.open(each.room.id, local.day)
            cells = cells_of(opened, clipped(busy, whole), whole)
            days.append(_Day(ruled, cells, ruled_apart(cells, ruled)))
        found.append(days)
    return looker, found


def _ever_free(week: list[RuledDay]) -> bool:
    """Whether the room is booked freely at any time of these days."""
    return any(not each.by_shift for day in week for each in day.starts)


def _starts(looker: Looker, bookable: Bookable, day: _Day, length: int) -> Iterator[Stretch]:
    local = day.ruled.day
    if local.end <= looker.now:
        return
    free = [stretch_of(cell.span) for cell in day.unruled if cell.label is Label.OPEN]
    found = list(_shift_starts(looker, day, length))
    for each in starts_of(looker, bookable.limits, local, length):
        if each.kept:
            continue
        step = _step(each.limits.grid_minutes)
        for opens, closes in free:
            first = max(each.times[0], opens, looker.now)
            last = min(each.times[1] - 1, closes - length)
            found.extend((at, at + length) for at in _on_grid(local, first, last, step))
    yield from sorted(found)


def _on_grid(local: LocalDay, first: int, last: int, step: int) -> Iterator[int]:
    at = local.on_grid(first, step)
    while at <= last:
        yield at
        at = local.on_grid(at + 1, step)


def _shift_starts(looker: Looker, day: _Day, length: int) -> Iterator[Stretch]:
    """Of the free shifts that begin together with others that touch them, what comes nearest to the length."""
    free = [stretch_of(cell.span) for cell in day.cells if cell.shift and cell.label is Label.OPEN]
    best: dict[int, Stretch] = {}
    for start, end in runs(free):
        too_long = (start, end) not in free and end - start > day.ruled.max_minutes
        if start < looker.now or too_long:
            continue
        known = best.get(start)
        if known is None or abs(end - start - length) < abs(known[1] - start - length):
            best[start] = start, end
    yield from best.values()


def _step(grid: int) -> int:
    return -(-STEP // grid) * grid
