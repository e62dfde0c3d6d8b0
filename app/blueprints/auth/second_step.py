"""The second step: a code of the authenticator, a recovery code, or a passkey."""

from flask import flash, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.auth.forms import CodeForm
from app.blueprints.auth.routes import blueprint, next_path
from app.domain.factors.entering import Entry, finish_with_code, show_half
from app.domain.factors.passkey_entry import finish_with_passkey, offer_second_step
from app.domain.factors.terms import CodeRefused, PasskeyRefused, PendingGone
from app.web import auth
from app.web.access import public
from app.web.codes import code_sentence
from app.web.database import session
from app.web.errors import error_page
from app.web.htmx import go_to
from app.web.limits import by_account, by_address, too_many, wait_sentence
from app.web.passkeys import options_response, passkey_sentence, read_answer, site
from app.web.ports import secret_box
from app.web.signing import admit, browser_key, half_token, this_browser


@blueprint.get("/login/second")
@public
def new_second_step() -> Response:
    return _page(CodeForm())


@blueprint.post("/login/second")
@public
def create_second_step() -> Response:
    form = CodeForm()
    if not form.validate():
        return _page(form, 422)
    try:
        half, _standing = show_half(session(), half_token(), auth.now())
    except PendingGone:
        return _start_over()
    tries = by_account("code by account", half.person.email)
    if wait := by_address("code by address").spent() or tries.spend():
        form.say("", wait_sentence(wait))
        return too_many(_page(form), wait)
    try:
        token = finish_with_code(
            session(), half_token(), form.code.data or "", this_browser(), secret_box(), auth.now()
        )
    except PendingGone:
        return _start_over()
    except CodeRefused as refused:
        session().commit()
        by_address("code by address").spend()
        form.say("code", code_sentence(refused))
        return _page(form, 422)
    session().commit()
    tries.refill()
    return admit(Entry(token, complete=True), next_path())


@blueprint.post("/login/second/challenge")
@public
def create_second_challenge() -> Response:
    if wait := by_address("challenge by address").spend():
        return too_many(error_page(429, wait_sentence(wait)), wait)
    try:
        options = offer_second_step(session(), site(), half_token(), browser_key(), auth.now())
    except PendingGone:
        return error_page(404)
    session().commit()
    return options_response(options)


@blueprint.post("/login/second/passkey")
@public
def create_second_step_with_passkey() -> Response:
    form, failures = CodeForm(), by_address("passkey by address")
    if wait := failures.spent():
        form.say("", wait_sentence(wait))
        return too_many(_page(form), wait)
    try:
        token = finish_with_passkey(
            session(), site(), half_token(), read_answer(), this_browser(), auth.now()
        )
    except PendingGone:
        return _start_over()
    except PasskeyRefused as refused:
        session().commit()
        failures.spend()
        form.say("", passkey_sentence(refused))
        return _page(form, 422)
    session().commit()
    return admit(Entry(token, complete=True), next_path())


def _page(form: CodeForm, status: int = 200) -> Response:
    try:
        half, standing = show_half(session(), half_token(), auth.now())
    except PendingGone:
        return _start_over()
    page = render_template(
        "auth/second_step.html",
        form=form,
        next=next_path(),
        email=half.person.email,
        standing=standing,
    )
    return make_response(page, status)


def _start_over() -> Response:
    flash(_("That took too long, or too many tries. Sign in again."))
    return go_to(url_for("auth.new", next=next_path() or None))
