"""Server-side sessions and the tokens of mailed password links. Tokens are stored hashed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class Way(StrEnum):
    """How somebody signed in."""

    PASSWORD = "password"  # noqa: S105 (a word)
    PASSKEY = "passkey"
    MAIL = "mail"
    """With a mailed link or code, a chosen password included."""
    SIGN_ON = "sign_on"
    """On another platform's word. Whether that asks for a second factor is its administrator's business."""


class LoginSession(TenantOwned, Base):
    """One signed-in browser. Deleting the row signs it out at its next request."""

    __tablename__ = "login_session"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "token_hash"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("location_id", "location"),
        Index("ix_login_session_person", "tenant_id", "person_id"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    token_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the token in the browser's cookie, in hex."""
    location_id: Mapped[int | None] = mapped_column(BigId)
    """The location chosen in this browser; without one the person's own."""
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    way: Mapped[str] = mapped_column(String(20), default=Way.PASSWORD, server_default=Way.PASSWORD)
    """One of `Way`."""
    must_enrol: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Signed in without the second factor that the tenant asks of staff: nothing opens but the way to set one up."""
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the person last showed, signed in already, that it is them and not only their unlocked device."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PasswordReset(TenantOwned, Base):
    """A link mailed to somebody who forgot the password, or is to choose the first one: single use, short-lived."""

    __tablename__ = "password_reset"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "token_hash"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
