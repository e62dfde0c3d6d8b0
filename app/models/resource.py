"""What can be booked: resource types with their rate, resources with their limits, amenities."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word
from app.sections import Audience


class ResourceVisibility(StrEnum):
    """Where members meet a resource."""

    LISTED = "listed"
    LINK = "link"
    """In no list: who has its link, or stands at its door, books it."""
    STAFF = "staff"
    """Nowhere: staff book it."""


class ResourceType(TenantOwned, Base):
    """A price group and a kind of picture: meeting room, phone booth, event space, desk."""

    __tablename__ = "resource_type"
    __table_args__ = owned(
        belongs_to("tax_rate_id", "tax_rate"),
        UniqueConstraint("tenant_id", "name"),
        CheckConstraint("hourly_minor >= 0 AND (cap_minor IS NULL OR cap_minor >= 0)", name="price"),
    )

    name: Mapped[str] = mapped_column(String(80))
    picture_kind: Mapped[str] = mapped_column(String(16), default="room")
    hourly_minor: Mapped[int | None]
    """Price of an hour in the tenant's minor units, charged in 15-minute steps; None where only its rates are prices."""
    cap_minor: Mapped[int | None]
    """The most that one booking can cost, however long."""
    tax_rate_id: Mapped[int | None] = mapped_column(BigId)
    """What its bookings are billed with; none where nobody is billed for them."""
    position: Mapped[int] = mapped_column(default=0)


class Resource(TenantOwned, Base):
    """A bookable thing. Minutes are whole minutes; a limit that is None does not apply."""

    __tablename__ = "resource"
    __table_args__ = owned(
        belongs_to("location_id", "location"),
        belongs_to("resource_type_id", "resource_type"),
        belongs_to("photo_id", "stored_file"),
        UniqueConstraint("tenant_id", "location_id", "name"),
        CheckConstraint("capacity >= 1 AND units >= 1 AND units <= 500", name="size"),
        CheckConstraint("buffer_before >= 0 AND buffer_after >= 0", name="buffers"),
        CheckConstraint("cooldown_minutes >= 0 AND cooldown_any_minutes >= 0", name="cooldowns"),
        CheckConstraint(
            "min_minutes >= 1 AND max_minutes >= min_minutes AND grid_minutes >= 5", name="lengths"
        ),
        Index("ix_resource_place", "tenant_id", "location_id", "position"),
    )

    location_id: Mapped[int] = mapped_column(BigId)
    resource_type_id: Mapped[int] = mapped_column(BigId)
    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text, default="")
    level: Mapped[str] = mapped_column(String(40), default="")
    """Where in the building, in the operator's words: `Level 2`."""
    position: Mapped[int] = mapped_column(default=0)
    capacity: Mapped[int] = mapped_column(default=1)
    units: Mapped[int] = mapped_column(default=1)
    """How many bookings may run at once: 12 for a bench of twelve desks."""
    unit_names: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """What the house calls them, in their order: `Desk 1`. One that has none is called by its number."""
    buffer_before: Mapped[int] = mapped_column(default=0)
    buffer_after: Mapped[int] = mapped_column(default=0)
    min_minutes: Mapped[int] = mapped_column(default=15)
    max_minutes: Mapped[int] = mapped_column(default=480)
    grid_minutes: Mapped[int] = mapped_column(default=15)
    """Bookings start on multiples of this many minutes after local midnight."""
    shifts: Mapped[list[list[int]] | None] = mapped_column(JSON(none_as_null=True))
    """`[starts, ends, weekdays]` of each, as `domain.booking.shifts.Shift` has them; None where it is booked freely."""
    notice_minutes: Mapped[int] = mapped_column(default=0)
    horizon_days: Mapped[int | None]
    cooldown_minutes: Mapped[int] = mapped_column(default=0)
    """So long one person leaves between two bookings of it."""
    cooldown_any_minutes: Mapped[int] = mapped_column(default=0)
    """So long one person leaves between any booking and one of it."""
    cancel_cutoff_minutes: Mapped[int] = mapped_column(default=0)
    """A member may cancel until this many minutes before the start."""
    audience: Mapped[Audience] = mapped_column(word(Audience), default=Audience.SIGNED_IN)
    visibility: Mapped[ResourceVisibility] = mapped_column(
        word(ResourceVisibility), default=ResourceVisibility.LISTED
    )
    needs_approval: Mapped[bool] = mapped_column(default=False)
    """What members book of it waits for staff to say yes."""
    for_plans_only: Mapped[bool] = mapped_column(default=False)
    """Only people on one of the plans in `resource_plan` may book it."""
    for_teams_only: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Only people in one of the teams in `resource_team` may book it, and who is on one of its plans where it is for plans too."""
    hourly_minor: Mapped[int | None]
    """Overrides the type's rate."""
    cap_minor: Mapped[int | None]
    release_minutes: Mapped[int | None]
    """Overrides the house's: a room nobody checks in to is freed after so many minutes; 0 is never."""
    photo_id: Mapped[int | None] = mapped_column(BigId)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ResourcePlan(TenantOwned, Base):
    """A plan whose members may book a resource that is for plans only."""

    __tablename__ = "resource_plan"
    __table_args__ = owned(
        belongs_to("resource_id", "resource", ondelete="CASCADE"),
        belongs_to("plan_id", "plan", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "resource_id", "plan_id"),
    )

    resource_id: Mapped[int] = mapped_column(BigId)
    plan_id: Mapped[int] = mapped_column(BigId)


class ResourceTeam(TenantOwned, Base):
    """A team whose people may book a resource that is for teams only."""

    __tablename__ = "resource_team"
    __table_args__ = owned(
        belongs_to("resource_id", "resource", ondelete="CASCADE"),
        belongs_to("team_id", "team", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "resource_id", "team_id"),
    )

    resource_id: Mapped[int] = mapped_column(BigId)
    team_id: Mapped[int] = mapped_column(BigId)


class ResourcePart(TenantOwned, Base):
    """A resource made of others: booking the hall takes the two rooms that it is made of."""

    __tablename__ = "resource_part"
    __table_args__ = owned(
        belongs_to("whole_id", "resource", ondelete="CASCADE"),
        belongs_to("part_id", "resource", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "whole_id", "part_id"),
        CheckConstraint("whole_id <> part_id", name="not_itself"),
    )

    whole_id: Mapped[int] = mapped_column(BigId)
    part_id: Mapped[int] = mapped_column(BigId)


class Amenity(TenantOwned, Base):
    """A thing a room can have, from the operator's own list."""

    __tablename__ = "amenity"
    __table_args__ = owned(UniqueConstraint("tenant_id", "name"))

    name: Mapped[str] = mapped_column(String(60))
    icon: Mapped[str] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(default=0)


class ResourceAmenity(TenantOwned, Base):
    __tablename__ = "resource_amenity"
    __table_args__ = owned(
        belongs_to("resource_id", "resource", ondelete="CASCADE"),
        belongs_to("amenity_id", "amenity", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "resource_id", "amenity_id"),
    )

    resource_id: Mapped[int] = mapped_column(BigId)
    amenity_id: Mapped[int] = mapped_column(BigId)
