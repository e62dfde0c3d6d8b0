"""Pictures: a tenant's own photographs under their content's hash, and the drawn rooms of a location in one file."""

import re

from flask import Blueprint, Response, abort

from app.domain.booking.pictures import room_pictures
from app.domain.stored_file import shown_mime
from app.web import auth
from app.web.access import signed_in
from app.web.database import session
from app.web.packed import answer
from app.web.pictures import remember, remembered, sheet_of, specs_of
from app.web.ports import files

blueprint = Blueprint("media", __name__)

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SHOWN = frozenset({"image/png", "image/jpeg", "image/webp", "image/avif", "image/svg+xml"})
"""What a browser may show on our address; anything else that is stored is nobody's picture."""


@blueprint.get("/media/<digest>")
@signed_in
def show_file(digest: str) -> Response:
    """A picture that this tenant shows to its people: a room, a face, a logo.

    404 for another tenant's, an unknown digest, a file that is no picture, and what hangs on a message alone.
    """
    if not _DIGEST.fullmatch(digest):
        abort(404)
    mime = shown_mime(session(), digest)
    data = files().get(auth.portal().tenant_id, digest) if mime in _SHOWN else None
    if mime is None or data is None:
        abort(404)
    return _for_ever(Response(data, mimetype=mime))


@blueprint.get("/media/rooms/<digest>.svg")
@signed_in
def show_rooms(digest: str) -> Response:
    """The drawn rooms of one of this tenant's locations. 404 when no location looks like that (any more)."""
    tenant_id = auth.portal().tenant_id
    if remembered(tenant_id, digest) is None:
        for pictures in room_pictures(session(), [place.id for place in auth.portal().places]).values():
            remember(tenant_id, sheet_of(specs_of(pictures)))
    svg = remembered(tenant_id, digest)
    if svg is None:
        abort(404)
    return _for_ever(answer(svg, "image/svg+xml"))


def _for_ever(response: Response) -> Response:
    # The address changes with the content. Private, because one must be signed in to ask.
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    # A picture opened by itself is a document of our origin: it may paint, and nothing else.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
