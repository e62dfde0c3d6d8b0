"""The tenant's account at the payment provider, and what the provider told it (domain: `app/domain/cards`)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, TenantOwned, UtcDateTime, owned, word


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
