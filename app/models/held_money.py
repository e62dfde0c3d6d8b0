"""Money that came by card and waits for staff."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word

_UNSETTLED = text("settled_at IS NULL")


class HoldReason(StrEnum):
    AMOUNT = "amount"
    """Another amount came than was asked for."""
    CURRENCY = "currency"
    SETTLED = "settled"
    """The invoice was paid otherwise meanwhile."""


class HeldMoney(TenantOwned, Base):
    """Money at the provider that pays nothing until staff say what becomes of it."""

    __tablename__ = "held_money"
    __table_args__ = owned(
        belongs_to("attempt_id", "card_attempt"),
        belongs_to("settled_by_id", "person"),
        UniqueConstraint("tenant_id", "attempt_id"),
        CheckConstraint("amount_minor > 0", name="amount"),
        Index(
            "ix_held_money_unsettled",
            "tenant_id",
            "id",
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
    )

    attempt_id: Mapped[int] = mapped_column(BigId)
    reason: Mapped[HoldReason] = mapped_column(word(HoldReason))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    came_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(BigId)
    note: Mapped[str] = mapped_column(String(200), default="")
    """What became of it, in the words of whoever decided."""
