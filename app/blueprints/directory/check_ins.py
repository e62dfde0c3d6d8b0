"""Saying that one is here, and that one leaves: buttons on the home page and in the directory."""

from flask import flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.directory.room import blueprint
from app.domain.credits.terms import NoPass
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
    try:
        check_in.check_in(session(), auth.signed_in(), wanted or 0, auth.clock())
    except NoPass:
        session().rollback()
        return _without_pass()
    session().commit()
    return _back()


def _without_pass() -> Response:
    """Say what is needed, and where that is to be had."""
    if not places_with("plans"):
        flash(_("To check in you need a plan or a day pass. The front desk has them."))
        return _back()
    flash(_("To check in you need a plan or a day pass. These are the plans; the front desk has day passes."))
    return go_to(url_for("plans.index"))


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
