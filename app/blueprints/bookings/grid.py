"""A day of all rooms: as a grid to choose on, and as a table that says the same."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.blueprints.bookings.day_layout import lanes, table_rows
from app.blueprints.bookings.forms import day_of
from app.blueprints.bookings.room import blueprint, bookable_place
from app.blueprints.bookings.search import asked_place, offered_at, views
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.day import DayGrid, day_grid_in
from app.domain.booking.search import search
from app.domain.booking.terms import FreeRoom, OutOfReach, RoomQuery
from app.kernel.spans import Span
from app.kernel.walltime import clock_face, local_date
from app.web import auth, sentences, wording
from app.web.access import in_section
from app.web.database import session
from app.web.htmx import wants_part
from app.web.slots import parse_slot, slot_value

_WEEK = 7


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
    catalogue = offered_at(place)
    try:
        grid = day_grid_in(session(), auth.signed_in(), catalogue, chosen or today, auth.now())
    except OutOfReach:
        wrong = _("That day is too far away. This is today.")
        grid = day_grid_in(session(), auth.signed_in(), catalogue, today, auth.now())
    table = request.args.get("view") == "table"
    location = str(place.id) if "location" in request.args else ""
    page = render_template(
        "bookings/table.html" if table else "bookings/grid.html",
        grid=grid,
        wrong=wrong,
        **_words(grid, today),
        **(table_rows(grid, tz) if table else lanes(grid, catalogue, tz)),
        views=views("table" if table else "grid", grid.day.isoformat(), location, place),
        steps=_steps(grid.day, today, location, table=table),
        shows_zone=auth.is_elsewhere(place.zone),
        zone=place.zone,
        zone_note=wording.zone_note(place.zone),
    )
    return page, 422 if wrong else 200


@blueprint.get("/bookings/day/choice")
@in_section("bookings")
def show_choice() -> Any:
    """What was chosen on the grid, its price and the button to go on; or why not. A part for htmx; else the search.

    With `day` the words name the day, for pages that show several.
    """
    slot = parse_slot(request.args.get("slot", ""))
    if slot is None:
        return render_template(
            "bookings/_choice.html", row=None, sentence=_("Choose a room and a time first."), why=""
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
                again=start.fold or None,
            )
        )
    offered = load_catalogue(session(), room.location_id, auth.signed_in().person_id, auth.now())
    query = RoomQuery(room.location_id, slot.span, resource_id=slot.resource_id)
    try:
        found = search(session(), auth.signed_in(), offered, query, auth.now())
    except OutOfReach as refusal:
        return render_template(
            "bookings/_choice.html", row=None, sentence=sentences.refusal(refusal, tz), why=""
        ), 422
    for free in found.free:
        row = _choice(free, slot.span, tz, with_day="day" in request.args)
        return render_template("bookings/_choice.html", row=row, sentence="", why="")
    reasons = [sentences.refusal_sentence(refused, tz) for refused in (*found.taken, *found.not_allowed)]
    return render_template(
        "bookings/_choice.html",
        row=None,
        sentence=f"{room.name}: {'. '.join(reasons)}.",
        why=url_for("bookings.show_why", slot=slot_value(slot.resource_id, slot.span)),
    ), 422


def _choice(free: FreeRoom, span: Span, tz: ZoneInfo, *, with_day: bool) -> dict[str, str]:
    when = wording.clock(span, tz)
    return {
        "name": free.room.name,
        "when": f"{wording.short_day(local_date(span.start, tz))}, {when}" if with_day else when,
        "price": wording.price(free.quote.total),
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
