"""Payment by card: the tenant's account at the provider, attempts to pay, cards that are kept, money that waits for staff.

Card numbers never come here: the provider's own pages take them (domain: `app/domain/cards`).
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word

_LOOKED_AT = text("look_at IS NOT NULL")
_UNSETTLED = text("settled_at IS NULL")


class CardMode(StrEnum):
    """Whose key asks the provider."""

    OWN_KEY = "own_key"
    """The tenant's own."""
    CONNECT = "connect"
    """The host's, on behalf of the tenant's account."""


class CardSetting(TenantOwned, Base):
    """The tenant's account at the payment provider; without a row nobody pays by card."""

    __tablename__ = "card_setting"
    __table_args__ = owned(
        UniqueConstraint("tenant_id"),
        CheckConstraint("(mode = 'own_key') = (secret_key IS NOT NULL)", name="key"),
    )

    mode: Mapped[CardMode] = mapped_column(word(CardMode))
    account: Mapped[str] = mapped_column(String(100))
    """The account's id; whatever else has an id there has it within this account only."""
    name: Mapped[str] = mapped_column(String(120), default="")
    """What the provider calls the account."""
    secret_key: Mapped[str | None] = mapped_column(String(1000))
    """Sealed (`ports.SecretBox`)."""
    endpoint: Mapped[str] = mapped_column(String(100), default="")
    """The id of the webhook that was set up with the key; empty where that could not be done."""
    endpoint_secret: Mapped[str | None] = mapped_column(String(1000))
    """What its messages are signed with; sealed."""
    test: Mapped[bool]
    """No real money moves."""
    ready: Mapped[bool] = mapped_column(default=True)
    """Whether the provider lets the account take money."""
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    refunds_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the account was last asked what went back of late."""


class CardCustomer(TenantOwned, Base):
    """Somebody as one account of the provider knows them."""

    __tablename__ = "card_customer"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "person_id", "account"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    account: Mapped[str] = mapped_column(String(100))
    customer: Mapped[str] = mapped_column(String(100))
    automatic_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """They allowed that invoices which are issued from then on are paid with the card they chose, without being asked."""


class CardFarewell(TenantOwned, Base):
    """A customer whom an account of the provider is to forget, because they are nobody here any more."""

    __tablename__ = "card_farewell"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "account", "customer"),
        Index("ix_card_farewell_due", "tenant_id", "account", "next_try_at"),
    )

    account: Mapped[str] = mapped_column(String(100))
    customer: Mapped[str] = mapped_column(String(100))
    tries: Mapped[int]
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SavedCard(TenantOwned, Base):
    """A card that the provider keeps for somebody, and what may be said of it."""

    __tablename__ = "saved_card"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "account", "method"),
        Index("ix_saved_card_person", "tenant_id", "person_id"),
        Index(
            "uq_saved_card_default",
            "tenant_id",
            "person_id",
            "account",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    account: Mapped[str] = mapped_column(String(100))
    method: Mapped[str] = mapped_column(String(100))
    brand: Mapped[str] = mapped_column(String(40))
    last_digits: Mapped[str] = mapped_column(String(4))
    expires_month: Mapped[int]
    expires_year: Mapped[int]
    is_default: Mapped[bool] = mapped_column(default=False)
    """The one that automatic payment takes."""
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


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


class CardEvent(TenantOwned, Base):
    """A message of the provider that was acted on, so that it is acted on once."""

    __tablename__ = "card_event"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "event"),
        Index("ix_card_event_came", "tenant_id", "came_at"),
    )

    event: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(100))
    came_at: Mapped[datetime] = mapped_column(UtcDateTime)


class InvoiceLink(TenantOwned, Base):
    """The address by which somebody without an account pays an invoice; it is dead once nothing is open."""

    __tablename__ = "invoice_link"
    __table_args__ = owned(
        belongs_to("invoice_id", "invoice", ondelete="CASCADE"),
        belongs_to("made_by_id", "person"),
        UniqueConstraint("tenant_id", "invoice_id"),
        UniqueConstraint("token"),
    )

    invoice_id: Mapped[int] = mapped_column(BigId)
    token: Mapped[str] = mapped_column(String(43))
    made_by_id: Mapped[int | None] = mapped_column(BigId)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
