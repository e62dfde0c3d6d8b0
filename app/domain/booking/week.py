"""A week of one room, or of all: what of each day is free, taken or one's own, and where a booking could begin."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.calendar import LocalDay
from app.domain.booking.catalogue import Bookable, Catalogue
from app.domain.booking.day import DayCell, Label, cells_of, clipped, ruled_apart, taken_in
from app.domain.booking.house_rules.greying import RuledDay, ruled_day
from app.domain.booking.house_rules.quotas import stays_of
from app.domain.booking.minutes import Stretch, minute_of, span_of, stretch_of
from app.domain.booking.rules import FARTHEST, earliest_start
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

    A start is offered where nothing but the rules about who asks could stand against it; those are told when it is
    chosen. One statement, two when something there is the actor's own; another where a rule counts what they have.
    """
    bookable = catalogue.room(resource_id)
    lengths = lengths_of(bookable.limits.shifts)
    length = min(max(minutes, bookable.limits.min_minutes), bookable.limits.max_minutes)
    if lengths:
        length = min(lengths, key=lambda each: abs(each - minutes))
    (found,) = _days_of(session, actor, catalogue, (bookable,), monday, now)
    days = []
    for local, cells, ruled in found:
        starts = tuple(map(span_of, _starts(catalogue, bookable, ruled, local, cells, length, now)))
        days.append(WeekDay(local.day, cells, starts))
    return RoomWeek(bookable.room, length, tuple(days), lengths)


def all_rooms_week(
    session: Session, actor: Actor, catalogue: Catalogue, monday: date, now: datetime
) -> list[RoomDays]:
    """The week of every listed room of a location that the caller has loaded for the actor, in the operator's order.

    Raises OutOfReach. Statements as `room_week`.
    """
    found = _days_of(session, actor, catalogue, catalogue.listed, monday, now)
    return [
        RoomDays(each.room, tuple(cells for _local, cells, _ruled in days))
        for each, days in zip(catalogue.listed, found, strict=True)
    ]


_Days = list[tuple[LocalDay, tuple[DayCell, ...], RuledDay]]


def _days_of(
    session: Session,
    actor: Actor,
    catalogue: Catalogue,
    rooms: tuple[Bookable, ...],
    monday: date,
    now: datetime,
) -> list[_Days]:
    """Of each room its days with their cells, and what the rules of the house make of each."""
    if abs(monday - now.date()) > FARTHEST:
        raise OutOfReach
    locals_ = [catalogue.calendar.day(monday + timedelta(days=n)) for n in range(DAYS)]
    window = locals_[0].start, locals_[-1].end
    taken = taken_in(session, actor, catalogue, rooms, window, now)
    rules = catalogue.rules_for(catalogue.asker(actor.person_id, is_member=actor.is_member))
    stays = stays_of(session, rules, actor.person_id, window, minute_of(now))
    found = []
    for each in rooms:
        days: _Days = []
        for local in locals_:
            whole = local.start, local.end
            ruled = ruled_day(rules, each.limits, local, stays, minute_of(now))
            opened = catalogue.calendar.open(each.room.id, local.day)
            cells = cells_of(opened, clipped(taken[each.room.id], whole), whole)
            days.append((local, ruled_apart(cells, ruled), ruled))
        found.append(days)
    return found


def _starts(
    catalogue: Catalogue,
    bookable: Bookable,
    ruled: RuledDay,
    local: LocalDay,
    cells: tuple[DayCell, ...],
    length: int,
    now: datetime,
) -> Iterator[Stretch]:
    limits = bookable.limits
    today = catalogue.calendar.day_of(minute_of(now)).day
    if limits.horizon_days is not None and (local.day - today).days > limits.horizon_days:
        return
    earliest = max(earliest_start(limits, minute_of(now)), minute_of(now))
    yield from _shift_starts(bookable, ruled, cells, length, earliest)
    if not ruled.min_minutes <= length <= ruled.max_minutes:
        return
    step = _step(ruled.grid_minutes)
    for start, end in _gaps(bookable, cells):
        at = max(start, earliest)
        at += -local.wall(at) % step
        while at + length <= end:
            yield at, at + length
            at += step


def _shift_starts(
    bookable: Bookable, ruled: RuledDay, cells: tuple[DayCell, ...], length: int, earliest: int
) -> Iterator[Stretch]:
    """Of the free shifts that begin together with others that touch them, what comes nearest to the length."""
    free = [stretch_of(cell.span) for cell in cells if cell.shift and cell.label is Label.OPEN]
    taken = [stretch_of(cell.span) for cell in cells if cell.label in (Label.BUSY, Label.MINE)]
    best: dict[int, Stretch] = {}
    for start, end in runs(free):
        begins, ends = start - bookable.buffer_before, end + bookable.buffer_after
        blocked = any(since < ends and begins < until for since, until in taken)
        too_long = (start, end) not in free and end - start > ruled.max_minutes
        if start < earliest or blocked or too_long:
            continue
        known = best.get(start)
        if known is None or abs(end - start - length) < abs(known[1] - start - length):
            best[start] = start, end
    yield from best.values()


def _step(grid: int) -> int:
    return -(-STEP // grid) * grid


def _gaps(bookable: Bookable, cells: tuple[DayCell, ...]) -> Iterator[Stretch]:
    """The open stretches less what the room needs around a booking where somebody else's comes before or after it."""
    for index, cell in enumerate(cells):
        if cell.label is not Label.OPEN or cell.shift:
            continue
        start, end = stretch_of(cell.span)
        before = cells[index - 1].label if index else Label.CLOSED
        after = cells[index + 1].label if index + 1 < len(cells) else Label.CLOSED
        if before in (Label.BUSY, Label.MINE):
            start += bookable.buffer_before
        if after in (Label.BUSY, Label.MINE):
            end -= bookable.buffer_after
        if start < end:
            yield start, end
