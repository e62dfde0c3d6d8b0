"""Mail while developing: written into a folder instead of sent, to be read on the outbox page."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

from app.integrations.smtp import compose
from app.ports import KeptMail, MailMessage

_NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")
_TENANT = "X-Portico-Tenant"
_STAMP = "%Y%m%dT%H%M%S%f"


class OutboxMail:
    """The Mail and Outbox ports on a folder of `.eml` files, newest name last. One folder serves every tenant."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, message: MailMessage) -> None:
        mail = compose(message, self._sender)
        mail[_TENANT] = str(message.tenant_id)
        name = f"{datetime.now(UTC).strftime(_STAMP)}-{uuid4().hex[:8]}"
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / f"{name}.unfinished"
        unfinished.write_bytes(bytes(mail))
        unfinished.replace(self._folder / f"{name}.eml")

    def newest(self, tenant_id: int, limit: int) -> list[KeptMail]:
        found: list[KeptMail] = []
        for path in sorted(self._folder.glob("*.eml"), reverse=True):
            if len(found) == limit:
                break
            kept = self.find(tenant_id, path.stem)
            if kept:
                found.append(kept)
        return found

    def find(self, tenant_id: int, name: str) -> KeptMail | None:
        path = self._folder / f"{name}.eml"
        if not _NAME.fullmatch(name) or not path.exists():
            return None
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        return _kept(name, mail) if mail[_TENANT] == str(tenant_id) else None


def _kept(name: str, mail: EmailMessage) -> KeptMail:
    stamp = datetime.strptime(name.partition("-")[0], _STAMP).replace(tzinfo=UTC)
    return KeptMail(
        name,
        stamp,
        mail["To"],
        mail["From"],
        mail["Subject"],
        _part(mail, "plain"),
        _part(mail, "html"),
        tuple(each.get_filename() or "" for each in mail.iter_attachments()),
    )


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part else ""
