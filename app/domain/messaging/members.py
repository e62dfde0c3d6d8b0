"""Who is in a conversation: adding people, leaving, and keeping it quiet."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.messaging.finding import hold_membership, last_id, membership, others_in
from app.domain.messaging.news import tell_conversation
from app.domain.messaging.people import check_may_write_to
from app.domain.messaging.terms import MOST_PEOPLE, TooManyPeople
from app.kernel.errors import NotFound
from app.models import Conversation, ConversationKind, ConversationMember
from app.tenancy import begin_writing


def add_people(
    session: Session, actor: Actor, conversation_id: int, people: frozenset[int], now: datetime
) -> None:
    """Bring people into a group: they read what is said from now on. Who is in it already stays as they are.

    Raises NotFound (also between two people), HasLeft and TooManyPeople.
    """
    begin_writing(session)
    conversation = _hold_group(session, actor, conversation_id)
    check_may_write_to(session, actor, people)
    rows = {
        member.person_id: member
        for member in session.scalars(
            select(ConversationMember).where(ConversationMember.conversation_id == conversation_id)
        )
    }
    newcomers = {each for each in people if each not in rows or rows[each].left_after is not None}
    here = sum(member.left_after is None for member in rows.values())
    if here + len(newcomers) > MOST_PEOPLE:
        raise TooManyPeople
    newest = last_id(session, conversation.id)
    for person_id in sorted(newcomers):
        member = rows.get(person_id)
        if member is None:
            member = ConversationMember(conversation_id=conversation_id, person_id=person_id)
            session.add(member)
        member.joined_at, member.joined_after, member.read_up_to = now, newest, newest
        member.left_after, member.muted = None, False
    session.flush()
    _tell(session, actor, conversation_id)


def rename(session: Session, actor: Actor, conversation_id: int, title: str) -> None:
    """Give a group another name. Raises NotFound and HasLeft."""
    begin_writing(session)
    _hold_group(session, actor, conversation_id).title = title
    session.flush()
    _tell(session, actor, conversation_id)


def leave(session: Session, actor: Actor, conversation_id: int) -> None:
    """Leave a group: what was said stays to be read, and nothing new comes. Raises NotFound and HasLeft."""
    begin_writing(session)
    _hold_group(session, actor, conversation_id)
    _conversation, member = membership(session, actor, conversation_id)
    member.left_after = last_id(session, conversation_id)
    session.flush()
    _tell(session, actor, conversation_id)


def mute(session: Session, actor: Actor, conversation_id: int, *, muted: bool) -> None:
    """Hear nothing of a conversation without leaving it, or hear of it again. Raises NotFound and HasLeft."""
    begin_writing(session)
    _conversation, member = hold_membership(session, actor, conversation_id)
    member.muted = muted
    session.flush()
    tell_conversation(session, conversation_id, {actor.person_id})


def count_people(session: Session, conversation_id: int) -> int:
    """How many are in a conversation now."""
    return session.scalars(
        select(func.count(ConversationMember.id)).where(
            ConversationMember.conversation_id == conversation_id, ConversationMember.left_after.is_(None)
        )
    ).one()


def _hold_group(session: Session, actor: Actor, conversation_id: int) -> Conversation:
    conversation, _member = hold_membership(session, actor, conversation_id)
    if conversation.kind is not ConversationKind.GROUP:
        raise NotFound
    return conversation


def _tell(session: Session, actor: Actor, conversation_id: int) -> None:
    people = {actor.person_id, *others_in(session, conversation_id, actor.person_id)}
    tell_conversation(session, conversation_id, people)
