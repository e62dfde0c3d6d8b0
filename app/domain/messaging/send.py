"""Saying something: once however often it is sent, to everybody who may hear it."""

from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.messaging.blocks import blocking, blocks
from app.domain.messaging.drafts import forget_draft
from app.domain.messaging.finding import hold_membership, membership, others_in
from app.domain.messaging.news import announce_message, tell_conversation
from app.domain.messaging.sight import seen_by
from app.domain.messaging.terms import (
    MOST_BYTES_A_DAY,
    MOST_FILES,
    BlocksThem,
    NobodyThere,
    NothingToSend,
    SendMessage,
    Sent,
    TooMuchSent,
)
from app.domain.stored_file import keep_file
from app.kernel.folding import fold
from app.models import (
    Attachment,
    Conversation,
    ConversationKind,
    ConversationMember,
    Message,
    Person,
    StoredFile,
)
from app.tenancy import begin_writing


def send(session: Session, actor: Actor, conversation_id: int, command: SendMessage, now: datetime) -> Sent:
    """Write a message into a conversation. The same `client_id` again gives the message that is there.

    Raises NotFound, HasLeft, NothingToSend, TooMuchSent, BlocksThem and NobodyThere. Commits nothing but what `begin_writing` ends.
    """
    begin_writing(session)
    conversation, _member = hold_membership(session, actor, conversation_id)
    before = sent_before(session, actor, command.client_id)
    if before is not None:
        return before
    if not (command.body or command.files):
        raise NothingToSend
    _check_room(session, actor, command, now)
    message = Message(
        conversation_id=conversation.id,
        sender_id=actor.person_id,
        client_id=command.client_id,
        body=command.body,
        folded=fold(command.body),
        sent_at=now,
        withheld=_is_withheld(session, actor, conversation),
    )
    session.add(message)
    session.flush()
    _attach(session, message, command, now)
    if command.of_the_draft:
        forget_draft(session, actor, conversation.id)
    session.flush()
    hearers = hearers_of(session, message)
    announce_message(session, message, hearers, now)
    tell_conversation(session, conversation.id, {actor.person_id, *hearers})
    return Sent(conversation.id, message.id, hearers=hearers, sent_at=now)


def sent_before(session: Session, actor: Actor, client_id: str | None) -> Sent | None:
    """The message that this browser has sent already under that id, in whatever conversation."""
    if client_id is None:
        return None
    row = session.execute(
        select(Message.conversation_id, Message.id, Message.sent_at).where(
            Message.sender_id == actor.person_id, Message.client_id == client_id
        )
    ).one_or_none()
    return Sent(row[0], row[1], again=True, sent_at=row[2]) if row else None


def hearers_of(session: Session, message: Message) -> frozenset[int]:
    """Everybody but its sender who may read a message."""
    return frozenset(
        session.scalars(
            select(ConversationMember.person_id)
            .join(Message, seen_by())
            .where(
                Message.id == message.id,
                ConversationMember.person_id != message.sender_id,
                ConversationMember.left_after.is_(None),
            )
        )
    )


def who_hears(session: Session, actor: Actor, conversation_id: int) -> set[int]:
    """Who would hear what the actor says there now: nobody who blocks them, or whom they block.

    Raises NotFound. Nobody hears who has left.
    """
    _conversation, member = membership(session, actor, conversation_id)
    if member.left_after is not None:
        return set()
    return set(others_in(session, conversation_id, actor.person_id)) - blocking(session, actor.person_id)


def _is_withheld(session: Session, actor: Actor, conversation: Conversation) -> bool:
    """Whether nobody is to hear of it. Only between two people: a group has others, who are not to miss it."""
    if conversation.kind is not ConversationKind.DIRECT:
        return False
    others = others_in(session, conversation.id, actor.person_id)
    able = select(Person.id).where(Person.id.in_(others), Person.suspended_at.is_(None))
    other = session.scalar(able)
    if other is None:
        raise NobodyThere
    if blocks(session, actor.person_id, other):
        raise BlocksThem
    return blocks(session, other, actor.person_id)


def _check_room(session: Session, actor: Actor, command: SendMessage, now: datetime) -> None:
    """Raises TooMuchSent. What was deleted again takes no room."""
    new = sum(file.size for file in command.files)
    if not new:
        return
    lately = (
        select(func.coalesce(func.sum(StoredFile.size), 0))
        .join(
            Attachment,
            and_(Attachment.tenant_id == StoredFile.tenant_id, Attachment.file_id == StoredFile.id),
        )
        .join(Message, and_(Message.tenant_id == Attachment.tenant_id, Message.id == Attachment.message_id))
        .where(Message.sender_id == actor.person_id, Message.sent_at > now - timedelta(days=1))
    )
    if session.scalars(lately).one() + new > MOST_BYTES_A_DAY:
        raise TooMuchSent


def _attach(session: Session, message: Message, command: SendMessage, now: datetime) -> None:
    for file in command.files[:MOST_FILES]:
        file_id = keep_file(
            session,
            now,
            file.digest,
            mime=file.mime,
            size=file.size,
            width=file.width,
            height=file.height,
        )
        session.add(Attachment(message_id=message.id, file_id=file_id, name=file.name))
