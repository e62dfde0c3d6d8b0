"""Attempts to pay invoices by card, and what came of them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word

_LOOKED_AT = text("look_at IS NOT NULL")


class AttemptKind(StrEnum):
    PAGE = "page"
    """On the provider's page, by whoever has the address of it."""
    AUTOMATIC = "automatic"
    """With a saved card, while the person is not there."""
    CARD = "card"
    """Nothing is paid: a card is to be kept."""


class AttemptState(StrEnum):
    OPEN = "open"
    """Nobody knows yet; only the provider's word ends it."""
    PAID = "paid"
    """The money came; or the card is kept."""
    REFUSED = "refused"
    """The bank said no to an automatic payment."""
    ASKS = "asks"
    """The bank wants the person to confirm an automatic payment."""
    ENDED = "ended"
    """Nobody can pay here any more, and nobody did."""
    HELD = "held"
    """Money came that does not fit: staff decide about it (`HeldMoney`)."""


class CardAttempt(TenantOwned, Base):
    """One attempt to pay some invoices together. While it is open there is no second one for any of them."""

    __tablename__ = "card_attempt"
    __table_args__ = owned(
        belongs_to("payer_id", "person"),
        UniqueConstraint("token"),
        Index("ix_card_attempt_payer", "tenant_id", "payer_id", "id"),
        Index("ix_card_attempt_intent", "tenant_id", "intent"),
        Index(
            "ix_card_attempt_look",
            "tenant_id",
            "look_at",
            sqlite_where=_LOOKED_AT,
            postgresql_where=_LOOKED_AT,
        ),
        CheckConstraint("(kind = 'card') = (amount_minor = 0)", name="amount"),
        CheckConstraint("(state = 'open') = (look_at IS NOT NULL)", name="look"),
    )

    payer_id: Mapped[int] = mapped_column(BigId)
    kind: Mapped[AttemptKind] = mapped_column(word(AttemptKind))
    state: Mapped[AttemptState] = mapped_column(word(AttemptState))
    token: Mapped[str] = mapped_column(String(64))
    """What the provider knows it by: the tenant's id and what nobody guesses. It is in the address that its page leads to."""
    account: Mapped[str] = mapped_column(String(100))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    keeps_card: Mapped[bool] = mapped_column(default=False)
    """The card is kept for automatic payment, as the person asked."""
    tries: Mapped[int] = mapped_column(default=0)
    """How often the provider failed to say what became of a wish: the next one is a new wish."""
    page: Mapped[str | None] = mapped_column(String(100))
    """The provider's id of the page."""
    url: Mapped[str | None] = mapped_column(String(2000))
    intent: Mapped[str | None] = mapped_column(String(100))
    """The provider's id of the payment itself."""
    method: Mapped[str | None] = mapped_column(String(100))
    """The saved card that an automatic payment takes."""
    problem: Mapped[str] = mapped_column(String(60), default="")
    """Why the bank said no, in the provider's word."""
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the provider is asked what became of it, should it not say so by itself."""


class AttemptInvoice(TenantOwned, Base):
    """An invoice that an attempt is to pay, and how much of it."""

    __tablename__ = "attempt_invoice"
    __table_args__ = owned(
        belongs_to("attempt_id", "card_attempt", ondelete="CASCADE"),
        belongs_to("invoice_id", "invoice"),
        UniqueConstraint("tenant_id", "attempt_id", "invoice_id"),
        Index("ix_attempt_invoice_invoice", "tenant_id", "invoice_id"),
        CheckConstraint("amount_minor > 0", name="amount"),
    )

    attempt_id: Mapped[int] = mapped_column(BigId)
    invoice_id: Mapped[int] = mapped_column(BigId)
    amount_minor: Mapped[int] = mapped_column(BigInteger)


class AttemptPayment(TenantOwned, Base):
    """A payment in the books whose money came by an attempt; more than one where some of it was held first."""

    __tablename__ = "attempt_payment"
    __table_args__ = owned(
        belongs_to("attempt_id", "card_attempt"),
        belongs_to("payment_id", "payment"),
        UniqueConstraint("tenant_id", "payment_id"),
        Index("ix_attempt_payment_attempt", "tenant_id", "attempt_id"),
    )

    attempt_id: Mapped[int] = mapped_column(BigId)
    payment_id: Mapped[int] = mapped_column(BigId)
