"""What Portico needs from outside, in our own words. `integrations` implement it, the factory chooses which."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


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


class MailNotSent(Exception):
    """The mail server did not take it. `permanent` means that trying again cannot help."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


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


class Outbox(Protocol):
    """Mail that was kept for reading instead of being sent, apart for each tenant."""

    def newest(self, tenant_id: int, limit: int) -> list[KeptMail]:
        """The latest mails, the newest first."""

    def find(self, tenant_id: int, name: str) -> KeptMail | None:
        """The mail of that name, or None when this tenant has none."""


class Files(Protocol):
    """Bytes under the SHA-256 of their content, apart for each tenant."""

    def put(self, tenant_id: int, data: bytes) -> str:
        """Keep the bytes; returns their digest in hex. Keeping the same bytes again changes nothing."""

    def get(self, tenant_id: int, digest: str) -> bytes | None:
        """The bytes, or None when there are none of that digest."""
