"""What somebody shares from another app: it waits until they choose who gets it, and is sent by nothing but their press.

Whoever posts it need not be who they seem: the phone's share sheet has no form of ours. So it is kept for the person who
is signed in, or under a token for who comes from signing in, and nobody else ever sees it (docs/decisions/0024).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.messaging.send import send, sent_before
from app.domain.messaging.start import start_direct
from app.domain.messaging.terms import MOST_FILES, NothingToSend, SendMessage, Sent, SentFile
from app.domain.stored_file import forget_file, keep_file
from app.domain.visit import token_hash
from app.kernel.errors import NotFound
from app.models import SharedFile, Sharing, StoredFile
from app.models.base import LARGEST_ID
from app.tenancy import begin_writing

KEPT_FOR = timedelta(days=1)
CLAIMED_WITHIN = timedelta(hours=1)
"""How long it waits for somebody to sign in: nobody's name is on it until then."""
MOST_WAITING = 10
"""Of one person; the next one takes the place of the oldest."""
BATCH = 200


@dataclass(frozen=True, slots=True)
class Share:
    """What came. `said` is why some of it was not taken."""

    text: str
    files: Sequence[SentFile] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """Where it waits: `claim` is the token for who is not signed in yet, else empty."""

    id: int
    claim: str = ""


@dataclass(frozen=True, slots=True)
class WaitingFile:
    id: int
    file: SentFile


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody is about to send."""

    id: int
    text: str
    said: str
    files: tuple[WaitingFile, ...]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets it: a conversation, or somebody whose conversation may have to be begun."""

    conversation_id: int | None = None
    person_id: int | None = None


def keep_share(session: Session, actor: Actor | None, share: Share, now: datetime) -> Kept:
    """Let it wait for the actor, or for who claims it. Raises NothingToSend for nothing at all."""
    if not (share.text or share.files):
        raise NothingToSend
    begin_writing(session)
    claim = "" if actor else secrets.token_urlsafe(32)
    row = Sharing(
        person_id=actor.person_id if actor else None,
        claim_hash=token_hash(claim) if claim else None,
        text=share.text,
        said=share.said,
        created_at=now,
        expires_at=now + (KEPT_FOR if actor else CLAIMED_WITHIN),
    )
    session.add(row)
    session.flush()
    for file in share.files[:MOST_FILES]:
        session.add(SharedFile(sharing_id=row.id, file_id=_keep(session, file, now), name=file.name))
    if actor:
        _keep_to_the_most(session, actor.person_id, now)
    session.flush()
    return Kept(row.id, claim)


def claim_share(session: Session, actor: Actor, claim: str, now: datetime) -> int:
    """What was shared before the sign-in is the actor's from now on; returns its id. Raises NotFound the second time."""
    begin_writing(session)
    row = session.scalars(
        _there(now).where(Sharing.claim_hash == token_hash(claim)).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    row.claim_hash, row.person_id, row.expires_at = None, actor.person_id, now + KEPT_FOR
    session.flush()
    _keep_to_the_most(session, actor.person_id, now)
    return row.id


def newest_share(session: Session, actor: Actor, now: datetime) -> int | None:
    """What the actor shared last and did not send yet."""
    return session.scalars(
        select(Sharing.id)
        .where(Sharing.person_id == actor.person_id, Sharing.expires_at > now)
        .order_by(Sharing.id.desc())
        .limit(1)
    ).one_or_none()


def waiting_share(session: Session, actor: Actor, sharing_id: int, now: datetime) -> Waiting:
    """One of the actor's. Raises NotFound for anybody else's, and for what is over."""
    if not 0 < sharing_id <= LARGEST_ID:
        raise NotFound
    # Without a file its place is empty.
    rows: Sequence[Any] = session.execute(
        select(Sharing, SharedFile, StoredFile)
        .outerjoin(SharedFile, SharedFile.sharing_id == Sharing.id)
        .outerjoin(StoredFile, StoredFile.id == SharedFile.file_id)
        .where(Sharing.id == sharing_id, Sharing.person_id == actor.person_id, Sharing.expires_at > now)
        .order_by(SharedFile.id)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        raise NotFound
    row: Sharing = rows[0][0]
    files = tuple(_waiting_file(shared, stored) for _row, shared, stored in rows if shared)
    return Waiting(row.id, row.text, row.said, files)


def shared_file(
    session: Session, actor: Actor, sharing_id: int, file_id: int, now: datetime
) -> tuple[str, str, str] | None:
    """Digest, type and name of a file that waits; None for what is not the actor's."""
    found = session.execute(
        select(StoredFile.digest, StoredFile.mime, SharedFile.name)
        .join(SharedFile, SharedFile.file_id == StoredFile.id)
        .join(Sharing, Sharing.id == SharedFile.sharing_id)
        .where(
            SharedFile.id == file_id,
            Sharing.id == sharing_id,
            Sharing.person_id == actor.person_id,
            Sharing.expires_at > now,
        )
    ).one_or_none()
    return (found[0], found[1], found[2]) if found else None


def send_share(
    session: Session, actor: Actor, sharing_id: int, to: Receiver, command: SendMessage, now: datetime
) -> Sent:
    """Send what waits, with the words that `command` has by now, and let go of it. The same `client_id` again gives the
    message that is there.

    Raises NotFound, and what sending raises.
    """
    before = sent_before(session, actor, command.client_id)
    if before is not None:
        return before
    files = [each.file for each in waiting_share(session, actor, sharing_id, now).files]
    if to.conversation_id is None:
        to = Receiver(start_direct(session, actor, to.person_id or 0, now))
    message = SendMessage(command.body, command.client_id, files, of_the_draft=False)
    sent = send(session, actor, to.conversation_id or 0, message, now)
    # The row goes in the transaction that sends it: of two who send the same at once, one finds nothing to let go of.
    if not sent.again and not _let_go(session, sharing_id):
        raise NotFound
    return sent


def reword_share(session: Session, actor: Actor, sharing_id: int, text: str, now: datetime) -> None:
    """Keep the words that it has by now. Raises NotFound."""
    begin_writing(session)
    _own(session, actor, sharing_id, now).text = text
    session.flush()


def discard_share(session: Session, actor: Actor, sharing_id: int, now: datetime) -> None:
    """It is over at once; its bytes go with the next sweep. Raises NotFound."""
    begin_writing(session)
    _own(session, actor, sharing_id, now).expires_at = now
    session.flush()


def forget_sharings(session: Session, now: datetime) -> list[str]:
    """Delete what nobody sent in time; returns the digests of the bytes to remove after the commit."""
    over = session.scalars(
        select(Sharing.id).where(Sharing.expires_at <= now).order_by(Sharing.id).limit(BATCH)
    ).all()
    if not over:
        return []
    digests = session.scalars(
        select(StoredFile.digest)
        .join(SharedFile, SharedFile.file_id == StoredFile.id)
        .where(SharedFile.sharing_id.in_(over))
        .distinct()
    ).all()
    session.execute(
        delete(Sharing).where(Sharing.id.in_(over)), execution_options={"synchronize_session": False}
    )
    return [digest for digest in digests if forget_file(session, digest)]


def _own(session: Session, actor: Actor, sharing_id: int, now: datetime) -> Sharing:
    if not 0 < sharing_id <= LARGEST_ID:
        raise NotFound
    query = _there(now).where(Sharing.id == sharing_id, Sharing.person_id == actor.person_id)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def _let_go(session: Session, sharing_id: int) -> bool:
    gone = session.scalars(delete(Sharing).where(Sharing.id == sharing_id).returning(Sharing.id))
    return gone.first() is not None


def _there(now: datetime) -> Select[Sharing]:
    return select(Sharing).where(Sharing.expires_at > now).execution_options(populate_existing=True)


def _waiting_file(shared: SharedFile, stored: StoredFile) -> WaitingFile:
    file = SentFile(stored.digest, stored.mime, stored.size, shared.name, stored.width, stored.height)
    return WaitingFile(shared.id, file)


def _keep(session: Session, file: SentFile, now: datetime) -> int:
    return keep_file(
        session, now, file.digest, mime=file.mime, size=file.size, width=file.width, height=file.height
    )


def _keep_to_the_most(session: Session, person_id: int, now: datetime) -> None:
    newest = (
        select(Sharing.id)
        .where(Sharing.person_id == person_id, Sharing.expires_at > now)
        .order_by(Sharing.id.desc())
        .offset(MOST_WAITING)
    )
    over = session.scalars(newest).all()
    if over:
        session.execute(update(Sharing).where(Sharing.id.in_(over)).values(expires_at=now))
