"""Money that came in, and what it was for."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word


class PaymentWay(StrEnum):
    """How money reached the tenant."""

    TRANSFER = "transfer"
    DESK = "desk"
    """Cash, or the card machine on the desk."""
    CARD = "card"
    """By the payment provider, in the portal."""


class Payment(TenantOwned, Base):
    """Money received from somebody. It is never changed: what was recorded by mistake is voided."""

    __tablename__ = "payment"
    __table_args__ = owned(
        belongs_to("payer_id", "person"),
        belongs_to("recorded_by_id", "person"),
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_payment_payer", "tenant_id", "payer_id", "received_on"),
    )

    payer_id: Mapped[int] = mapped_column(BigId)
    way: Mapped[PaymentWay] = mapped_column(word(PaymentWay))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    received_on: Mapped[date]
    """The day it came, by the tenant's clock."""
    note: Mapped[str] = mapped_column(String(140), default="")
    """What the bank statement or the receipt says."""
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(BigId)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Allocation(TenantOwned, Base):
    """A part of a payment, or of a credit note, that settles a part of an invoice."""

    __tablename__ = "allocation"
    __table_args__ = owned(
        belongs_to("invoice_id", "invoice"),
        belongs_to("payment_id", "payment"),
        belongs_to("credit_note_id", "invoice"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("(payment_id IS NULL) <> (credit_note_id IS NULL)", name="one_source"),
        Index("ix_allocation_invoice", "tenant_id", "invoice_id"),
        Index("ix_allocation_payment", "tenant_id", "payment_id"),
        Index("ix_allocation_credit_note", "tenant_id", "credit_note_id"),
    )

    invoice_id: Mapped[int] = mapped_column(BigId)
    payment_id: Mapped[int | None] = mapped_column(BigId)
    credit_note_id: Mapped[int | None] = mapped_column(BigId)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
