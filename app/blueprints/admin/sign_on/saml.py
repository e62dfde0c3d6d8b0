"""How a SAML provider is reached, which attribute means what, and a trial that shows what it sends."""

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done
from app.blueprints.admin.sign_on.faults import fault_sentence
from app.blueprints.admin.sign_on.routes import blueprint, last_way_in
from app.blueprints.admin.sign_on.saml_forms import AttributesForm, SamlForm
from app.blueprints.admin.sign_on.show import Shown, show_provider
from app.domain.actor import Permission
from app.domain.people.terms import LastOwner
from app.domain.sign_on.providers import check_provider
from app.domain.sign_on.saml import (
    NOT_SET_UP,
    BadAddress,
    SamlSetup,
    add_saml_provider,
    edit_saml_setup,
    find_saml_provider,
    setup_of,
)
from app.domain.sign_on.terms import SignOnRefused
from app.ports import SignOnFailed
from app.web import auth
from app.web.access import staff
from app.web.attempts import attempt, say
from app.web.database import session
from app.web.ports import sign_on
from app.web.sign_on import answer_to, send_away


@blueprint.post("/saml/new")
@staff(Permission.SIGN_ON, whole_house=True)
def create_saml() -> Response:
    """Add a provider that is switched off and says nothing yet: its page has the metadata that the provider needs."""
    added = add_saml_provider(session(), sign_on(), auth.signed_in(), "SAML", NOT_SET_UP, auth.now())
    session().commit()
    return done(_url(added.id), _("%(name)s is added. Connect it next.", name=added.name))


@blueprint.post("/<int:provider_id>/saml")
@staff(Permission.SIGN_ON, whole_house=True)
def update_saml(provider_id: int) -> Response:
    provider = find_saml_provider(session(), provider_id)
    was, form = setup_of(provider), SamlForm()
    # No connection to the database waits for the provider's server.
    session().commit()
    setup = _read(form, was)
    if setup is None or not attempt(
        form,
        lambda: edit_saml_setup(
            session(), sign_on(), auth.signed_in(), provider_id, form.name.data or "", setup, auth.now()
        ),
        {
            BadAddress: lambda refused: ("sign_on_url", _not_web(refused.address)),
            LastOwner: say("", last_way_in),
        },
    ):
        return show_provider(provider_id, Shown(saml=form))
    return done(_url(provider_id), _("Saved. Try it next: you see what it sends, and nobody is signed in."))


@blueprint.post("/<int:provider_id>/attributes")
@staff(Permission.SIGN_ON, whole_house=True)
def update_attributes(provider_id: int) -> Response:
    provider, form = find_saml_provider(session(), provider_id), AttributesForm()
    name, was = provider.name, setup_of(provider)
    if not attempt(
        form,
        lambda: edit_saml_setup(
            session(), sign_on(), auth.signed_in(), provider_id, name, form.setup(was), auth.now()
        ),
        {LastOwner: say("", last_way_in)},
    ):
        return show_provider(provider_id, Shown(attributes=form))
    return done(_url(provider_id), _("Saved."))


@blueprint.post("/<int:provider_id>/trial")
@staff(Permission.SIGN_ON, whole_house=True)
def create_trial(provider_id: int) -> Response:
    """To the provider and back, to see what it sends. It may still be switched off; nobody is signed in."""
    provider = find_saml_provider(session(), provider_id)
    name, protocol = provider.name, provider.protocol
    try:
        check_provider(session(), sign_on(), provider_id, answer_to(provider_id, protocol))
        return send_away(
            provider_id, protocol, name, _url(provider_id), auth.signed_in().person_id, trial=True
        )
    except (SignOnFailed, SignOnRefused) as wrong:
        return show_provider(provider_id, Shown(problem=fault_sentence(wrong)))


def _read(form: SamlForm, was: SamlSetup) -> SamlSetup | None:
    """The setup that the form asks for; None when the form says what is wrong with it."""
    if not form.validate():
        return None
    try:
        setup = form.setup(was, sign_on())
    except SignOnFailed as failed:
        form.say(form.source, fault_sentence(failed))
        return None
    if not (setup.entity_id and setup.sign_on_url and setup.certificates):
        form.say(
            "description_url",
            _("Give its metadata, or fill in its entity ID, its address and a certificate by hand."),
        )
        return None
    return setup


def _not_web(address: str) -> str:
    return _("“%(what)s” is not a web address that begins with https://.", what=address)


def _url(provider_id: int) -> str:
    return url_for("admin.sign_on.show", provider_id=provider_id)
