"""Deleting one's account: what happens, said before; and changing one's mind."""

from flask import flash, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.account.data import ProofForm, say_proof
from app.blueprints.account.routes import blueprint
from app.domain.passwords import WrongPassword
from app.domain.people.terms import LastOwner
from app.domain.privacy.deletion import ask_deletion, keep_account, leaving
from app.domain.privacy.terms import AskDeletion, DeletionAsked, Leaving, ProofNeeded
from app.web import auth, wording
from app.web.access import signed_in, to_enrol
from app.web.database import session
from app.web.htmx import go_to
from app.web.limits import password_tries, too_many, wait_sentence
from app.web.signing import forget


@blueprint.get("/account/deletion")
@to_enrol
@signed_in
def show_deletion() -> Response:
    return _page(ProofForm())


@blueprint.post("/account/deletion")
@signed_in
def create_deletion() -> Response:
    actor, form = auth.signed_in(), ProofForm()
    state = leaving(session(), actor, auth.now())
    if not form.validate_proof(fresh=state.fresh):
        return _page(form, 422)
    tries = password_tries(actor.email)
    if wait := 0 if state.fresh else tries.spend():
        form.say("", wait_sentence(wait))
        return too_many(_page(form), wait)
    try:
        ask_deletion(session(), actor, AskDeletion(form.typed), auth.now())
    except (ProofNeeded, WrongPassword) as refused:
        say_proof(form, refused)
        return _page(form, 422)
    except LastOwner:
        session().rollback()
        return _page(form, 422)
    except DeletionAsked:
        session().rollback()
        return go_to(url_for("account.show_deletion"))
    session().commit()
    tries.refill()
    forget()
    flash(_("Your account will be deleted. Sign in before then if you change your mind."))
    return go_to(url_for("auth.new"))


@blueprint.post("/account/deletion/keeping")
@to_enrol
@signed_in
def keep_account_after_all() -> Response:
    keep_account(session(), auth.signed_in(), auth.now())
    session().commit()
    flash(_("Good to have you back: your account stays. What was cancelled stays cancelled."))
    return go_to("/")


def _page(form: ProofForm, status: int = 200) -> Response:
    state = leaving(session(), auth.signed_in(), auth.now())
    if state.due_at is not None:
        day = _day_of(state)
        return make_response(render_template("account/leaving.html", day=day), status)
    if state.fresh and "password" in form and not form.errors:
        del form.password
    return make_response(render_template("account/deletion.html", form=form, state=state), status)


def _day_of(state: Leaving) -> str:
    due = state.due_at or auth.now()
    return wording.long_day(due.astimezone(auth.own_clock()).date())
