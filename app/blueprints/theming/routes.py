"""The tenant's stylesheet and icons, under addresses that change with their content."""

from flask import Blueprint, Response, abort

from app.domain.look import Look
from app.theming.icons import ICON_NAMES
from app.web import auth, icons, themes
from app.web.access import public
from app.web.packed import answer, pack_once

blueprint = Blueprint("theming", __name__)

_FOR_EVER = "public, max-age=31536000, immutable"
_AN_HOUR = "public, max-age=3600"
_SVG = "image/svg+xml"
_MIME = {"svg": _SVG, "png": "image/png"}


@blueprint.get("/theme/<digest>.css")
@public
def show_stylesheet(digest: str) -> Response:
    """The stylesheet whose digest is asked for; the present one, uncached, when something has changed meanwhile."""
    looks = (look for look in auth.portal().looks.values() if themes.stylesheet_digest(look) == digest)
    look = next(looks, None)
    response = answer(themes.stylesheet(look or _look_here()), "text/css")
    return _cached(response, _FOR_EVER if look else "no-store")


@blueprint.get("/icons/<version>/<name>")
@public
def show_icon(version: str, name: str) -> Response:
    """An icon of the version asked for; the present one, uncached, when the look has changed meanwhile."""
    if name not in ICON_NAMES:
        abort(404)
    portal = auth.portal()
    looks = (look for look in portal.looks.values() if themes.icon_version(portal.name, look) == version)
    look = next(looks, None)
    data = icons.icon(portal, look or _look_here(), name)
    mime = _MIME[name.rpartition(".")[2]]
    response = answer(pack_once(data), mime) if mime == _SVG else Response(data, mimetype=mime)
    return _cached(response, _FOR_EVER if look else "no-store")


@blueprint.get("/favicon.ico")
@public
def show_favicon() -> Response:
    """For whatever asks without reading the page; browsers take a PNG under this name."""
    picture = icons.icon(auth.portal(), _look_here(), "favicon-32.png")
    return _cached(Response(picture, mimetype="image/png"), _AN_HOUR)


def _look_here() -> Look:
    place = auth.place()
    return auth.portal().look(place.id if place else None)


def _cached(response: Response, caching: str) -> Response:
    response.headers["Cache-Control"] = caching
    return response
