"""Changes of somebody's e-mail: asked for, confirmed at the new address, stopped from the old one."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class EmailChange(TenantOwned, Base):
    """One wish for another e-mail. Both links are random tokens that are stored hashed (SHA-256, in hex)."""

    __tablename__ = "email_change"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "confirm_hash"),
        UniqueConstraint("tenant_id", "stop_hash"),
        Index("ix_email_change_person", "tenant_id", "person_id"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    old_email: Mapped[str] = mapped_column(String(254))
    new_email: Mapped[str] = mapped_column(String(254))
    confirm_hash: Mapped[str | None] = mapped_column(String(64))
    """Of the link mailed to the new address; none before that mail is written."""
    stop_hash: Mapped[str | None] = mapped_column(String(64))
    """Of the link mailed to the old address."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirm_until: Mapped[datetime] = mapped_column(UtcDateTime)
    stop_until: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Stopped from the old address, withdrawn, or replaced by another wish."""
