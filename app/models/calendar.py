"""Calendars: secret addresses at which bookings are read elsewhere, and calendars of elsewhere that block a resource."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class CalendarFeed(TenantOwned, Base):
    """A secret address. Somebody's own shows their bookings; of a resource or a location, to staff with titles, and where it is
    nobody's own, without: such a one may be handed around.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("resource_id", "resource", ondelete="CASCADE"),
        belongs_to("location_id", "location", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "token_hash"),
        CheckConstraint("resource_id IS NULL OR location_id IS NULL", name="one_thing"),
        CheckConstraint(
            "person_id IS NOT NULL OR resource_id IS NOT NULL OR location_id IS NOT NULL", name="something"
        ),
        Index("ix_calendar_feed_person", "tenant_id", "person_id"),
    )

    person_id: Mapped[int | None] = mapped_column(BigId)
    resource_id: Mapped[int | None] = mapped_column(BigId)
    location_id: Mapped[int | None] = mapped_column(BigId)
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutsideCalendar(TenantOwned, Base):
    """A calendar of elsewhere whose busy times block a resource."""

    __tablename__ = "outside_calendar"
    __table_args__ = owned(
        belongs_to("resource_id", "resource", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "resource_id"),
        Index("ix_outside_calendar_due", "tenant_id", "next_at"),
        # What was asked for one is not to be noted at another that came to have its id.
        {"sqlite_autoincrement": True},
    )

    resource_id: Mapped[int] = mapped_column(BigId)
    address: Mapped[str] = mapped_column(Text)
    """Sealed (`ports.SecretBox`): who knows it reads the calendar."""
    host: Mapped[str] = mapped_column(String(253))
    """The name in the address, for pages."""
    etag: Mapped[str] = mapped_column(String(200), default="")
    read_for: Mapped[date | None]
    """The first day of the window that `busy` was read for."""
    busy: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """When it is busy: pairs of minutes since 1970, ordered and apart."""
    unknown_zones: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Names of time zones that nobody knows; their times were taken as the location's."""
    left_out: Mapped[int] = mapped_column(default=0)
    """How many of its events could not be understood."""
    known_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Where it holds more dates than are followed: until when `busy` says all of them."""
    fault: Mapped[str] = mapped_column(String(40), default="")
    """What went wrong last; empty when nothing did."""
    fault_detail: Mapped[str] = mapped_column(String(300), default="")
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was last read, or said that nothing had changed."""
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
