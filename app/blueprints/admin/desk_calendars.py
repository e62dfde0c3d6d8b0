"""Calendars that the front desk subscribes to: each its own secret address, with titles, of a location or one of its rooms.

What is handed around, and what blocks a room from elsewhere, is for who keeps the spaces (`calendars`).
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.bookings import blueprint
from app.blueprints.admin.days import asked
from app.domain.actor import Permission
from app.domain.calendars.feeds import PlaceFeed, feeds_at, new_address, no_address
from app.domain.calendars.series import Of
from app.kernel.errors import NotFound
from app.web import auth, wording
from app.web.access import staff
from app.web.auth import signed_in
from app.web.database import session
from app.web.forms import id_of
from app.web.origin import request_origin


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar that can be subscribed to; `address` only a moment after it was made."""

    resource_id: int | None
    """None for all of the location."""
    name: str
    detail: str
    made: bool
    address: str


@blueprint.get("/bookings/calendars")
@staff(Permission.BOOKINGS)
def index_calendars() -> Response:
    return _page()


@blueprint.post("/bookings/calendars/address")
@staff(Permission.BOOKINGS)
def create_calendar_address() -> Response:
    """Make an address of one's own, shown once; the one before it is dead."""
    of = _of()
    token = new_address(session(), signed_in(), of, auth.now())
    session().commit()
    return _page(of, request_origin() + url_for("bookings.show_feed", token=token))


@blueprint.post("/bookings/calendars/address/removal")
@staff(Permission.BOOKINGS)
def destroy_calendar_address() -> Response:
    no_address(session(), signed_in(), _of())
    session().commit()
    return done(asked().link("admin.bookings.index_calendars"), _("Nobody reads it there any more."))


def _of() -> Of:
    """A room when the form names one, else the location that the address is about. Raises NotFound for a room that is none."""
    typed = request.form.get("resource", "")
    if not typed:
        return Of(location_id=asked().place.id)
    resource_id = id_of(typed)
    if resource_id is None:
        raise NotFound
    return Of(resource_id=resource_id)


def _page(fresh: Of | None = None, address: str = "") -> Response:
    here = asked()
    found = feeds_at(session(), signed_in(), here.place.id)
    rows = [_row(each, here.zone, address if each.of == fresh else "") for each in found]
    return page(
        "admin/bookings/calendars.html",
        here=here,
        rows=rows,
        makes=here.link("admin.bookings.create_calendar_address"),
        removes=here.link("admin.bookings.destroy_calendar_address"),
    )


def _row(feed: PlaceFeed, tz: ZoneInfo, address: str) -> CalendarRow:
    if feed.made_at is None:
        detail = _("No address yet")
    else:
        day = wording.full_day(feed.made_at.astimezone(tz).date())
        detail = _("Address made on %(day)s", day=day)
    name = feed.name if feed.of.resource_id else _("All rooms of %(place)s", place=feed.name)
    return CalendarRow(feed.of.resource_id, name, detail, feed.made_at is not None, address)
