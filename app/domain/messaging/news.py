"""Whom a change concerns: open pages ask again, and people who are not looking are told."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import String, and_, cast, delete, select
from sqlalchemy.orm import Session

from app.domain.live import changed
from app.domain.notices import mark_about_read, tell_all
from app.kernel.names import full_name
from app.models import Conversation, ConversationMember, Message, Notice, Person

RECEIVED = "message.received"
_LONGEST_BEGINNING = 160


def tell_conversation(session: Session, conversation_id: int, people: Iterable[int]) -> None:
    """Let the open pages of these people ask again for the conversation and for their list, once this is committed."""
    changed(session, f"messages.{conversation_id}", people=people)


def tell_typing(session: Session, conversation_id: int, people: Iterable[int]) -> None:
    """Let the open pages of these people show that somebody is writing."""
    changed(session, f"typing.{conversation_id}", people=people)


def announce_message(session: Session, message: Message, hearers: Iterable[int], now: datetime) -> None:
    """Tell those who may read a message that it came, but for who wants this conversation to be quiet, or is suspended."""
    loud = session.scalars(
        select(ConversationMember.person_id)
        .join(
            Person,
            and_(Person.tenant_id == ConversationMember.tenant_id, Person.id == ConversationMember.person_id),
        )
        .where(
            ConversationMember.conversation_id == message.conversation_id,
            ConversationMember.person_id.in_(hearers),
            ~ConversationMember.muted,
            Person.suspended_at.is_(None),
        )
    ).all()
    if not loud:
        return
    sender = session.get_one(Person, message.sender_id)
    data = {
        "conversation_id": message.conversation_id,
        "message_id": message.id,
        "sender_id": message.sender_id,
        "from": full_name(sender.first_name, sender.last_name),
        "text": _beginning(message),
        "group": session.get_one(Conversation, message.conversation_id).title,
    }
    tell_all(session, now, loud, RECEIVED, data)


def retell_message(session: Session, message: Message, people: Collection[int] | None = None) -> None:
    """What notices quote of a message is what it says now: those of these people, or everybody's."""
    session.flush()
    told = select(Notice).where(Notice.kind == RECEIVED, Notice.about == str(message.conversation_id))
    notices = session.scalars(told if people is None else told.where(Notice.person_id.in_(people)))
    for notice in notices:
        if notice.data.get("message_id") == message.id:
            notice.data = notice.data | {"text": _beginning(message)}


def forget_quotes(session: Session, person_id: int) -> None:
    """Nothing that others were told quotes this person any more, who is about to be nobody."""
    places = select(ConversationMember.conversation_id).where(ConversationMember.person_id == person_id)
    notices = session.execute(
        select(Notice.id, Notice.data).where(
            Notice.kind == RECEIVED, Notice.about.in_(select(cast(places.subquery().c[0], String)))
        )
    )
    quoting = [id_ for id_, data in notices if data.get("sender_id") == person_id]
    if quoting:
        session.execute(delete(Notice).where(Notice.id.in_(quoting)))


def mark_told(session: Session, person_id: int, conversation_id: int, now: datetime) -> None:
    """Who has read a conversation need not be told of it any more."""
    mark_about_read(session, RECEIVED, conversation_id, now, person_id=person_id)


def _beginning(message: Message) -> str:
    text = " ".join(message.body.split())
    return text if len(text) <= _LONGEST_BEGINNING else f"{text[: _LONGEST_BEGINNING - 1]}…"
