"""An identity provider's answer: checked by the toolkit, and then for what the toolkit lets pass.

The toolkit (python3-saml, strict) takes an answer that names no request, no audience or no recipient, compares
addresses by their beginning, and allows five minutes at either end. We want all of them named, equal, and in time.
"""

import base64
import binascii
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from app.integrations.sign_on.saml_metadata import PERSISTENT, POST, REDIRECT
from app.integrations.sign_on.saml_terms import (
    SamlAnswer,
    SamlFault,
    SamlIdentityProvider,
    SamlPortal,
    SamlRefused,
    SamlSubject,
)
from app.integrations.sign_on.saml_xml import ASSERTION, MAX_BYTES, PROTOCOL, SIGNATURE, check_plain, moment

LEEWAY = timedelta(seconds=60)
_CONFIRMED = "/saml:Subject/saml:SubjectConfirmation[@Method='urn:oasis:names:tc:SAML:2.0:cm:bearer']"
_Code = OneLogin_Saml2_ValidationError
_FAULTS = {
    _Code.STATUS_CODE_IS_NOT_SUCCESS: SamlFault.NO_SUCCESS,
    _Code.WRONG_NUMBER_OF_ASSERTIONS: SamlFault.ASSERTIONS,
    _Code.WRONG_INRESPONSETO: SamlFault.WRONG_REQUEST,
    _Code.ASSERTION_TOO_EARLY: SamlFault.NOT_YET,
    _Code.ASSERTION_EXPIRED: SamlFault.EXPIRED,
    _Code.SESSION_EXPIRED: SamlFault.EXPIRED,
    _Code.RESPONSE_EXPIRED: SamlFault.EXPIRED,
    _Code.WRONG_DESTINATION: SamlFault.WRONG_PORTAL,
    _Code.EMPTY_DESTINATION: SamlFault.WRONG_PORTAL,
    _Code.WRONG_AUDIENCE: SamlFault.WRONG_PORTAL,
    _Code.SP_NAME_QUALIFIER_NAME_MISMATCH: SamlFault.WRONG_PORTAL,
    _Code.WRONG_ISSUER: SamlFault.WRONG_ISSUER,
    _Code.ISSUER_MULTIPLE_IN_RESPONSE: SamlFault.WRONG_ISSUER,
    _Code.ISSUER_NOT_FOUND_IN_ASSERTION: SamlFault.WRONG_ISSUER,
    _Code.NO_SIGNED_ASSERTION: SamlFault.UNSIGNED,
    _Code.NO_SIGNED_MESSAGE: SamlFault.UNSIGNED,
    _Code.NO_SIGNATURE_FOUND: SamlFault.UNSIGNED,
    _Code.INVALID_SIGNATURE: SamlFault.ALTERED,
    _Code.WRONG_NUMBER_OF_SIGNATURES: SamlFault.ALTERED,
    _Code.WRONG_NUMBER_OF_SIGNATURES_IN_RESPONSE: SamlFault.ALTERED,
    _Code.WRONG_NUMBER_OF_SIGNATURES_IN_ASSERTION: SamlFault.ALTERED,
    _Code.WRONG_SIGNED_ELEMENT: SamlFault.ALTERED,
    _Code.INVALID_SIGNED_ELEMENT: SamlFault.ALTERED,
    _Code.ID_NOT_FOUND_IN_SIGNED_ELEMENT: SamlFault.ALTERED,
    _Code.DUPLICATED_ID_IN_SIGNED_ELEMENTS: SamlFault.ALTERED,
    _Code.DUPLICATED_REFERENCE_IN_SIGNED_ELEMENTS: SamlFault.ALTERED,
    _Code.UNEXPECTED_SIGNED_ELEMENTS: SamlFault.ALTERED,
    _Code.DEPRECATED_SIGNATURE_METHOD: SamlFault.WEAK_SIGNATURE,
    _Code.DEPRECATED_DIGEST_METHOD: SamlFault.WEAK_SIGNATURE,
    _Code.WRONG_SUBJECTCONFIRMATION: SamlFault.WRONG_REQUEST,
    _Code.ENCRYPTED_ATTRIBUTES: SamlFault.ENCRYPTED,
    _Code.NO_NAMEID: SamlFault.NO_SUBJECT,
    _Code.EMPTY_NAMEID: SamlFault.NO_SUBJECT,
    _Code.INVALID_XML_FORMAT: SamlFault.UNREADABLE,
}
"""What the toolkit's codes mean to us; any other is INCOMPLETE."""


def toolkit(portal: SamlPortal, provider: SamlIdentityProvider) -> OneLogin_Saml2_Settings:
    """The toolkit's settings for these two."""
    idp: dict[str, Any] = {
        "entityId": provider.entity_id,
        "singleSignOnService": {"url": provider.sign_on_url, "binding": REDIRECT},
        "x509certMulti": {"signing": list(provider.certificates)},
    }
    if provider.logout_url:
        idp["singleLogoutService"] = {"url": provider.logout_url, "binding": REDIRECT}
    return OneLogin_Saml2_Settings(
        {
            "strict": True,
            "debug": False,
            "sp": {
                "entityId": portal.entity_id,
                "assertionConsumerService": {"url": portal.answer_url, "binding": POST},
                "singleLogoutService": {"url": portal.logout_url, "binding": REDIRECT},
                "NameIDFormat": PERSISTENT,
            },
            "idp": idp,
            "security": {
                "wantAssertionsSigned": True,
                "wantMessagesSigned": False,
                "wantNameId": True,
                "wantAttributeStatement": False,
                "requestedAuthnContext": False,
                "rejectDeprecatedAlgorithm": True,
                "allowRepeatAttributeName": True,
                "allowSingleLabelDomains": True,
            },
        }
    )


def read(
    portal: SamlPortal, provider: SamlIdentityProvider, encoded: str, request_id: str | None, now: datetime
) -> SamlAnswer:
    """What an answer says that stands every check. Raises SamlRefused."""
    check_plain(_decoded(encoded))
    try:
        answer = OneLogin_Saml2_Response(toolkit(portal, provider), encoded)
        if answer.encrypted:
            raise SamlRefused(SamlFault.ENCRYPTED)
        answer.is_valid(asked_at(portal.answer_url), request_id, raise_exceptions=True)
        _Signed(answer).check()
        subject = _subject(answer)
        attributes = _attributes(answer)
    except OneLogin_Saml2_ValidationError as error:
        raise SamlRefused(fault_of(error), str(error)) from error
    except OneLogin_Saml2_Error as error:
        # It wants a key of ours to decrypt something with.
        raise SamlRefused(SamlFault.ENCRYPTED, str(error)) from error
    until = _Bounds(answer, now).check(portal, request_id)
    return SamlAnswer(subject, attributes, answer.get_assertion_id(), until)


def fault_of(error: OneLogin_Saml2_ValidationError) -> SamlFault:
    return _FAULTS.get(error.code, SamlFault.INCOMPLETE)


def asked_at(url: str) -> dict[str, Any]:
    """A request to that address, as the toolkit wants it told: from our own settings, never from headers."""
    parts = urlsplit(url)
    return {
        "https": "on" if parts.scheme == "https" else "off",
        "http_host": parts.netloc,
        "script_name": parts.path,
        "get_data": {},
        "post_data": {},
    }


def _decoded(encoded: str) -> bytes:
    try:
        document = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SamlRefused(SamlFault.UNREADABLE, "base64") from error
    if not document or len(document) > MAX_BYTES:
        raise SamlRefused(SamlFault.UNREADABLE, f"{len(document)} bytes")
    return document


class _Signed:
    """Whether what is read is what was signed."""

    def __init__(self, answer: Any) -> None:
        self._document = answer.document

    def check(self) -> None:
        ids = self._document.xpath("//@ID")
        if len(ids) != len(set(ids)):
            raise SamlRefused(SamlFault.ALTERED, "an ID stands twice")
        spaces = {"saml": ASSERTION, "ds": SIGNATURE}
        (assertion,) = self._document.xpath("/*/saml:Assertion", namespaces=spaces)
        references = assertion.xpath("./ds:Signature/ds:SignedInfo/ds:Reference", namespaces=spaces)
        if [one.get("URI") for one in references] != [f"#{assertion.get('ID')}"]:
            raise SamlRefused(SamlFault.ALTERED, "the signature is not the assertion's")


def _subject(answer: Any) -> SamlSubject:
    named = answer.get_nameid_data()
    return SamlSubject(named["Value"].strip(), named.get("Format", ""), answer.get_session_index() or "")


def _attributes(answer: Any) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, values in answer.get_attributes().items():
        found[name] = tuple(value for value in values if isinstance(value, str))
    return found


class _Bounds:
    """For whom, to which request and until when an answer holds; read from the signed assertion alone."""

    def __init__(self, answer: Any, now: datetime) -> None:
        self._answer = answer
        self._now = now

    def check(self, portal: SamlPortal, request_id: str | None) -> datetime:
        """Raises SamlRefused; returns the moment from which nobody believes the answer any more."""
        self._check_request(request_id)
        if self._answer.document.get("Destination", portal.answer_url) != portal.answer_url:
            raise SamlRefused(SamlFault.WRONG_PORTAL, "Destination")
        if portal.entity_id not in self._answer.get_audiences():
            raise SamlRefused(SamlFault.WRONG_PORTAL, "Audience")
        ends = [self._confirmed_until(portal, request_id)]
        for conditions in self._query("/saml:Conditions"):
            begin, end = _moment(conditions, "NotBefore"), _moment(conditions, "NotOnOrAfter")
            if begin and begin - LEEWAY > self._now:
                raise SamlRefused(SamlFault.NOT_YET, f"{begin:%Y-%m-%dT%H:%M:%SZ}")
            if end:
                ends.append(end)
        if min(ends) + LEEWAY <= self._now:
            raise SamlRefused(SamlFault.EXPIRED, f"{min(ends):%Y-%m-%dT%H:%M:%SZ}")
        return min(ends) + LEEWAY

    def _check_request(self, request_id: str | None) -> None:
        named = self._answer.document.get("InResponseTo")
        if named != request_id:
            raise SamlRefused(SamlFault.WRONG_REQUEST, "InResponseTo")

    def _confirmed_until(self, portal: SamlPortal, request_id: str | None) -> datetime:
        for data in self._query(f"{_CONFIRMED}/saml:SubjectConfirmationData"):
            end = _moment(data, "NotOnOrAfter")
            if data.get("Recipient") == portal.answer_url and data.get("InResponseTo") == request_id and end:
                return end
        raise SamlRefused(SamlFault.WRONG_REQUEST, "SubjectConfirmationData")

    def _query(self, path: str) -> list[Any]:
        found: list[Any] = self._answer.document.xpath(
            f"/samlp:Response/saml:Assertion{path}",
            namespaces={"saml": ASSERTION, "samlp": PROTOCOL},
        )
        return found


def _moment(node: Any, attribute: str) -> datetime | None:
    text = node.get(attribute)
    return moment(text) if text else None
