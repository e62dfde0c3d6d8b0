"""The devices on which somebody wants to be told: turned on in the browser itself, listed, tried and removed here."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, make_response, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.account.devices import said_moment
from app.blueprints.account.routes import blueprint
from app.domain.push_devices import OwnDevice, Registration, devices_of, forget, register, renew
from app.domain.push_keys import PushKit, public_key
from app.domain.push_reading import read_on_device
from app.domain.push_trial import send_trial
from app.ports import PushGone, PushRefused, PushTarget, SecretUnreadable
from app.web import auth, ports, wording
from app.web.access import in_section, signed_in
from app.web.database import session
from app.web.forms import id_of
from app.web.htmx import go_to
from app.web.limits import by_account, wait_sentence
from app.web.origin import request_origin
from app.web.push import push_sentence
from app.web.push_words import trial
from app.web.security import csrf

_LONGEST = {"endpoint": 2000, "known": 2000, "p256dh": 200, "auth": 100, "notice": 19}


@dataclass(frozen=True, slots=True)
class PushRow:
    """One device in words."""

    id: int
    name: str
    detail: str
    icon: str
    current: bool
    silent: bool
    """It takes no messages any more."""


@blueprint.get("/account/devices")
@in_section("account")
def index_push_devices() -> Response:
    if ports.push() is None:
        return go_to(url_for("account.edit_notifications"))
    rows = [_row(each) for each in devices_of(session(), auth.signed_in())]
    return make_response(render_template("account/index_push_devices.html", devices=rows))


@blueprint.get("/account/push/key")
@signed_in
def show_push_key() -> dict[str, str]:
    """JSON for `push.js`: what a browser subscribes with."""
    key = public_key(session(), _kit(), auth.now())
    session().commit()
    return {"key": key}


@blueprint.post("/account/push")
@signed_in
def create_push_device() -> tuple[dict[str, Any], int]:
    kit, wanted = _kit(), _registration()
    try:
        device_id = register(session(), auth.signed_in(), kit.client, wanted, auth.now())
    except PushRefused as refused:
        return {"sentence": push_sentence(refused)}, 422
    session().commit()
    return {"id": device_id}, 201


@blueprint.post("/account/push/renewal")
@csrf.exempt  # type: ignore[untyped-decorator] # a service worker has no form of ours; it knows the device's own secret address
@signed_in
def create_push_renewal() -> tuple[dict[str, Any], int]:
    """A browser says that it still has its subscription, or which one it has instead; 404 where it should forget it."""
    kit, wanted = _kit(), _registration()
    try:
        device_id = renew(session(), auth.signed_in(), kit.client, _told("known"), wanted, auth.now())
    except PushRefused as refused:
        return {"sentence": push_sentence(refused)}, 422
    session().commit()
    return {"id": device_id, "key": public_key(session(), kit, auth.now())}, 200


@blueprint.post("/account/push/reading")
@csrf.exempt  # type: ignore[untyped-decorator] # likewise
@signed_in
def create_push_reading() -> dict[str, int]:
    """Somebody has pressed on a banner that they have read it; the answer is what the app's icon shows from now on."""
    _kit()
    notice_id = id_of(_told("notice"))
    if notice_id is None:
        abort(400)
    unread = read_on_device(session(), auth.signed_in(), _told("endpoint"), notice_id, auth.now())
    session().commit()
    return {"unread": unread}


@blueprint.post("/account/devices/<int:device_id>/removal")
@in_section("account")
def destroy_push_device(device_id: int) -> Response:
    forget(session(), auth.signed_in(), device_id)
    session().commit()
    flash(_("That device is told nothing any more."))
    return go_to(url_for("account.index_push_devices"))


@blueprint.post("/account/devices/<int:device_id>/trial")
@in_section("account")
def create_push_trial(device_id: int) -> Response:
    flash(_tried(device_id))
    return go_to(url_for("account.index_push_devices"))


def _tried(device_id: int) -> str:
    """What the push service said, in words."""
    wait = by_account("trial by account", auth.signed_in().email).spend()
    if wait:
        return wait_sentence(wait)
    payload = trial(auth.portal(), request_origin(), auth.visit().unread)
    try:
        send_trial(session(), auth.signed_in(), _kit(), device_id, payload, auth.clock())
    except PushGone:
        return _(
            "That device has stopped taking messages, so it is removed. Turn notifications on there again."
        )
    except PushRefused as refused:
        return push_sentence(refused)
    except SecretUnreadable:
        return _("Messages cannot be signed right now. Whoever runs this server can see why.")
    return _("Sent. The push service has taken it; it should show in a moment.")


def _kit() -> PushKit:
    """Without push there is nothing to register."""
    kit = ports.push()
    if kit is None:
        abort(404)
    return kit


def _registration() -> Registration:
    target = PushTarget(_told("endpoint"), _told("p256dh"), _told("auth"))
    return Registration(target, request_origin(), request.user_agent.string, str(get_locale() or ""))


def _told(name: str) -> str:
    value = request.form.get(name, "")
    if not value or len(value) > _LONGEST[name]:
        abort(400)
    return value


def _row(each: OwnDevice) -> PushRow:
    parts = [_("Last seen %(when)s", when=said_moment(each.last_seen_at))]
    if each.gave_up_at:
        parts = [_("Takes no messages any more. Turn notifications on there again.")]
    elif each.last_sent_at:
        parts.append(_("last told something %(when)s", when=said_moment(each.last_sent_at)))
    return PushRow(
        each.id,
        wording.device(each.device.browser, each.device.system),
        " · ".join(parts),
        "smartphone" if each.device.mobile else "monitor",
        each.current,
        each.gave_up_at is not None,
    )
