"""What one has: what recurs, with its stop, and what one bought."""

from flask import render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.products.room import blueprint
from app.blueprints.products.words import mine, receipt
from app.domain.products.showing import had_by, purchases_of
from app.domain.products.subscribing import keep, stop
from app.domain.products.terms import GoesOn, StopsAlready
from app.kernel.walltime import local_date, zone
from app.web import auth
from app.web.access import in_section
from app.web.attempts import press, say
from app.web.auth import today
from app.web.database import session


@blueprint.get("/products/mine")
@in_section("products")
def index_mine() -> str:
    person_id, tz = auth.signed_in().person_id, zone(auth.portal().zone)
    return render_template(
        "products/mine.html",
        had=[mine(each, today()) for each in had_by(session(), person_id, today())],
        bought=[
            receipt(each, today(), local_date(each.purchase.made_at, tz))
            for each in purchases_of(session(), person_id)
        ],
    )


@blueprint.post("/products/mine/<int:subscription_id>/stop")
@in_section("products")
def create_stop(subscription_id: int) -> Response:
    """Have it end with what is paid for."""
    return press(
        url_for("products.index_mine"),
        lambda: stop(session(), auth.signed_in(), subscription_id, today(), auth.now()),
        {StopsAlready: say("", lambda: _("It ends already."))},
        _("It ends with what is paid for. You can keep it until then."),
    )


@blueprint.post("/products/mine/<int:subscription_id>/stop/withdrawal")
@in_section("products")
def destroy_stop(subscription_id: int) -> Response:
    """Let it go on after all."""
    return press(
        url_for("products.index_mine"),
        lambda: keep(session(), auth.signed_in(), subscription_id, today(), auth.now()),
        {GoesOn: say("", lambda: _("There is nothing to withdraw."))},
        _("It goes on as before."),
    )
