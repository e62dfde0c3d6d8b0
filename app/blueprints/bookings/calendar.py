"""Bookings in calendars: one as a file, one's own as an address to subscribe to, and what is read at any such address."""

import hashlib
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.blueprints.bookings.room import blueprint
from app.domain.actor import Actor
from app.domain.calendars.bookings import own
from app.domain.calendars.feeds import Feed, Show, made_at, new_address, no_address, read_feed
from app.domain.calendars.invitations import wants_invitations, wish_invitations
from app.domain.calendars.series import OWN
from app.domain.calendars.writing import Entry, feed_text, file_text
from app.web import auth, wording
from app.web.access import in_section, public
from app.web.attempts import press
from app.web.calendars import own_entry, shared_entry, staff_entry
from app.web.database import session
from app.web.forms import CheckField, Form
from app.web.language import LANGUAGES
from app.web.origin import request_origin

_TYPE = "text/calendar; charset=utf-8"


class InvitationsForm(Form):
    invitations = CheckField(_l("Calendar entries in mails about my bookings"))


@blueprint.get("/bookings/calendar")
@in_section("bookings")
def show_calendar() -> str:
    """One's own address, and whether mails bring entries."""
    return _page()


@blueprint.post("/bookings/calendar/address")
@in_section("bookings")
def create_address() -> str:
    """A new address, shown now and never again; the one before it is dead."""
    token = new_address(session(), auth.signed_in(), OWN, auth.now())
    session().commit()
    return _page(address=request_origin() + url_for("bookings.show_feed", token=token))


@blueprint.post("/bookings/calendar/address/removal")
@in_section("bookings")
def destroy_address() -> Any:
    return press(
        url_for("bookings.show_calendar"),
        lambda: no_address(session(), auth.signed_in(), OWN),
        {},
        _("Nobody reads your bookings there any more."),
    )


@blueprint.post("/bookings/calendar/invitations")
@in_section("bookings")
def update_invitations() -> Any:
    wanted = bool(InvitationsForm().invitations.data)
    return press(
        url_for("bookings.show_calendar"),
        lambda: wish_invitations(session(), auth.signed_in().person_id, wanted=wanted),
        {},
        _("Saved."),
    )


@blueprint.get("/bookings/<int:booking_id>/calendar.ics")
@in_section("bookings")
def show_entry(booking_id: int) -> Response:
    """One of one's own bookings as a file. 404 for another's, and for one that does not stand."""
    booked = own(session(), auth.signed_in(), booking_id)
    response = _answer(file_text(own_entry(booked, request_origin())))
    response.headers.set("Content-Disposition", "attachment", filename=f"booking-{booked.id}.ics")
    return response


@blueprint.get("/calendar/<token>.ics")
@public
def show_feed(token: str) -> Any:
    """What a calendar program reads again and again: whoever has the address may, and nobody is signed in."""
    feed = read_feed(session(), auth.portal(), token, auth.now(), auth.today())
    locale = feed.locale if feed.locale in LANGUAGES else auth.portal().locale
    with force_locale(locale if locale in LANGUAGES else "en"):
        response = _answer(feed_text(_entries(feed), _name(feed)))
    # No Last-Modified: what left a room, or was let go, leaves nothing behind to tell when
    return response.make_conditional(request)


def _entries(feed: Feed) -> list[Entry]:
    origin = request_origin()
    match feed.show:
        case Show.OWN:
            return [own_entry(each, origin) for each in feed.bookings]
        case Show.STAFF:
            return [staff_entry(each, origin, with_room=feed.with_room) for each in feed.bookings]
        case Show.SHARED:
            return [shared_entry(each, with_room=feed.with_room) for each in feed.bookings]


def _name(feed: Feed) -> str:
    portal = auth.portal().name
    if feed.show is Show.OWN:
        return _("My bookings at %(place)s", place=portal)
    return _("%(what)s at %(place)s", what=feed.name, place=portal)


def _answer(text: bytes) -> Response:
    response = make_response(text)
    response.headers["Content-Type"] = _TYPE
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(text).hexdigest())
    return response


def _page(address: str = "") -> str:
    actor = auth.signed_in()
    wanted = wants_invitations(session(), actor.person_id)
    return render_template(
        "bookings/calendar.html",
        address=address,
        since=_since(actor),
        form=InvitationsForm(formdata=None, data={"invitations": wanted}),
    )


def _since(actor: Actor) -> str:
    at = made_at(session(), actor, OWN).get(Show.OWN)
    return wording.full_day(at.astimezone(auth.own_clock()).date()) if at else ""
