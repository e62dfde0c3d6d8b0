"""Identity providers, who say who somebody is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from app.ports.fetching import FetchFault


class SignOnFault(StrEnum):
    """What was wrong with an identity provider, or with what it said. Faults of the fetch itself are FetchFault's."""

    CANCELLED = "cancelled"
    """The person, or the provider on their behalf, said no."""
    PROVIDER_ERROR = "provider_error"
    """The provider answered with an error of its own."""
    BAD_STATUS = "bad_status"
    NOT_JSON = "not_json"
    INCOMPLETE = "incomplete"
    """An answer lacks what it must hold."""
    ISSUER_DIFFERS = "issuer_differs"
    """It speaks for another issuer than the one that was set up."""
    NO_KEYS = "no_keys"
    UNKNOWN_KEY = "unknown_key"
    UNSIGNED = "unsigned"
    """No signature, or one by a method that proves nothing here."""
    BAD_SIGNATURE = "bad_signature"
    WRONG_AUDIENCE = "wrong_audience"
    """Made for somebody else."""
    WRONG_NONCE = "wrong_nonce"
    """Made for another sign-in."""
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    """Made in the future: a clock is wrong."""
    CODE_REFUSED = "code_refused"
    CLIENT_REFUSED = "client_refused"
    """The provider does not accept our client id and secret."""
    OTHER_SUBJECT = "other_subject"
    """Two answers speak of two different accounts."""
    ALTERED = "altered"
    """SAML: the document is not what was signed."""
    UNREADABLE = "unreadable"
    """SAML: no message, or no description, of the kind that was expected."""
    ENCRYPTED = "encrypted"
    """SAML: made for a key of ours that we never gave away."""
    WRONG_REQUEST = "wrong_request"
    """SAML: the answer to another request, or to none."""


class SignOnFailed(Exception):
    """The provider could not be used, or what it said cannot be believed. `detail` never holds a secret."""

    def __init__(self, fault: SignOnFault | FetchFault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class SignOnClient:
    """One provider as its client sees it, and our own addresses at it."""

    provider_id: int
    settings: Mapping[str, Any]
    secret: str | None
    """Opened; None where there is none."""
    group_claim: str
    answer_to: str
    """Our absolute address that the provider answers to: OIDC's redirect address, SAML's ACS."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and what to remember until it comes back."""

    url: str
    memory: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asserted:
    """What a provider said of somebody, checked to be its word and meant for us, now."""

    issuer: str
    subject: str
    """Its name for the account, which it never gives to another one."""
    email: str = ""
    email_verified: bool = False
    first_name: str = ""
    last_name: str = ""
    groups: tuple[str, ...] = ()
    provider_session: str = ""
    hint: str = ""
    """What it wants to see again when the person signs out."""
    once: tuple[str, datetime] | None = None
    """The message's own id, and until when it would be believed: it counts once."""
    attributes: tuple[str, ...] = ()
    """The names of all that it sent, for who sets up which of them means what."""


@dataclass(frozen=True, slots=True)
class LogoutOrder:
    """A provider says that somebody signed out there. Either of `subject` and `provider_session` may be empty."""

    issuer: str
    subject: str
    provider_session: str
    once: tuple[str, datetime]


class SignOn(Protocol):
    """A protocol's client: how to send a browser to an identity provider, and how to read what it brings back.

    Every verb may go out to the network, and raises SignOnFailed. None of them touches the database.
    """

    def begin(self, client: SignOnClient, token: str) -> Departure:
        """The address to send the browser to. `token` comes back with the answer."""

    def complete(
        self, client: SignOnClient, memory: Mapping[str, Any], answer: Mapping[str, str], now: datetime
    ) -> Asserted:
        """Read the answer that a browser brought, given what `begin` wanted remembered."""

    def check(self, client: SignOnClient) -> None:
        """Find out whether the provider can be used as it is set up."""

    def leave(self, client: SignOnClient, hint: str, back_to: str, token: str) -> str:
        """The address that signs the browser out at the provider too; empty when it has none."""

    def read_logout(self, client: SignOnClient, answer: Mapping[str, str], now: datetime) -> LogoutOrder:
        """Read a provider's own word that somebody signed out."""


@dataclass(frozen=True, slots=True)
class SamlDescription:
    """What a SAML provider's metadata says of it; `logout_url` is empty when it offers no single logout."""

    entity_id: str
    sign_on_url: str
    logout_url: str
    certificates: tuple[str, ...]
    """In PEM. Several, so that it can change them without a day on which nobody gets in."""


class SamlSignOn(SignOn, Protocol):
    """What only SAML providers ask for. The `answer` of a logout is its raw query string, under `query`."""

    def new_secret(self, name: str) -> tuple[str, str]:
        """A private key for one provider, and the certificate that our metadata shows of it, in PEM."""

    def describe(self, client: SignOnClient) -> str:
        """Our own metadata for that provider."""

    def read_description(self, document: bytes) -> SamlDescription:
        """Read a provider's metadata. Raises SignOnFailed, with what is missing."""

    def fetch_description(self, url: str) -> SamlDescription:
        """The same from an address. Raises SignOnFailed."""

    def read_certificate(self, text: str) -> str:
        """A certificate in PEM, from PEM or its bare base64. Raises SignOnFailed."""

    def confirm_logout(self, client: SignOnClient, answer: Mapping[str, str], now: datetime) -> str:
        """Where to send the browser to tell the provider that its wish to sign somebody out is done."""

    def read_logout_answer(self, client: SignOnClient, answer: Mapping[str, str], token: str) -> None:
        """Check the provider's answer to our own wish, which travelled with that token. Raises SignOnFailed."""
