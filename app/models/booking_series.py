"""Bookings that repeat: the rule they were made by. What became of each date, its booking says."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class BookingSeries(TenantOwned, Base):
    """Somebody has a resource again and again. A date of the rule without a confirmed booking is one that was left out.

    Days and times are local: the clock on the wall of the place counts, whatever UTC makes of it.
    """

    __tablename__ = "booking_series"
    __table_args__ = owned(
        belongs_to("person_id", "person"),
        belongs_to("booked_by_id", "person"),
        belongs_to("resource_id", "resource"),
        belongs_to("location_id", "location"),
        UniqueConstraint("tenant_id", "person_id", "request_key"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("starts BETWEEN 0 AND 1439", name="starts"),
        CheckConstraint("minutes >= 1", name="minutes"),
        CheckConstraint("people >= 1", name="people"),
        Index("ix_booking_series_resource", "tenant_id", "resource_id"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    booked_by_id: Mapped[int] = mapped_column(BigId)
    resource_id: Mapped[int] = mapped_column(BigId)
    location_id: Mapped[int] = mapped_column(BigId)
    rule: Mapped[str] = mapped_column(String(120))
    """RRULE of RFC 5545 without its end: `FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE`."""
    first_day: Mapped[date]
    """The first date of the rule, whether or not it was left out."""
    last_day: Mapped[date]
    """The last date that the rule gives; dates may be added after it."""
    starts: Mapped[int]
    """Minutes after midnight, as it is usual; a date that was moved has its own in its booking."""
    minutes: Mapped[int]
    """The usual length."""
    title: Mapped[str] = mapped_column(String(120), default="")
    people: Mapped[int] = mapped_column(default=1)
    request_key: Mapped[str | None] = mapped_column(String(64))
    """Made by the form, so that a form sent twice books once."""
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often the whole was changed. What calendars are told is this and the sequences of its bookings together."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    strikes_warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the person was last told that one more date to which nobody comes ends the series."""
    strikes_cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """No date that was freed before counts any more: staff forgave those, or the rest was cancelled because of them."""
