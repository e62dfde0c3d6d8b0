"""Reading what a mail server sends back when it could not deliver: a delivery status notification (RFC 3464)."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

_POLICY = "5.7."
"""Statuses of a server's own policy: they say nothing of the address."""
_LONGEST_ID = 300


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """`message_id` is that of the mail that came back; `reason` what the server said of it."""

    message_id: str
    reason: str


def read_returned(data: bytes) -> ReturnedMail | None:
    """What a notification says of the mail that came back; None for any other mail, and for a delivery that is only late.

    A mail has one recipient with us, so the first that failed is it.
    """
    # By the old policy, which takes headers as they are: the new one fails on some that are malformed.
    mail = message_from_bytes(data)
    if mail.get_content_type() != "multipart/report" or mail.get_param("report-type") != "delivery-status":
        return None
    parts = list(mail.walk())
    failed = next(filter(None, map(_failure, parts)), None)
    message_id = next(filter(None, map(_returned_id, parts)), None)
    return ReturnedMail(message_id, failed) if failed and message_id else None


def _failure(part: Message) -> str | None:
    """What is said of a recipient whose address was refused for good."""
    if part.get_content_type() != "message/delivery-status":
        return None
    for block in part.walk():
        status = str(block.get("Status", "")).strip()
        action = str(block.get("Action", "")).strip().lower()
        if action == "failed" and status.startswith("5.") and not status.startswith(_POLICY):
            said = str(block.get("Diagnostic-Code", "")).partition(";")[2].strip()
            return " ".join((said or status).split())
    return None


def _returned_id(part: Message) -> str | None:
    """The Message-ID in the part that holds the mail, or its headers alone."""
    kind = part.get_content_type()
    if kind == "text/rfc822-headers":
        data = part.get_payload(decode=True)
        inside: Message | None = message_from_bytes(data) if isinstance(data, bytes) else None
    elif kind == "message/rfc822":
        inside = next((each for each in part.walk() if each is not part), None)
    else:
        return None
    return str(inside.get("Message-ID", ""))[:_LONGEST_ID] or None if inside is not None else None
