"""The second factor: an authenticator app, and the codes for the day it is lost."""

from flask import flash, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.account.forms import AuthenticatorForm
from app.blueprints.account.proof import proof_needed
from app.blueprints.account.routes import blueprint
from app.domain.factors import codes
from app.domain.factors.authenticator import begin_app, confirm_app, turn_app_off, waiting_secret
from app.domain.factors.recovery import renew_codes
from app.domain.factors.terms import AppIsOn, CodeRefused, FactorNeeded, NoApp
from app.web import auth
from app.web.access import in_section, to_enrol
from app.web.codes import code_sentence
from app.web.database import session
from app.web.enrolling import after_enrolling
from app.web.htmx import go_to
from app.web.limits import by_account, too_many, wait_sentence
from app.web.ports import secret_box
from app.web.qr import qr_code


@blueprint.post("/account/authenticator")
@to_enrol
@in_section("account")
def create_authenticator() -> Response:
    if question := proof_needed():
        return question
    try:
        begin_app(session(), auth.signed_in(), secret_box(), auth.now())
    except AppIsOn:
        return go_to(url_for("account.show_security"))
    session().commit()
    return go_to(url_for("account.show_authenticator"))


@blueprint.get("/account/authenticator")
@to_enrol
@in_section("account")
def show_authenticator() -> Response:
    return _page(AuthenticatorForm())


@blueprint.post("/account/authenticator/confirmation")
@to_enrol
@in_section("account")
def update_authenticator() -> Response:
    if question := proof_needed():
        return question
    form, actor = AuthenticatorForm(), auth.signed_in()
    if not form.validate():
        return _page(form, 422)
    if wait := by_account("confirmation by account", actor.email).spend():
        form.say("", wait_sentence(wait))
        return too_many(_page(form), wait)
    code = "".join((form.code.data or "").split())
    try:
        fresh = confirm_app(session(), actor, code, secret_box(), auth.now())
    except NoApp:
        return go_to(url_for("account.show_security"))
    except CodeRefused as refused:
        form.say("code", code_sentence(refused))
        return _page(form, 422)
    session().commit()
    return _codes_page(fresh)


@blueprint.post("/account/authenticator/removal")
@in_section("account")
def destroy_authenticator() -> Response:
    if question := proof_needed():
        return question
    try:
        turn_app_off(session(), auth.signed_in(), auth.now())
    except NoApp:
        return go_to(url_for("account.show_security"))
    except FactorNeeded:
        session().rollback()
        flash(_("Staff here need a second factor. Set up another one before you remove this."))
        return go_to(url_for("account.show_security"))
    session().commit()
    flash(_("Signing in asks for no code any more. You can delete the entry in your app."))
    return go_to(url_for("account.show_security"))


@blueprint.post("/account/recovery-codes")
@to_enrol
@in_section("account")
def create_recovery_codes() -> Response:
    if question := proof_needed():
        return question
    try:
        fresh = renew_codes(session(), auth.signed_in(), auth.now())
    except NoApp:
        return go_to(url_for("account.show_security"))
    session().commit()
    return _codes_page(fresh)


def _page(form: AuthenticatorForm, status: int = 200) -> Response:
    actor = auth.signed_in()
    try:
        secret = waiting_secret(session(), actor, secret_box())
    except NoApp:
        return go_to(url_for("account.show_security"))
    page = render_template(
        "account/authenticator.html",
        form=form,
        qr=qr_code(codes.address(secret, actor.email, auth.portal().name)),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    )
    return make_response(page, status)


def _codes_page(fresh: list[str]) -> Response:
    return make_response(
        render_template("account/recovery_codes.html", codes=fresh, onward=after_enrolling())
    )
