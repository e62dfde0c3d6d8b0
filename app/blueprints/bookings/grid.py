"""A day of all rooms: as a grid to choose on, and as a table that says the same."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.bookings.forms import day_of, sensible_start
from app.blueprints.bookings.room import blueprint, bookable_place
from app.blueprints.bookings.search import asked_place, views
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.day import DayCell, DayGrid, DayRow, Label, day_grid
from app.domain.booking.pictures import picture_of
from app.domain.booking.search import search
from app.domain.booking.terms import FreeRoom, OutOfReach, RoomQuery
from app.kernel.spans import Span
from app.kernel.walltime import clock_face, day_bounds, local_date
from app.web import auth, rooms, sentences, wording
from app.web.access import in_section
from app.web.database import session
from app.web.htmx import wants_part
from app.web.pictures import Gallery
from app.web.slots import parse_slot, slot_value
from app.web.strips import Ruler, share_of

_ROOM_FOR_WORDS = 30
"""Minutes from which on a block may be wide enough for words; whether it is, the style sheet sees."""
_MORNING = 9 * 60
_WEEK = 7


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
    """One room's day. `free` is `540-600,660-720`: the stretches to choose from, in minutes of the wall clock."""

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


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of a room's day in the table; an open one can be asked for."""

    when: str
    words: str
    href: str


@blueprint.get("/bookings/day")
@in_section("bookings")
def show_day() -> Any:
    """The grid, or with `view=table` the table. 422 for a day that does not exist; today is shown then."""
    place, wrong = asked_place(request.args.get("location", ""))
    tz = ZoneInfo(place.zone)
    today = local_date(auth.now(), tz)
    text = request.args.get("date", "")
    chosen = day_of(text) if text else today
    if chosen is None:
        wrong = _("That day does not exist. This is today.")
    try:
        grid = day_grid(session(), auth.signed_in(), place.id, chosen or today, auth.now())
    except OutOfReach:
        wrong = _("That day is too far away. This is today.")
        grid = day_grid(session(), auth.signed_in(), place.id, today, auth.now())
    table = request.args.get("view") == "table"
    location = str(place.id) if "location" in request.args else ""
    page = render_template(
        "bookings/table.html" if table else "bookings/grid.html",
        grid=grid,
        wrong=wrong,
        **_words(grid, today),
        **(_table(grid, tz) if table else _lanes(grid, tz)),
        views=views("table" if table else "grid", grid.day.isoformat(), location),
        steps=_steps(grid.day, today, location, table=table),
        shows_zone=place.zone != auth.portal().zone,
        zone=place.zone,
        zone_note=wording.zone_note(place.zone),
    )
    return page, 422 if wrong else 200


@blueprint.get("/bookings/day/choice")
@in_section("bookings")
def show_choice() -> Any:
    """What was chosen on the grid, its price and the button to go on; or why not. A part for htmx; else the search."""
    slot = parse_slot(request.args.get("slot", ""))
    if slot is None:
        return render_template(
            "bookings/_choice.html", row=None, sentence=_("Choose a room and a time first.")
        ), 422
    room = bookable_place(slot.resource_id)
    tz = ZoneInfo(room.zone)
    if not wants_part():
        start = slot.span.start.astimezone(tz)
        return redirect(
            url_for(
                "bookings.show_search",
                date=f"{start:%Y-%m-%d}",
                start=clock_face(start),
                minutes=slot.span.minutes,
                location=room.location_id,
            )
        )
    offered = load_catalogue(session(), room.location_id, auth.signed_in().person_id, auth.now())
    try:
        found = search(
            session(), auth.signed_in(), offered, RoomQuery(room.location_id, slot.span), auth.now()
        )
    except OutOfReach as refusal:
        return render_template(
            "bookings/_choice.html", row=None, sentence=sentences.refusal(refusal, tz)
        ), 422
    for free in found.free:
        if free.room.id == slot.resource_id:
            return render_template("bookings/_choice.html", row=_choice(free, slot.span, tz), sentence="")
    reasons = [
        sentences.refusal_sentence(refused, tz)
        for refused in (*found.taken, *found.not_allowed)
        if refused.room.id == slot.resource_id
    ]
    return render_template(
        "bookings/_choice.html", row=None, sentence=f"{room.name}: {'. '.join(reasons)}."
    ), 422


def _choice(free: FreeRoom, span: Span, tz: ZoneInfo) -> dict[str, str]:
    return {
        "name": free.room.name,
        "when": wording.clock(span, tz),
        "price": wording.price(free.quote),
        "slot": slot_value(free.room.id, span),
    }


def _words(grid: DayGrid, today: date) -> dict[str, str]:
    near = abs((grid.day - today).days) < _WEEK
    words = f"{wording.day(grid.day, today)}, {wording.day_and_month(grid.day)}"
    return {"day_words": words if near else wording.short_day(grid.day)}


def _steps(day: date, today: date, location: str, *, table: bool) -> dict[str, str]:
    """Addresses of the day before and the day after; none before today, where nothing can be booked."""
    rest: dict[str, Any] = {"location": location} if location else {}
    if table:
        rest["view"] = "table"

    def href(other: date) -> str:
        return url_for("bookings.show_day", date=other.isoformat(), **rest)

    return {
        "before": href(day - timedelta(days=1)) if day > today else "",
        "after": href(day + timedelta(days=1)),
    }


def _lanes(grid: DayGrid, tz: ZoneInfo) -> dict[str, Any]:
    ruler = Ruler(grid.day, tz, auth.now(), grid.span)
    gallery = Gallery(picture_of(row.room) for row in grid.rows)
    start, end = day_bounds(grid.day, tz)
    return {
        "ruler": ruler,
        "lanes": [_lane(row, ruler, gallery, tz) for row in grid.rows],
        "hours": [
            (ruler.share(hour * 60 - ruler.first), hour)
            for hour in range(ruler.first // 60, ruler.last // 60)
        ],
        "begins": int(start.timestamp()) // 60,
        # On a day when the clocks change, minutes of the wall clock and minutes that pass are not the same.
        "even": end - start == timedelta(days=1),
        "passed": ruler.share(min(max(ruler.now - ruler.first, 0), ruler.length)),
        "now_line": ruler.first < ruler.now < ruler.last,
        "now_words": wording.clock_time(auth.now(), tz),
        "starts_at": _window(grid.day, tz),
    }


def _window(day: date, tz: ZoneInfo) -> int:
    """Where the phone's window stands first: at the next sensible start, on other days in the morning."""
    start = sensible_start(auth.now(), tz)
    return start.hour * 60 + start.minute if start.date() == day else _MORNING


def _lane(row: DayRow, ruler: Ruler, gallery: Gallery, tz: ZoneInfo) -> Lane:
    room = row.room
    blocks = [block for cell in row.cells if (block := _block(cell, ruler, tz))]
    free = [
        (max(ruler.minute(cell.span.start), ruler.now), ruler.minute(cell.span.end))
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
        step=room.grid_minutes,
        least=room.min_minutes,
        most=room.max_minutes,
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
    return (_("Taken") if cell.label is Label.BUSY else _("Closed")), ""


def _sentence(row: DayRow, tz: ZoneInfo) -> str:
    free, mine = _spans(row, Label.OPEN, tz), _spans(row, Label.MINE, tz)
    words = (
        _("%(room)s: free %(spans)s", room=row.room.name, spans=free)
        if free
        else _("%(room)s: nothing free", room=row.room.name)
    )
    return _("%(rest)s; yours %(spans)s", rest=words, spans=mine) if mine else words


def _spans(row: DayRow, label: Label, tz: ZoneInfo) -> str:
    ahead = (cell for cell in row.cells if cell.label is label and cell.span.end > auth.now())
    return ", ".join(wording.clock(cell.span, tz) for cell in ahead)


def _table(grid: DayGrid, tz: ZoneInfo) -> dict[str, Any]:
    now = auth.now()
    rows = [
        (row.room.name, rooms.facts(row.room), [_cell(cell, grid, now, tz) for cell in row.cells])
        for row in grid.rows
    ]
    return {"rows": rows, "count": ngettext("%(num)s room", "%(num)s rooms", len(rows))}


def _cell(cell: DayCell, grid: DayGrid, now: datetime, tz: ZoneInfo) -> Cell:
    words = {Label.OPEN: _("Free"), Label.BUSY: _("Taken"), Label.MINE: _("Yours"), Label.CLOSED: _("Closed")}
    href = ""
    if cell.label is Label.MINE and cell.booking_id is not None:
        href = url_for("bookings.show", booking_id=cell.booking_id)
    elif cell.label is Label.OPEN and cell.span.end > now:
        href = _ask_for(cell.span, grid, now, tz)
    return Cell(wording.clock(cell.span, tz), words[cell.label], href)


def _ask_for(span: Span, grid: DayGrid, now: datetime, tz: ZoneInfo) -> str:
    """The search for the first hour of a free stretch, or for all of it when it is shorter."""
    quarter = timedelta(minutes=15)
    start = max(span.start, datetime.fromtimestamp(-(-now.timestamp() // 900) * 900, now.tzinfo))
    left = max(span.end - start, quarter)
    local = start.astimezone(tz)
    return url_for(
        "bookings.show_search",
        date=f"{local:%Y-%m-%d}",
        start=clock_face(local),
        minutes=min(60, int(left.total_seconds()) // 60),
        location=grid.location_id,
    )
