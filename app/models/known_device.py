"""What somebody has signed in with before, so that something new can be told of by mail."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class KnownDevice(TenantOwned, Base):
    """One combination of browser and system; it outlives the sessions that were on it."""

    __tablename__ = "known_device"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "person_id", "browser", "system"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    browser: Mapped[str] = mapped_column(String(40))
    system: Mapped[str] = mapped_column(String(40))
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
