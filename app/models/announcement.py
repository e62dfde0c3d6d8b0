"""Announcements: what staff tell many people at once, whom it is for, and whom it was told."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word
from app.sections import Audience


class AnnouncementState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    """Waits for its moment, and may be changed until then."""
    SENDING = "sending"
    """Its moment has come; people are being told, a batch at a time."""
    SENT = "sent"
    WITHDRAWN = "withdrawn"
    """Gone from inbox and home; what was mailed stays mailed."""


class Announcement(TenantOwned, Base):
    __tablename__ = "announcement"
    __table_args__ = owned(
        belongs_to("photo_id", "stored_file"),
        belongs_to("created_by_id", "person"),
        CheckConstraint("state <> 'scheduled' OR send_at IS NOT NULL", name="moment"),
        Index("ix_announcement_due", "tenant_id", "state", "send_at"),
    )

    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    """Plain text: paragraphs apart by an empty line, web addresses as they are."""
    photo_id: Mapped[int | None] = mapped_column(BigId)
    audience: Mapped[Audience] = mapped_column(word(Audience))
    here_now: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Only who is checked in at the moment of sending."""
    state: Mapped[AnnouncementState] = mapped_column(word(AnnouncementState), default=AnnouncementState.DRAFT)
    zone: Mapped[str] = mapped_column(String(64))
    """By whose clock its moments are said: the one location's that it is for, else the tenant's."""
    send_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    home_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when the home page shows it; none for an announcement that it never shows."""
    created_by_id: Mapped[int] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When sending began: who belongs to the audience is asked of this moment, however long sending takes."""
    told_up_to: Mapped[int] = mapped_column(BigId, default=0)
    """The last person that sending has come to, by id: where it goes on after it was stopped."""
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AnnouncementTarget(TenantOwned, Base):
    """One location, plan or team that an announcement is for. Of each kind any will do; of the kinds, all are asked."""

    __tablename__ = "announcement_target"
    __table_args__ = owned(
        belongs_to("announcement_id", "announcement", ondelete="CASCADE"),
        belongs_to("location_id", "location"),
        belongs_to("plan_id", "plan"),
        belongs_to("team_id", "team"),
        CheckConstraint(
            "(CASE WHEN location_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN plan_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN team_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one",
        ),
        Index("ix_announcement_target_of", "tenant_id", "announcement_id"),
    )

    announcement_id: Mapped[int] = mapped_column(BigId)
    location_id: Mapped[int | None] = mapped_column(BigId)
    plan_id: Mapped[int | None] = mapped_column(BigId)
    team_id: Mapped[int | None] = mapped_column(BigId)


class AnnouncementReader(TenantOwned, Base):
    """Somebody was told; unique, so that nobody is told twice. It is what lets them read it, and nobody else."""

    __tablename__ = "announcement_reader"
    __table_args__ = owned(
        belongs_to("announcement_id", "announcement", ondelete="CASCADE"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "announcement_id", "person_id"),
        Index("ix_announcement_reader_person", "tenant_id", "person_id", "told_at"),
    )

    announcement_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int] = mapped_column(BigId)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they first opened it."""
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they had enough of it on their home page."""
