"""Every plan that somebody may see."""

from flask import render_template

from app.blueprints.plans.room import blueprint
from app.blueprints.plans.switching import switches
from app.blueprints.plans.words import card
from app.domain.plans.showing import offers
from app.web import auth
from app.web.access import in_section
from app.web.auth import today
from app.web.database import session
from app.web.prices import tax_note


@blueprint.get("/plans")
@in_section("plans")
def index() -> str:
    found = offers(session(), auth.signed_in(), today())
    return render_template(
        "plans/index.html",
        plans=[card(each) for each in found],
        switches=switches() if any(each.own for each in found) else [],
        tax=tax_note() if found else "",
    )
