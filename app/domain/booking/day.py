"""A location's day as a grid, and as the table that says the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.calendar import Calendar, LocalDay
from app.domain.booking.catalogue import Bookable, Catalogue, load_catalogue
from app.domain.booking.house_rules.greying import RuledDay, ruled_day
from app.domain.booking.house_rules.quotas import stays_of
from app.domain.booking.minutes import Stretch, minute_of, span_of, stretch_of
from app.domain.booking.occupancy import Busy, busy_of, load_blocks
from app.domain.booking.rules import FARTHEST
from app.domain.booking.terms import Obstacle, OutOfReach, Room
from app.kernel.spans import Span
from app.models import Booking


class Label(StrEnum):
    """What a stretch of a room's day is, to the person who looks."""

    MINE = "mine"
    BUSY = "busy"
    OPEN = "open"
    CLOSED = "closed"
    REFUSED = "refused"
    """Open and free, but a rule of the house keeps it from who looks."""


@dataclass(frozen=True, slots=True)
class DayCell:
    """A stretch of one room's day. `booking_id` is set where it is mine: its own times, without buffers."""

    span: Span
    label: Label
    booking_id: int | None = None
    obstacle: Obstacle | None = None
    """Why it is refused."""
    shift: bool = False
    """A whole shift: it is booked as it is, or with those that touch it."""


@dataclass(frozen=True, slots=True)
class DayRow:
    """A room and its day: cells in order, without gaps, from the grid's start to its end."""

    room: Room
    cells: tuple[DayCell, ...]
    min_minutes: int
    max_minutes: int
    grid_minutes: int
    """As rules of the house have them for who looks; where these differ through the day, the loosest."""


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


def day_grid(
    session: Session, actor: Actor, location_id: int, day: date, now: datetime, *, with_hidden: bool = False
) -> DayGrid:
    """The day of every listed room, and `with_hidden` of those that only staff see, in the operator's order. Raises NotFound and OutOfReach.

    Three statements; one more when something there is the actor's own, and one where a rule counts what they have.
    """
    if abs(day - now.date()) > FARTHEST:
        raise OutOfReach
    catalogue = load_catalogue(session, location_id, actor.person_id, now)
    return day_grid_in(session, actor, catalogue, day, now, with_hidden=with_hidden)


def day_grid_in(
    session: Session,
    actor: Actor,
    catalogue: Catalogue,
    day: date,
    now: datetime,
    *,
    with_hidden: bool = False,
) -> DayGrid:
    """The same for a location that the caller has loaded for the actor, in two statements less."""
    if abs(day - now.date()) > FARTHEST:
        raise OutOfReach
    local = catalogue.calendar.day(day)
    shown_rooms = catalogue.rooms if with_hidden else catalogue.listed
    busy = taken_in(session, actor, catalogue, shown_rooms, (local.start, local.end), now)
    shown = _bounds(catalogue.calendar, local, busy)
    rules = catalogue.rules_for(catalogue.asker(actor.person_id, is_member=actor.is_member))
    stays = stays_of(session, rules, actor.person_id, (local.start, local.end), minute_of(now))
    rows = tuple(
        _row(
            each,
            cells_of(catalogue.calendar.open(each.room.id, day), busy[each.room.id], shown),
            ruled_day(rules, each.limits, local, stays, minute_of(now)),
        )
        for each in shown_rooms
    )
    return DayGrid(catalogue.id, catalogue.name, catalogue.zone, day, span_of(shown), rows)


def _row(bookable: Bookable, cells: tuple[DayCell, ...], ruled: RuledDay) -> DayRow:
    return DayRow(
        bookable.room,
        ruled_apart(cells, ruled),
        ruled.min_minutes,
        ruled.max_minutes,
        ruled.grid_minutes,
    )


def ruled_apart(cells: Iterable[DayCell], ruled: RuledDay) -> tuple[DayCell, ...]:
    """The same cells, with the open ones cut into shifts and where rules refuse a part of them."""
    if ruled.bound:
        cells = _closed_joined(piece for cell in cells for piece in _shifts_apart(cell, ruled))
    return tuple(piece for cell in cells for piece in _refused_apart(cell, ruled))


def _shifts_apart(cell: DayCell, ruled: RuledDay) -> Iterator[DayCell]:
    """An open cell as the shifts that are whole in it; what lies between is closed to bookings."""
    if cell.label is not Label.OPEN:
        yield cell
        return
    at, end = stretch_of(cell.span)
    for since, until in ruled.shifts:
        if since < at or end < until:
            continue
        yield from _unshifted(ruled, at, since)
        yield DayCell(span_of((since, until)), Label.OPEN, shift=True)
        at = until
    yield from _unshifted(ruled, at, end)


def _unshifted(ruled: RuledDay, at: int, end: int) -> Iterator[DayCell]:
    """What no shift takes: closed while the room is booked in shifts, open otherwise."""
    for since, until in ruled.bound:
        begins, ends = max(since, at), min(until, end)
        if begins >= ends:
            continue
        if at < begins:
            yield DayCell(span_of((at, begins)), Label.OPEN)
        yield DayCell(span_of((begins, ends)), Label.CLOSED)
        at = ends
    if at < end:
        yield DayCell(span_of((at, end)), Label.OPEN)


def _closed_joined(cells: Iterable[DayCell]) -> Iterator[DayCell]:
    last: DayCell | None = None
    for cell in cells:
        if last and last.label is cell.label is Label.CLOSED:
            last = DayCell(Span(last.span.start, cell.span.end), Label.CLOSED)
            continue
        if last:
            yield last
        last = cell
    if last:
        yield last


def _refused_apart(cell: DayCell, ruled: RuledDay) -> Iterator[DayCell]:
    """An open cell cut where rules refuse a part of it; of a shift they refuse all or nothing."""
    if cell.label is not Label.OPEN or not ruled.refused:
        yield cell
        return
    if cell.shift:
        start, end = stretch_of(cell.span)
        why = next((each for (since, until), each in ruled.refused if since < end and start < until), None)
        yield replace(cell, label=Label.REFUSED, obstacle=why) if why else cell
        return
    at, end = stretch_of(cell.span)
    for (since, until), obstacle in ruled.refused:
        begins, ends = max(since, at), min(until, end)
        if begins >= ends:
            continue
        if at < begins:
            yield DayCell(span_of((at, begins)), Label.OPEN)
        yield DayCell(span_of((begins, ends)), Label.REFUSED, obstacle=obstacle)
        at = ends
    if at < end:
        yield DayCell(span_of((at, end)), Label.OPEN)


def taken_in(
    session: Session,
    actor: Actor,
    catalogue: Catalogue,
    rooms: Iterable[Bookable],
    window: Stretch,
    now: datetime,
) -> dict[int, list[Busy]]:
    """When each of these rooms cannot be had in a window, by room id; what is the actor's own at its own times.

    One statement; two when something there is the actor's.
    """
    blocks = load_blocks(session, catalogue.id, window, actor.person_id, now)
    blocked = {each.room.id: clipped(busy_of(each, blocks), window) for each in rooms}
    own = _own_times(session, {each.mine for spans in blocked.values() for each in spans if each.mine})
    return {room_id: list(_without_buffers(spans, own)) for room_id, spans in blocked.items()}


def clipped(busy: list[Busy], window: Stretch) -> list[Busy]:
    """What of it lies in a window, cut to it."""
    start, end = window
    return [
        Busy(max(each.start, start), min(each.end, end), each.mine)
        for each in busy
        if each.start < end and each.end > start
    ]


def _own_times(session: Session, booking_ids: set[int]) -> dict[int, Stretch]:
    """From when to when these bookings were made, buffers apart."""
    if not booking_ids:
        return {}
    rows = session.execute(
        select(Booking.id, Booking.starts_at, Booking.ends_at).where(Booking.id.in_(booking_ids))
    )
    return {row.id: stretch_of(Span(row.starts_at, row.ends_at)) for row in rows}


def _without_buffers(busy: list[Busy], own: dict[int, Stretch]) -> Iterator[Busy]:
    """What is mine cut to the booking's own times; the buffers around it are taken, but nobody's visit."""
    mine: Busy | None = None
    for each in (piece for one in busy for piece in _pieces(one, own)):
        if mine and each.mine == mine.mine and each.start == mine.end:
            # A booking that was extended, or that is longer than a day, has several rows.
            mine = mine._replace(end=each.end)
            continue
        if mine:
            yield mine
        mine = each if each.mine else None
        if not mine:
            yield each
    if mine:
        yield mine


def _pieces(one: Busy, own: dict[int, Stretch]) -> list[Busy]:
    if one.mine is None:
        return [one]
    start, end = (min(max(at, one.start), one.end) for at in own[one.mine])
    pieces = (Busy(one.start, start, None), Busy(start, end, one.mine), Busy(end, one.end, None))
    return [piece for piece in pieces if piece.start < piece.end]


def _bounds(calendar: Calendar, local: LocalDay, busy: dict[int, list[Busy]]) -> Stretch:
    shown = [(each.start, each.end) for spans in busy.values() for each in spans]
    for room_id in busy:
        shown.extend(calendar.open(room_id, local.day))
    if not shown:
        return local.start, local.end
    return min(start for start, _ in shown), max(end for _, end in shown)


def cells_of(opened: list[Stretch], busy: list[Busy], shown: Stretch) -> tuple[DayCell, ...]:
    """What stands between the two ends of `shown`, in order and without gaps."""
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
