"""The operator's terms: for everybody to read, and to accept for who is signed in."""

from babel.dates import format_date
from flask import abort, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.join.routes import blueprint
from app.domain.joining.terms import accept_terms, current_terms
from app.domain.joining.words import TermsNotAccepted
from app.kernel.walltime import local_date, zone
from app.web import auth
from app.web.access import public
from app.web.addresses import local_path
from app.web.database import session
from app.web.forms import id_or_none
from app.web.htmx import go_to
from app.web.language import formats_locale
from app.web.terms_due import terms_are_due, terms_are_settled

_LONGEST_NEXT = 2000


@blueprint.get("/terms")
@public
def show_terms() -> str:
    terms = current_terms(session())
    if terms is None:
        abort(404)
    day = local_date(terms.published_at, zone(auth.portal().zone))
    return render_template(
        "join/terms.html", terms=terms, day=format_date(day, "long", locale=formats_locale())
    )


# Public, because the gate that leads here lets nobody pass to anything else.
@blueprint.get("/terms/acceptance")
@public
def edit_acceptance() -> Response:
    return _page()


@blueprint.post("/terms/acceptance")
@public
def update_acceptance() -> Response:
    actor = auth.actor()
    if actor is None:
        abort(404)
    try:
        shown = id_or_none(request.form.get("terms", ""))
        accept_terms(session(), actor, shown or 0, auth.now())
    except (ValueError, TermsNotAccepted):
        session().rollback()
        return _page(_("The terms have changed meanwhile. These are the ones that hold now."), 422)
    session().commit()
    terms_are_settled()
    flash(_("Thank you. You can go on."))
    return go_to(_next())


def _page(problem: str = "", status: int = 200) -> Response:
    terms = current_terms(session())
    if auth.actor() is None:
        abort(404)
    if terms is None or not terms_are_due():
        terms_are_settled()
        return redirect(_next(), code=303)
    page = render_template("join/acceptance.html", terms=terms, next=_next(), problem=problem)
    return make_response(page, status)


def _next() -> str:
    """Where the person was going: a path of ours, else home."""
    asked = request.values.get("next", "")
    return (local_path(asked) if len(asked) <= _LONGEST_NEXT else "") or "/"
