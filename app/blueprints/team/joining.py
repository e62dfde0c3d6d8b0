"""The way into a team by a mailed link: join with one's account, or become somebody here in the same step."""

from flask import flash, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.team.forms import JoinForm
from app.blueprints.team.room import blueprint
from app.domain.joining.words import SignsInElsewhere
from app.domain.passwords import PasswordRefused
from app.domain.people.terms import BadName
from app.domain.sign_on.providers import buttons
from app.domain.team.joining import JoinAnew, Joined, accept, join_anew, look_at
from app.domain.team.terms import AlreadyInTeam, ForSomebodyElse, HasAccount, InvitationGone, TeamFull
from app.web import auth
from app.web.access import public_once_settled
from app.web.attempts import Nothing
from app.web.database import session
from app.web.errors import error_page
from app.web.forms import Form
from app.web.htmx import go_to
from app.web.limits import by_address, too_many, wait_sentence
from app.web.names import explain_name
from app.web.passwords import password_sentence
from app.web.signing import remember, this_browser

_REFUSED = (TeamFull, AlreadyInTeam, ForSomebodyElse, HasAccount, BadName, PasswordRefused)


@blueprint.get("/team/invitation/<token>")
@public_once_settled
def show_invitation(token: str) -> Response:
    return _page(token, _form())


@blueprint.post("/team/invitation/<token>")
@public_once_settled
def create_member(token: str) -> Response:
    if wait := by_address("reset by address").spend():
        return too_many(error_page(429, wait_sentence(wait)), wait)
    form = _form()
    if not form.validate():
        return _page(token, form, 422)
    try:
        team = look_at(session(), token, auth.now()).team
        joined = _join(token, form)
        session().commit()
    except InvitationGone:
        session().rollback()
        return _gone_page()
    except SignsInElsewhere:
        session().rollback()
        return _page(token, form)
    except _REFUSED as refusal:
        session().rollback()
        form.say(*_explain(refusal))
        return _page(token, form, 422)
    return _onward(token, team, joined)


def _form() -> Form:
    """Who is signed in only says yes; who is not says who they are."""
    return Nothing() if auth.actor() else JoinForm()


def _join(token: str, form: Form) -> Joined | None:
    """Join; returns what became of somebody who is new here."""
    actor = auth.actor()
    if actor:
        accept(session(), actor, token, auth.clock())
        return None
    who = JoinAnew(
        token, form["first_name"].data, form["last_name"].data, form["password"].data, this_browser()
    )
    return join_anew(session(), who, auth.clock())


def _onward(token: str, team: str, joined: Joined | None) -> Response:
    if joined:
        remember(joined.session_token)
        if not joined.in_team:
            # The terms come first (`web.terms_due`), and lead back here.
            return go_to(url_for("team.show_invitation", token=token))
    flash(_("You are in %(team)s now.", team=team))
    return go_to("/")


def _explain(refusal: Exception) -> tuple[str, str]:
    match refusal:
        case BadName():
            return explain_name(refusal)
        case PasswordRefused():
            return "password", password_sentence(refusal)
        case TeamFull():
            return "", _(
                "The team is full by now. Ask its administrator for a seat, then come back to this link."
            )
        case AlreadyInTeam():
            return "", _("You are in this team already.")
        case ForSomebodyElse():
            return "", _("This invitation went to another address than yours.")
        case _:
            return "", _("There is an account with this e-mail. Sign in to join.")


def _page(token: str, form: Form, status: int = 200) -> Response:
    try:
        invited = look_at(session(), token, auth.now())
    except InvitationGone:
        return _gone_page()
    actor = auth.actor()
    page = render_template(
        "team/invitation.html",
        invited=invited,
        form=form,
        providers=buttons(session()) if invited.elsewhere else [],
        here=url_for("team.create_member", token=token),
        mine=actor is not None and actor.email.casefold() == invited.email.casefold(),
    )
    return make_response(page, status)


def _gone_page() -> Response:
    return make_response(render_template("team/invitation_gone.html"), 404)
