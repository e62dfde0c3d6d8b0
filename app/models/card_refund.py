"""Money that goes back to a card."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word

_LOOKED_AT = text("look_at IS NOT NULL")


class RefundState(StrEnum):
    ASKED = "asked"
    """The provider may not have heard of it yet."""
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    """The money is still at the provider: it has to go back otherwise."""


class CardRefund(TenantOwned, Base):
    """Money that goes back to the card it came from."""

    __tablename__ = "card_refund"
    __table_args__ = owned(
        belongs_to("attempt_id", "card_attempt"),
        belongs_to("credit_note_id", "invoice"),
        belongs_to("held_id", "held_money"),
        belongs_to("asked_by_id", "person"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("(credit_note_id IS NULL) <> (held_id IS NULL)", name="one_reason"),
        Index("ix_card_refund_attempt", "tenant_id", "attempt_id"),
        Index("ix_card_refund_note", "tenant_id", "credit_note_id"),
        Index(
            "ix_card_refund_look",
            "tenant_id",
            "look_at",
            sqlite_where=_LOOKED_AT,
            postgresql_where=_LOOKED_AT,
        ),
    )

    attempt_id: Mapped[int] = mapped_column(BigId)
    """By which the money came."""
    credit_note_id: Mapped[int | None] = mapped_column(BigId)
    held_id: Mapped[int | None] = mapped_column(BigId)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[RefundState] = mapped_column(word(RefundState))
    refund: Mapped[str | None] = mapped_column(String(100))
    """The provider's id of it."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int | None] = mapped_column(BigId)
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When staff said that they sent by transfer what the card could not take."""


class OutsideRefund(TenantOwned, Base):
    """Money that went back to a card because somebody said so at the provider: no credit note of ours asked for it."""

    __tablename__ = "outside_refund"
    __table_args__ = owned(
        belongs_to("attempt_id", "card_attempt"),
        belongs_to("settled_by_id", "person"),
        UniqueConstraint("tenant_id", "refund"),
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_outside_refund_attempt", "tenant_id", "attempt_id"),
    )

    attempt_id: Mapped[int] = mapped_column(BigId)
    """By which the money came."""
    refund: Mapped[str] = mapped_column(String(100))
    """The provider's id of it."""
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[RefundState] = mapped_column(word(RefundState))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When we heard that the card could not take it: the money is with the provider again."""
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When staff said that they have dealt with it."""
    settled_by_id: Mapped[int | None] = mapped_column(BigId)
