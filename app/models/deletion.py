"""Somebody has asked to have their account deleted, and may still change their mind."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class Deletion(TenantOwned, Base):
    """A row from the asking until the account is kept after all, or made anonymous."""

    __tablename__ = "deletion"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "person_id"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        Index("ix_deletion_due", "tenant_id", "due_at"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """From then on it cannot be taken back."""
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
