"""Signing in and out."""

from flask import Blueprint, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.auth.demo import demo, sign_in_form
from app.blueprints.auth.forms import SignInForm
from app.domain import sessions
from app.domain.signing_in import SignIn, SignInRefused, sign_in
from app.web import auth
from app.web.access import public
from app.web.addresses import local_path
from app.web.database import session
from app.web.forms import Form
from app.web.htmx import go_to
from app.web.language import LANGUAGES, choose_language, language
from app.web.limits import Allowance, PasswordTries, by_address, password_tries, too_many, wait_sentence
from app.web.signing import forget, remember, this_browser

blueprint = Blueprint("auth", __name__)

_LONGEST_NEXT = 2000


@blueprint.get("/login")
@public
def new() -> Response:
    if auth.actor():
        return go_to(_next() or "/")
    return _page(sign_in_form())


@blueprint.post("/login")
@public
def create() -> Response:
    form = SignInForm()
    if not form.validate():
        return _page(form, 422)
    email = form.email.data or ""
    address, tries = by_address("sign-in by address"), password_tries(email)
    if wait := address.spent() or tries.spend():
        form.say("", wait_sentence(wait))
        return too_many(_page(form), wait)
    token = _sign_in(SignIn(email, form.password.data or "", this_browser()), address, tries)
    if token is None:
        form.say("", _("That e-mail and password do not go together."))
        return _page(form, 422)
    remember(token)
    return go_to(_next() or "/")


@blueprint.get("/logout")
@public
def confirm() -> Response:
    """The question for who comes by address: leaving is a write, and nobody leaves by following a link."""
    return make_response(render_template("auth/confirm.html")) if auth.actor() else go_to(url_for("auth.new"))


@blueprint.post("/logout")
@public
def destroy() -> Response:
    actor = auth.actor()
    if actor:
        sessions.sign_out(session(), actor, auth.now())
        session().commit()
    forget()
    flash(_("You are signed out."))
    response = go_to(url_for("auth.new"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@blueprint.post("/language")
@public
def update_language() -> Response:
    """Show this browser another language from now on. Whoever is signed in and chose one for good keeps that."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        abort(400)
    choose_language(chosen)
    return go_to(url_for("auth.new", next=_next() or None))


def _sign_in(command: SignIn, address: Allowance, tries: PasswordTries) -> str | None:
    """The token of a new session, or None; counts failures, and ends the session that this browser had."""
    before = auth.actor()
    try:
        token = sign_in(session(), command, auth.now())
    except SignInRefused:
        session().commit()
        address.spend()
        return None
    session().commit()
    tries.refill()
    if before:
        sessions.sign_out(session(), before, auth.now())
        session().commit()
    return token


def _page(form: Form, status: int = 200) -> Response:
    others = [(code, name) for code, name in LANGUAGES.items() if code != language()]
    page = render_template("auth/new.html", form=form, next=_next(), languages=others, demo=demo(_next()))
    return make_response(page, status)


def _next() -> str:
    """Where the person was going: a path of ours, or nothing."""
    asked = request.values.get("next", "")
    return local_path(asked) if len(asked) <= _LONGEST_NEXT else ""
