"""The tenant's own mail server: set up, changed, taken back."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.levels import hold_level
from app.domain.resealing import reseal_column
from app.kernel.clock import Clock
from app.models import MailSecurity, MailServerSetting
from app.ports import MailServer, SecretBox
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class UseServer:
    """A server as somebody typed it; an empty password keeps the one that is there, for the same name at the same host."""

    host: str
    port: int
    security: MailSecurity
    username: str
    password: str
    sender: str


def own_server(session: Session) -> MailServer | None:
    """The tenant's own server, or None where the host's is used."""
    row = _row(session)
    return None if row is None else _server(row)


def typed_server(session: Session, wanted: UseServer, box: SecretBox) -> MailServer:
    """The server as it would be used, to be tried before it is kept."""
    row = _row(session)
    sealed = row.password if row is not None and _same_login(row, wanted) else None
    return MailServer(
        wanted.host,
        wanted.port,
        wanted.security is MailSecurity.TLS,
        wanted.username,
        box.seal(wanted.password) if wanted.password else sealed,
        wanted.sender,
    )


def use_server(session: Session, actor: Actor, wanted: UseServer, box: SecretBox, clock: Clock) -> None:
    """Have mail handed over there from now on. Audited, without the password."""
    begin_writing(session)
    hold_level(session, None)
    row = _row(session)
    before = _facts(row)
    keeps_password = row is not None and _same_login(row, wanted)
    if row is None:
        row = MailServerSetting(password=None)
        session.add(row)
    row.host, row.port, row.security = wanted.host, wanted.port, wanted.security
    row.username, row.sender = wanted.username, wanted.sender
    if wanted.password or not keeps_password:
        row.password = box.seal(wanted.password) if wanted.password else None
    after = _facts(row) | ({"password": "new"} if wanted.password else {})
    audit.record_tenant(session, actor, clock(), "mail_server.changed", *audit.changes(before, after))
    session.flush()


def leave_server(session: Session, actor: Actor, clock: Clock) -> None:
    """Have mail handed over by the host's server again. Audited."""
    begin_writing(session)
    hold_level(session, None)
    row = _row(session)
    if row is None:
        return
    audit.record_tenant(session, actor, clock(), "mail_server.removed", _facts(row), {})
    session.delete(row)
    session.flush()


def reseal_mail_password(session: Session, box: SecretBox) -> tuple[int, int]:
    """Seal the password under the newest key; returns how many were, and how many no key opens."""
    return reseal_column(session, MailServerSetting.password, box)


def _row(session: Session) -> MailServerSetting | None:
    return session.scalars(select(MailServerSetting)).one_or_none()


def _server(row: MailServerSetting) -> MailServer:
    return MailServer(
        row.host, row.port, row.security is MailSecurity.TLS, row.username, row.password, row.sender
    )


def _same_login(row: MailServerSetting, wanted: UseServer) -> bool:
    """Whether a password that is there may be used: it is never sent to a host that somebody typed after it."""
    return (row.host, row.username) == (wanted.host, wanted.username)


def _facts(row: MailServerSetting | None) -> dict[str, object]:
    if row is None:
        return {}
    return {
        "host": row.host,
        "port": row.port,
        "security": row.security.value,
        "username": row.username,
        "sender": row.sender,
    }
