"""Somebody's conversations, the one with the latest message first. Three statements, however many there are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.actor import Actor
from app.domain.messaging.blocks import blocked_by
from app.domain.messaging.sight import seen_by, unread_by
from app.domain.profile.visible import Seen, seen_names
from app.kernel.errors import NotFound
from app.models import (
    Attachment,
    Block,
    Conversation,
    ConversationKind,
    ConversationMember,
    Draft,
    Message,
)
from app.models.base import LARGEST_ID

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else in a conversation."""

    person_id: int
    seen: Seen
    read_up_to: int
    blocked: bool
    """By who asks."""


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation as its list shows it."""

    id: int
    kind: ConversationKind
    title: str
    others: tuple[Other, ...]
    """Who is in it beside who asks, in the order in which they came."""
    unread: int
    read_up_to: int
    muted: bool
    left: bool
    draft: str
    """What who asks has begun to write."""
    at: datetime
    last: "LastMessage | None" = None

    @property
    def is_group(self) -> bool:
        return self.kind is ConversationKind.GROUP


@dataclass(frozen=True, slots=True)
class LastMessage:
    mine: bool
    sender_id: int
    body: str
    deleted: bool
    with_file: bool
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What one person has."""

    rows: tuple[ConversationRow, ...]
    names: dict[int, Seen] = field(default_factory=dict)

    def row(self, conversation_id: int) -> ConversationRow:
        """One of them. Raises NotFound."""
        for row in self.rows:
            if row.id == conversation_id:
                return row
        raise NotFound


def mailbox(session: Session, actor: Actor, also: int | None = None) -> Mailbox:
    """The actor's newest conversations, and among them `also`, however old it is, if they are in it."""
    found = list(session.execute(_listed(actor, also).limit(MOST_LISTED)))
    if also is not None and all(row.Conversation.id != also for row in found):
        found += session.execute(_listed(actor, also).where(Conversation.id == also))
    people = _people(session, actor, [row.Conversation.id for row in found])
    names = seen_names(
        session,
        actor,
        {row.person_id for row in people} | {row.Message.sender_id for row in found if row.Message},
    )
    others: dict[int, list[Other]] = defaultdict(list)
    for each in people:
        others[each.conversation_id].append(
            Other(each.person_id, names[each.person_id], each.read_up_to, each.blocked)
        )
    return Mailbox(tuple(_row(row, tuple(others[row.Conversation.id]), actor) for row in found), names)


def _listed(actor: Actor, also: int | None) -> Select[Any]:
    if also is not None and not 0 < also <= LARGEST_ID:
        raise NotFound
    newest, unread = aliased(Message), aliased(Message)
    last_id = select(func.max(newest.id)).where(seen_by(newest)).correlate_except(newest).scalar_subquery()
    waiting = (
        select(func.count(unread.id)).where(unread_by(unread)).correlate_except(unread).scalar_subquery()
    )
    shown = or_(
        Message.id.is_not(None),
        Draft.id.is_not(None),
        # Else whom one blocks could still write to one: in the name of a group.
        and_(
            Conversation.kind == ConversationKind.GROUP,
            Conversation.created_by_id.not_in(blocked_by(actor.person_id)),
        ),
        Conversation.id == (also or 0),
    )
    return (
        select(
            Conversation,
            ConversationMember,
            Message,
            waiting.label("unread"),
            exists(select(Attachment.id).where(Attachment.message_id == Message.id)).label("with_file"),
            func.coalesce(Draft.text, "").label("draft"),
        )
        .join(
            ConversationMember,
            and_(
                ConversationMember.tenant_id == Conversation.tenant_id,
                ConversationMember.conversation_id == Conversation.id,
            ),
        )
        .outerjoin(Message, and_(Message.tenant_id == Conversation.tenant_id, Message.id == last_id))
        .outerjoin(
            Draft,
            and_(
                Draft.tenant_id == ConversationMember.tenant_id,
                Draft.conversation_id == ConversationMember.conversation_id,
                Draft.person_id == ConversationMember.person_id,
            ),
        )
        .where(ConversationMember.person_id == actor.person_id, shown)
        .order_by(func.coalesce(Message.sent_at, Conversation.created_at).desc(), Conversation.id.desc())
    )


def _people(session: Session, actor: Actor, conversations: Sequence[int]) -> Sequence[Any]:
    """Who else is in them, and whom of these the actor blocks."""
    blocked = exists().where(
        Block.blocker_id == actor.person_id, Block.blocked_id == ConversationMember.person_id
    )
    return session.execute(
        select(
            ConversationMember.conversation_id,
            ConversationMember.person_id,
            ConversationMember.read_up_to,
            blocked.label("blocked"),
        )
        .where(
            ConversationMember.conversation_id.in_(conversations),
            ConversationMember.person_id != actor.person_id,
            ConversationMember.left_after.is_(None),
        )
        .order_by(ConversationMember.conversation_id, ConversationMember.id)
    ).all()


def _row(row: Row[Any], others: tuple[Other, ...], actor: Actor) -> ConversationRow:
    conversation: Conversation = row.Conversation
    member: ConversationMember = row.ConversationMember
    message: Message | None = row.Message
    return ConversationRow(
        conversation.id,
        conversation.kind,
        conversation.title,
        others,
        row.unread,
        member.read_up_to,
        member.muted,
        member.left_after is not None,
        row.draft,
        message.sent_at if message else conversation.created_at,
        LastMessage(
            message.sender_id == actor.person_id,
            message.sender_id,
            message.body,
            message.deleted_at is not None,
            row.with_file,
            message.sent_at,
        )
        if message
        else None,
    )
