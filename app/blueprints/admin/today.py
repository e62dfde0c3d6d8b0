"""Today: who is expected at a location, and how each room's day looks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel.numbers import format_decimal
from flask import Blueprint, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import page
from app.blueprints.admin.booking_rows import State, rows_of, stands, state_of, state_words
from app.blueprints.admin.days import Asked, asked, within_reach
from app.blueprints.admin.routes import first_page
from app.domain.actor import Permission
from app.domain.booking.day import DayRow, day_grid
from app.domain.booking.day_cells import Label
from app.domain.booking.staff_day import bookings_of_day
from app.domain.booking.view import BookingView
from app.domain.directory.at_the_desk import people_at
from app.domain.people.listing import plans_of
from app.kernel.money import Money
from app.kernel.spans import Span
from app.web import auth, wording
from app.web.access import staff
from app.web.auth import signed_in
from app.web.database import session
from app.web.language import formats_locale
from app.web.strips import FIRST, LAST, Ruler

blueprint = Blueprint("today", __name__)

_SHOWN = 12
_HOUR = timedelta(hours=1)
_KINDS = {Label.BUSY: "busy", Label.MINE: "busy", Label.CLOSED: "closed"}


@dataclass(frozen=True, slots=True)
class RoomDay:
    """One room's line: what the strip macro needs, and the sentence beside it."""

    id: int
    name: str
    sentence: str
    strip: dict[str, Any]
    busy: bool


@blueprint.get("")
@staff(Permission.ADMIN)
def show() -> Response:
    """The day; who sees no bookings begins with what they do see."""
    if not signed_in().may(Permission.BOOKINGS):
        return redirect(first_page(), code=303)
    here, now = within_reach(asked()), auth.now()
    views = [
        view for view in bookings_of_day(session(), signed_in(), here.place.id, here.day) if stands(view, now)
    ]
    grid = day_grid(session(), signed_in(), here.place.id, here.day, now, with_hidden=True)
    ruler = Ruler(here.day, here.zone, now)
    rooms = [_room(row, here, ruler, now) for row in grid.rows]
    return page(
        "admin/today.html",
        here=here,
        live=here.day == here.today,
        rooms=rooms,
        state_words=state_words,
        day_words=wording.long_day(here.day),
        rows=rows_of(_next(views, now), here.zone, now),
        plans=plans_of(session(), here.today, {view.person_id for view in views}),
        counts=_counts(views, rooms, now),
        bars=_bars(views, ruler),
        present=_present(here, now),
    )


def _present(here: Asked, now: datetime) -> list[tuple[int, str, str]]:
    """(id, name, since when) of who checked in here today and is not gone; for who may see people."""
    if here.day != here.today or not signed_in().may(Permission.PEOPLE):
        return []
    return [
        (each.person_id, each.name, _("since %(time)s", time=wording.clock_time(each.since, here.zone)))
        for each in people_at(session(), signed_in(), here.place.id, now)
    ]


def _next(views: list[BookingView], now: datetime) -> list[BookingView]:
    """The first few that are not over; of a day that is, the last few."""
    return [view for view in views if state_of(view, now) is not State.OVER][:_SHOWN] or views[-_SHOWN:]


def _counts(views: list[BookingView], rooms: list[RoomDay], now: datetime) -> dict[str, Any]:
    to_come = [view for view in views if state_of(view, now) is State.COMING]
    currency = auth.portal().currency
    total = sum((view.price for view in views), Money(0, currency))
    return {
        "bookings": len(views),
        "left": len(to_come),
        "soon": sum(view.starts_at < now + _HOUR for view in to_come),
        "people": sum(view.people for view in views),
        "people_left": sum(view.people for view in to_come),
        "busy": sum(room.busy for room in rooms),
        "worth": wording.money(total),
    }


def _bars(views: Iterable[BookingView], ruler: Ruler) -> dict[str, Any]:
    """People in the rooms by hour of the ruler: shares of the fullest hour, as the bars macro wants them."""
    spans = [(ruler.minute(view.starts_at), ruler.minute(view.ends_at), view.people) for view in views]
    hours = range(FIRST // 60, LAST // 60)
    heads = [
        sum(people for start, end, people in spans if start < hour * 60 + 60 and end > hour * 60)
        for hour in hours
    ]
    most = max(heads)
    return {
        "hours": list(hours),
        "most": most,
        "values": [
            (count / most if most else 0, _hour_kind(hour, ruler.now))
            for hour, count in zip(hours, heads, strict=True)
        ],
    }


def _hour_kind(hour: int, minute_now: int) -> str:
    if hour * 60 <= minute_now < hour * 60 + 60:
        return "now"
    return "expected" if hour * 60 > minute_now else ""


def _room(row: DayRow, here: Asked, ruler: Ruler, now: datetime) -> RoomDay:
    spans = [
        (ruler.minute(cell.span.start), ruler.minute(cell.span.end), _KINDS[cell.label])
        for cell in row.cells
        if cell.label in _KINDS
    ]
    past = [(0, ruler.now, "past")] if here.day <= here.today else []
    # What is over is one flat stretch, and so is a closed morning before the first opening.
    shown = past + [(max(start, ruler.now), end, kind) for start, end, kind in spans if end > ruler.now]
    sentence = _sentence(row, here, now)
    label = f"{row.room.name}: {sentence}"
    strip = {"from_minute": ruler.first, "until_minute": ruler.last, "spans": shown, "label": label}
    busy = any(
        cell.label in {Label.BUSY, Label.MINE} and cell.span.start <= now < cell.span.end
        for cell in row.cells
    )
    return RoomDay(row.room.id, row.room.name, sentence, strip, busy)


def _sentence(row: DayRow, here: Asked, now: datetime) -> str:
    """How the room stands now; on another day, how much of it is booked."""
    taken = [cell.span for cell in row.cells if cell.label in {Label.BUSY, Label.MINE}]
    if here.day != here.today:
        return _bookings(taken)
    current = next((cell for cell in row.cells if cell.span.start <= now < cell.span.end), None)
    if current is None or current.label is Label.CLOSED:
        return _("Closed now")
    if current.label is Label.OPEN:
        return _("Free until %(time)s", time=wording.clock_time(current.span.end, here.zone))
    return _("Taken until %(time)s", time=wording.clock_time(_end_of(taken, current.span), here.zone))


def _end_of(taken: list[Span], current: Span) -> datetime:
    """When the stretch of bookings that follow each other ends."""
    end = current.end
    for span in sorted(taken):
        if span.start <= end < span.end:
            end = span.end
    return end


def _bookings(taken: list[Span]) -> str:
    minutes = sum(span.minutes for span in taken)
    return (
        _("Booked for %(hours)s h", hours=format_decimal(round(minutes / 60, 1), locale=formats_locale()))
        if minutes
        else _("Free all day")
    )
