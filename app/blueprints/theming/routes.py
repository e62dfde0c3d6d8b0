"""The tenant's stylesheet and icons, under addresses that change with their content."""

from flask import Blueprint, Response

from app.web import auth, themes
from app.web.access import public

blueprint = Blueprint("theming", __name__)

_FOR_EVER = "public, max-age=31536000, immutable"


@blueprint.get("/theme/<digest>.css")
@public
def stylesheet(digest: str) -> Response:
    """The theme whose digest is asked for; the present one, uncached, when the look has changed meanwhile."""
    portal = auth.portal()
    place = auth.place()
    sheets = [themes.stylesheet_of(look) for look in portal.looks.values()]
    sheet = next((sheet for sheet in sheets if sheet.digest == digest), None)
    response = Response((sheet or themes.stylesheet_of(portal.look(place.id if place else None))).css,
                        mimetype="text/css")
    response.headers["Cache-Control"] = _FOR_EVER if sheet else "no-store"
    return response


@blueprint.get("/icons/<version>/<name>")
@public
def icon(version: str, name: str) -> Response:
    raise NotImplementedError
