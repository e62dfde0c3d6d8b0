"""Who turned out to be whom."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class Merger(TenantOwned, Base):
    """One person's row was emptied into another's; it stays, because the audit trail refers to it."""

    __tablename__ = "merger"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "merged_id"),
        belongs_to("merged_id", "person"),
        belongs_to("kept_id", "person"),
        CheckConstraint("merged_id <> kept_id", name="two"),
    )

    merged_id: Mapped[int] = mapped_column(BigId)
    kept_id: Mapped[int] = mapped_column(BigId)
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime)
