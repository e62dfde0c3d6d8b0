"""The links that are mailed when somebody's e-mail is to change: one makes it so, the other stops it.

Opening one changes nothing: mail programs open links by themselves. The button on its page does.
"""

from flask import make_response, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.auth.routes import blueprint
from app.domain.new_email import (
    EmailTakenSince,
    confirm_email,
    confirmable,
    stop_email,
    stoppable,
)
from app.kernel.errors import LinkGone
from app.web import auth
from app.web.access import public
from app.web.database import session
from app.web.errors import error_page
from app.web.limits import by_address, too_many, wait_sentence
from app.web.origin import request_origin


@blueprint.get("/email/confirm/<token>")
@public
def show_confirmation(token: str) -> Response:
    try:
        change = confirmable(session(), token, auth.now())
    except LinkGone:
        return _gone_page()
    return make_response(render_template("auth/confirm_email.html", change=change, token=token))


@blueprint.post("/email/confirm/<token>")
@public
def create_confirmation(token: str) -> Response:
    if wait := by_address("reset by address").spend():
        return too_many(error_page(429, wait_sentence(wait)), wait)
    try:
        confirm_email(session(), token, auth.now())
    except LinkGone:
        return _gone_page()
    except EmailTakenSince:
        return _gone_page(_("Somebody else has this address by now. Ask the front desk."))
    session().commit()
    return make_response(render_template("auth/email_done.html", stopped=False))


@blueprint.get("/email/stop/<token>")
@public
def show_stop(token: str) -> Response:
    try:
        change = stoppable(session(), token, auth.now())
    except LinkGone:
        return _gone_page()
    return make_response(render_template("auth/stop_email.html", change=change, token=token))


@blueprint.post("/email/stop/<token>")
@public
def create_stop(token: str) -> Response:
    if wait := by_address("reset by address").spend():
        return too_many(error_page(429, wait_sentence(wait)), wait)
    try:
        stop_email(session(), token, request_origin(), auth.now())
    except LinkGone:
        return _gone_page()
    except EmailTakenSince:
        return _gone_page(_("Somebody else has this address by now. Ask the front desk."))
    session().commit()
    return make_response(render_template("auth/email_done.html", stopped=True))


def _gone_page(sentence: str = "") -> Response:
    return make_response(render_template("auth/email_link_gone.html", sentence=sentence), 404)
