"""Bookings that wait for staff: the list of them, and yes or no."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.booking_rows import BookingRow, rows_of
from app.blueprints.admin.bookings import blueprint
from app.blueprints.admin.one_booking import CancelForm, booking_page, booking_view
from app.domain.actor import Permission
from app.domain.booking.approval import CannotStand, NotWaiting, approve, decline
from app.domain.booking.requests import MOST_SHOWN, Request, requests
from app.domain.booking.terms import NotBookable, Reason, ReasonNeeded
from app.web import auth, sentences, wording
from app.web.access import staff
from app.web.attempts import Words, attempt, press, say
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.passing_over import confirmed

_DECIDED: Words = {
    kind: lambda refusal: ("", sentences.refusal(refusal, ZoneInfo("UTC")))
    for kind in (NotWaiting, CannotStand)
}


@dataclass(frozen=True, slots=True)
class RequestRow:
    """Somebody's wish in words."""

    row: BookingRow
    day: str
    place: str
    waits: str
    """Since when."""
    elsewhere: bool
    approval: str


@blueprint.get("/bookings/requests")
@staff(Permission.BOOKINGS)
def index_requests() -> Response:
    """What waits where the reader works, soonest first."""
    rows = [_row(each) for each in requests(session(), signed_in(), auth.now())]
    return page(
        "admin/bookings/requests.html",
        rows=rows,
        beyond=len(rows) == MOST_SHOWN,
        back=url_for("admin.bookings.index"),
    )


@blueprint.post("/bookings/<int:booking_id>/approval")
@staff(Permission.BOOKINGS, on_behalf=True)
def create_approval(booking_id: int) -> Response:
    """Say yes; past the limits that staff have just seen and confirmed, and past no others."""
    view = booking_view(booking_id)
    seen = {each for each in Reason if each.value in confirmed()}
    try:
        return press(
            _url(booking_id),
            lambda: approve(session(), signed_in(), booking_id, clock(), passing=_allowed(seen)),
            _DECIDED,
            _("Approved. %(name)s is told.", name=view.person),
        )
    except NotBookable as refusal:
        session().rollback()
        return booking_page(booking_view(booking_id), against=refusal.obstacles)


@blueprint.post("/bookings/<int:booking_id>/refusal")
@staff(Permission.BOOKINGS, on_behalf=True)
def create_refusal(booking_id: int) -> Response:
    """Say no, and why."""
    view, form = booking_view(booking_id), CancelForm()
    words = {**_DECIDED, ReasonNeeded: say("reason", lambda: _("This is needed."))}
    if not attempt(
        form, lambda: decline(session(), signed_in(), booking_id, clock(), reason=form.reason.data), words
    ):
        return booking_page(booking_view(booking_id), form=form)
    return done(
        _url(booking_id), _("Declined. %(name)s is told, and the room is free again.", name=view.person)
    )


def _allowed(seen: set[Reason]) -> set[Reason]:
    return seen if signed_in().may(Permission.OVERRIDE) else set()


def _url(booking_id: int) -> str:
    return url_for("admin.bookings.show", booking_id=booking_id)


def _row(each: Request) -> RequestRow:
    view, now = each.booking, auth.now()
    tz = ZoneInfo(view.zone)
    asked = view.created_at.astimezone(tz)
    day = wording.day(view.starts_at.astimezone(tz).date(), now.astimezone(tz).date())
    since = wording.day_inside(asked.date(), now.astimezone(tz).date())
    return RequestRow(
        row=rows_of([view], tz, now)[0],
        day=day,
        place=view.location,
        waits=_("asked %(day)s, %(time)s", day=since, time=wording.clock_time(view.created_at, tz)),
        elsewhere=each.elsewhere,
        approval=url_for("admin.bookings.create_approval", booking_id=view.id),
    )
