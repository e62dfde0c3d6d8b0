"""What somebody shared into the portal from another app, until they choose who gets it."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class Sharing(TenantOwned, Base):
    """It is its person's alone; without one, whoever comes from signing in with its token claims it."""

    __tablename__ = "sharing"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "claim_hash"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        Index("ix_sharing_person", "tenant_id", "person_id"),
        Index("ix_sharing_expires", "tenant_id", "expires_at"),
        # An id stands in the address of a page that may stay open: it is never given again for something else.
        {"sqlite_autoincrement": True},
    )

    person_id: Mapped[int | None] = mapped_column(BigId)
    claim_hash: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the token in the address that leads through the sign-in; none once it is somebody's."""
    text: Mapped[str] = mapped_column(Text)
    said: Mapped[str] = mapped_column(Text, default="")
    """Why some of it was not taken, in the language of the page that will say it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SharedFile(TenantOwned, Base):
    __tablename__ = "shared_file"
    __table_args__ = owned(
        belongs_to("sharing_id", "sharing", ondelete="CASCADE"),
        belongs_to("file_id", "stored_file"),
        Index("ix_shared_file_sharing", "tenant_id", "sharing_id"),
    )

    sharing_id: Mapped[int] = mapped_column(BigId)
    file_id: Mapped[int] = mapped_column(BigId)
    name: Mapped[str] = mapped_column(String(120))
