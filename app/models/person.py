"""People: everybody a tenant knows, staff or not. Whether somebody is a member is derived from contracts."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.names import full_name
from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word


class Role(StrEnum):
    """What somebody may do for the tenant; most people have none."""

    NONE = "none"
    FRONT_DESK = "front_desk"
    MANAGER = "manager"
    OWNER = "owner"


class Person(TenantOwned, Base):
    __tablename__ = "person"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "email_key"),
        UniqueConstraint("tenant_id", "card_token"),
        belongs_to("location_id", "location"),
        Index("ix_person_name", "tenant_id", "last_name", "first_name"),
    )

    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))
    """The e-mail case-folded: what sign-in and uniqueness go by."""
    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80))
    company: Mapped[str] = mapped_column(String(120), default="")
    password_hash: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(word(Role), default=Role.NONE)
    location_id: Mapped[int | None] = mapped_column(BigId)
    """The location this person calls home; the portal opens on it."""
    locale: Mapped[str | None] = mapped_column(String(12))
    card_token: Mapped[str] = mapped_column(String(64))
    """What the member card's QR code says; random, so that it cannot be guessed from an id."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name)
