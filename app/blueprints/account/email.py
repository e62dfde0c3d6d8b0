"""Asking for another e-mail."""

from flask import flash, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.account.forms import EmailForm, EmailPasswordForm
from app.blueprints.account.proof import proof_needed
from app.blueprints.account.routes import blueprint
from app.domain.new_email import (
    ChangeEmail,
    SameEmail,
    ask_for_email,
    forget_pending_email,
    needs_password,
    pending_email,
)
from app.domain.passwords import WrongPassword
from app.web import auth
from app.web.access import in_section
from app.web.database import session
from app.web.htmx import go_to, wants_part
from app.web.limits import by_account, password_tries, too_many, wait_sentence
from app.web.origin import request_origin


@blueprint.get("/account/email")
@in_section("account")
def edit_email() -> Response:
    return _page(_form())


@blueprint.post("/account/email")
@in_section("account")
def update_email() -> Response:
    form, actor = _form(), auth.signed_in()
    if not form.validate():
        return _page(form, 422)
    # Where there is no password to ask for, only a sign-in of just now shows that it is them.
    if not isinstance(form, EmailPasswordForm) and (question := proof_needed()):
        return question
    # A right password forgives no earlier guesses here: whoever guesses would only have to ask in between.
    tries = password_tries(actor.email)
    if wait := tries.spend() or by_account("e-mail change by account", actor.email).spend():
        form.say("", wait_sentence(wait))
        return too_many(_page(form), wait)
    password = form.current.data if isinstance(form, EmailPasswordForm) else None
    wish = ChangeEmail(form.email.data, password, request_origin())
    try:
        ask_for_email(session(), actor, wish, auth.now())
    except WrongPassword:
        form.say("current", _("This is not your current password."))
        return _page(form, 422)
    except SameEmail:
        form.say("email", _("This is your address already."))
        return _page(form, 422)
    session().commit()
    flash(_("A link is on its way to %(email)s.", email=wish.email))
    return go_to(url_for("account.edit_email"))


@blueprint.post("/account/email/cancellation")
@in_section("account")
def destroy_email() -> Response:
    forget_pending_email(session(), auth.signed_in(), auth.now())
    session().commit()
    flash(_("Your e-mail stays as it is."))
    return go_to(url_for("account.edit_email"))


def _form() -> EmailForm:
    return EmailPasswordForm() if needs_password(session(), auth.signed_in()) else EmailForm()


def _page(form: EmailForm, status: int = 200) -> Response:
    template = "account/_email_form.html" if wants_part() else "account/edit_email.html"
    pending = pending_email(session(), auth.signed_in(), auth.now())
    return make_response(render_template(template, form=form, pending=pending), status)
