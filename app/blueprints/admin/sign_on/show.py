"""The page of one provider: how it is reached, whether that works, and what it may decide."""

from dataclasses import dataclass

from werkzeug.wrappers import Response

from app.blueprints.admin.answers import page
from app.blueprints.admin.sign_on.forms import ConnectionForm, PolicyForm, connection_form, policy_form
from app.blueprints.admin.sign_on.presets import Preset, preset_of
from app.blueprints.admin.sign_on.saml_forms import AttributesForm, SamlForm, attributes_form, saml_form
from app.domain.sign_on.providers import find_provider
from app.models import SignOnProtocol, SignOnProvider
from app.web.database import session
from app.web.forms import Form
from app.web.origin import request_origin
from app.web.sign_on import answer_to


@dataclass(frozen=True, slots=True)
class Shown:
    """What differs from the page as one first sees it: forms with errors, and what a test found."""

    connection: ConnectionForm | None = None
    saml: SamlForm | None = None
    attributes: AttributesForm | None = None
    policy: PolicyForm | None = None
    problem: str = ""
    """What is wrong with the provider."""
    works: bool = False


def show_provider(provider_id: int, shown: Shown | None = None) -> Response:
    """Raises NoSuchProvider."""
    provider, shown = find_provider(session(), provider_id), shown or Shown()
    preset = preset_of(provider.settings)
    refused = (shown.connection, shown.saml, shown.attributes, shown.policy)
    return page(
        "admin/sign_on/show.html",
        wrong=any(form is not None for form in refused) or bool(shown.problem),
        provider=provider,
        preset=preset,
        answer_to=answer_to(provider.id, provider.protocol),
        origin=request_origin(),
        policy=shown.policy or policy_form(provider),
        shown=shown,
        **_connection(provider, preset, shown),
    )


def _connection(provider: SignOnProvider, preset: Preset, shown: Shown) -> dict[str, Form]:
    """The forms of the part that each protocol has of its own: `_connection_<protocol>.html`."""
    if provider.protocol is SignOnProtocol.SAML:
        return {
            "connection": shown.saml or saml_form(provider),
            "attributes": shown.attributes or attributes_form(provider),
        }
    return {"connection": shown.connection or connection_form(provider, preset)}
