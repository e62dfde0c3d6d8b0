"""One conversation, or one message in it, as far as somebody is in it; for everybody else there is none."""

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.lookup import one
from app.domain.messaging.sight import seen_by
from app.domain.messaging.terms import HasLeft
from app.kernel.errors import NotFound
from app.models import Conversation, ConversationMember, Message
from app.models.base import LARGEST_ID


def membership(
    session: Session, actor: Actor, conversation_id: int
) -> tuple[Conversation, ConversationMember]:
    """A conversation and the actor's part in it. Raises NotFound for who was never in it."""
    if not 0 < conversation_id <= LARGEST_ID:
        raise NotFound
    row = session.execute(
        select(Conversation, ConversationMember)
        .join(
            ConversationMember,
            and_(
                ConversationMember.tenant_id == Conversation.tenant_id,
                ConversationMember.conversation_id == Conversation.id,
            ),
        )
        .where(Conversation.id == conversation_id, ConversationMember.person_id == actor.person_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def hold_membership(
    session: Session, actor: Actor, conversation_id: int
) -> tuple[Conversation, ConversationMember]:
    """The same, with the conversation held until the transaction ends: nobody sends, joins or leaves meanwhile.

    Raises NotFound, and HasLeft for who is no longer in it.
    """
    one(session, Conversation, conversation_id, lock=True)
    conversation, member = membership(session, actor, conversation_id)
    if member.left_after is not None:
        raise HasLeft
    return conversation, member


def message_in(session: Session, actor: Actor, conversation_id: int, message_id: int) -> Message:
    """A message that the actor may read. Raises NotFound for any other one."""
    if not (0 < conversation_id <= LARGEST_ID and 0 < message_id <= LARGEST_ID):
        raise NotFound
    message = session.scalars(
        select(Message)
        .join(ConversationMember, seen_by())
        .where(
            Message.id == message_id,
            Message.conversation_id == conversation_id,
            ConversationMember.person_id == actor.person_id,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if message is None:
        raise NotFound
    return message


def others_in(session: Session, conversation_id: int, person_id: int) -> list[int]:
    """Everybody else who is in a conversation now."""
    return list(
        session.scalars(
            select(ConversationMember.person_id).where(
                ConversationMember.conversation_id == conversation_id,
                ConversationMember.person_id != person_id,
                ConversationMember.left_after.is_(None),
            )
        )
    )


def last_id(session: Session, conversation_id: int) -> int:
    """The last message of a held conversation, whoever may read it; 0 before the first."""
    newest = select(func.max(Message.id)).where(Message.conversation_id == conversation_id)
    return session.scalar(newest) or 0
