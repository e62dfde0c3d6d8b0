"""How far somebody has read, and what there is to read. Nothing here is counted anywhere but in the messages."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.messaging.finding import membership
from app.domain.messaging.news import mark_told, tell_conversation
from app.domain.messaging.sight import seen_by
from app.models import ConversationMember, Message
from app.tenancy import begin_writing


def mark_read(session: Session, actor: Actor, conversation_id: int, up_to: int, now: datetime) -> bool:
    """Note that the actor has seen everything up to a message; it never goes back. Whether anything was new.

    Raises NotFound. Commits what `begin_writing` ends, only when there is something to write.
    """
    _conversation, member = membership(session, actor, conversation_id)
    if _newest_seen(session, member, up_to) <= member.read_up_to:
        return False
    begin_writing(session)
    _conversation, member = membership(session, actor, conversation_id)
    newest = _newest_seen(session, member, up_to)
    if newest <= member.read_up_to:
        return False
    writers = session.scalars(
        select(Message.sender_id)
        .where(Message.conversation_id == conversation_id, Message.id > member.read_up_to)
        .where(Message.id <= newest, ~Message.withheld)
        .distinct()
    ).all()
    member.read_up_to = newest
    session.flush()
    mark_told(session, actor.person_id, conversation_id, now)
    tell_conversation(session, conversation_id, {actor.person_id, *writers})
    return True


def _newest_seen(session: Session, member: ConversationMember, up_to: int) -> int:
    """The last of the messages up to one that a membership's person may read at all."""
    newest = (
        select(func.max(Message.id))
        .join(ConversationMember, seen_by())
        .where(ConversationMember.id == member.id, Message.id <= up_to)
    )
    return session.scalar(newest) or 0
