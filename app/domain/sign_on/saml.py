"""What only SAML providers have: a description of each side for the other, and which attribute means what."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.sign_on.providers import add_provider, client_of, details_of, edit_provider, find_provider
from app.domain.sign_on.terms import Kit, NoSuchProvider, ProviderDetails
from app.kernel.errors import Refusal
from app.models import SignOnProtocol, SignOnProvider
from app.ports import SamlDescription, SignOnClient


@dataclass(frozen=True, slots=True)
class SamlSetup:
    """How a SAML provider is set up, in the words of its settings."""

    entity_id: str
    sign_on_url: str
    logout_url: str
    certificates: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    """`email`, `first_name`, `last_name`, `subject` → the attribute that it comes in; what is missing is looked for under
    its usual names, and the subject is the NameID."""
    any_name_id: bool = False
    """It chooses the form of the NameID, for providers that know no lasting one."""
    unasked: bool = False
    """It may sign people in although nobody here asked."""
    description_url: str = ""
    """Where its metadata is, when that is how it was set up."""


class BadAddress(Refusal):
    """A browser is sent there: it must be a web address, and a secure one unless it is on the same machine."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


_WEB = re.compile(
    r"https://[^\s/?#]+\S*|http://(?:[a-z0-9.-]+\.)?(?:localhost|127\.0\.0\.1)(?::\d+)?(?:[/?]\S*)?"
)


def setup_of(provider: SignOnProvider) -> SamlSetup:
    known = {fact: provider.settings[fact] for fact in _FACTS}
    return SamlSetup(**{**known, "certificates": tuple(known["certificates"])})


def described(description: SamlDescription, present: SamlSetup | None = None) -> SamlSetup:
    """The setup that a provider's own description makes, over what an admin chose before."""
    return replace(
        present or NOT_SET_UP,
        entity_id=description.entity_id,
        sign_on_url=description.sign_on_url,
        logout_url=description.logout_url,
        certificates=description.certificates,
    )


def add_saml_provider(
    session: Session, kit: Kit, actor: Actor, name: str, setup: SamlSetup, now: datetime
) -> SignOnProvider:
    """Set up a provider, switched off, with a key of our own that only it knows."""
    private_key, certificate = kit.saml.new_secret("Portico")
    own = {"preset": "saml", "certificate": certificate, "seen": [], "vouches_for_email": True}
    settings = {**_settings(setup), **own}
    details = ProviderDetails(name, settings=settings, secret=private_key)
    return add_provider(session, actor, SignOnProtocol.SAML, details, kit.box, now)


def edit_saml_setup(
    session: Session,
    kit: Kit,
    actor: Actor,
    provider_id: int,
    name: str,
    setup: SamlSetup,
    now: datetime,
) -> SignOnProvider:
    """Change how a provider is set up; what it may decide stays. Raises NoSuchProvider and BadAddress."""
    was = details_of(find_saml_provider(session, provider_id))
    details = replace(was, name=name, settings={**was.settings, **_settings(setup)})
    return edit_provider(session, actor, provider_id, details, kit.box, now)


def find_saml_provider(session: Session, provider_id: int, *, enabled: bool = False) -> SignOnProvider:
    """Raises NoSuchProvider, also for one that speaks another language."""
    provider = find_provider(session, provider_id, enabled=enabled)
    if provider.protocol is not SignOnProtocol.SAML:
        raise NoSuchProvider
    return provider


def saml_client(session: Session, kit: Kit, provider_id: int, answer_to: str) -> SignOnClient:
    """A provider as its client sees it. Raises NoSuchProvider and SignOnRefused."""
    return client_of(find_saml_provider(session, provider_id), kit.box, answer_to)


def _settings(setup: SamlSetup) -> dict[str, Any]:
    for address in (setup.sign_on_url, setup.logout_url):
        if address and not _WEB.fullmatch(address):
            raise BadAddress(address)
    return {**asdict(setup), "certificates": list(setup.certificates)}


NOT_SET_UP = SamlSetup("", "", "", ())
_FACTS = tuple(each.name for each in fields(SamlSetup))
