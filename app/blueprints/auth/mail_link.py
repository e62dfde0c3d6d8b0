"""Signing in by mail, without a password."""

from flask import abort, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.auth.forms import AddressForm, CodeForm
from app.blueprints.auth.mailing import mail_whoever
from app.blueprints.auth.routes import blueprint, end_session_before, next_path
from app.domain.sign_in_link import (
    AskForLink,
    OtherBrowser,
    SignInLinkGone,
    WrongCode,
    ask_for_sign_in_link,
    check_link,
    sign_in_with_code,
    sign_in_with_link,
)
from app.web import auth
from app.web.access import public
from app.web.database import session
from app.web.errors import error_page
from app.web.limits import by_address, too_many, wait_sentence
from app.web.origin import request_origin
from app.web.ports import outbox
from app.web.signing import admit, browser_key, this_browser


@blueprint.before_request
def keep_shut() -> None:
    if request.path.startswith("/login/link") and not auth.portal().mail_links:
        abort(404)


@blueprint.get("/login/link")
@public
def new_mail_link() -> Response:
    return _ask_page(AddressForm())


@blueprint.post("/login/link")
@public
def create_mail_link() -> Response:
    key, origin, target, now = browser_key(), request_origin(), next_path(), auth.now()
    return mail_whoever(
        _ask_page,
        url_for("auth.new_mail_code", next=target or None),
        lambda email: lambda later: ask_for_sign_in_link(later, AskForLink(email, key, origin, target), now),
    )


@blueprint.get("/login/link/code")
@public
def new_mail_code() -> Response:
    return _code_page(CodeForm())


@blueprint.post("/login/link/code")
@public
def create_with_mail_code() -> Response:
    form = CodeForm()
    if not form.validate():
        return _code_page(form, 422)
    tries = by_address("code by address")
    if wait := tries.spent():
        form.say("", wait_sentence(wait))
        return too_many(_code_page(form), wait)
    before = auth.actor()
    try:
        entry = sign_in_with_code(session(), form.code.data or "", browser_key(), this_browser(), auth.now())
    except WrongCode:
        session().commit()
        tries.spend()
        form.say("code", _("That code does not fit, or it is too old. Only the latest mail counts."))
        return _code_page(form, 422)
    session().commit()
    end_session_before(before)
    return admit(entry, next_path())


@blueprint.get("/login/link/<token>")
@public
def edit_mail_link(token: str) -> Response:
    try:
        target = check_link(session(), token, browser_key(), auth.now())
    except SignInLinkGone:
        return _gone_page()
    except OtherBrowser:
        return make_response(render_template("auth/mail_link_elsewhere.html"), 409)
    return make_response(render_template("auth/mail_link_use.html", token=token, next=target))


@blueprint.post("/login/link/<token>")
@public
def update_mail_link(token: str) -> Response:
    if wait := by_address("reset by address").spend():
        return too_many(error_page(429, wait_sentence(wait)), wait)
    before = auth.actor()
    try:
        entry = sign_in_with_link(session(), token, browser_key(), this_browser(), auth.now())
    except SignInLinkGone:
        return _gone_page()
    except OtherBrowser:
        return make_response(render_template("auth/mail_link_elsewhere.html"), 409)
    session().commit()
    end_session_before(before)
    return admit(entry, next_path())


def _ask_page(form: AddressForm, status: int = 200) -> Response:
    page = render_template(
        "auth/new_mail_link.html", form=form, action=url_for("auth.create_mail_link"), next=next_path()
    )
    return make_response(page, status)


def _code_page(form: CodeForm, status: int = 200) -> Response:
    page = render_template(
        "auth/new_mail_code.html",
        form=form,
        next=next_path(),
        has_outbox="outbox.index" in current_app.view_functions and outbox() is not None,
    )
    return make_response(page, status)


def _gone_page() -> Response:
    return make_response(render_template("auth/mail_link_gone.html"), 404)
