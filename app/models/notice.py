"""Notices: what somebody should hear of, written in the transaction that made it true, delivered afterwards."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word

_UNREAD = text("read_at IS NULL AND in_app")
# SQLite takes an index of some rows only for a condition that is written in the same way; ours reach it so.
_UNREAD_ON_SQLITE = text("read_at IS NULL AND in_app = 1")


class Notice(TenantOwned, Base):
    """One thing to tell one person, or whoever reads an address. The row is the truth: the inbox shows it, mail and push
    are copies of it, and the queue only rings the bell.
    """

    __tablename__ = "notice"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        Index("ix_notice_person", "tenant_id", "person_id", "created_at"),
        # What several people were told of one thing is counted and taken back. Whole, because SQLite does not see that who
        # asks for one thing asks for something.
        Index("ix_notice_about", "tenant_id", "kind", "about"),
        # Every page counts what is unread, and finds nothing else in here.
        Index(
            "ix_notice_unread",
            "tenant_id",
            "person_id",
            postgresql_where=_UNREAD,
            sqlite_where=_UNREAD_ON_SQLITE,
        ),
        CheckConstraint("person_id IS NOT NULL OR email IS NOT NULL", name="somebody"),
    )

    person_id: Mapped[int | None] = mapped_column(BigId)
    """Whom it tells; nobody for an address that belongs to no person yet."""
    email: Mapped[str | None] = mapped_column(String(254))
    """Where it goes; empty for the person's own address."""
    kind: Mapped[str] = mapped_column(String(60))
    """As `noun.verb`: `password.forgotten`, `booking.confirmed`."""
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it last told something new: an unread notice about the same thing is told again instead of beside it."""
    about: Mapped[str] = mapped_column(String(40), default="", server_default="")
    """Which one thing of its kind it is about (`NoticeKind.topic`); empty where each notice stands for itself."""
    times: Mapped[int] = mapped_column(default=1, server_default="1")
    """How often it was told while nobody read it."""
    in_app: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the inbox shows it; a mailed link is only in the mail."""
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


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
    sent_to: Mapped[str] = mapped_column(String(254), default="", server_default="")
    """The address that a mail was last sent to: its person may have another one by the time that it comes back."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When to try next; empty once delivered or given up."""
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gave_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(300), default="")


class Choice(StrEnum):
    """What somebody wants of a channel for one kind of notice."""

    OFF = "off"
    ON = "on"
    DIGEST = "digest"
    """Mail only: once a day, together with the others."""


class NoticePreference(TenantOwned, Base):
    """Where somebody wants something else than the kind does by itself (`app.notice_kinds`)."""

    __tablename__ = "notice_preference"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "person_id", "kind", "channel"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    kind: Mapped[str] = mapped_column(String(60))
    channel: Mapped[str] = mapped_column(String(20))
    choice: Mapped[Choice] = mapped_column(word(Choice))


class NoticeSetting(TenantOwned, Base):
    """When and how somebody is told; who has no row has the defaults (`domain.notices.preferences`)."""

    __tablename__ = "notice_setting"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "person_id"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    quiet_from: Mapped[int | None]
    """Minutes after midnight where the person is; the quiet may last past midnight."""
    quiet_until: Mapped[int | None]
    daily_hour: Mapped[int] = mapped_column(default=8)
    discreet: Mapped[bool] = mapped_column(default=False)
    """A locked screen says that there is something new, and not what."""
    invitations: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether mails about bookings bring an entry for the reader's calendar."""
