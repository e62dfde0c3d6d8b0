"""What a day of all rooms is laid out from: lanes with blocks for the grid, rows of stretches for the table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import gcd
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.bookings.forms import sensible_start
from app.domain.booking.catalogue import Catalogue
from app.domain.booking.day import DayGrid, DayRow
from app.domain.booking.day_cells import DayCell, Label
from app.domain.booking.pictures import picture_of
from app.domain.booking.terms import Reason
from app.kernel.spans import Span
from app.kernel.walltime import clock_change, clock_face, day_bounds, nearest_utc
from app.web import auth, rooms, wording
from app.web.pictures import Gallery
from app.web.sentences import obstacle_sentence
from app.web.slots import LENGTHS, slot_value
from app.web.strips import Ruler, share_of

_ROOM_FOR_WORDS = 30
"""Minutes from which on a block may be wide enough for words; whether it is, the style sheet sees."""
_MORNING = time(9)
_HALF_HOUR = 30


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch that somebody has: x and width as shares of the day (`12.5%`), and what stands in it.

    The words have a place of their own, as shares of the block: on the longer side of the line that says now.
    """

    kind: str
    x: str
    width: str
    words: str
    brief: str
    """What is left of the words where they do not fit; may be empty."""
    words_x: str
    words_width: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One room's day. `free` is `540-600,660-720`: the stretches to choose from, in minutes that have passed of the day."""

    id: int
    name: str
    facts: str
    picture: str
    sentence: str
    blocks: list[Block]
    free: str
    step: int
    least: int
    most: int
    whole: bool
    """Each free stretch is a shift, to be had whole."""
    why: str
    """Where the first stretch that a rule refuses is explained; empty where none does."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of a room's day in the table; an open one can be asked for."""

    when: str
    words: str
    href: str


def lanes(grid: DayGrid, catalogue: Catalogue, tz: ZoneInfo) -> dict[str, Any]:
    """What the grid's template is given: a lane for each room under one ruler of hours."""
    ruler = Ruler(grid.day, tz, auth.now(), grid.span, passing=True)
    change = clock_change(grid.day, tz)
    # The sheet is of the whole location: of those rooms alone that are listed nobody has one.
    gallery = Gallery(picture_of(each.room) for each in catalogue.rooms)
    start, _end = day_bounds(grid.day, tz)
    return {
        "ruler": ruler,
        "lanes": [_lane(row, ruler, gallery, tz) for row in grid.rows],
        "hours": list(_hours(ruler, change)),
        "begins": int(start.timestamp()) // 60,
        "change": change,
        # Steps of the wall clock are those of the minutes that pass, unless the clocks change by less than a step.
        "drawn_on": change is None or not any(change[1] % row.grid_minutes for row in grid.rows),
        **_window_lengths(grid.rows),
        "passed": ruler.share(min(max(ruler.now - ruler.first, 0), ruler.length)),
        "now_line": ruler.first < ruler.now < ruler.last,
        "now_words": wording.clock_time(auth.now(), tz),
        "starts_at": _window(grid.day, tz, ruler),
    }


def _hours(ruler: Ruler, change: tuple[int, int] | None) -> Iterator[tuple[str, str]]:
    """Where on the ruler each hour of the wall clock begins, and which it is; one that comes again says so."""
    at, by = change or (ruler.last, 0)
    for minute in range(ruler.first, ruler.last, _HALF_HOUR):
        wall = minute + (by if minute >= at else 0)
        if wall % 60 == 0:
            again = at <= minute < at - by
            hour = f"{wall // 60}"
            yield ruler.share(minute - ruler.first), _("%(time)s again", time=hour) if again else hour


def _window_lengths(rows: Iterable[DayRow]) -> dict[str, Any]:
    """How long the phone's window may be, in the steps of the rooms that are booked freely, and how long it is first."""
    freely = [row for row in rows if not any(cell.shift for cell in row.cells)]
    least, most = (
        min((row.min_minutes for row in freely), default=60),
        max((row.max_minutes for row in freely), default=60),
    )
    fitting = sorted({least, *(each for each in LENGTHS if least <= each <= most)})
    first = min(fitting, key=lambda each: (abs(each - 60), each))
    return {
        "windows": [(each, wording.minutes(each)) for each in fitting],
        "window": first,
        "window_step": gcd(*(row.grid_minutes for row in freely)) or 15,
    }


def _window(day: date, tz: ZoneInfo, ruler: Ruler) -> int:
    """Where the phone's window stands first: at the next sensible start, on other days in the morning."""
    start = sensible_start(auth.now(), tz)
    return ruler.minute(nearest_utc(day, start.time() if start.date() == day else _MORNING, tz))


def _lane(row: DayRow, ruler: Ruler, gallery: Gallery, tz: ZoneInfo) -> Lane:
    room = row.room
    blocks = [block for cell in row.cells if (block := _block(cell, ruler, tz))]
    free = [
        (
            # A shift that has just begun is still had from its beginning
            ruler.minute(cell.span.start) if cell.shift else max(ruler.minute(cell.span.start), ruler.now),
            ruler.minute(cell.span.end),
        )
        for cell in row.cells
        if cell.label is Label.OPEN
    ]
    return Lane(
        id=room.id,
        name=room.name,
        facts=rooms.short_facts(room),
        picture=gallery.url(room.id),
        sentence=_sentence(row, tz),
        blocks=blocks,
        free=",".join(f"{begin}-{finish}" for begin, finish in free if begin < finish),
        step=row.grid_minutes,
        least=row.min_minutes,
        most=row.max_minutes,
        whole=any(cell.shift for cell in row.cells),
        why=_why(row),
    )


def _block(cell: DayCell, ruler: Ruler, tz: ZoneInfo) -> Block | None:
    placed = ruler.place(cell.span)
    if placed is None or cell.label is Label.OPEN:
        return None
    x, width = placed
    begin, finish = _beside(ruler.now - ruler.first - x, width)
    words, brief = _block_words(cell, tz) if finish - begin >= _ROOM_FOR_WORDS else ("", "")
    return Block(
        str(cell.label),
        ruler.share(x),
        ruler.share(width),
        words,
        brief,
        share_of(begin, width),
        share_of(finish - begin, width),
    )


def _beside(now: int, width: int) -> tuple[int, int]:
    """The longer part of a block of that many minutes, before or after the line at `now` where it is crossed."""
    if not 0 < now < width:
        return 0, width
    return (0, now) if now > width - now else (now, width)


def _block_words(cell: DayCell, tz: ZoneInfo) -> tuple[str, str]:
    if cell.label is Label.MINE:
        until = wording.clock_time(cell.span.end, tz)
        return _("You, until %(time)s", time=until), until
    if cell.label is Label.REFUSED:
        return refused_words(cell), ""
    return (_("Taken") if cell.label is Label.BUSY else _("Closed")), ""


def refused_words(cell: DayCell) -> str:
    """What stands in a stretch that is kept from who looks."""
    short = cell.obstacle is not None and cell.obstacle.reason is Reason.TOO_SHORT
    return _("Too short") if short else _("Not for you")


def _sentence(row: DayRow, tz: ZoneInfo) -> str:
    free, mine = _spans(row, Label.OPEN, tz), _spans(row, Label.MINE, tz)
    words = (
        _("%(room)s: free %(spans)s", room=row.room.name, spans=free)
        if free
        else _("%(room)s: nothing free", room=row.room.name)
    )
    refused = _spans(row, Label.REFUSED, tz)
    if refused:
        words = _("%(rest)s; not for you %(spans)s", rest=words, spans=refused)
    return _("%(rest)s; yours %(spans)s", rest=words, spans=mine) if mine else words


def _why(row: DayRow) -> str:
    """The page that explains the first stretch which a rule refuses and that is not over."""
    for cell in row.cells:
        if cell.label is Label.REFUSED and cell.span.end > auth.now():
            return why_address(row.room.id, row.min_minutes, cell)
    return ""


def why_address(room_id: int, least_minutes: int, cell: DayCell) -> str:
    """Where it is explained why a stretch is refused: the shortest booking at its beginning stands for it."""
    start = _next_quarter(max(cell.span.start, auth.now()))
    minutes = max(least_minutes, 15)
    if cell.shift:
        start, minutes = cell.span.start, cell.span.minutes
    return url_for(
        "bookings.show_why", slot=slot_value(room_id, Span(start, start + timedelta(minutes=minutes)))
    )


def _spans(row: DayRow, label: Label, tz: ZoneInfo) -> str:
    ahead = (cell for cell in row.cells if cell.label is label and cell.span.end > auth.now())
    return ", ".join(wording.clock(cell.span, tz) for cell in ahead)


def table_rows(grid: DayGrid, tz: ZoneInfo) -> dict[str, Any]:
    """What the table's template is given: a row for each room, a cell for each stretch of its day."""
    now = auth.now()
    start = url_for("bookings.show_room", resource_id=0).removesuffix("0")
    rows = [
        (
            row.room.name,
            f"{start}{row.room.id}",
            rooms.facts(row.room),
            [cell_of(cell, row.room.id, row.min_minutes, grid.location_id, now, tz) for cell in row.cells],
        )
        for row in grid.rows
    ]
    return {"rows": rows, "count": ngettext("%(num)s room", "%(num)s rooms", len(rows))}


def cell_of(
    cell: DayCell, room_id: int, least_minutes: int, location_id: int, now: datetime, tz: ZoneInfo
) -> Cell:
    """A stretch of a room's day in words, as a table's cell has it; an open one leads to the search, a refused one to why."""
    if cell.obstacle is not None:
        href = why_address(room_id, least_minutes, cell) if cell.span.end > now else ""
        return Cell(wording.clock(cell.span, tz), obstacle_sentence(cell.obstacle, tz), href)
    words = {Label.OPEN: _("Free"), Label.BUSY: _("Taken"), Label.MINE: _("Yours"), Label.CLOSED: _("Closed")}
    href = ""
    if cell.label is Label.MINE and cell.booking_id is not None:
        href = url_for("bookings.show", booking_id=cell.booking_id)
    elif cell.label is Label.OPEN and cell.span.end > now:
        href = _ask_for(cell, location_id, now, tz)
    return Cell(wording.clock(cell.span, tz), words[cell.label], href)


def _ask_for(cell: DayCell, location_id: int, now: datetime, tz: ZoneInfo) -> str:
    """The search for the first hour of a free stretch, or for all of it when it is shorter or a shift."""
    span = cell.span
    start = span.start if cell.shift else max(span.start, _next_quarter(now))
    left = max(span.end - start, timedelta(minutes=15))
    minutes = int(left.total_seconds()) // 60
    local = start.astimezone(tz)
    return url_for(
        "bookings.show_search",
        date=f"{local:%Y-%m-%d}",
        start=clock_face(local),
        minutes=minutes if cell.shift else min(60, minutes),
        location=location_id,
        again=local.fold or None,
    )


def _next_quarter(moment: datetime) -> datetime:
    return datetime.fromtimestamp(-(-moment.timestamp() // 900) * 900, moment.tzinfo)
