"""A forgotten password: ask for a link, and choose a new password with it."""

from flask import current_app, flash, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.auth.forms import ForgottenForm, ResetForm
from app.blueprints.auth.routes import blueprint
from app.domain.new_password import LinkGone, ResetPassword, ask_for_link, link_holder, reset_password
from app.domain.passwords import PasswordRefused
from app.web import auth
from app.web.access import public
from app.web.afterwards import afterwards
from app.web.database import session
from app.web.errors import error_page
from app.web.htmx import go_to
from app.web.limits import by_account, by_address, too_many, wait_sentence
from app.web.origin import request_origin
from app.web.passwords import password_sentence
from app.web.ports import outbox
from app.web.signing import remember, this_browser


@blueprint.get("/password/forgotten")
@public
def new_link() -> Response:
    return _ask_page(ForgottenForm())


@blueprint.post("/password/forgotten")
@public
def create_link() -> Response:
    form = ForgottenForm()
    if not form.validate():
        return _ask_page(form, 422)
    email = form.email.data or ""
    if wait := by_address("link by address").spend() or by_account("link by account", email).spend():
        form.say("", wait_sentence(wait))
        return too_many(_ask_page(form), wait)
    response = go_to(url_for("auth.show_link"))
    origin, now = request_origin(), auth.now()
    # Looked up once the answer has left: not even its time tells whether anybody has this e-mail.
    afterwards(response, lambda later: ask_for_link(later, email, origin, now))
    return response


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
        session_token = reset_password(
            session(), ResetPassword(token, form.password.data or "", this_browser()), auth.now()
        )
    except LinkGone:
        return _gone_page()
    except PasswordRefused as refused:
        form.say("password", password_sentence(refused))
        return _choose_page(token, form, 422)
    session().commit()
    remember(session_token)
    flash(_("Your password is changed. Every other device is signed out."))
    return go_to("/")


def _ask_page(form: ForgottenForm, status: int = 200) -> Response:
    return make_response(render_template("auth/new_link.html", form=form), status)


def _choose_page(token: str, form: ResetForm, status: int = 200) -> Response:
    try:
        holder = link_holder(session(), token, auth.now())
    except LinkGone:
        return _gone_page()
    page = render_template("auth/edit_password.html", form=form, token=token, email=holder.email)
    return make_response(page, status)


def _gone_page() -> Response:
    return make_response(render_template("auth/link_gone.html"), 404)
