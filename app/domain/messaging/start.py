"""Beginning a conversation: with one person, of which there is one for each two people, or with several."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.messaging.people import check_may_write_to
from app.domain.messaging.terms import MOST_PEOPLE, NewGroup, NobodyChosen, TooManyPeople
from app.domain.or_nothing import insert_or_nothing
from app.kernel.errors import NotFound
from app.models import Conversation, ConversationKind, ConversationMember
from app.models.base import table_of
from app.tenancy import begin_writing, reviewed, tenant_of

_MEMBER = table_of(ConversationMember)


def direct_key(a: int, b: int) -> str:
    """What the one conversation of two people is found by."""
    return f"{min(a, b)}:{max(a, b)}"


def find_direct(session: Session, actor: Actor, person_id: int) -> int | None:
    """The conversation that the actor has with somebody, if they have begun one."""
    return session.scalar(
        select(Conversation.id).where(Conversation.direct_key == direct_key(actor.person_id, person_id))
    )


def start_direct(session: Session, actor: Actor, person_id: int, now: datetime) -> int:
    """The one conversation with somebody, begun if there is none. Its id.

    Raises NotFound for who may not be written to (`people.check_may_write_to`), and for oneself.
    """
    begin_writing(session)
    if person_id == actor.person_id:
        raise NotFound
    found = find_direct(session, actor, person_id)
    if found is not None:
        return found
    check_may_write_to(session, actor, frozenset({person_id}))
    return _claim(session, actor, person_id, now)


def _claim(session: Session, actor: Actor, person_id: int, now: datetime) -> int:
    """Insert the conversation, or wait for who does the same at this moment and take theirs."""
    key = direct_key(actor.person_id, person_id)
    made = insert_or_nothing(
        session,
        Conversation,
        kind=ConversationKind.DIRECT,
        direct_key=key,
        title="",
        created_by_id=actor.person_id,
        created_at=now,
    )
    if made is None:
        return session.scalars(select(Conversation.id).where(Conversation.direct_key == key)).one()
    _seat(session, made, {actor.person_id, person_id}, now)
    return made


def start_group(session: Session, actor: Actor, command: NewGroup, now: datetime) -> int:
    """A conversation of several people. Its id.

    Raises NobodyChosen, TooManyPeople, and NotFound for somebody who may not be written to.
    """
    begin_writing(session)
    people = command.people - {actor.person_id}
    if not people:
        raise NobodyChosen
    if len(people) + 1 > MOST_PEOPLE:
        raise TooManyPeople
    check_may_write_to(session, actor, people)
    conversation = Conversation(
        kind=ConversationKind.GROUP,
        title=command.title,
        created_by_id=actor.person_id,
        created_at=now,
    )
    session.add(conversation)
    session.flush()
    _seat(session, conversation.id, {actor.person_id, *people}, now)
    return conversation.id


def _seat(session: Session, conversation_id: int, people: set[int], now: datetime) -> None:
    rows = [
        {
            "tenant_id": tenant_of(session),
            "conversation_id": conversation_id,
            "person_id": person_id,
            "joined_at": now,
            "joined_after": 0,
            "read_up_to": 0,
            "muted": False,
        }
        for person_id in sorted(people)
    ]
    session.execute(reviewed(insert(_MEMBER)), rows)
