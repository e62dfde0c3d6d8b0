"""Sign-ins under way at a provider, what of its messages has been used up, and the sessions that came of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word


class SignOnPurpose(StrEnum):
    """What a browser went to the provider for."""

    SIGN_IN = "sign_in"
    LINK = "link"
    TRIAL = "trial"
    """To see what the provider sends, by somebody who sets it up: nobody is signed in."""
    LEAVE = "leave"
    """To be signed out there, after it was signed out here."""


class SignOnAttempt(TenantOwned, Base):
    """A browser that was sent to a provider. Claimed once, by deleting it: an answer cannot be used twice."""

    __tablename__ = "sign_on_attempt"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "token_hash"),
        belongs_to("provider_id", "sign_on_provider", ondelete="CASCADE"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        Index("ix_sign_on_attempt_expiry", "tenant_id", "expires_at"),
    )

    provider_id: Mapped[int] = mapped_column(BigId)
    purpose: Mapped[SignOnPurpose] = mapped_column(word(SignOnPurpose))
    token_hash: Mapped[str] = mapped_column(String(64))
    """Of the random token that travels there and back: OIDC's `state`, SAML's `RelayState`."""
    browser_hash: Mapped[str] = mapped_column(String(64))
    """Of the random token in a cookie of the browser that left: no other browser may come back with the answer. Empty for what
    no answer is waited for any more: a leaving, and an account that waits to be linked (`domain.sign_on.arrival`)."""
    person_id: Mapped[int | None] = mapped_column(BigId)
    """Who is linking an account of theirs."""
    memory: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the protocol's client must know when the answer comes: nonce and verifier, or the request's id. Of an account that
    waits to be linked: what the provider said."""
    next_path: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SignOnUsed(TenantOwned, Base):
    """A message of a provider that counts once: a logout token's `jti`, an assertion's id. Kept until it would expire."""

    __tablename__ = "sign_on_used"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "provider_id", "key_hash"),
        belongs_to("provider_id", "sign_on_provider", ondelete="CASCADE"),
        Index("ix_sign_on_used_expiry", "tenant_id", "expires_at"),
    )

    provider_id: Mapped[int] = mapped_column(BigId)
    key_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SignOnSession(TenantOwned, Base):
    """How a session came about, when a provider vouched for its person: needed to end it from either side."""

    __tablename__ = "sign_on_session"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "session_id"),
        belongs_to("session_id", "login_session", ondelete="CASCADE"),
        belongs_to("provider_id", "sign_on_provider", ondelete="CASCADE"),
        Index("ix_sign_on_session_provider", "tenant_id", "provider_id", "subject"),
    )

    session_id: Mapped[int] = mapped_column(BigId)
    provider_id: Mapped[int] = mapped_column(BigId)
    subject: Mapped[str] = mapped_column(String(255))
    provider_session: Mapped[str] = mapped_column(String(255), default="")
    """The provider's own name for its session: OIDC's `sid`, SAML's SessionIndex."""
    hint: Mapped[str] = mapped_column(Text, default="")
    """What the provider wants to see when it is asked to sign out, sealed; empty when it wants nothing."""
