"""The tenant's stylesheet and icons, under addresses that change with their content."""

from flask import Blueprint, Response, abort

from app.domain.look import Look
from app.theming.icons import ICON_NAMES
from app.web import auth, icons, themes
from app.web.access import public

blueprint = Blueprint("theming", __name__)

_FOR_EVER = "public, max-age=31536000, immutable"
_AN_HOUR = "public, max-age=3600"
_MIME = {"svg": "image/svg+xml", "png": "image/png"}


@blueprint.get("/theme/<digest>.css")
@public
def show_stylesheet(digest: str) -> Response:
    """The theme whose digest is asked for; the present one, uncached, when the look has changed meanwhile."""
    sheets = (themes.stylesheet_of(look) for look in auth.portal().looks.values())
    sheet = next((sheet for sheet in sheets if sheet.digest == digest), None)
    css = (sheet or themes.stylesheet_of(_look_here())).css
    return _answer(css, "text/css", _FOR_EVER if sheet else "no-store")


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
    return _answer(data, _MIME[name.rpartition(".")[2]], _FOR_EVER if look else "no-store")


@blueprint.get("/favicon.ico")
@public
def show_favicon() -> Response:
    """For whatever asks without reading the page; browsers take a PNG under this name."""
    return _answer(icons.icon(auth.portal(), _look_here(), "favicon-32.png"), "image/png", _AN_HOUR)


def _look_here() -> Look:
    place = auth.place()
    return auth.portal().look(place.id if place else None)


def _answer(data: str | bytes, mime: str, caching: str) -> Response:
    response = Response(data, mimetype=mime)
    response.headers["Cache-Control"] = caching
    return response
