"""A mailed way in: a link for the browser that asked, and a code to type there when the mail is read elsewhere."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class SignInLink(TenantOwned, Base):
    """Single use: used up, it is deleted. Neither link nor code is stored, only what they hash to."""

    __tablename__ = "sign_in_link"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "token_hash"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        Index("ix_sign_in_link_browser", "tenant_id", "browser_hash"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    token_hash: Mapped[str] = mapped_column(String(64))
    code_hash: Mapped[str] = mapped_column(String(64))
    browser_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the random value in the cookie of the browser that asked: no other one gets in."""
    tries_left: Mapped[int]
    """How many wrong codes it still bears."""
    next_path: Mapped[str] = mapped_column(String(2000), default="")
    """Where the browser that asked was going: a path of ours, or nothing."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
