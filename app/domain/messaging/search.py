"""Words in one's own conversations."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.messaging.sight import seen_by
from app.kernel.folding import fold
from app.models import ConversationMember, Message

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class FoundMessage:
    id: int
    conversation_id: int
    sender_id: int
    body: str
    sent_at: datetime


def search(session: Session, actor: Actor, words: str) -> list[FoundMessage]:
    """The newest messages that the actor may read and that hold each of the words, without case and accents."""
    wanted = fold(words).split()
    if not wanted:
        return []
    query = (
        select(Message)
        .join(ConversationMember, seen_by())
        .where(ConversationMember.person_id == actor.person_id, Message.deleted_at.is_(None))
        .order_by(Message.id.desc())
        .limit(MOST_FOUND)
    )
    for word in wanted:
        query = query.where(Message.folded.contains(word, autoescape=True))
    return [
        FoundMessage(each.id, each.conversation_id, each.sender_id, each.body, each.sent_at)
        for each in session.scalars(query)
    ]
