"""Uploaded and derived files; the bytes are with the Files port, the row says whose they are."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, TenantOwned, UtcDateTime, owned


class StoredFile(TenantOwned, Base):
    """A file kept under its content hash by the Files port; the same bytes are kept once."""

    __tablename__ = "stored_file"
    __table_args__ = owned(UniqueConstraint("tenant_id", "digest"))

    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the bytes in hex; also the name in the address, so that a change has a new address."""
    mime: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
