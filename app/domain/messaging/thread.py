"""One conversation's messages, a page at a time, with what hangs on them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.messaging.blocks import blocked_by
from app.domain.messaging.change import changeable
from app.domain.messaging.sight import seen_by
from app.models import Attachment, ConversationMember, Message, Reaction, StoredFile

PAGE = 50


@dataclass(frozen=True, slots=True)
class File:
    """Something attached. Pictures have a width and a height, in pixels."""

    id: int
    name: str
    mime: str
    size: int
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A message as a thread shows it."""

    id: int
    sender_id: int
    mine: bool
    client_id: str
    body: str
    sent_at: datetime
    edited: bool
    deleted: bool
    removed: bool
    changeable: bool
    withheld: bool
    files: tuple[File, ...]
    reactions: tuple[tuple[str, tuple[int, ...]], ...]
    """(sign, who gave it), in the order in which they came."""


@dataclass(frozen=True, slots=True)
class ThreadPage:
    lines: tuple[Line, ...]
    """The oldest first."""
    older: bool
    """There are more before these."""

    @property
    def last_id(self) -> int:
        return self.lines[-1].id if self.lines else 0


def thread(
    session: Session, actor: Actor, conversation_id: int, now: datetime, *, before: int | None = None
) -> ThreadPage:
    """The newest messages that the actor may read, or those before one. Three statements. Empty for a stranger."""
    query = (
        select(Message)
        .join(ConversationMember, seen_by())
        .where(Message.conversation_id == conversation_id, ConversationMember.person_id == actor.person_id)
        .order_by(Message.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(Message.id < before)
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    messages = list(reversed(found[:PAGE]))
    ids = [message.id for message in messages]
    files, reactions = _files(session, ids), _reactions(session, actor, ids)
    lines = (
        Line(
            message.id,
            message.sender_id,
            message.sender_id == actor.person_id,
            message.client_id or "",
            message.body,
            message.sent_at,
            message.edited_at is not None,
            message.deleted_at is not None,
            message.removed,
            changeable(message, actor, now),
            message.withheld,
            tuple(files[message.id]),
            tuple((sign, tuple(people)) for sign, people in reactions[message.id].items()),
        )
        for message in messages
    )
    return ThreadPage(tuple(lines), len(found) > PAGE)


def _files(session: Session, messages: Collection[int]) -> dict[int, list[File]]:
    found: dict[int, list[File]] = defaultdict(list)
    for attachment, stored in session.execute(
        select(Attachment, StoredFile)
        .join(
            StoredFile,
            and_(StoredFile.tenant_id == Attachment.tenant_id, StoredFile.id == Attachment.file_id),
        )
        .where(Attachment.message_id.in_(messages))
        .order_by(Attachment.id)
    ):
        found[attachment.message_id].append(
            File(attachment.id, attachment.name, stored.mime, stored.size, stored.width, stored.height)
        )
    return found


def _reactions(session: Session, actor: Actor, messages: Sequence[int]) -> dict[int, dict[str, list[int]]]:
    """The signs on these messages, but for those of people whom the actor blocks."""
    found: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for message_id, sign, person_id in session.execute(
        select(Reaction.message_id, Reaction.sign, Reaction.person_id)
        .where(Reaction.message_id.in_(messages), Reaction.person_id.not_in(blocked_by(actor.person_id)))
        .order_by(Reaction.id)
    ):
        found[message_id][sign].append(person_id)
    return found


def attachment_of(
    session: Session, actor: Actor, conversation_id: int, attachment_id: int
) -> tuple[str, str, str] | None:
    """(digest, type, name) of a file on a message that the actor may read; None for any other one."""
    row = session.execute(
        select(StoredFile.digest, StoredFile.mime, Attachment.name)
        .join(
            Attachment,
            and_(Attachment.tenant_id == StoredFile.tenant_id, Attachment.file_id == StoredFile.id),
        )
        .join(Message, and_(Message.tenant_id == Attachment.tenant_id, Message.id == Attachment.message_id))
        .join(ConversationMember, seen_by())
        .where(
            Attachment.id == attachment_id,
            Message.conversation_id == conversation_id,
            ConversationMember.person_id == actor.person_id,
        )
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else None
