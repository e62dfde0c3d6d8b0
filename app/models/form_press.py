"""Forms that were sent: the key that each was given with its page, so that it is acted on once."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, TenantOwned, UtcDateTime, owned


class FormPress(TenantOwned, Base):
    """A form whose wish was granted; kept for a day."""

    __tablename__ = "form_press"
    __table_args__ = owned(UniqueConstraint("tenant_id", "key"), Index("ix_form_press_at", "tenant_id", "at"))

    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
