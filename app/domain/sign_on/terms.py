"""The words of single sign-on: what is asked for, what comes of it, and what it is refused for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.people.terms import LastOwner
from app.domain.sessions import Browser
from app.kernel.errors import NotFound, Refusal
from app.models import SignOnProtocol, SignOnPurpose
from app.ports import Asserted, FetchFault, SamlSignOn, SecretBox, SignOn, SignOnFault


class Reason(StrEnum):
    """Why nobody was signed in, when the provider itself did nothing wrong."""

    ATTEMPT_GONE = "attempt_gone"
    """Unknown, used already, or longer ago than an attempt lives."""
    OTHER_BROWSER = "other_browser"
    """The answer came from a browser that nobody sent away."""
    OTHER_PERSON = "other_person"
    """Who asked to link an account is not who is signed in here by now, if anybody is."""
    USED_BEFORE = "used_before"
    NO_EMAIL = "no_email"
    EMAIL_NOT_VERIFIED = "email_not_verified"
    DOMAIN_NOT_ADMITTED = "domain_not_admitted"
    NOT_KNOWN = "not_known"
    """Nobody here has this account, and the provider may not create people."""
    NOT_TRUSTED = "not_trusted"
    """Somebody here has that e-mail, but the provider's word is not enough to open their account."""
    SUSPENDED = "suspended"
    OTHERS_ACCOUNT = "others_account"
    """It opens another person's account here already."""
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105


class SignOnRefused(Refusal):
    """Nobody is signed in. `detail` is for the log: facts, never a secret."""

    def __init__(
        self, reason: Reason | SignOnFault | FetchFault, detail: str = "", *, trial: bool = False
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.trial = trial
        """It was somebody who sets the provider up: they may know the detail."""


class NoSuchProvider(NotFound):
    """Unknown, switched off, or another tenant's."""


class LastWayIn(LastOwner):
    """No owner could sign in any more."""


@dataclass(frozen=True, slots=True)
class Kit:
    """What the rules need from outside: a client for each protocol, and the box of secrets."""

    clients: Mapping[SignOnProtocol, SignOn]
    box: SecretBox
    saml: SamlSignOn
    """One of the clients again, for what only SAML asks for."""


@dataclass(frozen=True, slots=True)
class Button:
    """A provider as the sign-in page offers it."""

    provider_id: int
    name: str
    label: str
    """What the button says; empty for "Continue with" and the name."""
    protocol: SignOnProtocol


@dataclass(frozen=True, slots=True)
class Begin:
    """Somebody wants to go to a provider. `browser_token` is the random token in this browser's own cookie."""

    provider_id: int
    answer_to: str
    """Our absolute address for the answer."""
    browser_token: str
    next_path: str = ""
    person_id: int | None = None
    """Who links an account of theirs, instead of signing in."""
    trial: bool = False
    """Only to see what the provider sends, which may still be switched off; `person_id` is who wants to see it."""


@dataclass(frozen=True, slots=True)
class Complete:
    """A browser is back. `token` is what travelled with it, `answer` everything it brought."""

    provider_id: int
    token: str
    answer: Mapping[str, str]
    answer_to: str
    browser_token: str
    browser: Browser
    person_id: int | None = None
    """Who is signed in in this browser."""
    cross_site: bool = False
    """The answer was posted from the provider's own page, which brings no session cookie: who is signed in here is not
    known then. The browser's own token must be enough to sign in; to link, it waits for a page that knows."""


@dataclass(frozen=True, slots=True)
class Completed:
    """What came of it. `session_token` is None after an account was linked by who was signed in already."""

    purpose: SignOnPurpose
    person_id: int
    session_token: str | None
    next_path: str
    created: bool = False
    link_token: str = ""
    """Of an account that is not linked yet: it was answered for without the session's cookie."""
    asserted: Asserted | None = None
    """After a trial: what the provider said."""


@dataclass(frozen=True, slots=True)
class ProviderDetails:
    """A provider as an admin sets it up. `secret` is None to keep the one that is there."""

    name: str
    button: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    secret: str | None = None
    creates_people: bool = False
    email_domains: tuple[str, ...] = ()
    trusted: bool = False
    group_claim: str = ""
    group_teams: Mapping[str, str] = field(default_factory=dict)
    forbids_member_passwords: bool = False
    forbids_staff_passwords: bool = False


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """An account at a provider that opens the person's account here."""

    id: int
    provider_id: int
    provider: str
    email: str
    linked_at: datetime
    used_at: datetime
    works: bool
    """The provider is switched on."""
