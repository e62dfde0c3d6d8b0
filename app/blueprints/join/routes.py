"""Joining by oneself: an e-mail, its mailed link, and the form behind it."""

from flask import Blueprint, abort, current_app, make_response, render_template, url_for
from werkzeug.wrappers import Response

from app.blueprints.join.answers import REFUSALS, ended, enter, finish, joining
from app.blueprints.join.forms import JoinForm, NewcomerForm, newcomer_form
from app.domain.factors.entering import Entry
from app.domain.joining.accept import check_password_way
from app.domain.joining.sign_up import ask_to_join, complete_sign_up, open_sign_up
from app.domain.joining.terms import current_terms
from app.domain.joining.words import SignsInElsewhere, StillWaiting
from app.domain.sign_on.password_rule import password_rule
from app.models import JoiningMode
from app.web import auth
from app.web.access import public
from app.web.afterwards import afterwards
from app.web.bots import looks_like_a_program, make_stamp
from app.web.database import session
from app.web.destination import destination, note_destination
from app.web.errors import error_page
from app.web.htmx import go_to
from app.web.language import language
from app.web.limits import by_account, by_address, by_tenant, too_many, wait_sentence
from app.web.origin import request_origin
from app.web.ports import outbox
from app.web.signing import this_browser

blueprint = Blueprint("join", __name__)


@blueprint.get("/join")
@public
def new() -> Response:
    note_destination()
    return _ask_page(JoinForm())


@blueprint.post("/join")
@public
def create() -> Response:
    if not joining().open or password_rule(session()).members:
        return _ask_page(JoinForm())
    form = JoinForm()
    if not form.validate():
        return _ask_page(form, 422)
    email = form.email.data or ""
    wait = (
        by_address("join by address").spend()
        or by_account("join by account", email).spend()
        or by_tenant("join by tenant").spend()
    )
    if wait:
        form.say("", wait_sentence(wait))
        return too_many(_ask_page(form), wait)
    response = go_to(url_for("join.show_link"))
    if not looks_like_a_program():
        origin, now, locale = request_origin(), auth.now(), language()
        # Looked up once the answer has left: not even its time tells whether anybody has this e-mail.
        afterwards(response, lambda later: ask_to_join(later, email, origin, locale, now))
    return response


@blueprint.get("/join/sent")
@public
def show_link() -> str:
    return render_template(
        "join/link_sent.html",
        has_outbox="outbox.index" in current_app.view_functions and outbox() is not None,
    )


@blueprint.get("/join/link/<token>")
@public
def edit(token: str) -> Response:
    return _account_page(token, status=200)


@blueprint.post("/join/link/<token>")
@public
def update(token: str) -> Response:
    if wait := by_address("join link by address").spend():
        return too_many(error_page(429, wait_sentence(wait)), wait)
    form = newcomer_form(joining(), current_terms(session()))
    if not form.validate():
        return _account_page(token, form, 422)

    def join() -> Response:
        signed_in = complete_sign_up(session(), token, form.newcomer(), this_browser(), auth.now())
        session().commit()
        if signed_in is None:
            # The mailed link's own page says from now on what became of it.
            return go_to(url_for("join.edit", token=token))
        return enter(Entry(signed_in, complete=True))

    return finish(form, join, lambda wrong: _account_page(token, wrong, 422))


def _ask_page(form: JoinForm, status: int = 200) -> Response:
    mode = joining().mode
    if mode is JoiningMode.OFF:
        abort(404)
    if mode is JoiningMode.INVITED:
        return make_response(render_template("join/by_invitation.html"), 200)
    if password_rule(session()).members:
        return ended(SignsInElsewhere())
    return make_response(
        render_template("join/new.html", form=form, stamp=make_stamp(), next=destination()), status
    )


def _account_page(token: str, form: NewcomerForm | None = None, status: int = 200) -> Response:
    try:
        asked = open_sign_up(session(), token, auth.now())
        check_password_way(session())
    except StillWaiting:
        return make_response(render_template("join/waiting.html"), 200)
    except REFUSALS as refusal:
        return ended(refusal)
    form = form or newcomer_form(joining(), current_terms(session()))
    page = render_template(
        "join/edit.html",
        form=form,
        action=url_for("join.update", token=token),
        email=asked.email,
        needs_approval=joining().needs_approval,
    )
    return make_response(page, status)
