"""Mail: handing it over, by the host's server or a tenant's own, and what a developer's outbox keeps."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.ports.fetching import FetchFault


@dataclass(frozen=True, slots=True)
class MailServer:
    """A tenant's own mail server: where mail is handed over, and the address that it comes from."""

    host: str
    port: int
    tls: bool
    """TLS from the first byte; otherwise STARTTLS, without which nothing is sent."""
    username: str
    sealed_password: str | None
    """As `SecretBox` keeps it."""
    sender: str


class MailFault(StrEnum):
    """What was wrong with a mail server, or with what it was given. Faults of reaching it are FetchFault's."""

    NOT_SECURE = "not_secure"
    """It offers no STARTTLS."""
    LOGIN_REFUSED = "login_refused"
    NO_LOGIN = "no_login"
    """It wants a name and a password, or takes none."""
    SENDER_REFUSED = "sender_refused"
    ADDRESS_REFUSED = "address_refused"
    MAIL_REFUSED = "mail_refused"
    NO_MAIL_SERVER = "no_mail_server"
    """What answers there does not speak SMTP."""
    PASSWORD_UNREADABLE = "password_unreadable"  # noqa: S105 - a fault, no password


@dataclass(frozen=True, slots=True)
class MailAttachment:
    """A file that goes with a mail."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class MailInvitation:
    """An entry for the reader's calendar, as iTIP: mail programs offer it beside the words."""

    method: str
    text: str


@dataclass(frozen=True, slots=True)
class MailMessage:
    """One mail to one person, as text and HTML."""

    to: str
    subject: str
    text: str
    html: str
    sender_name: str
    """The tenant's name: what the recipient sees beside our address."""
    tenant_id: int
    reference: str
    """The same for every attempt at the same mail, so that a repeat can be recognised as one."""
    unsubscribe_url: str | None = None
    """Where mail programs stop such mail with one press (RFC 8058); None for mail that nobody subscribed to."""
    server: MailServer | None = None
    """The tenant's own; None for the host's."""
    attachments: tuple[MailAttachment, ...] = ()
    invitation: MailInvitation | None = None


class MailNotSent(Exception):
    """The mail server did not take it. `permanent` means that trying again cannot help, `address_refused` that it was the
    recipient's address that was refused for good. `fault` says it for whoever sets a server up.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool,
        address_refused: bool = False,
        fault: "MailFault | FetchFault | None" = None,
    ) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.address_refused = address_refused
        self.fault = fault


class Mail(Protocol):
    def send(self, message: MailMessage) -> None:
        """Hand the message over. Raises MailNotSent."""


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail that was kept instead of sent; `name` finds it again."""

    name: str
    kept_at: datetime
    to: str
    sender: str
    subject: str
    text: str
    html: str
    attachments: tuple[str, ...] = ()
    """The names of the files that go with it."""


class Outbox(Protocol):
    """Mail that was kept for reading instead of being sent, apart for each tenant."""

    def newest(self, tenant_id: int, limit: int) -> list[KeptMail]:
        """The latest mails, the newest first."""

    def find(self, tenant_id: int, name: str) -> KeptMail | None:
        """The mail of that name, or None when this tenant has none."""
