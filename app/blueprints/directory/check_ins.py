"""Saying that one is here, and that one leaves: buttons on the home page and in the directory."""

from flask import request, url_for
from werkzeug.wrappers import Response

from app.blueprints.directory.room import blueprint
from app.domain.directory import check_in
from app.kernel.errors import NotFound
from app.web import auth
from app.web.access import in_section, places_with
from app.web.addresses import local_path
from app.web.database import session
from app.web.forms import id_or_none
from app.web.htmx import go_to


@blueprint.post("/check-in")
@in_section("directory")
def create_check_in() -> Response:
    """Be at a location from now on. 404 for one that is not ours, or has no directory."""
    try:
        wanted = id_or_none(request.form.get("location_id"))
    except ValueError:
        raise NotFound from None
    if wanted not in {place.id for place in places_with("directory")}:
        raise NotFound
    check_in.check_in(session(), auth.signed_in(), wanted or 0, auth.clock())
    session().commit()
    return _back()


@blueprint.post("/check-in/end")
@in_section("directory")
def destroy_check_in() -> Response:
    """Be there no longer."""
    check_in.check_out(session(), auth.signed_in(), auth.clock())
    session().commit()
    return _back()


def _back() -> Response:
    """To where the button was pressed."""
    return go_to(local_path(request.headers.get("Referer", ""), absolute=True) or url_for("directory.index"))
