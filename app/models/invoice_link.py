"""The address of an invoice for who has no account."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class InvoiceLink(TenantOwned, Base):
    """The address by which somebody without an account pays an invoice; it is dead once nothing is open."""

    __tablename__ = "invoice_link"
    __table_args__ = owned(
        belongs_to("invoice_id", "invoice", ondelete="CASCADE"),
        belongs_to("made_by_id", "person"),
        UniqueConstraint("tenant_id", "invoice_id"),
        UniqueConstraint("token"),
    )

    invoice_id: Mapped[int] = mapped_column(BigId)
    token: Mapped[str] = mapped_column(String(43))
    made_by_id: Mapped[int | None] = mapped_column(BigId)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
