"""Taking up an invitation."""

from typing import Any

from flask import make_response, render_template, url_for
from werkzeug.wrappers import Response

from app.blueprints.join.answers import REFUSALS, ended, enter, finish, joining
from app.blueprints.join.forms import NewcomerForm, newcomer_form
from app.blueprints.join.routes import blueprint
from app.domain.joining.accept import accept_invitation, check_password_way, note_opened, open_invitation
from app.domain.joining.terms import current_terms
from app.models import Invitation
from app.web import auth
from app.web.access import public
from app.web.afterwards import afterwards
from app.web.database import session
from app.web.errors import error_page
from app.web.limits import by_address, too_many, wait_sentence
from app.web.signing import this_browser


@blueprint.get("/invitation/<token>")
@public
def edit_invitation(token: str) -> Response:
    response = _page(token)
    if response.status_code == 200:
        now = auth.now()
        afterwards(response, lambda later: note_opened(later, token, now))
    return response


@blueprint.post("/invitation/<token>")
@public
def update_invitation(token: str) -> Response:
    if wait := by_address("join link by address").spend():
        return too_many(error_page(429, wait_sentence(wait)), wait)
    try:
        form = _form(open_invitation(session(), token, auth.now()))
    except REFUSALS as refusal:
        return ended(refusal)
    if not form.validate():
        return _page(token, form, 422)

    def join() -> Response:
        day = auth.today()
        entry = accept_invitation(session(), token, form.newcomer(), this_browser(), auth.now(), day)
        session().commit()
        return enter(entry)

    return finish(form, join, lambda wrong: _page(token, wrong, 422))


def _form(invitation: Invitation) -> NewcomerForm:
    start: dict[str, Any] = {
        "first_name": invitation.first_name,
        "last_name": invitation.last_name,
        "location_id": invitation.location_id,
    }
    # Whom staff added needs a password only: what else is known of them is on their profile.
    return newcomer_form(joining(), current_terms(session()), start, fields=invitation.person_id is None)


def _page(token: str, form: NewcomerForm | None = None, status: int = 200) -> Response:
    try:
        invitation = open_invitation(session(), token, auth.now())
        check_password_way(session(), invitation)
    except REFUSALS as refusal:
        return ended(refusal)
    page = render_template(
        "join/invitation.html",
        form=form or _form(invitation),
        action=url_for("join.update_invitation", token=token),
        email=invitation.email,
        message=invitation.message,
        other=auth.actor(),
    )
    return make_response(page, status)
