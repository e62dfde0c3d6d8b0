"""Where the person is signed in, and ending it from afar."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.blueprints.account.routes import blueprint
from app.blueprints.account.user_agent import Device, read_user_agent
from app.domain import sessions
from app.domain.sessions import OpenSession
from app.web import auth, wording
from app.web.access import in_section
from app.web.database import session
from app.web.htmx import go_to


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
    found = sessions.list_sessions(session(), auth.signed_in(), auth.now())
    return render_template("account/index_sessions.html", rows=[_row(each) for each in found])


@blueprint.post("/account/sessions/<int:session_id>/ending")
@in_section("account")
def destroy_session(session_id: int) -> Response:
    sessions.end(session(), auth.signed_in(), session_id, auth.now())
    session().commit()
    flash(_("That device is signed out."))
    return go_to(url_for("account.index_sessions"))


@blueprint.post("/account/sessions/others/ending")
@in_section("account")
def destroy_other_sessions() -> Response:
    ended = sessions.end_others(session(), auth.signed_in(), auth.now())
    session().commit()
    flash(ngettext("%(num)s device is signed out.", "%(num)s devices are signed out.", ended))
    return go_to(url_for("account.index_sessions"))


def _row(each: OpenSession) -> DeviceRow:
    device = read_user_agent(each.browser.user_agent)
    where = each.browser.address or _("Unknown address")
    when = _("In use now") if each.current else _("Last seen %(when)s", when=_moment(each.last_seen_at))
    return DeviceRow(
        each.id,
        _name(device),
        f"{where} · {when}",
        "smartphone" if device.mobile else "monitor",
        each.current,
    )


def _name(device: Device) -> str:
    browser, system = device.browser or _("A browser"), device.system
    return _("%(browser)s on %(system)s", browser=browser, system=system) if system else browser


def _moment(moment: datetime) -> str:
    """`Yesterday, 14:30`, where the portal is."""
    place = auth.place()
    tz = ZoneInfo(place.zone if place else auth.portal().zone)
    day, today = moment.astimezone(tz).date(), auth.now().astimezone(tz).date()
    return _("%(day)s, %(time)s", day=wording.day_inside(day, today), time=wording.clock_time(moment, tz))
