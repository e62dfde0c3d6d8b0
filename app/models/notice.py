"""Notices: what somebody should hear of, written in the transaction that made it true, delivered afterwards."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class Notice(TenantOwned, Base):
    """One thing to tell one person. The row is the truth; the queue only rings the bell."""

    __tablename__ = "notice"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        Index("ix_notice_person", "tenant_id", "person_id", "created_at"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    kind: Mapped[str] = mapped_column(String(60))
    """As `noun.verb`: `password.forgotten`, `booking.confirmed`."""
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Delivery(TenantOwned, Base):
    """One channel's attempt to deliver one notice; unique, so that a repeat finds its own row."""

    __tablename__ = "delivery"
    __table_args__ = owned(
        belongs_to("notice_id", "notice", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "notice_id", "channel"),
        Index("ix_delivery_due", "tenant_id", "next_try_at"),
    )

    notice_id: Mapped[int] = mapped_column(BigId)
    channel: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When to try next; empty once delivered or given up."""
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gave_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(300), default="")
