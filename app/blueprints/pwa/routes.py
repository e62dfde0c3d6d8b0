"""What makes the portal an app: manifest, service worker, offline page, and the data a device keeps for it."""

import json
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import force_locale

from app.blueprints.pwa import screenshots
from app.blueprints.pwa.kept import kept
from app.blueprints.pwa.manifest import manifest
from app.blueprints.pwa.parts import service_worker
from app.domain.offline import offline_data
from app.domain.portal import Portal, load_portal
from app.domain.visit import load_visit
from app.kernel.walltime import local_date, zone
from app.web import auth
from app.web.access import public, signed_in
from app.web.database import session
from app.web.packed import answer, pack_once

blueprint = Blueprint("pwa", __name__)

_ASK_FIRST = "no-cache"
_FOR_EVER = "public, max-age=31536000, immutable"


@blueprint.get("/manifest.webmanifest")
@public
def show_manifest() -> Response:
    """Browsers fetch it without cookies: host name alone decides what it says."""
    portal = _portal_of_host()
    with force_locale(portal.locale):
        members = manifest(portal)
    body = json.dumps(members, ensure_ascii=False).encode()
    return _checked_each_time(answer(pack_once(body), "application/manifest+json"))


@blueprint.get("/service-worker.js")
@public
def show_service_worker() -> Response:
    return _checked_each_time(answer(pack_once(service_worker().encode()), "text/javascript"))


@blueprint.get("/offline")
@public
def show_offline() -> Response:
    """The shell: in the reader's language and look, without anything about the reader."""
    return _checked_each_time(Response(render_template("pwa/offline.html")))


@blueprint.get("/app/screenshots/<version>/<name>.png")
@public
def show_screenshot(version: str, name: str) -> Response:
    portal = _portal_of_host()
    with force_locale(portal.locale):
        picture = screenshots.picture(portal, version, name)
    if picture is None:
        abort(404)
    response = Response(picture, mimetype="image/png")
    response.headers["Cache-Control"] = _FOR_EVER
    return response


@blueprint.get("/app/offline-data")
@signed_in
def show_offline_data() -> dict[str, Any]:
    """JSON for `offline-store.js`; its shape is `kept.kept`'s."""
    actor, portal, now = auth.signed_in(), auth.portal(), auth.now()
    data = offline_data(session(), actor, now, local_date(now, zone(portal.zone)))
    return kept(data, actor, portal, auth.place(), now)


def _portal_of_host() -> Portal:
    """The tenant's settings without a look at who asks."""
    now = auth.now()
    return load_portal(session(), load_visit(session(), None, now, now.date()).revision)


def _checked_each_time(response: Response) -> Response:
    """An answer that a browser may keep, but asks about each time; unchanged costs 304 and no body."""
    response.headers["Cache-Control"] = _ASK_FIRST
    response.add_etag()
    response.make_conditional(request)
    return response
