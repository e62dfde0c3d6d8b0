"""The home page: what matters now, in the order that the tenant chose; the switch of locations; everything else."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from app.blueprints.home.elements import elements
from app.domain import sessions
from app.kernel.errors import NotFound
from app.kernel.walltime import local_date
from app.web import auth, wording
from app.web.access import in_section, signed_in
from app.web.addresses import local_path
from app.web.database import session
from app.web.forms import id_or_none
from app.web.htmx import go_to

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@in_section("home")
def index() -> Any:
    today = local_date(auth.now(), auth.place_clock())
    return render_template(
        "home/index.html",
        elements=elements(),
        mail_bounces=auth.visit().mail_bounces,
        weekday=wording.weekday(today),
        date=wording.day_and_month(today),
    )


@blueprint.post("/location")
@signed_in
def update_location() -> Response:
    """Show another location in this browser from now on. 404 for one that is not the tenant's."""
    try:
        chosen = id_or_none(request.form.get("location_id"))
    except ValueError:
        raise NotFound from None
    sessions.show_location(session(), auth.signed_in(), chosen or 0)
    session().commit()
    # Back to the page, but without its query: a date stays a date, but a location in it would win over the choice.
    back = local_path(request.headers.get("Referer", ""), absolute=True).partition("?")[0]
    return go_to(back or url_for("home.index"))


@blueprint.get("/more")
@signed_in
def show_more() -> Any:
    """The sections that the tab bar has no room for."""
    return render_template("home/more.html")
