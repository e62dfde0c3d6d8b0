"""Where the person is signed in, and ending it from afar."""

from dataclasses import dataclass
from datetime import datetime

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.blueprints.account.routes import blueprint
from app.domain import sessions
from app.domain.sessions import OpenSession
from app.domain.user_agent import read_user_agent
from app.models import Way
from app.web import auth, wording
from app.web.access import in_section
from app.web.database import session
from app.web.htmx import go_to
from app.web.limits import network_of


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One signed-in browser in words."""

    id: int
    name: str
    detail: str
    icon: str
    current: bool


@blueprint.get("/account/sessions")
@in_section("account")
def index_sessions() -> str:
    return render_template("account/index_sessions.html", devices=device_rows())


@blueprint.post("/account/sessions/<int:session_id>/ending")
@in_section("account")
def destroy_session(session_id: int) -> Response:
    sessions.end(session(), auth.signed_in(), session_id, auth.now())
    session().commit()
    flash(_("That device is signed out."))
    return go_to(url_for("account.show_security", _anchor="devices"))


@blueprint.post("/account/sessions/others/ending")
@in_section("account")
def destroy_other_sessions() -> Response:
    ended = sessions.end_others(session(), auth.signed_in(), auth.now())
    session().commit()
    flash(ngettext("%(num)s device is signed out.", "%(num)s devices are signed out.", ended))
    return go_to(url_for("account.show_security", _anchor="devices"))


def device_rows() -> list[DeviceRow]:
    """Where the person is signed in, this browser first."""
    return [_row(each) for each in sessions.list_sessions(session(), auth.signed_in(), auth.now())]


def _row(each: OpenSession) -> DeviceRow:
    device = read_user_agent(each.browser.user_agent)
    when = _("In use now") if each.current else _("Last seen %(when)s", when=said_moment(each.last_seen_at))
    parts = (_place(each.browser.address), when, _way(each.way))
    return DeviceRow(
        each.id,
        wording.device(device.browser, device.system),
        " · ".join(part for part in parts if part),
        "smartphone" if device.mobile else "monitor",
        each.current,
    )


def _place(address: str) -> str:
    """Where that is, as far as we know without asking anybody: an address tells no town."""
    if not address:
        return _("Unknown address")
    if network_of(address) == network_of(request.remote_addr or ""):
        return _("The network you are in now")
    return address


def _way(way: str) -> str:
    """How it was signed in."""
    words = {
        Way.PASSWORD: _("With a password"),
        Way.PASSKEY: _("With a passkey"),
        Way.MAIL: _("By mail"),
        Way.SIGN_ON: _("With another account"),
    }
    return words[Way(way)]


def said_moment(moment: datetime) -> str:
    """`Yesterday, 14:30`, by the reader's own clock."""
    tz = auth.own_clock()
    day, today = moment.astimezone(tz).date(), auth.now().astimezone(tz).date()
    return _("%(day)s, %(time)s", day=wording.day_inside(day, today), time=wording.clock_time(moment, tz))
