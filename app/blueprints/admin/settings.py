"""The companion app's settings: which sections and home elements are on, for whom, in which order, and where."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.settings_page import address, group_context, level_asked_for, page
from app.domain import portal_settings as verbs
from app.domain.actor import Permission
from app.domain.portal import Portal, read_portal
from app.domain.portal_settings import AudienceRefused, Group, OrderRefused
from app.kernel.errors import Refusal
from app.sections import Audience
from app.tenancy import begin_writing
from app.web import auth
from app.web.access import staff
from app.web.database import session
from app.web.htmx import wants_part

blueprint = Blueprint("settings", __name__)

_UNPROCESSABLE = 422
_STATES = {"on": True, "off": False, "inherit": None}
_MOVES = {"up": -1, "down": 1}


@blueprint.get("/settings")
@staff(Permission.SETTINGS)
def show() -> str:
    return page(Group.SECTIONS, auth.portal(), level_asked_for())


@blueprint.get("/settings/home")
@staff(Permission.SETTINGS)
def show_home() -> str:
    return page(Group.HOME, auth.portal(), level_asked_for())


@blueprint.post("/settings/<group>/<key>/switch")
@staff(Permission.SETTINGS)
def update_switch(group: str, key: str) -> Response:
    """Switch one item on or off (`state` on, off or inherit)."""
    state = request.form.get("state", "")
    if state not in _STATES:
        abort(400)
    who, now, which, level = auth.signed_in(), auth.now(), _group(group), level_asked_for()
    return _change(
        which, level, lambda: verbs.switch(session(), who, which, key, level, now, enabled=_STATES[state])
    )


@blueprint.post("/settings/<group>/<key>/audience")
@staff(Permission.SETTINGS)
def update_audience(group: str, key: str) -> Response:
    """Say who sees one item; an empty `audience` inherits."""
    who, now, which, level = auth.signed_in(), auth.now(), _group(group), level_asked_for()
    wanted = request.form.get("audience", "")
    if key not in which.registry:
        abort(404)
    if wanted and wanted not in set(Audience):
        return _refuse(which, level, _sentence(AudienceRefused(which.audiences(key))))
    audience = Audience(wanted) if wanted else None
    return _change(which, level, lambda: verbs.open_to(session(), who, which, key, level, audience, now))


@blueprint.post("/settings/<group>/order")
@staff(Permission.SETTINGS)
def update_order(group: str) -> Response:
    """Put the items in the order of the list `order`; `move` (`bookings:up`) moves one; `inherit` lets go of it."""
    who, now, which, level = auth.signed_in(), auth.now(), _group(group), level_asked_for()
    order = (
        None
        if "inherit" in request.form
        else _moved(request.form.getlist("order"), request.form.get("move", ""))
    )
    return _change(which, level, lambda: verbs.put_in_order(session(), who, which, level, order, now))


def _group(name: str) -> Group:
    try:
        return Group(name)
    except ValueError:
        abort(404)


def _moved(order: list[str], move: str) -> list[str]:
    """The order with one item a place further up or down; as it was where there is no such place."""
    key, _colon, direction = move.partition(":")
    if key not in order or direction not in _MOVES:
        return order
    to = min(max(order.index(key) + _MOVES[direction], 0), len(order) - 1)
    others = [each for each in order if each != key]
    return [*others[:to], key, *others[to:]]


def _change(group: Group, level: int | None, verb: Callable[[], bool]) -> Response:
    """Make one change in a transaction of its own and answer with the list as it is now."""
    begin_writing(session())
    try:
        verb()
    except (AudienceRefused, OrderRefused) as refusal:
        session().rollback()
        return _refuse(group, level, _sentence(refusal))
    session().commit()
    if not wants_part():
        return redirect(address(group, level), code=303)
    return make_response(_list(group, read_portal(session()), level, saved=True))


def _refuse(group: Group, level: int | None, sentence: str) -> Response:
    portal = auth.portal()
    if wants_part():
        return make_response(_list(group, portal, level, problem=sentence), _UNPROCESSABLE)
    return make_response(page(group, portal, level, problem=sentence), _UNPROCESSABLE)


def _sentence(refusal: Refusal) -> str:
    if isinstance(refusal, AudienceRefused):
        return _("That is not somebody this can be for. Choose from the list.")
    return _("The list has changed meanwhile. This is how it is now; move it once more.")


def _list(group: Group, portal: Portal, level: int | None, **extra: Any) -> str:
    context = group_context(group, portal, level) | {"problem": None, "saved": False} | extra
    return render_template("admin/settings/_list.html", part=True, **context)
