"""Conversations: who is in them, how far each has read, what they were about to say, and whom somebody blocks."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word


class ConversationKind(StrEnum):
    """Two people, of whom there is one such conversation, or any number."""

    DIRECT = "direct"
    GROUP = "group"


class Conversation(TenantOwned, Base):
    __tablename__ = "conversation"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "direct_key"),
        belongs_to("created_by_id", "person"),
        CheckConstraint("(kind = 'direct') = (direct_key IS NOT NULL)", name="direct"),
        {"sqlite_autoincrement": True},
    )

    kind: Mapped[ConversationKind] = mapped_column(word(ConversationKind))
    direct_key: Mapped[str | None] = mapped_column(String(41))
    """Both people's ids, the smaller one first: `7:12`. Unique, so that two who begin at once begin the same one."""
    title: Mapped[str] = mapped_column(String(80), default="")
    """What a group calls itself; without one it is called by its people."""
    created_by_id: Mapped[int] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConversationMember(TenantOwned, Base):
    """Somebody is in a conversation. What they may read is one stretch of it, from joining to leaving.

    Messages are numbered by their ids, which rise within a conversation, because sending holds its row.
    """

    __tablename__ = "conversation_member"
    __table_args__ = owned(
        belongs_to("conversation_id", "conversation", ondelete="CASCADE"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "conversation_id", "person_id"),
        Index("ix_conversation_member_person", "tenant_id", "person_id"),
    )

    conversation_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int] = mapped_column(BigId)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    joined_after: Mapped[int] = mapped_column(BigId, default=0)
    """The last message before they came: this one and those before it are not theirs to read."""
    left_after: Mapped[int | None] = mapped_column(BigId)
    """The last message before they left; none while they are here."""
    read_up_to: Mapped[int] = mapped_column(BigId, default=0)
    """The last message that they have seen."""
    muted: Mapped[bool] = mapped_column(default=False)


class Draft(TenantOwned, Base):
    """What somebody has begun to write and not sent."""

    __tablename__ = "draft"
    __table_args__ = owned(
        belongs_to("conversation_id", "conversation", ondelete="CASCADE"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "conversation_id", "person_id"),
    )

    conversation_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int] = mapped_column(BigId)
    text: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Block(TenantOwned, Base):
    """Somebody wants to hear nothing more of somebody, who is not told."""

    __tablename__ = "block"
    __table_args__ = owned(
        belongs_to("blocker_id", "person", ondelete="CASCADE"),
        belongs_to("blocked_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "blocker_id", "blocked_id"),
        Index("ix_block_blocked", "tenant_id", "blocked_id"),
    )

    blocker_id: Mapped[int] = mapped_column(BigId)
    blocked_id: Mapped[int] = mapped_column(BigId)
    blocked_at: Mapped[datetime] = mapped_column(UtcDateTime)
