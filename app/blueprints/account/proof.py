"""Before the way one signs in is changed: a question that only the person can answer."""

from flask import make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.account.forms import ProofForm
from app.blueprints.account.routes import blueprint
from app.domain.actor import Actor
from app.domain.factors.proof import is_fresh, prove_with_code, prove_with_password
from app.domain.factors.standing import Standing, standing_of
from app.domain.factors.terms import CodeRefused
from app.domain.passwords import WrongPassword
from app.web import auth
from app.web.access import in_section, to_enrol
from app.web.codes import code_sentence
from app.web.database import session
from app.web.htmx import go_to
from app.web.limits import by_account, password_tries, too_many, wait_sentence
from app.web.ports import secret_box


def proof_needed() -> Response | None:
    """The way to the question, for somebody whose sign-in is too long ago; None when it is not."""
    if is_fresh(session(), auth.signed_in(), auth.now()):
        return None
    return go_to(url_for("account.new_proof"))


@blueprint.get("/account/security/proof")
@to_enrol
@in_section("account")
def new_proof() -> Response:
    return _page(ProofForm())


@blueprint.post("/account/security/proof")
@to_enrol
@in_section("account")
def create_proof() -> Response:
    form, actor = ProofForm(), auth.signed_in()
    standing = standing_of(session(), actor.person_id, actor.role)
    if not form.validate():
        return _page(form, 422)
    password, code = form.password.data or "", "".join((form.code.data or "").split())
    if standing.has_app and code:
        wrong = _prove_with_code(form, actor, code)
    else:
        wrong = _prove_with_password(form, actor, standing, password)
    if wrong:
        return wrong
    session().commit()
    return go_to(url_for("account.show_security"))


def _prove_with_code(form: ProofForm, actor: Actor, code: str) -> Response | None:
    tries = by_account("code by account", actor.email)
    if wait := tries.spend():
        form.say("", wait_sentence(wait))
        return too_many(_page(form), wait)
    try:
        prove_with_code(session(), actor, code, secret_box(), auth.now())
    except CodeRefused as refused:
        session().rollback()
        form.say("code", code_sentence(refused))
        return _page(form, 422)
    tries.refill()
    return None


def _prove_with_password(form: ProofForm, actor: Actor, standing: Standing, password: str) -> Response | None:
    tries = password_tries(actor.email)
    if wait := tries.spend():
        form.say("", wait_sentence(wait))
        return too_many(_page(form), wait)
    try:
        prove_with_password(session(), actor, password, auth.now())
    except WrongPassword:
        form.say("password" if standing.has_password else "", _("This is not your current password."))
        return _page(form, 422)
    tries.refill()
    return None


def _page(form: ProofForm, status: int = 200) -> Response:
    actor = auth.signed_in()
    page = render_template(
        "account/proof.html",
        form=form,
        standing=standing_of(session(), actor.person_id, actor.role),
    )
    return make_response(page, status)
