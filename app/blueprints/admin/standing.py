"""The buttons on a person's page: locked out and let in again, invited anew, second factors reset."""

from collections.abc import Callable

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.people import blueprint, person_url
from app.blueprints.admin.people_forms import last_owner, owners_business
from app.domain.actor import Permission
from app.domain.factors.reset import reset_factors
from app.domain.people.standing import invite, reinstate, suspend
from app.domain.people.terms import LastOwner, NotOneself, StaffIsOwnersBusiness
from app.web.access import staff
from app.web.attempts import Words, press, say
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.origin import request_origin

_WORDS: Words = {
    NotOneself: say("", lambda: _("You cannot suspend yourself.")),
    StaffIsOwnersBusiness: say("", owners_business),
    LastOwner: say("", last_owner),
}
_FACTOR_WORDS: Words = {
    **_WORDS,
    NotOneself: say("", lambda: _("Your own second factors are on your account’s security page.")),
    LastOwner: say("", lambda: _("No owner could sign in any more. Send them a password mail first.")),
}


@blueprint.post("/people/<int:person_id>/suspension")
@staff(Permission.PEOPLE)
def create_suspension(person_id: int) -> Response:
    return _press(
        person_id,
        lambda: suspend(session(), signed_in(), person_id, clock()),
        _("Suspended, and signed out everywhere."),
    )


@blueprint.post("/people/<int:person_id>/reinstatement")
@staff(Permission.PEOPLE)
def create_reinstatement(person_id: int) -> Response:
    return _press(
        person_id,
        lambda: reinstate(session(), signed_in(), person_id, clock()),
        _("Welcome back: signing in works again."),
    )


@blueprint.post("/people/<int:person_id>/invitation")
@staff(Permission.PEOPLE)
def create_invitation(person_id: int) -> Response:
    return _press(
        person_id,
        lambda: invite(session(), signed_in(), person_id, request_origin(), clock()),
        _("A mail with a link to set a password is on its way."),
    )


@blueprint.post("/people/<int:person_id>/factor-reset")
@staff(Permission.PEOPLE)
def create_factor_reset(person_id: int) -> Response:
    return _press(
        person_id,
        lambda: reset_factors(session(), signed_in(), person_id, clock()),
        _("The second factors are reset, and they are signed out everywhere."),
        _FACTOR_WORDS,
    )


def _press(person_id: int, act: Callable[[], object], sentence: str, words: Words = _WORDS) -> Response:
    return press(person_url(person_id), act, words, sentence)
