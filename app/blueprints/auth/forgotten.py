"""A forgotten password: ask for a link, and choose a new password with it."""

from flask import current_app, flash, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.auth.forms import AddressForm, ResetForm
from app.blueprints.auth.mailing import mail_whoever
from app.blueprints.auth.routes import blueprint
from app.domain.new_password import ResetPassword, ask_for_link, link_holder, reset_password
from app.domain.passwords import PasswordRefused
from app.kernel.errors import LinkGone
from app.web import auth
from app.web.access import public
from app.web.database import session
from app.web.errors import error_page
from app.web.limits import by_address, too_many, wait_sentence
from app.web.origin import request_origin
from app.web.passwords import password_sentence
from app.web.ports import outbox
from app.web.signing import admit, this_browser


@blueprint.get("/password/forgotten")
@public
def new_link() -> Response:
    return _ask_page(AddressForm())


@blueprint.post("/password/forgotten")
@public
def create_link() -> Response:
    origin, now = request_origin(), auth.now()
    return mail_whoever(
        _ask_page,
        url_for("auth.show_link"),
        lambda email: lambda later: ask_for_link(later, email, origin, now),
    )


@blueprint.get("/password/forgotten/sent")
@public
def show_link() -> str:
    return render_template(
        "auth/link_sent.html",
        has_outbox="outbox.index" in current_app.view_functions and outbox() is not None,
    )


@blueprint.get("/password/reset/<token>")
@public
def edit_password(token: str) -> Response:
    return _choose_page(token, ResetForm())


@blueprint.post("/password/reset/<token>")
@public
def update_password(token: str) -> Response:
    if wait := by_address("reset by address").spend():
        return too_many(error_page(429, wait_sentence(wait)), wait)
    form = ResetForm()
    if not form.validate():
        return _choose_page(token, form, 422)
    try:
        entry = reset_password(
            session(), ResetPassword(token, form.password.data or "", this_browser()), auth.now()
        )
    except LinkGone:
        return _gone_page()
    except PasswordRefused as refused:
        form.say("password", password_sentence(refused))
        return _choose_page(token, form, 422)
    session().commit()
    answer = admit(entry)
    flash(_("Your password is changed. Every other device is signed out."))
    return answer


def _ask_page(form: AddressForm, status: int = 200) -> Response:
    page = render_template("auth/new_link.html", form=form, action=url_for("auth.create_link"), next="")
    return make_response(page, status)


def _choose_page(token: str, form: ResetForm, status: int = 200) -> Response:
    try:
        holder = link_holder(session(), token, auth.now())
    except LinkGone:
        return _gone_page()
    page = render_template("auth/edit_password.html", form=form, token=token, email=holder.email)
    return make_response(page, status)


def _gone_page() -> Response:
    return make_response(render_template("auth/link_gone.html"), 404)
