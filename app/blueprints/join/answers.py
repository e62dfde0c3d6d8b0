"""What joining's pages say when there is nothing to fill in, and which refusal belongs to which field."""

from collections.abc import Callable

from flask import flash, make_response, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.join.forms import NewcomerForm
from app.domain import sessions
from app.domain.factors.entering import Entry
from app.domain.joining.settings import Joining, load_joining
from app.domain.joining.words import (
    AlreadyKnown,
    JoiningClosed,
    SignsInElsewhere,
    StillWaiting,
    TermsNotAccepted,
    WasDeclined,
)
from app.domain.passwords import PasswordRefused
from app.domain.people.terms import BadName, EmailTaken
from app.domain.sign_on.providers import buttons
from app.kernel.errors import LinkGone, Refusal
from app.web import auth
from app.web.database import session
from app.web.destination import destination
from app.web.names import explain_name
from app.web.passwords import password_sentence
from app.web.signing import admit

REFUSALS = (LinkGone, AlreadyKnown, EmailTaken, JoiningClosed, SignsInElsewhere, StillWaiting, WasDeclined)
"""Those that leave nothing to fill in: a page of its own says so, and what to do."""


def joining() -> Joining:
    """The operator's choices as of this request."""
    return load_joining(session(), auth.visit().revision)


def ended(refusal: Refusal) -> Response:
    """The page with one sentence and what to do."""
    match refusal:
        case AlreadyKnown() | EmailTaken():
            return _page(200, "join/known.html")
        case StillWaiting():
            return _page(200, "join/waiting.html")
        case WasDeclined():
            return _page(200, "join/declined.html")
        case SignsInElsewhere():
            return _page(200, "join/by_provider.html", providers=buttons(session()))
        case JoiningClosed():
            return _page(200, "join/by_invitation.html")
        case _:
            return _page(404, "join/gone.html", may_join=joining().open)


def enter(entry: Entry) -> Response:
    """Let in who has just joined, or ask for their second factor; whoever was signed in before is signed out."""
    before = auth.actor()
    if before:
        sessions.sign_out(session(), before, auth.now())
        session().commit()
    answer = admit(entry, destination())
    if entry.complete:
        flash(_("Welcome to %(name)s.", name=auth.portal().name))
    return answer


def finish(
    form: NewcomerForm, join: Callable[[], Response], again: Callable[[NewcomerForm], Response]
) -> Response:
    """What joining is answered with: `join` acts, commits and leads on; a refusal is a page of its own, or at its field."""
    try:
        return join()
    except REFUSALS as refusal:
        session().rollback()
        return ended(refusal)
    except Refusal as refusal:
        session().rollback()
        _explain(form, refusal)
        return again(form)


def _explain(form: NewcomerForm, refusal: Refusal) -> None:
    """Say at its field why the form was refused. Raises what no field is to blame for."""
    match refusal:
        case BadName():
            form.say(*explain_name(refusal))
        case PasswordRefused():
            form.say("password", password_sentence(refusal))
        case TermsNotAccepted():
            form.say(
                "", _("The terms have changed meanwhile. Load the page again, read them, and accept them.")
            )
        case _:
            raise refusal


def _page(status: int, template: str, **context: object) -> Response:
    return make_response(render_template(template, **context), status)
