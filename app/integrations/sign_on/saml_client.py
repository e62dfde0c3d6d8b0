"""SAML providers behind the port that every protocol of sign-on has, and what only SAML asks for."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography import x509

from app.integrations.guarded import GuardedClient
from app.integrations.sign_on.claims import kept_groups
from app.integrations.sign_on.saml import SamlToolkit
from app.integrations.sign_on.saml_metadata import certificate
from app.integrations.sign_on.saml_terms import (
    SamlAnswer,
    SamlFault,
    SamlIdentityProvider,
    SamlLogout,
    SamlPortal,
    SamlRefused,
    SamlSubject,
)
from app.ports import (
    Asserted,
    Departure,
    FetchRefused,
    LogoutOrder,
    SamlDescription,
    SignOnClient,
    SignOnFailed,
    SignOnFault,
)

_LONGEST_DETAIL = 300
_TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
_EMAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
_SOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
USUAL_NAMES = {
    "email": (
        "email",
        "mail",
        "urn:oid:0.9.2342.19200300.100.1.3",
        "urn:mace:dir:attribute-def:mail",
        f"{_SOAP}/emailaddress",
    ),
    "first_name": (
        "firstName",
        "givenName",
        "urn:oid:2.5.4.42",
        "urn:mace:dir:attribute-def:givenName",
        f"{_SOAP}/givenname",
    ),
    "last_name": (
        "lastName",
        "sn",
        "urn:oid:2.5.4.4",
        "urn:mace:dir:attribute-def:sn",
        f"{_SOAP}/surname",
    ),
}
"""Under which names the usual providers send what we ask for; looked through where nobody chose one."""
_FAULTS = {
    SamlFault.UNREADABLE: SignOnFault.UNREADABLE,
    SamlFault.UNSAFE_XML: SignOnFault.ALTERED,
    SamlFault.NO_SUCCESS: SignOnFault.PROVIDER_ERROR,
    SamlFault.UNSIGNED: SignOnFault.UNSIGNED,
    SamlFault.ALTERED: SignOnFault.ALTERED,
    SamlFault.WEAK_SIGNATURE: SignOnFault.UNSIGNED,
    SamlFault.WRONG_ISSUER: SignOnFault.ISSUER_DIFFERS,
    SamlFault.WRONG_REQUEST: SignOnFault.WRONG_REQUEST,
    SamlFault.WRONG_PORTAL: SignOnFault.WRONG_AUDIENCE,
    SamlFault.EXPIRED: SignOnFault.EXPIRED,
    SamlFault.NOT_YET: SignOnFault.NOT_YET,
    SamlFault.ASSERTIONS: SignOnFault.ALTERED,
    SamlFault.ENCRYPTED: SignOnFault.ENCRYPTED,
    SamlFault.NO_SUBJECT: SignOnFault.INCOMPLETE,
    SamlFault.INCOMPLETE: SignOnFault.INCOMPLETE,
}


def _failed(refused: SamlRefused) -> SignOnFailed:
    fault = _FAULTS[refused.fault]
    # Where several of our words became one of theirs, the log still tells them apart. Some repeat what came.
    detail = refused.detail if fault.value == refused.fault.value else str(refused)
    return SignOnFailed(fault, detail[:_LONGEST_DETAIL])


class SamlSignOn:
    """A `ports.SamlSignOn`. What is known of a provider is in its settings:

    `entity_id`, `sign_on_url`, `logout_url`, `certificates` (its own, PEM), `certificate` (ours; the key is the
    secret), `vouches_for_email`, `names` (see USUAL_NAMES, and `subject`), `any_name_id`, `unasked` (it may begin by itself).
    """

    def __init__(self, web: GuardedClient) -> None:
        self._web = web
        self._saml = SamlToolkit()

    # --- what every protocol does ---

    def begin(self, client: SignOnClient, token: str) -> Departure:
        asked = self._saml.request(
            _portal(client), _provider(client), token, any_name=bool(client.settings.get("any_name_id"))
        )
        return Departure(asked.url, {"request_id": asked.id})

    def complete(
        self, client: SignOnClient, memory: Mapping[str, Any], answer: Mapping[str, str], now: datetime
    ) -> Asserted:
        request_id = memory.get("request_id")
        if request_id is None and not client.settings.get("unasked"):
            raise SignOnFailed(SignOnFault.WRONG_REQUEST, "nobody asked, and it may not begin by itself")
        try:
            said = self._saml.answer(
                _portal(client), _provider(client), answer.get("SAMLResponse", ""), request_id, now
            )
        except SamlRefused as refused:
            raise _failed(refused) from refused
        return _asserted(client, said)

    def check(self, client: SignOnClient) -> None:
        """Whether what is set up can be used; more only an answer can show."""
        provider = _provider(client)
        _portal(client)
        try:
            for one in provider.certificates:
                x509.load_pem_x509_certificate(certificate(one).encode())
        except SamlRefused as refused:
            raise _failed(refused) from refused
        if not (provider.entity_id and provider.sign_on_url and provider.certificates):
            raise SignOnFailed(SignOnFault.INCOMPLETE, "entity id, address or certificate")

    def leave(self, client: SignOnClient, hint: str, back_to: str, token: str) -> str:  # noqa: ARG002
        """The provider sends the browser to the address that our metadata names; `back_to` is for other protocols."""
        provider = _provider(client)
        if not provider.logout_url or not hint:
            return ""
        subject = SamlSubject(**json.loads(hint))
        wish = self._saml.logout_request(_portal(client), provider, subject, token, _wish_id(token))
        return wish.url

    def read_logout(self, client: SignOnClient, answer: Mapping[str, str], now: datetime) -> LogoutOrder:
        wish = self._wish(client, answer, now)
        session = wish.session_indexes[0] if wish.session_indexes else ""
        return LogoutOrder(
            _provider(client).entity_id, wish.name_id, session, (wish.request_id, wish.usable_until)
        )

    # --- what only SAML does ---

    def new_secret(self, name: str) -> tuple[str, str]:
        return self._saml.new_key(name)

    def describe(self, client: SignOnClient) -> str:
        return self._saml.metadata(_portal(client))

    def read_description(self, document: bytes) -> SamlDescription:
        try:
            found = self._saml.read_metadata(document)
        except SamlRefused as refused:
            raise _failed(refused) from refused
        return SamlDescription(found.entity_id, found.sign_on_url, found.logout_url, found.certificates)

    def fetch_description(self, url: str) -> SamlDescription:
        try:
            fetched = self._web.fetch(url)
        except FetchRefused as refused:
            raise SignOnFailed(refused.fault, refused.detail) from refused
        if fetched.status != 200:
            raise SignOnFailed(SignOnFault.BAD_STATUS, str(fetched.status))
        return self.read_description(fetched.body)

    def read_certificate(self, text: str) -> str:
        try:
            return certificate(text)
        except SamlRefused as refused:
            raise _failed(refused) from refused

    def confirm_logout(self, client: SignOnClient, answer: Mapping[str, str], now: datetime) -> str:
        wish = self._wish(client, answer, now)
        return self._saml.logout_answer(_portal(client), _provider(client), wish).url

    def read_logout_answer(self, client: SignOnClient, answer: Mapping[str, str], token: str) -> None:
        try:
            self._saml.read_logout_answer(
                _portal(client), _provider(client), answer.get("query", ""), _wish_id(token)
            )
        except SamlRefused as refused:
            raise _failed(refused) from refused

    def _wish(self, client: SignOnClient, answer: Mapping[str, str], now: datetime) -> SamlLogout:
        try:
            return self._saml.read_logout_request(
                _portal(client), _provider(client), answer.get("query", ""), now
            )
        except SamlRefused as refused:
            raise _failed(refused) from refused


def _provider(client: SignOnClient) -> SamlIdentityProvider:
    known = client.settings
    return SamlIdentityProvider(
        known.get("entity_id", ""),
        known.get("sign_on_url", ""),
        known.get("logout_url", ""),
        tuple(known.get("certificates", ())),
    )


def _portal(client: SignOnClient) -> SamlPortal:
    """Ourselves: the metadata and the address for logouts stand beside the one for answers."""
    base = client.answer_to.rpartition("/")[0]
    if client.secret is None:
        raise SignOnFailed(SignOnFault.INCOMPLETE, "our own key")
    return SamlPortal(
        f"{base}/metadata", client.answer_to, f"{base}/sls", client.secret, client.settings["certificate"]
    )


def _wish_id(token: str) -> str:
    """The id of the wish to sign out, from the token that comes back with its answer: nothing else to remember."""
    return f"_{hashlib.sha256(token.encode()).hexdigest()}"


def _asserted(client: SignOnClient, said: SamlAnswer) -> Asserted:
    named = said.subject
    chosen = client.settings.get("names", {})
    subject = _first(said, (chosen["subject"],)) if chosen.get("subject") else named.name_id
    if not chosen.get("subject") and named.name_id_format == _TRANSIENT:
        # Another one each time: it would make a new person of everybody at each sign-in.
        raise SignOnFailed(SignOnFault.INCOMPLETE, "the NameID is transient")
    email = _value(said, chosen, "email")
    if not email and named.name_id_format == _EMAIL_FORMAT:
        email = named.name_id
    hint = {
        "name_id": named.name_id,
        "name_id_format": named.name_id_format,
        "session_index": named.session_index,
    }
    return Asserted(
        issuer=client.settings["entity_id"],
        subject=subject,
        email=email,
        # SAML has no word for it: whether what a company says of its own accounts counts is for the tenant to say.
        email_verified=bool(email) and client.settings.get("vouches_for_email") is True,
        first_name=_value(said, chosen, "first_name"),
        last_name=_value(said, chosen, "last_name"),
        groups=kept_groups(said.attributes.get(client.group_claim, ())) if client.group_claim else (),
        provider_session=named.session_index,
        hint=json.dumps(hint),
        once=(said.assertion_id, said.usable_until),
        attributes=tuple(sorted(said.attributes)),
    )


def _value(said: SamlAnswer, chosen: Mapping[str, str], what: str) -> str:
    return _first(said, (chosen[what],) if chosen.get(what) else USUAL_NAMES[what])


def _first(said: SamlAnswer, names: tuple[str, ...]) -> str:
    return next((value for name in names for value in said.attributes.get(name, ()) if value), "")
