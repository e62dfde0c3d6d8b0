"""What can be had with a booking, catering and equipment, and what was ordered with one."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word


class ExtraPricing(StrEnum):
    """What the price of one is for."""

    BOOKING = "booking"
    """Each, however long the booking is."""
    PERSON = "person"
    """Each person who has it."""
    HOUR = "hour"
    """Each, for an hour of the booking."""


class BookingExtraOffer(TenantOwned, Base):
    """Something that can be ordered with a booking. What was ordered keeps the name, price, tax and fee it was ordered for."""

    __tablename__ = "booking_extra_offer"
    __table_args__ = owned(
        belongs_to("tax_rate_id", "tax_rate"),
        UniqueConstraint("tenant_id", "name"),
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("stock >= 1", name="stock"),
        CheckConstraint("lead_hours BETWEEN 0 AND 2160", name="lead"),
        CheckConstraint("cancel_percent BETWEEN 0 AND 100", name="cancel_percent"),
    )

    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text, default="")
    price_minor: Mapped[int] = mapped_column(BigInteger)
    """Of one, as the tenant enters prices."""
    pricing: Mapped[ExtraPricing] = mapped_column(word(ExtraPricing))
    tax_rate_id: Mapped[int | None] = mapped_column(BigId)
    """What it is billed with; none where nobody is billed for it."""
    stock: Mapped[int | None]
    """How many there are at each location at the same time; None for any number."""
    lead_hours: Mapped[int] = mapped_column(default=0)
    """Members order, change and leave it out until so many hours before the start."""
    cancel_percent: Mapped[int] = mapped_column(default=0, server_default="0")
    """So much of its price is owed where the booking is cancelled after that."""
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """It cannot be ordered any more; whoever ordered it has it."""


class BookingExtraRoom(TenantOwned, Base):
    """What an extra is for: a type of resource, or a single one. An extra without any is for all."""

    __tablename__ = "booking_extra_room"
    __table_args__ = owned(
        belongs_to("offer_id", "booking_extra_offer", ondelete="CASCADE"),
        belongs_to("resource_type_id", "resource_type", ondelete="CASCADE"),
        belongs_to("resource_id", "resource", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "offer_id", "resource_type_id"),
        UniqueConstraint("tenant_id", "offer_id", "resource_id"),
        CheckConstraint("(resource_type_id IS NULL) <> (resource_id IS NULL)", name="one"),
    )

    offer_id: Mapped[int] = mapped_column(BigId)
    resource_type_id: Mapped[int | None] = mapped_column(BigId)
    resource_id: Mapped[int | None] = mapped_column(BigId)


class BookingExtra(TenantOwned, Base):
    """So many of an extra with a booking. They are taken from the stock for as long as the booking has its room."""

    __tablename__ = "booking_extra"
    __table_args__ = owned(
        belongs_to("booking_id", "booking", ondelete="CASCADE"),
        belongs_to("offer_id", "booking_extra_offer"),
        UniqueConstraint("tenant_id", "booking_id", "offer_id"),
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("total_minor >= 0", name="total"),
        CheckConstraint("lead_hours BETWEEN 0 AND 2160", name="lead"),
        CheckConstraint("cancel_percent BETWEEN 0 AND 100", name="cancel_percent"),
        Index("ix_booking_extra_offer", "tenant_id", "offer_id"),
    )

    booking_id: Mapped[int] = mapped_column(BigId)
    offer_id: Mapped[int] = mapped_column(BigId)
    name: Mapped[str] = mapped_column(String(80))
    quantity: Mapped[int]
    price_minor: Mapped[int] = mapped_column(BigInteger)
    pricing: Mapped[ExtraPricing] = mapped_column(word(ExtraPricing))
    total_minor: Mapped[int] = mapped_column(BigInteger)
    """What all of them cost, in the booking's currency; not computed anew."""
    tax_rate_id: Mapped[int | None] = mapped_column(BigId)
    lead_hours: Mapped[int] = mapped_column(default=0, server_default="0")
    cancel_percent: Mapped[int] = mapped_column(default=0, server_default="0")
    """So much is owed where the booking is cancelled less than `lead_hours` before its start, as it was when it was ordered."""
