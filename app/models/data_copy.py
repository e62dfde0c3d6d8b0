"""Copies of everything that is held about somebody, made for them to download."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class DataCopy(TenantOwned, Base):
    """One archive. Its bytes are with the Files port, under no address of their own, until it expires."""

    __tablename__ = "data_copy"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        Index("ix_data_copy_person", "tenant_id", "person_id", "asked_at"),
        Index("ix_data_copy_expiry", "tenant_id", "expires_at"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Empty until it is ready."""
    digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the archive in hex."""
    size: Mapped[int] = mapped_column(default=0)
