"""What a room's week is laid out from: columns with blocks and starts, rows of stretches for the table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _

from app.blueprints.bookings.day_layout import cell_of, refused_words
from app.domain.booking.day_cells import DayCell, Label
from app.domain.booking.week import STEP, RoomWeek, WeekDay
from app.web import auth, wording
from app.web.slots import slot_value
from app.web.strips import FIRST, LAST, Ruler, share_of

_ROOM_FOR_WORDS = 30


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a column: y and height as shares of it (`12.5%`), and what stands in it."""

    kind: str
    y: str
    height: str
    words: str


@dataclass(frozen=True, slots=True)
class Start:
    """What stands in a line of a column, half an hour high: a start to choose, or one's own booking to open."""

    words: str
    href: str
    label: str = ""
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One day. `passed` is the share of it that is over, `0%` for days to come; `sentence` says it in words."""

    weekday: str
    number: str
    sentence: str
    blocks: list[Block]
    passed: str
    now_line: bool
    starts: list[list[Start]]
    any_start: bool
    today: bool
    over: bool


def columns(week: RoomWeek, tz: ZoneInfo, today: date) -> dict[str, Any]:
    """What the week's template is given: a column for each day under one scale of hours."""
    rulers = [Ruler(day.day, tz, auth.now()) for day in week.days]
    first, last = _bounds(week.days, rulers)
    choice = url_for("bookings.show_choice", day="1")
    drawn = [
        _column(week, day, ruler, (first, last), today, choice)
        for day, ruler in zip(week.days, rulers, strict=True)
    ]
    return {
        "columns": drawn,
        "hours": range(first // 60, last // 60),
        "lines": [share_of(each * 60, last - first) for each in range(1, (last - first) // 60)],
        "any_start": any(each.any_start for each in drawn),
    }


def _bounds(days: Iterable[WeekDay], rulers: Iterable[Ruler]) -> tuple[int, int]:
    """From and until when the scale goes, in whole hours: where something is open or taken on one of the days."""
    marks = [
        (ruler.minute(cell.span.start), ruler.minute(cell.span.end))
        for day, ruler in zip(days, rulers, strict=True)
        for cell in day.cells
        if cell.label is not Label.CLOSED
    ]
    if not marks:
        return FIRST, LAST
    return min(start for start, _end in marks) // 60 * 60, -(-max(end for _start, end in marks) // 60) * 60


def _column(
    week: RoomWeek, day: WeekDay, ruler: Ruler, scale: tuple[int, int], today: date, choice: str
) -> Column:
    first, last = scale
    now = min(max(ruler.now, first), last) if day.day == today else first if day.day > today else last
    blocks = [block for cell in day.cells if (block := _block(cell, ruler, scale))]
    starts = _starts(week, day, ruler, scale, choice)
    return Column(
        weekday=wording.weekday(day.day),
        number=wording.day_and_month(day.day),
        sentence=_sentence(day, ruler),
        blocks=blocks,
        passed=share_of(now - first, last - first),
        now_line=day.day == today and first < ruler.now < last,
        starts=starts,
        any_start=bool(day.starts),
        today=day.day == today,
        over=day.day < today,
    )


def _block(cell: DayCell, ruler: Ruler, scale: tuple[int, int]) -> Block | None:
    first, last = scale
    start, end = max(ruler.minute(cell.span.start), first), min(ruler.minute(cell.span.end), last)
    if cell.label is Label.OPEN or start >= end:
        return None
    words = {
        Label.MINE: "",
        Label.BUSY: _("Taken"),
        Label.REFUSED: refused_words(cell),
        Label.CLOSED: _("Closed"),
    }[cell.label]
    return Block(
        str(cell.label),
        share_of(start - first, last - first),
        share_of(end - start, last - first),
        words if end - start >= _ROOM_FOR_WORDS else "",
    )


def _starts(
    week: RoomWeek, day: WeekDay, ruler: Ruler, scale: tuple[int, int], choice: str
) -> list[list[Start]]:
    """Each half hour of the scale, in order; after the last that holds something nothing need stand.

    Where autumn repeats an hour, its half hours hold two starts each.
    """
    first, last = scale
    lines: list[list[Start]] = [[] for _line in range((last - first) // STEP)]
    for cell in day.cells:
        if cell.label is Label.MINE and cell.booking_id is not None:
            at = max(ruler.minute(cell.span.start) - first, 0) // STEP
            when = wording.clock(cell.span, ruler.zone)
            href = url_for("bookings.show", booking_id=cell.booking_id)
            lines[at].append(Start(when, href, _("Yours, %(when)s", when=when), mine=True))
    for span in day.starts:
        at = (ruler.minute(span.start) - first) // STEP
        if 0 <= at < len(lines) and not any(each.mine for each in lines[at]):
            # How long a shift is nothing else on the page says
            words = (
                wording.clock(span, ruler.zone)
                if week.lengths
                else wording.clock_time(span.start, ruler.zone)
            )
            slot = slot_value(week.room.id, span)
            lines[at].append(Start(words, f"{choice}&slot={slot}"))
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _sentence(day: WeekDay, ruler: Ruler) -> str:
    """What is free from now on: `Free 08:00 – 10:00, 11:00 – 20:00`."""
    ahead = [cell.span for cell in day.cells if cell.label is Label.OPEN and cell.span.end > auth.now()]
    if ahead:
        return _("Free %(spans)s", spans=", ".join(wording.clock(span, ruler.zone) for span in ahead))
    if all(cell.label is Label.CLOSED for cell in day.cells):
        return _("Closed")
    return _("Nothing free")


def table_rows(week: RoomWeek, location_id: int, tz: ZoneInfo) -> dict[str, Any]:
    """What the table's template is given: a row for each day, a cell for each stretch that is not closed."""
    now = auth.now()
    return {
        "rows": [
            (
                wording.long_day(day.day),
                [
                    cell_of(cell, week.room.id, week.minutes, location_id, now, tz)
                    for cell in day.cells
                    if cell.label is not Label.CLOSED
                ],
            )
            for day in week.days
        ]
    }
