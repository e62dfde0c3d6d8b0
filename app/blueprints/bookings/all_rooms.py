"""A week of all rooms: how taken each is, as bars under the days, and as a table that says the same in hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask_babel import gettext as _

from app.blueprints.bookings.forms import day_of
from app.blueprints.bookings.room import blueprint
from app.blueprints.bookings.search import asked_place, offered_at, views
from app.domain.booking.day_cells import DayCell, Label
from app.domain.booking.terms import OutOfReach
from app.domain.booking.week import DAYS, RoomDays, all_rooms_week, monday_of
from app.kernel.walltime import local_date
from app.web import auth, rooms, wording
from app.web.access import in_section
from app.web.database import session
from app.web.strips import FIRST, LAST, Ruler, path

_KINDS = (Label.CLOSED, Label.REFUSED, Label.BUSY, Label.MINE)


@dataclass(frozen=True, slots=True)
class Bars:
    """One room's week as path data for each kind of stretch, and what is left of each day in words."""

    name: str
    href: str
    facts: str
    paths: list[tuple[str, str]]
    sentence: str
    left: list[str]


@blueprint.get("/bookings/week")
@in_section("bookings")
def show_week() -> Any:
    """The week that `date` is in, with `view=table` as a table. 422 for a day that does not exist; this week is shown then."""
    place, wrong = asked_place(request.args.get("location", ""))
    tz = ZoneInfo(place.zone)
    today = local_date(auth.now(), tz)
    text = request.args.get("date", "")
    asked = day_of(text) if text else today
    if asked is None:
        wrong = _("That day does not exist. This is the present week.")
    catalogue = offered_at(place)
    try:
        monday = monday_of(asked or today)
        found = all_rooms_week(session(), auth.signed_in(), catalogue, monday, auth.now())
    except (OutOfReach, OverflowError):
        wrong = _("That day is too far away. This is the present week.")
        monday = monday_of(today)
        found = all_rooms_week(session(), auth.signed_in(), catalogue, monday, auth.now())
    days = [monday + timedelta(days=n) for n in range(DAYS)]
    rulers = [Ruler(day, tz, auth.now()) for day in days]
    scale = _bounds(found, rulers)
    table = request.args.get("view") == "table"
    location = str(place.id) if "location" in request.args else ""
    page = render_template(
        "bookings/week_table.html" if table else "bookings/week.html",
        wrong=wrong,
        site=place,
        week_words=_(
            "%(first)s to %(last)s", first=wording.short_day(days[0]), last=wording.short_day(days[-1])
        ),
        days=_heads(days, today, location),
        rows=[_bars(row, rulers, scale) for row in found],
        length=(scale[1] - scale[0]) * DAYS,
        gaps="".join(f"M{(scale[1] - scale[0]) * n} 0v14" for n in range(1, DAYS)),
        passed=_passed(days, rulers, scale, today),
        views=views("week", (asked or today).isoformat(), location, place),
        **_links(monday, today, location, table=table),
        shows_zone=auth.is_elsewhere(place.zone),
        zone_note=wording.zone_note(place.zone),
    )
    return page, 422 if wrong else 200


def _bounds(found: Iterable[RoomDays], rulers: list[Ruler]) -> tuple[int, int]:
    """From and until when each day is drawn, in whole hours: where a room is open or taken."""
    starts, ends = [], []
    for row in found:
        for cells, ruler in zip(row.days, rulers, strict=True):
            shown = [cell for cell in cells if cell.label is not Label.CLOSED]
            if shown:
                starts.append(ruler.minute(shown[0].span.start))
                ends.append(ruler.minute(shown[-1].span.end))
    return (min(starts) // 60 * 60, -(-max(ends) // 60) * 60) if starts else (FIRST, LAST)


def _heads(days: list[date], today: date, location: str) -> list[tuple[str, str, str, str, bool]]:
    """(weekday, the whole day, its number, address of its grid, whether it is today); no address for a day that is over."""
    place = location or None
    return [
        (
            wording.short_weekday(day),
            wording.long_day(day),
            str(day.day),
            url_for("bookings.show_day", date=day.isoformat(), location=place) if day >= today else "",
            day == today,
        )
        for day in days
    ]


def _bars(row: RoomDays, rulers: list[Ruler], scale: tuple[int, int]) -> Bars:
    first, last = scale
    boxes: dict[Label, list[tuple[int, int]]] = {kind: [] for kind in _KINDS}
    for number, (cells, ruler) in enumerate(zip(row.days, rulers, strict=True)):
        for cell in cells:
            start, end = (min(max(ruler.minute(at), first), last) for at in (cell.span.start, cell.span.end))
            if cell.label in boxes and start < end:
                boxes[cell.label].append((number * (last - first) + start - first, end - start))
    minutes = [_left(cells) for cells in row.days]
    hours = wording.minutes(sum(minutes))
    return Bars(
        name=row.room.name,
        href=url_for("bookings.show_room", resource_id=row.room.id),
        facts=rooms.short_facts(row.room),
        paths=[(str(kind), path(found)) for kind, found in boxes.items() if found],
        sentence=_("%(room)s: %(hours)s left this week", room=row.room.name, hours=hours),
        left=[_left_words(cells, left) for cells, left in zip(row.days, minutes, strict=True)],
    )


def _left(cells: tuple[DayCell, ...]) -> int:
    """Minutes of a day that are open and not over."""
    now = auth.now()
    spans = [cell.span for cell in cells if cell.label is Label.OPEN and cell.span.end > now]
    return sum(int((span.end - max(span.start, now)).total_seconds()) // 60 for span in spans)


def _left_words(cells: tuple[DayCell, ...], left: int) -> str:
    if left:
        return _("%(length)s free", length=wording.minutes(left))
    return _("Closed") if all(cell.label is Label.CLOSED for cell in cells) else _("Nothing free")


def _passed(days: list[date], rulers: list[Ruler], scale: tuple[int, int], today: date) -> int:
    """How much of the drawn week is over, in minutes of it."""
    first, last = scale
    return sum(
        last - first if day < today else min(max(ruler.now, first), last) - first
        for day, ruler in zip(days, rulers, strict=True)
        if day <= today
    )


def _links(monday: date, today: date, location: str, *, table: bool) -> dict[str, Any]:
    """Addresses of the weeks before and after, and of the other form of this one."""

    def href(day: date, *, table: bool) -> str:
        return url_for(
            "bookings.show_week",
            date=day.isoformat() if day != monday_of(today) else None,
            location=location or None,
            view="table" if table else None,
        )

    step = timedelta(days=DAYS)
    return {
        "steps": {
            "before": href(monday - step, table=table) if monday > monday_of(today) else "",
            "after": href(monday + step, table=table),
        },
        "other": (_("The week as bars"), href(monday, table=False))
        if table
        else (_("The same as a table"), href(monday, table=True)),
    }
