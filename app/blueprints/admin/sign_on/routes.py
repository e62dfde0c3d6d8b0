"""The list of providers, and what is done to one as a whole: added, switched, given its policy, removed."""

from flask import Blueprint, abort, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, refused
from app.blueprints.admin.sign_on.faults import fault_sentence
from app.blueprints.admin.sign_on.forms import PolicyForm, new_details
from app.blueprints.admin.sign_on.presets import PRESETS
from app.blueprints.admin.sign_on.rules import signing_in_page
from app.blueprints.admin.sign_on.show import Shown, show_provider
from app.domain.actor import Permission
from app.domain.people.terms import LastOwner
from app.domain.sign_on.providers import (
    add_provider,
    check_provider,
    details_of,
    edit_provider,
    find_provider,
    remove_provider,
    switch_provider,
)
from app.domain.sign_on.teams import NoSuchTeam
from app.domain.sign_on.terms import SignOnRefused
from app.models import SignOnProtocol
from app.ports import SignOnFailed
from app.web import auth
from app.web.access import staff
from app.web.attempts import attempt
from app.web.database import session
from app.web.ports import sign_on
from app.web.sign_on import answer_to

blueprint = Blueprint("sign_on", __name__, url_prefix="/settings/sign-on")


@blueprint.get("")
@staff(Permission.SIGN_ON, whole_house=True)
def index() -> Response:
    return signing_in_page()


@blueprint.post("/<preset>/new")
@staff(Permission.SIGN_ON, whole_house=True)
def create(preset: str) -> Response:
    """Add a provider that is switched off and says nothing yet: its page has the address to register first."""
    if preset not in PRESETS:
        abort(404)
    details = new_details(preset)
    added = add_provider(session(), auth.signed_in(), SignOnProtocol.OIDC, details, sign_on().box, auth.now())
    session().commit()
    return done(_url(added.id), _("%(name)s is added. Connect it next.", name=added.name))


@blueprint.get("/<int:provider_id>")
@staff(Permission.SIGN_ON, whole_house=True)
def show(provider_id: int) -> Response:
    return show_provider(provider_id)


@blueprint.post("/<int:provider_id>/policy")
@staff(Permission.SIGN_ON, whole_house=True)
def update_policy(provider_id: int) -> Response:
    was = details_of(find_provider(session(), provider_id))
    form = PolicyForm()
    if not attempt(
        form,
        lambda: edit_provider(
            session(), auth.signed_in(), provider_id, form.details(was), sign_on().box, auth.now()
        ),
        {NoSuchTeam: _no_such_team},
    ):
        return show_provider(provider_id, Shown(policy=form))
    return done(_url(provider_id), _("Saved."))


def _no_such_team(refusal: NoSuchTeam) -> tuple[str, str]:
    return "group_teams", _("There is no team called %(name)s.", name=refusal.name)


@blueprint.post("/<int:provider_id>/activation")
@staff(Permission.SIGN_ON, whole_house=True)
def create_activation(provider_id: int) -> Response:
    """Offer it on the sign-in page; not before it is found to work."""
    provider = find_provider(session(), provider_id)
    try:
        check_provider(session(), sign_on(), provider_id, answer_to(provider_id, provider.protocol))
    except (SignOnFailed, SignOnRefused) as wrong:
        return show_provider(provider_id, Shown(problem=fault_sentence(wrong)))
    switch_provider(session(), auth.signed_in(), provider_id, auth.now(), enabled=True)
    session().commit()
    return done(_url(provider_id), _("It is on the sign-in page now."))


@blueprint.post("/<int:provider_id>/deactivation")
@staff(Permission.SIGN_ON, whole_house=True)
def create_deactivation(provider_id: int) -> Response:
    find_provider(session(), provider_id)
    try:
        switch_provider(session(), auth.signed_in(), provider_id, auth.now(), enabled=False)
    except LastOwner:
        return refused(_url(provider_id), last_way_in())
    session().commit()
    return done(_url(provider_id), _("It is off the sign-in page."))


@blueprint.post("/<int:provider_id>/removal")
@staff(Permission.SIGN_ON, whole_house=True)
def destroy(provider_id: int) -> Response:
    find_provider(session(), provider_id)
    try:
        remove_provider(session(), auth.signed_in(), provider_id, auth.now())
    except LastOwner:
        return refused(_url(provider_id), last_way_in())
    session().commit()
    return done(url_for("admin.sign_on.index"), _("Removed."))


def last_way_in() -> str:
    """Said when a change would leave no owner who can sign in."""
    return _("No owner could sign in any more. Let an owner set a password first.")


def _url(provider_id: int) -> str:
    return url_for("admin.sign_on.show", provider_id=provider_id)
