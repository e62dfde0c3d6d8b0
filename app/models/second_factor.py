"""The second factor: a secret shared with an authenticator app, codes for the day it is lost, and who is half signed in."""

from datetime import datetime

from sqlalchemy import BigInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class Authenticator(TenantOwned, Base):
    """Somebody's authenticator app; nothing is asked of it before it was confirmed with a code."""

    __tablename__ = "authenticator"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "person_id"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    sealed_secret: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    """The 30 seconds, counted from 1970, whose code was used last: neither it nor one before it works again."""


class RecoveryCode(TenantOwned, Base):
    """One of the codes that stand in for a lost second factor, each once."""

    __tablename__ = "recovery_code"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "person_id", "code_hash"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PendingSignIn(TenantOwned, Base):
    """Somebody who has shown who they are and has yet to show the second factor."""

    __tablename__ = "pending_sign_in"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "token_hash"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    token_hash: Mapped[str] = mapped_column(String(64))
    way: Mapped[str] = mapped_column(String(20))
    """How the first step was made."""
    tries_left: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
