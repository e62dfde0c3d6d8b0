"""Who asked to be on a plan that staff approve: yes or no, on their page."""

from flask import current_app
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.people import blueprint, person_url
from app.domain.actor import Permission
from app.domain.plans.joining import approve, decline
from app.domain.plans.terms import NotPending
from app.domain.reach import person_in_reach
from app.web import auth
from app.web.access import staff
from app.web.attempts import Words, press, say
from app.web.auth import signed_in, today
from app.web.charge_words import ChargeSentences
from app.web.database import session

_DECIDED: Words = {NotPending: say("", lambda: _("Somebody else has decided meanwhile."))}


@blueprint.post("/people/<int:person_id>/contracts/<int:contract_id>/approval")
@staff(Permission.PEOPLE)
def create_contract_approval(person_id: int, contract_id: int) -> Response:
    """Let it run; the next run bills what is due."""
    person_in_reach(session(), signed_in(), person_id)
    return press(
        person_url(person_id),
        lambda: approve(
            session(),
            signed_in(),
            contract_id,
            ChargeSentences(current_app),
            today(),
            auth.now(),
            person_id=person_id,
        ),
        _DECIDED,
        _("They are on the plan."),
    )


@blueprint.post("/people/<int:person_id>/contracts/<int:contract_id>/refusal")
@staff(Permission.PEOPLE)
def create_contract_refusal(person_id: int, contract_id: int) -> Response:
    """Throw the request away."""
    person_in_reach(session(), signed_in(), person_id)
    return press(
        person_url(person_id),
        lambda: decline(session(), signed_in(), contract_id, auth.now(), person_id=person_id),
        _DECIDED,
        _("The request is thrown away."),
    )
