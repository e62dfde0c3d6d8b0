"""What may still become of a message: edited or deleted by who wrote it, for a while, and answered with a sign."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.messaging.blocks import blocking
from app.domain.messaging.finding import hold_membership, message_in
from app.domain.messaging.news import retell_message, tell_conversation
from app.domain.messaging.send import hearers_of
from app.domain.messaging.terms import CHANGEABLE_FOR, SIGNS, NothingToSend, TooLate
from app.domain.stored_file import forget_file
from app.kernel.errors import NotFound
from app.kernel.folding import fold
from app.models import Attachment, Message, Reaction, StoredFile
from app.tenancy import begin_writing


def edit(
    session: Session, actor: Actor, conversation_id: int, message_id: int, body: str, now: datetime
) -> None:
    """Say it in other words. Raises NotFound, HasLeft, TooLate and NothingToSend."""
    message = _hold_own(session, actor, conversation_id, message_id, now)
    files = session.scalar(select(Attachment.id).where(Attachment.message_id == message.id).limit(1))
    if not body and files is None:
        raise NothingToSend
    if body != message.body:
        message.body, message.folded, message.edited_at = body, fold(body), now
        session.flush()
        retell_message(session, message, hearers_of(session, message))
    _tell(session, actor, message)


def delete_message(
    session: Session, actor: Actor, conversation_id: int, message_id: int, now: datetime
) -> list[str]:
    """Take it back: that there was one stays. The digests of files that nothing shows any more.

    Raises NotFound, HasLeft and TooLate.
    """
    message = _hold_own(session, actor, conversation_id, message_id, now)
    hearers = {message.sender_id, *hearers_of(session, message)}
    digests = empty_message(session, message, now)
    tell_conversation(session, conversation_id, hearers)
    return digests


def empty_message(session: Session, message: Message, now: datetime) -> list[str]:
    """Leave nothing of a message but its place. The digests of files that nothing shows any more."""
    message.body, message.folded, message.edited_at, message.deleted_at = "", "", None, now
    retell_message(session, message)
    digests = list(
        session.scalars(
            select(StoredFile.digest)
            .join(Attachment, Attachment.file_id == StoredFile.id)
            .where(Attachment.message_id == message.id)
        )
    )
    for model in (Attachment, Reaction):
        session.execute(
            delete(model).where(model.message_id == message.id),
            execution_options={"synchronize_session": False},
        )
    session.flush()
    return [digest for digest in digests if forget_file(session, digest)]


def react(session: Session, actor: Actor, conversation_id: int, message_id: int, sign: str) -> None:
    """Answer a message with a sign; the same one again takes it back. Raises NotFound and HasLeft."""
    if sign not in SIGNS:
        raise NotFound
    begin_writing(session)
    hold_membership(session, actor, conversation_id)
    message = message_in(session, actor, conversation_id, message_id)
    if message.deleted_at is not None:
        raise NotFound
    mine = session.scalars(
        select(Reaction).where(
            Reaction.message_id == message.id,
            Reaction.person_id == actor.person_id,
            Reaction.sign == sign,
        )
    ).one_or_none()
    if mine is None:
        session.add(Reaction(message_id=message.id, person_id=actor.person_id, sign=sign))
    else:
        session.delete(mine)
    session.flush()
    _tell(session, actor, message)


def changeable(message: Message, actor: Actor, now: datetime) -> bool:
    """Whether the actor may still edit or delete a message."""
    return (
        message.sender_id == actor.person_id
        and message.deleted_at is None
        and now < message.sent_at + CHANGEABLE_FOR
    )


def _hold_own(
    session: Session, actor: Actor, conversation_id: int, message_id: int, now: datetime
) -> Message:
    begin_writing(session)
    hold_membership(session, actor, conversation_id)
    message = message_in(session, actor, conversation_id, message_id)
    if message.sender_id != actor.person_id or message.deleted_at is not None:
        raise NotFound
    if not changeable(message, actor, now):
        raise TooLate
    return message


def _tell(session: Session, actor: Actor, message: Message) -> None:
    people = {message.sender_id, *hearers_of(session, message)} - blocking(session, actor.person_id)
    tell_conversation(session, message.conversation_id, people)
