"""Messages, with what hangs on them: files, reactions, and reports to staff."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word


class Message(TenantOwned, Base):
    __tablename__ = "message"
    __table_args__ = owned(
        belongs_to("conversation_id", "conversation", ondelete="CASCADE"),
        belongs_to("sender_id", "person", ondelete="CASCADE"),
        # However often a browser sends it: once.
        UniqueConstraint("tenant_id", "sender_id", "client_id"),
        Index("ix_message_conversation", "tenant_id", "conversation_id", "id"),
        Index("ix_message_sent", "tenant_id", "sent_at"),
        # An id that was given is never given again: how far somebody has read is such an id.
        {"sqlite_autoincrement": True},
    )

    conversation_id: Mapped[int] = mapped_column(BigId)
    sender_id: Mapped[int] = mapped_column(BigId)
    client_id: Mapped[str | None] = mapped_column(String(36))
    """Made by the sender's browser before it sends."""
    body: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text)
    """The body as a search compares it (`kernel.folding`)."""
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """A deleted message keeps its place and nothing else."""
    removed: Mapped[bool] = mapped_column(default=False)
    """Deleted by staff."""
    withheld: Mapped[bool] = mapped_column(default=False)
    """Written to somebody who blocks the sender: for ever nobody's but the sender's, who is not told."""


class Attachment(TenantOwned, Base):
    __tablename__ = "attachment"
    __table_args__ = owned(
        belongs_to("message_id", "message", ondelete="CASCADE"),
        belongs_to("file_id", "stored_file"),
        Index("ix_attachment_message", "tenant_id", "message_id"),
        Index("ix_attachment_file", "tenant_id", "file_id"),
    )

    message_id: Mapped[int] = mapped_column(BigId)
    file_id: Mapped[int] = mapped_column(BigId)
    name: Mapped[str] = mapped_column(String(120))
    """As its sender called it."""


class Reaction(TenantOwned, Base):
    __tablename__ = "reaction"
    __table_args__ = owned(
        belongs_to("message_id", "message", ondelete="CASCADE"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "message_id", "person_id", "sign"),
    )

    message_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int] = mapped_column(BigId)
    sign: Mapped[str] = mapped_column(String(16))
    """A word of `domain.messaging.terms.SIGNS`."""


class ReportReason(StrEnum):
    """What is wrong with a message."""

    RUDE = "rude"
    UNWANTED = "unwanted"
    """Advertising, or somebody who does not stop."""
    UNSAFE = "unsafe"
    OTHER = "other"


class ReportOutcome(StrEnum):
    """What staff did about it."""

    KEPT = "kept"
    REMOVED = "removed"


class Report(TenantOwned, Base):
    """Somebody showed a message to staff, who see it and a little around it, and nothing else of the conversation."""

    __tablename__ = "report"
    __table_args__ = owned(
        belongs_to("message_id", "message", ondelete="CASCADE"),
        belongs_to("reporter_id", "person", ondelete="CASCADE"),
        belongs_to("decided_by_id", "person"),
        UniqueConstraint("tenant_id", "message_id", "reporter_id"),
        Index("ix_report_open", "tenant_id", "decided_at", "id"),
    )

    message_id: Mapped[int] = mapped_column(BigId)
    reporter_id: Mapped[int] = mapped_column(BigId)
    reason: Mapped[ReportReason] = mapped_column(word(ReportReason))
    note: Mapped[str] = mapped_column(String(500), default="")
    said: Mapped[str] = mapped_column(Text)
    """What the message said when it was reported: who wrote it may still change it."""
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(BigId)
    outcome: Mapped[ReportOutcome | None] = mapped_column(word(ReportOutcome))
