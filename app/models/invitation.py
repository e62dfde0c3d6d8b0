"""Invitations: somebody is asked in by staff, with a link that is mailed to them. And lists of them, looked over first."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned

_open = text("accepted_at IS NULL AND revoked_at IS NULL")


class Invitation(TenantOwned, Base):
    """One invitation: to somebody nobody knows yet, or to a person whom staff added and who has no password."""

    __tablename__ = "invitation"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "token_hash"),
        belongs_to("location_id", "location"),
        belongs_to("plan_id", "plan"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("invited_by_id", "person"),
        Index(
            "uq_invitation_open",
            "tenant_id",
            "email_key",
            unique=True,
            sqlite_where=_open,
            postgresql_where=_open,
        ),
        Index("ix_invitation_created", "tenant_id", "created_at"),
    )

    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))
    first_name: Mapped[str] = mapped_column(String(80), default="")
    last_name: Mapped[str] = mapped_column(String(80), default="")
    location_id: Mapped[int | None] = mapped_column(BigId)
    plan_id: Mapped[int | None] = mapped_column(BigId)
    """The plan that a contract starts on when the invitation is accepted."""
    message: Mapped[str] = mapped_column(String(1000), default="")
    token_hash: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the token in the mailed link, in hex; empty until the mail is written."""
    invited_by_id: Mapped[int | None] = mapped_column(BigId)
    """Nobody, for the first owner: the command line asked them in."""
    person_id: Mapped[int | None] = mapped_column(BigId)
    """Whom it made, or whom staff had added before."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class InvitationList(TenantOwned, Base):
    """A spreadsheet of people to invite, kept for as long as somebody looks it over; nobody is told anything yet."""

    __tablename__ = "invitation_list"
    __table_args__ = owned(belongs_to("uploaded_by_id", "person", ondelete="CASCADE"))

    uploaded_by_id: Mapped[int] = mapped_column(BigId)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """What each line says, as text: email, first_name, last_name, location, plan."""
    message: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
