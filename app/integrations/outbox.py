"""Mail while developing: written into a folder instead of sent, to be read on the outbox page."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from app.integrations.smtp import compose
from app.ports import MailMessage


class OutboxMail:
    """The Mail port on a folder of `.eml` files, newest name last."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, message: MailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        (self._folder / f"{stamp}-{uuid4().hex[:8]}.eml").write_bytes(bytes(compose(message, self._sender)))
