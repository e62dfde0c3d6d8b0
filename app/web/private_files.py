"""Files for those alone who may see them: asked for each time, and never run by a browser."""

from flask import Response, abort, request

from app.web import auth
from app.web.ports import files

PICTURE_TYPE = "image/webp"
"""What pictures are kept as. All else is a download, whatever it says it is."""


def answer_file(found: tuple[str, str, str] | None) -> Response:
    """The bytes of that digest, as that type, under that name; 404 without them."""
    if found is None:
        abort(404)
    digest, mime, name = found
    if request.if_none_match.contains_weak(digest):
        response = Response(status=304)
    else:
        data = files().get(auth.portal().tenant_id, digest)
        if data is None:
            abort(404)
        response = Response(data, mimetype=mime)
        inline = "inline" if mime == PICTURE_TYPE else "attachment"
        response.headers.set("Content-Disposition", inline, filename=name)
    response.set_etag(digest)
    # A browser may keep it, and asks each time whether it still may show it: who leaves, or whose message is removed, must
    # not find it in a cache of ours. The answer is short, and takes nothing from the store.
    response.headers["Cache-Control"] = "private, no-cache"
    # Opened by itself it is a document of our origin: it may show itself, and nothing else.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
