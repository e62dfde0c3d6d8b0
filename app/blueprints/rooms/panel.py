"""The panel beside a room: opened by a secret address, without anybody being signed in, and left alone for days.

Whoever has the address can see the room's day, check in to its booking and end it, as who stands in the room can. To book,
the panel shows a code for a person's own telephone (docs/decisions/0038).
"""

from typing import Any

from flask import Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.blueprints.rooms.room import blueprint
from app.blueprints.rooms.words import door_words, length_words
from app.domain.booking.check_in import NotCheckInTime, check_in_at_door
from app.domain.booking.door import door
from app.domain.booking.shorten import end_at_door
from app.domain.booking.terms import AlreadyOver, NotBegun
from app.domain.booking.whereabouts import whereabouts
from app.domain.live import panel_topic, place_topic
from app.domain.spaces.room_signs import panel_of
from app.kernel.errors import NotFound
from app.kernel.walltime import clock_face, zone
from app.live.wire import Joining
from app.models import RoomSign
from app.settings import Settings
from app.web import auth
from app.web.access import public
from app.web.database import session
from app.web.forms import id_or_none
from app.web.handover import Handover
from app.web.limits import Allowance, by_address, too_many
from app.web.origin import request_origin
from app.web.qr import qr_code
from app.web.security import csrf

_ASKS_AGAIN_S, _STAYS_S = 30, 90
"""How often a panel asks by itself, whatever it hears; without scripts it leaves a code that somebody asked for that long."""
_SHIFTS = 8
"""Places that the picture moves between, one a minute, so that no line burns into the screen."""
_LONGEST_ID = 40
_PAGE_AGE_S = 10.0
"""What was said while a panel was loading is told to it; asking once too often costs nothing."""


@blueprint.get("/rooms/<token>/panel")
@public
def show_panel(token: str) -> BaseResponse:
    """The room now, next and today. `minutes` shows the code that books it for so long; `end` asks before ending."""
    sign = _sign(token)
    wait = Allowance("panel by room", str(sign.id)).spend()
    if wait:
        return too_many(Response(), wait)
    return _page(sign, token)


@blueprint.post("/rooms/<token>/panel/check-in")
@csrf.exempt  # type: ignore[untyped-decorator] # nobody is signed in: the secret in the address is all that counts
@public
def create_check_in(token: str) -> BaseResponse:
    """Check in to the booking that the button named. 422 with the sentence when it is not the time."""
    return _press(token, check_in_at_door)


@blueprint.post("/rooms/<token>/panel/ending")
@csrf.exempt  # type: ignore[untyped-decorator] # likewise
@public
def create_ending(token: str) -> BaseResponse:
    """End the booking that the button named, and free the rest. 422 with the sentence when it does not run any more."""
    return _press(token, end_at_door)


@blueprint.get("/rooms/<token>/live")
@public
def listen(token: str) -> BaseResponse:
    """Server-sent events of the room's location, until the panel is revoked."""
    sign = _sign(token)
    wait = Allowance("panel by room", str(sign.id)).spend()
    if wait:
        return too_many(Response(), wait)
    settings: Settings = current_app.extensions["portico_settings"]
    topic = panel_topic(sign.panel_hash or "")
    return Handover(
        settings.live_socket,
        Joining(
            sign.tenant_id,
            topic,
            topic,
            [place_topic(None), place_topic(_place(sign))],
            "",
            request.headers.get("Last-Event-ID", "")[:_LONGEST_ID],
            _PAGE_AGE_S,
        ),
    )


def _sign(token: str) -> RoomSign:
    """The sign that a token opens the panel of. Raises NotFound; who tries many is made to wait."""
    try:
        return panel_of(session(), token)
    except NotFound:
        if by_address("panel by address").spend():
            abort(429)
        raise


def _place(sign: RoomSign) -> int:
    """The location of the sign's room. Raises NotFound where bookings are off, as for their other pages."""
    location_id = whereabouts(session(), sign.resource_id).location_id
    if not auth.portal().section("bookings", location_id).enabled:
        raise NotFound
    return location_id


def _press(token: str, verb: Any) -> BaseResponse:
    sign = _sign(token)
    wait = Allowance("panel press by room", str(sign.id)).spend()
    if wait:
        return too_many(Response(), wait)
    _place(sign)
    booking_id = _named()
    try:
        verb(session(), sign.resource_id, booking_id, auth.clock())
    except NotCheckInTime:
        return _page(sign, token, _("Check in from 15 minutes before the start to 15 minutes after it."))
    except (AlreadyOver, NotBegun):
        return _page(sign, token, _("That booking does not run any more."))
    session().commit()
    return redirect(url_for("rooms.show_panel", token=token), code=303)


def _named() -> int:
    try:
        return id_or_none(request.form.get("booking")) or 0
    except ValueError:
        return 0


def _page(sign: RoomSign, token: str, problem: str = "") -> BaseResponse:
    _place(sign)
    now = auth.now()
    found = door(session(), sign.resource_id, now)
    chosen = next((each for each in found.offers if str(each.minutes) == request.args.get("minutes")), None)
    code = request_origin() + url_for(
        "rooms.show", code=sign.code, minutes=chosen.minutes if chosen else None
    )
    local = now.astimezone(zone(found.zone))
    arriving = next(
        (each for each in (found.now, *found.coming) if each and each.can_check_in and not found.several),
        None,
    )
    page = render_template(
        "rooms/panel.html",
        door=found,
        words=door_words(found, now),
        clock=clock_face(local),
        shift=local.minute % _SHIFTS,
        asks_again=_ASKS_AGAIN_S,
        refreshes=_STAYS_S if chosen else _ASKS_AGAIN_S,
        here=url_for("rooms.show_panel", token=token),
        live=url_for("rooms.listen", token=token),
        check_in=url_for("rooms.create_check_in", token=token) if arriving else "",
        ending=url_for("rooms.create_ending", token=token),
        arriving=arriving,
        ends=found.now if found.now and found.now.own and not found.several else None,
        asks_to_end="end" in request.args,
        offers=[(each.minutes, length_words(each)) for each in found.offers],
        chosen=length_words(chosen) if chosen else "",
        qr=qr_code(code),
        problem=problem,
    )
    response = make_response(page, 422 if problem else 200)
    response.headers["Cache-Control"] = "no-store"
    return response
