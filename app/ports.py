"""What Portico needs from outside, in our own words. `integrations` implement it, the factory chooses which."""

from dataclasses import dataclass
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


class MailNotSent(Exception):
    """The mail server did not take it. `permanent` means that trying again cannot help."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Mail(Protocol):
    def send(self, message: MailMessage) -> None:
        """Hand the message over. Raises MailNotSent."""


class Files(Protocol):
    """Bytes under the SHA-256 of their content, apart for each tenant."""

    def put(self, tenant_id: int, data: bytes) -> str:
        """Keep the bytes; returns their digest in hex. Keeping the same bytes again changes nothing."""

    def get(self, tenant_id: int, digest: str) -> bytes | None:
        """The bytes, or None when there are none of that digest."""
