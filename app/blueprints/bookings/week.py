"""A room by itself: what it is, and its week as columns of days to choose a start on, and as a table that says the same."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask_babel import gettext as _

from app.blueprints.bookings.forms import LONGEST_MINUTES, day_of, whole_of
from app.blueprints.bookings.room import blueprint, bookable_place
from app.blueprints.bookings.search import offered_at
from app.blueprints.bookings.week_layout import columns, table_rows
from app.domain.booking.catalogue import Catalogue
from app.domain.booking.pictures import picture_of
from app.domain.booking.terms import OutOfReach, Room
from app.domain.booking.week import DAYS, RoomWeek, monday_of, room_week
from app.domain.portal import Place
from app.kernel.walltime import local_date
from app.web import auth, rooms, wording
from app.web.access import in_section, places_with
from app.web.database import session
from app.web.pictures import Gallery
from app.web.slots import LENGTHS

_HOUR = 60
_SHOWN_LENGTHS = 6


@blueprint.get("/bookings/rooms/<int:resource_id>")
@in_section("bookings")
def show_room(resource_id: int) -> Any:
    """The room and the week that `date` is in; `minutes` is for how long it is wanted. With `view=table` the table.

    422 with a sentence for what makes no sense; this week, or an hour, is shown then.
    """
    place = _place(bookable_place(resource_id).location_id)
    tz = ZoneInfo(place.zone)
    catalogue = offered_at(place)
    today = local_date(auth.now(), tz)
    day, minutes, wrong = _asked(today)
    try:
        week = _week(catalogue, resource_id, day, minutes)
    except OutOfReach:
        wrong = _("That day is too far away. This is the present week.")
        week = _week(catalogue, resource_id, today, minutes)
    table = request.args.get("view") == "table"
    page = render_template(
        "bookings/room_table.html" if table else "bookings/room.html",
        room=week.room,
        wrong=wrong,
        facts=rooms.facts(week.room),
        picture=_picture(catalogue, week.room),
        week_words=_week_words(week),
        site=place,
        **(table_rows(week, place.id, tz) if table else columns(week, tz, today)),
        **_links(week, today, table=table),
        shows_zone=auth.is_elsewhere(place.zone),
        zone_note=wording.zone_note(place.zone),
    )
    return page, 422 if wrong else 200


def _place(location_id: int) -> Place:
    return next(place for place in places_with("bookings") if place.id == location_id)


def _picture(catalogue: Catalogue, room: Room) -> str:
    # The gallery's sheet is of the whole location: the same file that the search has shown already.
    return Gallery(picture_of(each.room) for each in catalogue.rooms).url(room.id)


def _asked(today: date) -> tuple[date, int, str]:
    """Day, minutes and what is wrong with them."""
    day, wrong = today, ""
    if request.args.get("date", ""):
        found = day_of(request.args["date"])
        day, wrong = (
            (found, "") if found else (today, _("That day does not exist. This is the present week."))
        )
    minutes = whole_of(request.args.get("minutes", "") or str(_HOUR))
    if minutes is None or not 1 <= minutes <= LONGEST_MINUTES:
        minutes, wrong = _HOUR, _("A length from 15 minutes to 24 hours.")
    return day, minutes, wrong


def _week(catalogue: Catalogue, resource_id: int, day: date, minutes: int) -> RoomWeek:
    return room_week(session(), auth.signed_in(), catalogue, resource_id, _monday(day), minutes, auth.now())


def _monday(day: date) -> date:
    try:
        return monday_of(day)
    except OverflowError:  # the first days that there are
        raise OutOfReach from None


def _week_words(week: RoomWeek) -> str:
    return _(
        "%(first)s to %(last)s",
        first=wording.short_day(week.days[0].day),
        last=wording.short_day(week.days[-1].day),
    )


def _links(week: RoomWeek, today: date, *, table: bool) -> dict[str, Any]:
    """Addresses of the weeks before and after, of other lengths and of the other view."""
    first, this_week = week.days[0].day, monday_of(today)
    step = timedelta(days=DAYS)
    beyond = week.farthest is not None and (first + step - today).days > week.farthest

    def href(monday: date, minutes: int, *, table: bool) -> str:
        given: dict[str, Any] = {"minutes": minutes} if minutes != _HOUR else {}
        if monday != this_week:
            given["date"] = monday.isoformat()
        if table:
            given["view"] = "table"
        return url_for("bookings.show_room", resource_id=week.room.id, **given)

    return {
        "steps": {
            # What is over can be booked by nobody, but one's own bookings stand there.
            "before": href(first - step, week.minutes, table=table) if first > this_week else "",
            "after": "" if beyond else href(first + step, week.minutes, table=table),
        },
        "lengths": [
            (wording.minutes(each), href(first, each, table=table), each == week.minutes)
            for each in _lengths(week)
        ],
        "views": [
            (_("Week"), href(first, week.minutes, table=False), not table, "layout-grid"),
            (_("Table"), href(first, week.minutes, table=True), table, "table"),
        ],
    }


def _lengths(week: RoomWeek) -> list[int]:
    if week.lengths:
        return list(week.lengths[:_SHOWN_LENGTHS])
    least, most = week.min_minutes, week.max_minutes
    fitting = [each for each in LENGTHS if least <= each <= most]
    return sorted({*fitting[:_SHOWN_LENGTHS], week.minutes})
