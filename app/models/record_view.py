"""Who of staff looked at whose record."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class RecordView(TenantOwned, Base):
    """Somebody of staff opened a person's page; one row for each hour in which they did, however often."""

    __tablename__ = "record_view"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "viewer_id", "person_id", "hour"),
        belongs_to("viewer_id", "person", ondelete="CASCADE"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        Index("ix_record_view_person", "tenant_id", "person_id", "hour"),
    )

    viewer_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int] = mapped_column(BigId)
    hour: Mapped[datetime] = mapped_column(UtcDateTime)
    """The full hour in UTC in which it was."""
