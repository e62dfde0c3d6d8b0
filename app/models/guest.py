"""Visitors whom somebody expects at a booking of theirs."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class BookingGuest(TenantOwned, Base):
    """Somebody who comes to a booking and need not be known here; kept until 30 days after it."""

    __tablename__ = "booking_guest"
    __table_args__ = owned(
        belongs_to("booking_id", "booking", ondelete="CASCADE"),
        belongs_to("person_id", "person"),
        CheckConstraint("name <> ''", name="name"),
        Index("ix_booking_guest_booking", "tenant_id", "booking_id"),
        Index("ix_booking_guest_person", "tenant_id", "person_id"),
    )

    booking_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int] = mapped_column(BigId)
    """Who expects them: whose booking it is."""
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254), default="")
    """Where they are told when and where; empty for nowhere."""
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the front desk let them in."""
