"""The front desk's day: all rooms of a location on one timeline, who comes next, and the day on paper."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import page
from app.blueprints.admin.bookings import blueprint
from app.blueprints.admin.days import asked, day_of, day_views, places_or_make_one, within_reach
from app.blueprints.admin.desk_layout import Presence, groups, lanes, presence_of, presence_words
from app.domain.actor import Permission
from app.domain.booking import mine
from app.domain.booking.catalogue import recall_catalogue
from app.domain.booking.check_in import NotCheckInTime, check_in_to
from app.domain.booking.day import day_grid_in
from app.domain.booking.staff_day import bookings_in
from app.domain.booking.terms import AlreadyOver
from app.domain.booking.view import BookingView
from app.domain.calendars.contradicting import contradicted
from app.domain.portal import Place
from app.kernel.spans import Span
from app.kernel.walltime import day_bounds, zone
from app.web import auth, wording
from app.web.access import staff
from app.web.attempts import press, say
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.strips import Ruler
from app.web.unit_words import room_of

_SOON = timedelta(hours=2)


@blueprint.get("/bookings/day")
@staff(Permission.BOOKINGS)
def show_day() -> Response:
    """The timeline of `date` at `location`, and who is to be welcomed."""
    here, now = within_reach(asked()), auth.now()
    actor, day = signed_in(), Span(*day_bounds(here.day, here.zone))
    catalogue = recall_catalogue(session(), auth.portal().revision, here.place.id, actor.person_id, now)
    views = bookings_in(session(), actor, {here.place.id: day}, now)[here.place.id]
    grid = day_grid_in(session(), actor, catalogue, here.day, now, with_hidden=True)
    ruler = Ruler(here.day, here.zone, now, _shown(grid.span, views, day))
    return page(
        "admin/bookings/day.html",
        here=here,
        live=here.day == here.today,
        day_words=wording.long_day(here.day),
        lanes=lanes(grid, views, here, ruler, now),
        groups=groups(views, here, now, _SOON),
        clashes=[(_clash(view, here.zone), _page_of(view)) for view in contradicted(session(), views, now)],
        presence_words=presence_words,
        ruler=ruler,
        hours=[
            (ruler.share(hour * 60 - ruler.first), hour)
            for hour in range(ruler.first // 60, ruler.last // 60)
        ],
        passed=ruler.share(min(max(ruler.now - ruler.first, 0), ruler.length)),
        now_line=ruler.first < ruler.now < ruler.last,
        now_words=wording.clock_time(now, here.zone),
        zone_note=wording.zone_note(here.place.zone) if auth.is_elsewhere(here.place.zone) else "",
        # On a day when the clocks change, minutes of the wall clock and minutes that pass are not the same.
        even=day.length == timedelta(days=1),
        edit=url_for("admin.bookings.edit", booking_id=0),
        views=day_views(here, "day"),
    )


def _clash(view: BookingView, tz: ZoneInfo) -> str:
    return _(
        "%(room)s, %(time)s: busy elsewhere",
        room=room_of(view),
        time=wording.clock(Span(view.starts_at, view.ends_at), tz),
    )


def _page_of(view: BookingView) -> str:
    return url_for("admin.bookings.show", booking_id=view.id)


def _shown(grid: Span, views: list[BookingView], day: Span) -> Span:
    """From first opening to last closing, and further where a booking reaches out of that."""
    start = min([grid.start, *(max(view.starts_at, day.start) for view in views)])
    return Span(start, max([grid.end, *(min(view.ends_at, day.end) for view in views)]))


@blueprint.get("/bookings/day/print")
@staff(Permission.BOOKINGS)
def show_print() -> Response:
    """The day of each location that one works at, by room: a page of paper for each."""
    here, now = within_reach(asked()), auth.now()
    places = places_or_make_one()
    spans = {place.id: Span(*day_bounds(here.day, zone(place.zone))) for place in places}
    found = bookings_in(session(), signed_in(), spans, now)
    return page(
        "admin/bookings/print.html",
        here=here,
        day_words=wording.full_day(here.day),
        printed=_("Printed at %(time)s", time=wording.clock_time(now, here.zone)),
        sheets=[
            (place.name, wording.zone_note(place.zone), _by_room(found[place.id], place))
            for place in sorted(places, key=lambda place: place.id != here.place.id)
        ],
        views=day_views(here, "print"),
    )


def _by_room(views: list[BookingView], place: Place) -> list[tuple[str, list[dict[str, str]]]]:
    tz, now = zone(place.zone), auth.now()
    rooms: dict[str, list[dict[str, str]]] = {}
    for view in sorted(views, key=lambda view: (view.room, view.unit_numbers or (), view.starts_at)):
        if presence_of(view, now) is not Presence.HELD:
            rooms.setdefault(room_of(view), []).append(
                {
                    "when": wording.clock(Span(view.starts_at, view.ends_at), tz),
                    "person": view.person,
                    "title": view.title,
                    "people": str(view.people),
                    "state": presence_words(presence_of(view, now)),
                }
            )
    return list(rooms.items())


@blueprint.post("/bookings/<int:booking_id>/check-in")
@staff(Permission.BOOKINGS, on_behalf=True)
def create_check_in(booking_id: int) -> Response:
    """Say that somebody came; back to the day."""
    view = mine.show(session(), signed_in(), booking_id, auth.now())
    tz = ZoneInfo(view.zone)
    words = {
        AlreadyOver: say("", lambda: _("It is over or was cancelled before, so nothing was changed.")),
        NotCheckInTime: lambda refusal: (
            "",
            _("One checks in to it between %(when)s.", when=wording.clock(refusal.window, tz)),
        ),
    }
    return press(
        day_of(view),
        lambda: check_in_to(session(), signed_in(), booking_id, clock()),
        words,
        _("%(name)s is checked in to %(room)s.", name=view.person, room=room_of(view)),
    )
