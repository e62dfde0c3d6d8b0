"""How an OpenID provider is reached: saved, and found out whether it works."""

from werkzeug.wrappers import Response

from app.blueprints.admin.sign_on.faults import fault_sentence
from app.blueprints.admin.sign_on.forms import ConnectionForm
from app.blueprints.admin.sign_on.presets import preset_of
from app.blueprints.admin.sign_on.routes import blueprint, last_way_in
from app.blueprints.admin.sign_on.show import Shown, show_provider
from app.domain.actor import Permission
from app.domain.people.terms import LastOwner
from app.domain.sign_on.providers import check_provider, details_of, edit_provider, find_provider
from app.domain.sign_on.terms import SignOnRefused
from app.ports import SignOnFailed
from app.web import auth
from app.web.access import staff
from app.web.attempts import attempt, say
from app.web.database import session
from app.web.ports import sign_on
from app.web.sign_on import answer_to


@blueprint.post("/<int:provider_id>/connection")
@staff(Permission.SIGN_ON, whole_house=True)
def update_connection(provider_id: int) -> Response:
    """Save it whether it works or not, and say at once which."""
    provider = find_provider(session(), provider_id)
    was, form = details_of(provider), ConnectionForm(preset_of(provider.settings))
    if not attempt(
        form,
        lambda: edit_provider(
            session(), auth.signed_in(), provider_id, form.details(was), sign_on().box, auth.now()
        ),
        {LastOwner: say("", last_way_in)},
    ):
        return show_provider(provider_id, Shown(connection=form))
    return _tested(provider_id)


@blueprint.post("/<int:provider_id>/test")
@staff(Permission.SIGN_ON, whole_house=True)
def create_test(provider_id: int) -> Response:
    find_provider(session(), provider_id)
    return _tested(provider_id)


def _tested(provider_id: int) -> Response:
    provider = find_provider(session(), provider_id)
    try:
        check_provider(session(), sign_on(), provider_id, answer_to(provider_id, provider.protocol))
    except (SignOnFailed, SignOnRefused) as wrong:
        return show_provider(provider_id, Shown(problem=fault_sentence(wrong)))
    return show_provider(provider_id, Shown(works=True))
