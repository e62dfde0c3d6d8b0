"""A room's day in stretches: what is taken, closed, kept from who looks, and what is left to be had
(docs/decisions/0053-what-a-grid-shows-as-free.md)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from app.domain.booking.calendar import join
from app.domain.booking.house_rules.greying import RuledDay
from app.domain.booking.house_rules.starts import Starts
from app.domain.booking.minutes import Stretch, span_of, stretch_of
from app.domain.booking.occupancy import Busy
from app.domain.booking.terms import Obstacle, Reason
from app.kernel.spans import Span


class Label(StrEnum):
    """What a stretch of a room's day is, to the person who looks."""

    MINE = "mine"
    BUSY = "busy"
    OPEN = "open"
    CLOSED = "closed"
    REFUSED = "refused"
    """Open and free, but limits keep it from who looks, or it is too short."""


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


def _unbooked(opened: list[Stretch], start: int, end: int) -> Iterator[DayCell]:
    """What lies between two bookings: open where the calendar says so, closed elsewhere."""
    return _apart(opened, (start, end), Label.OPEN, Label.CLOSED)


def _apart(stretches: Iterable[Stretch], whole: Stretch, inside: Label, outside: Label) -> Iterator[DayCell]:
    """The whole, parted by what lies inside of some stretches, in order, and what outside."""
    at, end = whole
    for since, until in stretches:
        begins, ends = max(since, at), min(until, end)
        if begins >= ends:
            continue
        if at < begins:
            yield DayCell(span_of((at, begins)), outside)
        yield DayCell(span_of((begins, ends)), inside)
        at = ends
    if at < end:
        yield DayCell(span_of((at, end)), outside)


def with_room_around(busy: list[Busy], before: int, after: int) -> list[Busy]:
    """The same with what a booking next to it would have to leave: its own buffer after it, and before it."""
    found: list[Busy] = []
    for at, each in enumerate(busy):
        begins = max(each.start - after, found[-1].end if found else each.start - after)
        ends = min(each.end + before, busy[at + 1].start) if at + 1 < len(busy) else each.end + before
        if each.mine is None:
            found.append(Busy(begins, ends, None))
            continue
        pieces = (Busy(begins, each.start, None), each, Busy(each.end, ends, None))
        found.extend(piece for piece in pieces if piece.start < piece.end)
    return found


def ruled_apart(cells: Iterable[DayCell], ruled: RuledDay) -> tuple[DayCell, ...]:
    """The same cells, with the open ones cut into shifts, and into what can be had and what is kept from who looks.

    Where nothing was judged, all that is open can be had.
    """
    found = (piece for cell in cells for piece in _ruled_cell(cell, ruled))
    return tuple(_closed_joined(found) if ruled.bound else found)


def _ruled_cell(cell: DayCell, ruled: RuledDay) -> Iterator[DayCell]:
    if cell.label is not Label.OPEN:
        yield cell
        return
    at, end = stretch_of(cell.span)
    for (since, until), obstacle in ruled.shifts:
        if since < at or end < until:
            continue
        yield from _freely(ruled, at, since)
        label = Label.REFUSED if obstacle else Label.OPEN
        yield DayCell(span_of((since, until)), label, obstacle=obstacle, shift=True)
        at = until
    yield from _freely(ruled, at, end)


def _freely(ruled: RuledDay, at: int, end: int) -> Iterator[DayCell]:
    """What no shift takes: closed while the room is booked in shifts; else what can be had, and what not."""
    if at >= end:
        return
    if not ruled.starts:
        yield from _apart(ruled.bound, (at, end), Label.CLOSED, Label.OPEN)
        return
    starts = list(_on_steps(ruled, _between(ruled.starts, at, end)))
    for since, until in join(_to_be_had(ruled, starts, end)):
        yield from _kept(starts, at, since)
        for part in pairwise((since, *_cuts(starts, since, until), until)):
            yield DayCell(span_of(part), Label.OPEN)
        at = until
    yield from _kept(starts, at, end)


def _between(starts: Iterable[Starts], at: int, end: int) -> Iterator[Starts]:
    for each in starts:
        begins, ends = max(each.times[0], at), min(each.times[1], end)
        if begins < ends:
            yield replace(each, times=(begins, ends))


def _on_steps(ruled: RuledDay, starts: Iterable[Starts]) -> Iterator[Starts]:
    """The same, where what can be had after something that cannot begins on a step of the room's."""
    before: Starts | None = None
    for each in starts:
        if before and before.kept and not each.kept:
            first = min(ruled.day.on_grid(each.times[0], each.limits.grid_minutes), each.times[1])
            yield replace(before, times=(before.times[0], first))
            before = replace(each, times=(first, each.times[1])) if first < each.times[1] else None
            continue
        if before:
            yield before
        before = each
    if before:
        yield before


def _fitting(each: Starts, end: int) -> int:
    """Before which of these starts may begin for their shortest booking to be over at the end."""
    return min(each.times[1], end - each.minutes + 1)


def _to_be_had(ruled: RuledDay, starts: list[Starts], end: int) -> Iterator[Stretch]:
    """What the shortest bookings that may be made take up, one after the other."""
    for each in starts:
        since, until = each.times[0], _fitting(each, end)
        if each.kept or since >= until:
            continue
        if ruled.day.on_grid(since, each.limits.grid_minutes) < until:
            yield since, until - 1 + each.minutes


def _cuts(starts: list[Starts], since: int, until: int) -> list[int]:
    """Where to part a stretch of which each minute can be had, because some booking that would lie in it cannot: of two that
    each may be made, a rule may be against what lies across."""
    found: set[int] = set()
    for each in starts:
        if not each.kept:
            continue
        for at in range(max(each.times[0], since), min(each.times[1], until - each.minutes + 1)):
            if not any(at < cut < at + each.minutes for cut in found):
                found.add(at + each.minutes - 1)
    return sorted(cut for cut in found if since < cut)


def _kept(starts: list[Starts], at: int, end: int) -> Iterator[DayCell]:
    """What of a stretch cannot be had, by what is against it."""
    held: DayCell | None = None
    for each in starts:
        begins, ends = max(each.times[0], at), min(each.times[1], end)
        if begins >= ends:
            continue
        cell = _kept_cell(each, (begins, ends))
        if held and (held.label, held.obstacle) == (cell.label, cell.obstacle):
            held = DayCell(Span(held.span.start, cell.span.end), cell.label, obstacle=cell.obstacle)
            continue
        if held:
            yield held
        held = cell
    if held:
        yield held


def _kept_cell(each: Starts, times: Stretch) -> DayCell:
    if each.by_shift:
        return DayCell(span_of(times), Label.CLOSED)
    short = each.limits.facts("min_minutes", minutes=each.minutes)
    return DayCell(span_of(times), Label.REFUSED, obstacle=each.obstacle or Obstacle(Reason.TOO_SHORT, short))


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
