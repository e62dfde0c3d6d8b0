"""Places: where a tenant's rooms are, when they are open, when they are closed after all."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class Location(TenantOwned, Base):
    """A building or floor with one time zone."""

    __tablename__ = "location"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "name"),
        CheckConstraint("day_ends BETWEEN 0 AND 720", name="day_ends"),
    )

    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(200), default="")
    zone: Mapped[str] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(default=0)
    day_ends: Mapped[int] = mapped_column(default=180, server_default=text("180"))
    """Until how many minutes after midnight a day pass of the day before holds."""
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OpeningHours(TenantOwned, Base):
    """Open from minute to minute of a local weekday (0 is Monday); of one resource when it names one,
    which then replaces the location's hours for that resource."""

    __tablename__ = "opening_hours"
    __table_args__ = owned(
        belongs_to("location_id", "location", ondelete="CASCADE"),
        belongs_to("resource_id", "resource", ondelete="CASCADE"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens >= 0 AND closes <= 1440 AND opens < closes", name="span"),
        Index("ix_opening_hours_place", "tenant_id", "location_id", "weekday"),
    )

    location_id: Mapped[int] = mapped_column(BigId)
    resource_id: Mapped[int | None] = mapped_column(BigId)
    weekday: Mapped[int]
    opens: Mapped[int]
    closes: Mapped[int]


class Closure(TenantOwned, Base):
    """Local days on which a location, or one resource of it, stays closed; `yearly` repeats by month and day."""

    __tablename__ = "closure"
    __table_args__ = owned(
        belongs_to("location_id", "location", ondelete="CASCADE"),
        belongs_to("resource_id", "resource", ondelete="CASCADE"),
        CheckConstraint("first_day <= last_day", name="span"),
        Index("ix_closure_place", "tenant_id", "location_id", "last_day"),
    )

    location_id: Mapped[int] = mapped_column(BigId)
    resource_id: Mapped[int | None] = mapped_column(BigId)
    first_day: Mapped[date]
    last_day: Mapped[date]
    yearly: Mapped[bool] = mapped_column(default=False)
    message: Mapped[str] = mapped_column(String(200), default="")
