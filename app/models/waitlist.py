"""Who waits for a room that is taken, and what was offered to them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class WaitlistEntry(TenantOwned, Base):
    """Somebody waits for a room of a kind at a time, in the order in which they came. An entry gets one offer."""

    __tablename__ = "waitlist_entry"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("location_id", "location", ondelete="CASCADE"),
        belongs_to("resource_type_id", "resource_type", ondelete="CASCADE"),
        belongs_to("booking_id", "booking", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "booking_id"),
        CheckConstraint("starts_at < ends_at", name="span"),
        CheckConstraint("people >= 1", name="people"),
        CheckConstraint("tolerance_minutes >= 0", name="tolerance"),
        Index("ix_waitlist_entry_line", "tenant_id", "ended_at", "id"),
        Index("ix_waitlist_entry_person", "tenant_id", "person_id", "ended_at"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    location_id: Mapped[int] = mapped_column(BigId)
    resource_type_id: Mapped[int | None] = mapped_column(BigId)
    """None for a room of any kind."""
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    people: Mapped[int]
    tolerance_minutes: Mapped[int]
    """By how much earlier or later the room may be free."""
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    booking_id: Mapped[int | None] = mapped_column(BigId)
    """What was offered: a room held for them. Whether it still is, the booking says."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they had a room, left the line, let the offer pass, or the time was there."""
