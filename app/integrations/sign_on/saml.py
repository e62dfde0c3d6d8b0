"""SAML 2.0 as a service provider, on python3-saml."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element

from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.logout_request import OneLogin_Saml2_Logout_Request
from onelogin.saml2.logout_response import OneLogin_Saml2_Logout_Response
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from app.integrations.sign_on import saml_answer, saml_metadata
from app.integrations.sign_on.saml_metadata import PERSISTENT, POST
from app.integrations.sign_on.saml_redirect import Received, pack, unpack
from app.integrations.sign_on.saml_terms import (
    SamlAnswer,
    SamlFault,
    SamlIdentityProvider,
    SamlLogout,
    SamlMessage,
    SamlPortal,
    SamlRefused,
    SamlSubject,
)
from app.integrations.sign_on.saml_xml import ASSERTION, PROTOCOL, child, element, moment, written

_WISH_LIVES = timedelta(minutes=10)
_SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"


class SamlToolkit:
    """What can be said and heard between the two sides. What cannot be believed is a SamlRefused."""

    def new_key(self, name: str) -> tuple[str, str]:
        return saml_metadata.new_key(name)

    def read_metadata(self, document: bytes) -> SamlIdentityProvider:
        return saml_metadata.read(document)

    def metadata(self, portal: SamlPortal) -> str:
        return saml_metadata.ours(portal)

    def request(
        self, portal: SamlPortal, provider: SamlIdentityProvider, relay_state: str, *, any_name: bool = False
    ) -> SamlMessage:
        """Ask who somebody is. With `any_name` the provider chooses the form of the name, else it is a lasting one."""
        root = _message("AuthnRequest", portal, provider.sign_on_url)
        root.set("ProtocolBinding", POST)
        root.set("AssertionConsumerServiceURL", portal.answer_url)
        policy = child(root, PROTOCOL, "NameIDPolicy", AllowCreate="true")
        if not any_name:
            policy.set("Format", PERSISTENT)
        return _send(root, "SAMLRequest", portal, relay_state)

    def answer(
        self,
        portal: SamlPortal,
        provider: SamlIdentityProvider,
        encoded: str,
        request_id: str | None,
        now: datetime,
    ) -> SamlAnswer:
        return saml_answer.read(portal, provider, encoded, request_id, now)

    def logout_request(
        self,
        portal: SamlPortal,
        provider: SamlIdentityProvider,
        subject: SamlSubject,
        relay_state: str,
        wish_id: str,
    ) -> SamlMessage:
        root = _message("LogoutRequest", portal, provider.logout_url)
        root.set("ID", wish_id)
        named = child(root, ASSERTION, "NameID", subject.name_id)
        if subject.name_id_format:
            named.set("Format", subject.name_id_format)
        if subject.session_index:
            child(root, PROTOCOL, "SessionIndex", subject.session_index)
        return _send(root, "SAMLRequest", portal, relay_state)

    def read_logout_request(
        self, portal: SamlPortal, provider: SamlIdentityProvider, query: str, now: datetime
    ) -> SamlLogout:
        """The provider's wish to sign somebody out, from the raw query string."""
        came = unpack(query, "SAMLRequest", provider.certificates)
        request = _checked(OneLogin_Saml2_Logout_Request, portal, provider, came)
        document = request.get_xml()
        if request.get_issuer(document) != provider.entity_id:
            raise SamlRefused(SamlFault.WRONG_ISSUER)
        try:
            name_id = request.get_nameid(document)
        except (OneLogin_Saml2_ValidationError, OneLogin_Saml2_Error) as error:
            raise SamlRefused(SamlFault.NO_SUBJECT, str(error)) from error
        indexes = tuple(index for index in request.get_session_indexes(document) if index)
        until = _wish_ends(document, now)
        return SamlLogout(request.id, name_id or "", indexes, came.relay_state, until)

    def logout_answer(
        self, portal: SamlPortal, provider: SamlIdentityProvider, logout: SamlLogout
    ) -> SamlMessage:
        root = _message("LogoutResponse", portal, provider.logout_url)
        root.set("InResponseTo", logout.request_id)
        child(child(root, PROTOCOL, "Status"), PROTOCOL, "StatusCode", Value=_SUCCESS)
        return _send(root, "SAMLResponse", portal, logout.relay_state)

    def read_logout_answer(
        self, portal: SamlPortal, provider: SamlIdentityProvider, query: str, request_id: str | None
    ) -> None:
        came = unpack(query, "SAMLResponse", provider.certificates)
        answer = _checked(OneLogin_Saml2_Logout_Response, portal, provider, came)
        if request_id is not None and answer.get_in_response_to() != request_id:
            raise SamlRefused(SamlFault.WRONG_REQUEST)


def _message(kind: str, portal: SamlPortal, destination: str) -> Element:
    root = element(
        PROTOCOL,
        kind,
        ID=f"_{secrets.token_hex(20)}",
        Version="2.0",
        IssueInstant=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        Destination=destination,
    )
    child(root, ASSERTION, "Issuer", portal.entity_id)
    return root


def _send(root: Element, kind: str, portal: SamlPortal, relay_state: str) -> SamlMessage:
    url = pack(root.get("Destination", ""), kind, written(root), relay_state, portal.private_key)
    return SamlMessage(root.get("ID", ""), url)


def _wish_ends(document: str, now: datetime) -> datetime:
    """Until when a wish to sign out counts: most name no end, and one from last year would be a nuisance."""
    begin = moment(OneLogin_Saml2_XML.to_etree(document).get("IssueInstant"))
    if not begin - saml_answer.LEEWAY <= now < begin + _WISH_LIVES:
        raise SamlRefused(SamlFault.EXPIRED, f"{begin:%Y-%m-%dT%H:%M:%SZ}")
    return begin + _WISH_LIVES


def _checked(kind: Any, portal: SamlPortal, provider: SamlIdentityProvider, came: Received) -> Any:
    """A logout message that the toolkit takes: its schema, issuer, destination and time."""
    try:
        message = kind(saml_answer.toolkit(portal, provider), came.encoded)
        message.is_valid(saml_answer.asked_at(portal.logout_url), raise_exceptions=True)
    except OneLogin_Saml2_ValidationError as error:
        raise SamlRefused(saml_answer.fault_of(error), str(error)) from error
    return message
