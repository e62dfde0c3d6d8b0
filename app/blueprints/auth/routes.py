"""Signing in and out."""

from flask import Blueprint, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.auth.demo import demo, sign_in_form
from app.blueprints.auth.forms import SignInForm
from app.blueprints.auth.ways import keep_way_out, ways
from app.domain import sessions
from app.domain.actor import Actor
from app.domain.factors.entering import Entry
from app.domain.joining.settings import load_joining
from app.domain.sign_on.leaving import way_out
from app.domain.signing_in import PasswordNotAllowed, SignIn, SignInRefused, sign_in
from app.web import auth
from app.web.access import public
from app.web.addresses import local_path
from app.web.database import session
from app.web.forms import Form
from app.web.htmx import go_to
from app.web.language import LANGUAGES, choose_language, language
from app.web.limits import Allowance, PasswordTries, by_address, password_tries, too_many, wait_sentence
from app.web.signing import admit, browser_key, forget, this_browser

blueprint = Blueprint("auth", __name__)

_LONGEST_NEXT = 2000


@blueprint.get("/login")
@public
def new() -> Response:
    if auth.actor():
        return go_to(next_path() or "/")
    return sign_in_page(sign_in_form())


@blueprint.post("/login")
@public
def create() -> Response:
    form = SignInForm()
    if not form.validate():
        return sign_in_page(form, 422)
    email = form.email.data or ""
    address, tries = by_address("sign-in by address"), password_tries(email)
    if wait := address.spent() or tries.spend():
        form.say("", wait_sentence(wait))
        return too_many(sign_in_page(form), wait)
    try:
        entry = _sign_in(SignIn(email, form.password.data or "", this_browser()), address, tries)
    except PasswordNotAllowed:
        form.say("", _("You cannot sign in here with a password. Use one of the other ways."))
        return sign_in_page(form, 422)
    if entry is None:
        form.say("", _("That e-mail and password do not go together."))
        return sign_in_page(form, 422)
    return admit(entry, next_path())


@blueprint.get("/logout")
@public
def confirm() -> Response:
    """The question for who comes by address: leaving is a write, and nobody leaves by following a link."""
    return make_response(render_template("auth/confirm.html")) if auth.actor() else go_to(url_for("auth.new"))


@blueprint.post("/logout")
@public
def destroy() -> Response:
    actor, out = auth.actor(), None
    if actor:
        out = way_out(session(), actor, auth.now())
        session().commit()
        sessions.sign_out(session(), actor, auth.now())
        session().commit()
    forget()
    flash(_("You are signed out."))
    keep_way_out(out)
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
    return go_to(url_for("auth.new", next=next_path() or None))


def _sign_in(command: SignIn, address: Allowance, tries: PasswordTries) -> Entry | None:
    """The way in, or None; counts failures, and ends the session that this browser had."""
    before = auth.actor()
    try:
        entry = sign_in(session(), command, auth.now())
    except PasswordNotAllowed:
        session().commit()
        raise
    except SignInRefused:
        session().commit()
        address.spend()
        return None
    session().commit()
    tries.refill()
    end_session_before(before)
    return entry


def end_session_before(before: Actor | None) -> None:
    """Somebody signs in where somebody was signed in: that session ends."""
    if before:
        sessions.sign_out(session(), before, auth.now())
        session().commit()


def sign_in_page(form: Form, status: int = 200) -> Response:
    # Made with the page: the challenge that its script asks for by itself then writes no cookie. On a slow line its answer
    # comes after that of signing in, and would take the place of the session that has begun.
    browser_key()
    others = [(code, name) for code, name in LANGUAGES.items() if code != language()]
    page = render_template(
        "auth/new.html",
        form=form,
        next=next_path(),
        languages=others,
        demo=demo(next_path()),
        mail_links=auth.portal().mail_links,
        may_join=load_joining(session(), auth.visit().revision).open,
        ways=ways(),
    )
    return make_response(page, status)


def next_path() -> str:
    """Where the person was going: a path of ours, or nothing."""
    asked = request.values.get("next", "")
    return local_path(asked) if len(asked) <= _LONGEST_NEXT else ""
