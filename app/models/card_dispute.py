"""Payments by card that their holder disputes at the bank."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word


class DisputeState(StrEnum):
    ASKS = "asks"
    """The bank waits for an answer of the tenant's, who gives it at the provider."""
    REVIEW = "review"
    """The bank decides."""
    WON = "won"
    LOST = "lost"
    """The money is with the card's holder again; the books say so, and say it anew should the loss be turned around."""


class CardDispute(TenantOwned, Base):
    """What a card's holder wants back of a payment, through their bank."""

    __tablename__ = "card_dispute"
    __table_args__ = owned(
        belongs_to("attempt_id", "card_attempt"),
        belongs_to("settled_by_id", "person"),
        UniqueConstraint("tenant_id", "dispute"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("(state = 'lost') = (lost_at IS NOT NULL AND won_back_at IS NULL)", name="lost"),
        Index("ix_card_dispute_attempt", "tenant_id", "attempt_id"),
    )

    attempt_id: Mapped[int] = mapped_column(BigId)
    """By which the money came."""
    dispute: Mapped[str] = mapped_column(String(100))
    """The provider's id of it."""
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(60))
    """Why, in the provider's word."""
    state: Mapped[DisputeState] = mapped_column(word(DisputeState))
    answer_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when the bank takes an answer, where it takes one."""
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lost_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When we heard that it is lost."""
    won_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When we heard that it is won after it was lost."""
    won_back_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """How much of that settles invoices; the rest waits for staff as money that does not fit (`held_money`)."""
    due_again_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """How much of the invoices staff made due again because of it."""
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was won, or staff said that they have dealt with it."""
    settled_by_id: Mapped[int | None] = mapped_column(BigId)
