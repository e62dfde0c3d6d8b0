"""How somebody comes to be a person of the tenant: the operator's choices, and who asked to join by themselves."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word


class JoiningMode(StrEnum):
    """Who may join without staff adding them by hand."""

    OFF = "off"
    INVITED = "invited"
    OPEN = "open"


class JoiningSetting(TenantOwned, Base):
    """The operator's choices; a tenant without the row has `domain.joining.settings.DEFAULT`."""

    __tablename__ = "joining_setting"
    __table_args__ = owned(UniqueConstraint("tenant_id"))

    mode: Mapped[JoiningMode] = mapped_column(word(JoiningMode))
    needs_approval: Mapped[bool] = mapped_column(default=False)
    """Whether staff look at who joined by themselves first; who is invited has been looked at."""
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the sign-up form asks for: key of a field → required, optional or hidden."""


class SignUp(TenantOwned, Base):
    """Somebody who asked to join: first only an e-mail, then a whole form, at last a person or a no.

    Nobody is a person before they are let in, so that no other part of the portal has to know who is waiting.
    """

    __tablename__ = "sign_up"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "email_key"),
        UniqueConstraint("tenant_id", "token_hash"),
        belongs_to("terms_id", "terms"),
        belongs_to("decided_by_id", "person"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        CheckConstraint("completed_at IS NOT NULL OR decided_at IS NULL", name="decided"),
        Index("ix_sign_up_waiting", "tenant_id", "completed_at"),
    )

    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))
    token_hash: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the token in the mailed link, in hex; empty until the mail is written."""
    locale: Mapped[str | None] = mapped_column(String(12))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the form was sent in, and the terms accepted."""
    first_name: Mapped[str] = mapped_column(String(80), default="")
    last_name: Mapped[str] = mapped_column(String(80), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The other fields of the form, by key (`domain.joining.fields`)."""
    password_hash: Mapped[str | None] = mapped_column(String(255))
    terms_id: Mapped[int | None] = mapped_column(BigId)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(BigId)
    person_id: Mapped[int | None] = mapped_column(BigId)
    """Who they are now; nobody for who was declined."""
