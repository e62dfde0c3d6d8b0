"""Calendars of resources and locations: their secret addresses, and those of elsewhere that block a resource."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.sign_on.faults import fetching
from app.domain.actor import Permission
from app.domain.booking.repeating import MONTHS_AHEAD
from app.domain.booking.view import BookingView
from app.domain.calendars.contradicting import conflicts
from app.domain.calendars.feeds import Show, made_at, new_address, no_address
from app.domain.calendars.outside import (
    LONGEST_ADDRESS,
    calendar_of,
    follow,
    read_soon,
    stop_following,
    unreadable,
)
from app.domain.calendars.series import Of
from app.domain.calendars.terms import Fault, NoWebAddress
from app.domain.lookup import one
from app.domain.reach import location_in_reach, resource_in_reach
from app.kernel.spans import Span
from app.models import Location, OutsideCalendar
from app.ports import FetchFault
from app.web import auth, wording
from app.web.access import staff
from app.web.attempts import Words, attempt, say
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.forms import Form, TextField
from app.web.origin import request_origin
from app.web.ports import secret_box

blueprint = Blueprint("calendars", __name__)
_SHOWN = {Show.STAFF.value: False, Show.SHARED.value: True}
_WORDS: Words = {
    NoWebAddress: say("address", lambda: _("Enter an address that begins with https:// or webcal://."))
}


class OutsideForm(Form):
    address = TextField(_l("Address of the other calendar"), longest=LONGEST_ADDRESS)


@dataclass(frozen=True, slots=True)
class Fresh:
    """An address that was made a moment ago."""

    show: str
    address: str


@dataclass(frozen=True, slots=True)
class ConflictRow:
    when: str
    who: str
    href: str


@dataclass(frozen=True, slots=True)
class OutsideWords:
    """A calendar of elsewhere in sentences."""

    host: str
    state: str
    problem: str
    warnings: list[str]
    conflicts: list[ConflictRow]


@blueprint.get("/resources/<int:resource_id>/calendar")
@staff(Permission.SPACES)
def show_resource(resource_id: int) -> Response:
    return _resource_page(resource_id)


@blueprint.post("/resources/<int:resource_id>/calendar/address")
@staff(Permission.SPACES)
def create_resource_address(resource_id: int) -> Response:
    resource_in_reach(session(), signed_in(), resource_id)
    return _resource_page(resource_id, fresh=_new(Of(resource_id=resource_id)))


@blueprint.post("/resources/<int:resource_id>/calendar/address/removal")
@staff(Permission.SPACES)
def destroy_resource_address(resource_id: int) -> Response:
    resource_in_reach(session(), signed_in(), resource_id)
    _remove(Of(resource_id=resource_id))
    return done(_resource_url(resource_id), _("Nobody reads it there any more."))


@blueprint.post("/resources/<int:resource_id>/calendar/outside")
@staff(Permission.SPACES)
def update_outside(resource_id: int) -> Response:
    """Follow a calendar of elsewhere. 422 with the sentence at the field when it is no address."""
    resource_in_reach(session(), signed_in(), resource_id)
    form = OutsideForm()
    if not attempt(
        form,
        lambda: follow(session(), signed_in(), resource_id, form.address.data or "", secret_box(), clock()),
        _WORDS,
    ):
        return _resource_page(resource_id, form=form)
    return done(_resource_url(resource_id), _("It is read within a minute or two."))


@blueprint.post("/resources/<int:resource_id>/calendar/outside/reading")
@staff(Permission.SPACES)
def create_reading(resource_id: int) -> Response:
    read_soon(session(), signed_in(), resource_id, clock())
    session().commit()
    return done(_resource_url(resource_id), _("It is read within a minute or two."))


@blueprint.post("/resources/<int:resource_id>/calendar/outside/removal")
@staff(Permission.SPACES)
def destroy_outside(resource_id: int) -> Response:
    stop_following(session(), signed_in(), resource_id, clock())
    session().commit()
    return done(_resource_url(resource_id), _("What it blocked is free."))


@blueprint.get("/locations/<int:location_id>/calendar")
@staff(Permission.SPACES)
def show_location(location_id: int) -> Response:
    return _location_page(location_id)


@blueprint.post("/locations/<int:location_id>/calendar/address")
@staff(Permission.SPACES)
def create_location_address(location_id: int) -> Response:
    location_in_reach(session(), signed_in(), location_id)
    return _location_page(location_id, fresh=_new(Of(location_id=location_id)))


@blueprint.post("/locations/<int:location_id>/calendar/address/removal")
@staff(Permission.SPACES)
def destroy_location_address(location_id: int) -> Response:
    location_in_reach(session(), signed_in(), location_id)
    _remove(Of(location_id=location_id))
    return done(
        url_for("admin.calendars.show_location", location_id=location_id),
        _("Nobody reads it there any more."),
    )


def _new(of: Of) -> Fresh:
    show = _asked()
    token = new_address(session(), signed_in(), of, auth.now(), shared=_SHOWN[show])
    session().commit()
    return Fresh(show, request_origin() + url_for("bookings.show_feed", token=token))


def _remove(of: Of) -> None:
    no_address(session(), signed_in(), of, shared=_SHOWN[_asked()])
    session().commit()


def _asked() -> str:
    show = request.form.get("show", "")
    if show not in _SHOWN:
        abort(400)
    return show


def _location_page(location_id: int, *, fresh: Fresh | None = None) -> Response:
    site = location_in_reach(session(), signed_in(), location_id)
    return page(
        "admin/calendars/location.html",
        site=site,
        fresh=fresh,
        since=_since(Of(location_id=location_id), ZoneInfo(site.zone)),
        links={
            "address": url_for("admin.calendars.create_location_address", location_id=location_id),
            "removal": url_for("admin.calendars.destroy_location_address", location_id=location_id),
        },
    )


def _resource_page(
    resource_id: int, *, fresh: Fresh | None = None, form: OutsideForm | None = None
) -> Response:
    resource = resource_in_reach(session(), signed_in(), resource_id)
    tz = ZoneInfo(one(session(), Location, resource.location_id).zone)
    row = calendar_of(session(), resource_id)
    return page(
        "admin/calendars/resource.html",
        wrong=form is not None,
        resource=resource,
        months=MONTHS_AHEAD,
        fresh=fresh,
        form=form or OutsideForm(formdata=None),
        outside=_outside(row, tz) if row else None,
        since=_since(Of(resource_id=resource_id), tz),
        links={
            "address": url_for("admin.calendars.create_resource_address", resource_id=resource_id),
            "removal": url_for("admin.calendars.destroy_resource_address", resource_id=resource_id),
        },
    )


def _since(of: Of, tz: ZoneInfo) -> dict[str, str]:
    found = made_at(session(), signed_in(), of)
    return {show.value: wording.full_day(at.astimezone(tz).date()) for show, at in found.items()}


def _outside(row: OutsideCalendar, tz: ZoneInfo) -> OutsideWords:
    fault = unreadable(row)
    return OutsideWords(
        host=row.host,
        state=_state(row, tz),
        problem=_problem(fault, row.fault_detail) if fault else "",
        warnings=_warnings(row, tz),
        conflicts=[_conflict(view, tz) for view in conflicts(session(), row, auth.now())],
    )


def _state(row: OutsideCalendar, tz: ZoneInfo) -> str:
    if row.read_at is None:
        return _("It has not been read yet.")
    local = row.read_at.astimezone(tz)
    return _(
        "Last read %(day)s, %(time)s.",
        day=wording.day_inside(local.date(), auth.now().astimezone(tz).date()),
        time=wording.clock_time(row.read_at, tz),
    )


def _problem(fault: Fault | FetchFault, detail: str) -> str:
    if isinstance(fault, FetchFault):
        return fetching(fault, detail)
    return {
        Fault.BAD_STATUS: _("There is no calendar at that address: it answers %(what)s.", what=detail),
        Fault.NO_CALENDAR: _("What is there is no calendar in iCal format."),
        Fault.TOO_MANY: _("It holds far more than the dates of one room, so none of it is used."),
        Fault.FAILED: _("It could not be read. The server’s log says why."),
        Fault.SECRET_UNREADABLE: _(
            "The stored address cannot be read with this server’s keys. Enter it again."
        ),
    }[fault]


def _warnings(row: OutsideCalendar, tz: ZoneInfo) -> list[str]:
    found = []
    if row.known_until is not None:
        found.append(
            _(
                "It holds so many dates that only those until %(day)s block.",
                day=wording.full_day(row.known_until.astimezone(tz).date()),
            )
        )
    if row.unknown_zones:
        found.append(
            _(
                "It names time zones that nobody knows (%(names)s). Their times are taken as the location’s.",
                names=", ".join(row.unknown_zones),
            )
        )
    if row.left_out:
        found.append(
            ngettext(
                "%(num)s event could not be understood in full.",
                "%(num)s events could not be understood in full.",
                row.left_out,
            )
        )
    return found


def _conflict(view: BookingView, tz: ZoneInfo) -> ConflictRow:
    when = _(
        "%(day)s, %(time)s",
        day=wording.short_day(view.starts_at.astimezone(tz).date()),
        time=wording.clock(Span(view.starts_at, view.ends_at), tz),
    )
    if not signed_in().may(Permission.BOOKINGS):
        return ConflictRow(when, "", "")
    return ConflictRow(when, view.person, url_for("admin.bookings.show", booking_id=view.id))


def _resource_url(resource_id: int) -> Any:
    return url_for("admin.calendars.show_resource", resource_id=resource_id)
