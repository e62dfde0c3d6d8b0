"""Passkeys: public keys whose private halves never leave somebody's device, and the questions put to them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word


class Passkey(TenantOwned, Base):
    __tablename__ = "passkey"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "credential_id"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        Index("ix_passkey_person", "tenant_id", "person_id"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    credential_id: Mapped[str] = mapped_column(String(1400))
    """What the authenticator calls it: at most 1023 bytes, in base64url without padding."""
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    """As the authenticator gave it, in COSE."""
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """Rises with each use where the authenticator counts; one that stands still there is a copy."""
    host: Mapped[str] = mapped_column(String(253))
    """The host name it was made at: it works nowhere else."""
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ChallengeFor(StrEnum):
    """What a passkey's answer would be good for."""

    REGISTERING = "registering"
    SIGNING_IN = "signing_in"
    SECOND_STEP = "second_step"


class PasskeyChallenge(TenantOwned, Base):
    """A random value that a passkey signs: for one browser, one purpose and one answer. Used up, it is deleted."""

    __tablename__ = "passkey_challenge"
    __table_args__ = owned(UniqueConstraint("tenant_id", "challenge"))

    challenge: Mapped[str] = mapped_column(String(128))
    purpose: Mapped[ChallengeFor] = mapped_column(word(ChallengeFor))
    browser_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the random value that the asking browser's cookie holds, in hex."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
