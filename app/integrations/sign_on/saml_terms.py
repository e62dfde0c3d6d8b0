"""What SAML speaks of: the two sides, the messages between them, and what can be wrong with one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class SamlIdentityProvider:
    """What we know of a company's SAML identity provider."""

    entity_id: str
    sign_on_url: str
    """Where people are sent to sign in, by redirect."""
    logout_url: str
    """Where they are sent to sign out everywhere; empty when it offers none."""
    certificates: tuple[str, ...]
    """What it may sign with, in PEM: several, so that it can change them without a day on which nobody gets in."""


@dataclass(frozen=True, slots=True)
class SamlPortal:
    """Ourselves as one identity provider knows us."""

    entity_id: str
    """The address of our metadata."""
    answer_url: str
    logout_url: str
    private_key: str
    """In PEM, as the certificate. What we send is signed with it."""
    certificate: str


@dataclass(frozen=True, slots=True)
class SamlMessage:
    """Something to send by way of the browser: `url` is where it goes, `id` what its answer must name."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class SamlSubject:
    """Somebody as the identity provider names them; `session_index` is their session there, empty when it has none."""

    name_id: str
    name_id_format: str = ""
    session_index: str = ""


@dataclass(frozen=True, slots=True)
class SamlAnswer:
    """What an identity provider says of somebody, once it has stood every check."""

    subject: SamlSubject
    attributes: dict[str, tuple[str, ...]]
    assertion_id: str
    usable_until: datetime
    """From then on nobody would believe it: until then its id must be remembered."""


@dataclass(frozen=True, slots=True)
class SamlLogout:
    """An identity provider asks to sign somebody out; `session_indexes` is empty when all of their sessions are meant."""

    request_id: str
    name_id: str
    session_indexes: tuple[str, ...]
    relay_state: str
    usable_until: datetime


class SamlFault(StrEnum):
    """What is wrong with a message: for the log, and for who sets it up."""

    UNREADABLE = "unreadable"
    UNSAFE_XML = "unsafe_xml"
    """A document type, a comment or an instruction: none of which an identity provider has reason to send."""
    NO_SUCCESS = "no_success"
    """The identity provider itself says no."""
    UNSIGNED = "unsigned"
    ALTERED = "altered"
    """The signature is not one of the known certificates', or not of this content."""
    WEAK_SIGNATURE = "weak_signature"
    WRONG_ISSUER = "wrong_issuer"
    WRONG_REQUEST = "wrong_request"
    WRONG_PORTAL = "wrong_portal"
    """It is meant for another audience or another address."""
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    ASSERTIONS = "assertions"
    """Not exactly one assertion."""
    ENCRYPTED = "encrypted"
    NO_SUBJECT = "no_subject"
    INCOMPLETE = "incomplete"


class SamlRefused(Exception):
    """A message or a description that cannot be believed. `detail` is for the log and for who sets it up."""

    def __init__(self, fault: SamlFault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault
        self.detail = detail
