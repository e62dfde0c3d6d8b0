"""Changing the password."""

from flask import flash, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.account.forms import PasswordForm
from app.blueprints.account.routes import blueprint
from app.domain.new_password import ChangePassword, change_password
from app.domain.passwords import PasswordRefused, WrongPassword
from app.web import auth
from app.web.access import in_section
from app.web.database import session
from app.web.htmx import go_to, wants_part
from app.web.limits import password_tries, too_many, wait_sentence
from app.web.passwords import password_sentence


@blueprint.get("/account/password")
@in_section("account")
def edit_password() -> Response:
    return _page(PasswordForm())


@blueprint.post("/account/password")
@in_section("account")
def update_password() -> Response:
    form, actor = PasswordForm(), auth.signed_in()
    if not form.validate():
        return _page(form, 422)
    tries = password_tries(actor.email)
    if wait := tries.spend():
        form.say("", wait_sentence(wait))
        return too_many(_page(form), wait)
    try:
        change_password(
            session(), actor, ChangePassword(form.current.data or "", form.new.data or ""), auth.now()
        )
    except WrongPassword:
        form.say("current", _("This is not your current password."))
        return _page(form, 422)
    except PasswordRefused as refused:
        tries.refill()
        form.say("new", password_sentence(refused))
        return _page(form, 422)
    session().commit()
    tries.refill()
    flash(_("Your password is changed. Every other device is signed out."))
    return go_to(url_for("account.show"))


def _page(form: PasswordForm, status: int = 200) -> Response:
    template = "account/_password_form.html" if wants_part() else "account/edit_password.html"
    return make_response(render_template(template, form=form), status)
