"""Bookings, and the occupancy rows by which the database decides who gets the room."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word
from app.models.billing import PayWhen


class BookingStatus(StrEnum):
    HELD = "held"
    TENTATIVE = "tentative"
    """Asked for, and waits for staff to say yes. It blocks as a confirmed one does; nothing is paid for it yet."""
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    """Held and not confirmed in time, or asked for and not answered before it began."""


BLOCKING = (BookingStatus.HELD, BookingStatus.TENTATIVE, BookingStatus.CONFIRMED)
"""What has its room, for as long as it does."""


_STANDS = text("status = 'confirmed'")
"""What was cancelled makes room: a date of a series may be booked again."""
_RELEASED = text("released_at IS NOT NULL")
_WAITS_FOR_MONEY = text("pay_until IS NOT NULL")


class Booking(TenantOwned, Base):
    """Somebody has a resource for a span. Whether it is running or over follows from the clock."""

    __tablename__ = "booking"
    __table_args__ = owned(
        belongs_to("resource_id", "resource"),
        belongs_to("location_id", "location"),
        belongs_to("person_id", "person"),
        belongs_to("booked_by_id", "person"),
        belongs_to("cancelled_by_id", "person"),
        belongs_to("series_id", "booking_series"),
        # The key before the person: else PostgreSQL looks for what somebody has ahead among all that they ever had.
        UniqueConstraint("tenant_id", "request_key", "person_id"),
        CheckConstraint("starts_at < ends_at", name="span"),
        CheckConstraint("people >= 1", name="people"),
        CheckConstraint("status <> 'held' OR hold_expires_at IS NOT NULL", name="hold"),
        Index("ix_booking_person", "tenant_id", "person_id", "ends_at"),
        Index("ix_booking_day", "tenant_id", "location_id", "starts_at"),
        Index("ix_booking_resource", "tenant_id", "resource_id", "starts_at"),
        Index("ix_booking_series", "tenant_id", "series_id", "starts_at"),
        Index(
            "uq_booking_series_day",
            "tenant_id",
            "series_id",
            "series_day",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index(
            "ix_booking_released",
            "tenant_id",
            "released_at",
            sqlite_where=_RELEASED,
            postgresql_where=_RELEASED,
        ),
        Index(
            "ix_booking_pay_until",
            "tenant_id",
            "pay_until",
            sqlite_where=_WAITS_FOR_MONEY,
            postgresql_where=_WAITS_FOR_MONEY,
        ),
    )

    resource_id: Mapped[int] = mapped_column(BigId)
    location_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int] = mapped_column(BigId)
    booked_by_id: Mapped[int] = mapped_column(BigId)
    """Differs from `person_id` when staff booked for a member, or one of a team for another."""
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[BookingStatus] = mapped_column(word(BookingStatus))
    hold_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offered: Mapped[bool] = mapped_column(default=False)
    """The house held it for somebody who waited (`waitlist_entry`): it does not count as a hold of their own."""
    title: Mapped[str] = mapped_column(String(120), default="")
    people: Mapped[int] = mapped_column(default=1)
    unit_numbers: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    """Of a resource with several units those that it has, from 0 and in the order in which it has them: mostly one. Kept when it
    no longer blocks them."""
    price_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    quote: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The price as it was explained when booking: rate, minutes, cap; never recomputed."""
    pays: Mapped[PayWhen | None] = mapped_column(word(PayWhen))
    """When what credit did not pay of it is to be paid, as it was agreed; none of what costs nothing yet."""
    pay_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """While it is not known to be paid: when it may be cancelled for that. None of what nobody cancels."""
    request_key: Mapped[str | None] = mapped_column(String(64))
    """Made by the form, so that a form sent twice books once."""
    cancel_cutoff_minutes: Mapped[int | None]
    """Where a rule of the house said so when it was booked: the person may cancel until so long before the start. Else as the
    room says."""
    overridden: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Names of the limits that staff knowingly passed over."""
    series_id: Mapped[int | None] = mapped_column(BigId)
    series_day: Mapped[date | None]
    """The date of the series' rule that it stands for, on whichever day it is."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it last became something else than what calendars show of it; empty while it is as it was made."""
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often its time was changed since it was confirmed, cancelling included (SEQUENCE of RFC 5545)."""
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_by_id: Mapped[int | None] = mapped_column(BigId)
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")
    checked_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody first said at the door or in the portal that they came."""
    no_show_warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the person was told that the room goes to others unless they check in."""
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was ended because nobody had checked in."""


class UnbilledBooking(TenantOwned, Base):
    """A confirmed booking that costs something, or one of which cancelling it late keeps something or leaves something owed, and that nobody was charged
    for yet. It goes when it is charged, or cancelled for nothing, so a booking is charged once (docs/decisions/0034-bookings-are-billed.md)."""

    __tablename__ = "unbilled_booking"
    __table_args__ = owned(
        belongs_to("booking_id", "booking", ondelete="CASCADE"),
        belongs_to("team_id", "team"),
        UniqueConstraint("tenant_id", "booking_id"),
        Index("ix_unbilled_booking_team", "tenant_id", "team_id"),
    )

    booking_id: Mapped[int] = mapped_column(BigId)
    team_id: Mapped[int | None] = mapped_column(BigId)
    """The team for which it was booked, and whose payer is billed; none for whoever has it."""


class Occupancy(TenantOwned, Base):
    """One unit of one resource is blocked for a stretch of at most 24 hours, buffers included: by a booking, or by a calendar of
    elsewhere.

    A longer booking writes several stretches. The bound lets a search look back exactly one day, whatever the
    history (docs/decisions/0002). Rows exist only while they block: cancelling deletes them. The rule against
    overlap is an exclusion constraint on PostgreSQL and a trigger on SQLite, both made by the migration.
    """

    __tablename__ = "occupancy"
    __table_args__ = owned(
        belongs_to("booking_id", "booking", ondelete="CASCADE"),
        belongs_to("calendar_id", "outside_calendar", ondelete="CASCADE"),
        belongs_to("resource_id", "resource"),
        belongs_to("location_id", "location"),
        CheckConstraint("blocks_from < blocks_until", name="span"),
        CheckConstraint("(booking_id IS NULL) <> (calendar_id IS NULL)", name="cause"),
        Index(
            "ix_occupancy_search",
            "tenant_id",
            "location_id",
            "blocks_from",
            "blocks_until",
            "resource_id",
            "unit",
            # So that a page's question is answered from the index alone.
            postgresql_include=["id", "expires_at", "booking_id"],
        ),
        Index("ix_occupancy_resource", "tenant_id", "resource_id", "unit", "blocks_from", "blocks_until"),
        Index("ix_occupancy_booking", "tenant_id", "booking_id"),
        Index("ix_occupancy_calendar", "tenant_id", "calendar_id"),
        # Pages are remembered under the ids of what blocks: SQLite must not give a deleted row's id to the next one.
        {"sqlite_autoincrement": True},
    )

    booking_id: Mapped[int | None] = mapped_column(BigId)
    calendar_id: Mapped[int | None] = mapped_column(BigId)
    resource_id: Mapped[int] = mapped_column(BigId)
    location_id: Mapped[int] = mapped_column(BigId)
    unit: Mapped[int]
    blocks_from: Mapped[datetime] = mapped_column(UtcDateTime)
    blocks_until: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """A hold blocks only until then; the next booking of the resource sweeps it away."""
