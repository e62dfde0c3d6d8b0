"""The page behind the secret link of a plan that no list shows."""

from flask import render_template, request

from app.blueprints.plans.room import blueprint
from app.blueprints.plans.words import card
from app.domain.joining.settings import load_joining
from app.domain.plans.joining import is_for
from app.domain.plans.showing import linked_offer
from app.domain.sign_on.password_rule import password_rule
from app.web import auth
from app.web.access import in_section
from app.web.auth import today
from app.web.database import session
from app.web.prices import tax_note


@blueprint.get("/plans/l/<token>")
@in_section("plans", visitors=True)
def show_linked(token: str) -> str:
    """The plan with its button; for who is not signed in the ways in, which lead back here."""
    actor = auth.actor()
    found = linked_offer(session(), token, actor.person_id if actor else None, today())
    return render_template(
        "plans/linked.html" if actor else "plans/linked_visitor.html",
        plan=card(found),
        link=token,
        for_them=actor is None or is_for(actor, found.version.audience),
        may_join=actor is None and _may_sign_up(),
        here=request.path,
        tax=tax_note(),
    )


def _may_sign_up() -> bool:
    """Whether somebody who has no account makes one by themselves here."""
    return load_joining(session(), auth.visit().revision).open and not password_rule(session()).members
