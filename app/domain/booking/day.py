"""A location's day as a grid, and as the table that says the same."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.calendar import LocalDay
from app.domain.booking.catalogue import Place, load_place
from app.domain.booking.minutes import Stretch, span_of
from app.domain.booking.occupancy import Busy, busy_of, load_blocks
from app.domain.booking.rules import FARTHEST
from app.domain.booking.terms import OutOfReach, Room
from app.kernel.spans import Span


class Label(StrEnum):
    """What a stretch of a room's day is, to the person who looks."""

    MINE = "mine"
    BUSY = "busy"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class DayCell:
    """A stretch of one room's day. `booking_id` is set where it is mine."""

    span: Span
    label: Label
    booking_id: int | None = None


@dataclass(frozen=True, slots=True)
class DayRow:
    """A room and its day: cells in order, without gaps, from the grid's start to its end."""

    room: Room
    cells: tuple[DayCell, ...]


@dataclass(frozen=True, slots=True)
class DayGrid:
    """All rooms of a location on one local day. `span` is what the grid shows: from first opening to last closing,
    or further where something is booked outside."""

    location_id: int
    location: str
    zone: str
    day: date
    span: Span
    rows: tuple[DayRow, ...]


def day_grid(session: Session, actor: Actor, location_id: int, day: date, now: datetime) -> DayGrid:
    """The day of every room, in the operator's order; three statements. Raises NotFound and OutOfReach."""
    if abs(day - now.date()) > FARTHEST:
        raise OutOfReach
    place = load_place(session, location_id, actor.person_id, now)
    local = place.calendar.day(day)
    blocks = load_blocks(session, location_id, (local.start, local.end), actor.person_id, now)
    busy = {each.room.id: _clipped(busy_of(each, blocks), local) for each in place.rooms}
    shown = _bounds(place, local, busy)
    rows = tuple(
        DayRow(each.room, _cells(place.calendar.open(each.room.id, day), busy[each.room.id], shown))
        for each in place.rooms
    )
    return DayGrid(location_id, place.name, place.zone, day, span_of(shown), rows)


def _clipped(busy: list[Busy], local: LocalDay) -> list[Busy]:
    return [
        Busy(max(each.start, local.start), min(each.end, local.end), each.mine)
        for each in busy
        if each.start < local.end and each.end > local.start
    ]


def _bounds(place: Place, local: LocalDay, busy: dict[int, list[Busy]]) -> Stretch:
    shown = [(each.start, each.end) for spans in busy.values() for each in spans]
    for bookable in place.rooms:
        shown.extend(place.calendar.open(bookable.room.id, local.day))
    if not shown:
        return local.start, local.end
    return min(start for start, _ in shown), max(end for _, end in shown)


def _cells(opened: list[Stretch], busy: list[Busy], shown: Stretch) -> tuple[DayCell, ...]:
    cells: list[DayCell] = []
    at, end = shown
    for each in busy:
        cells.extend(_unbooked(opened, at, each.start))
        label = Label.BUSY if each.mine is None else Label.MINE
        cells.append(DayCell(span_of((each.start, each.end)), label, each.mine))
        at = each.end
    cells.extend(_unbooked(opened, at, end))
    return tuple(cells)


def _unbooked(opened: list[Stretch], start: int, end: int) -> list[DayCell]:
    """What lies between two bookings: open where the calendar says so, closed elsewhere."""
    cells = []
    at = start
    for opens, closes in opened:
        begins, ends = max(opens, at), min(closes, end)
        if begins >= ends:
            continue
        if at < begins:
            cells.append(DayCell(span_of((at, begins)), Label.CLOSED))
        cells.append(DayCell(span_of((begins, ends)), Label.OPEN))
        at = ends
    if at < end:
        cells.append(DayCell(span_of((at, end)), Label.CLOSED))
    return cells
