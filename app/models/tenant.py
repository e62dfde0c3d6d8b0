"""The platform's own tables: who the tenants are and which host names lead to them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, UtcDateTime

_is_default = text("is_default")


class Tenant(Base):
    """One coworking brand with its own people, places, look and host names."""

    __tablename__ = "tenant"
    __table_args__ = (
        Index(
            "uq_tenant_default",
            "is_default",
            unique=True,
            sqlite_where=_is_default,
            postgresql_where=_is_default,
        ),
        CheckConstraint("upcoming_limit >= 1", name="upcoming_limit"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    short_name: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3))
    locale: Mapped[str] = mapped_column(String(12))
    zone: Mapped[str] = mapped_column(String(64))
    is_default: Mapped[bool] = mapped_column(default=False)
    """Answers on the bare base domain; at most one tenant does."""
    revision: Mapped[int] = mapped_column(default=1)
    """Raised by every change of settings; what a process remembers of a tenant is remembered under it."""
    upcoming_limit: Mapped[int | None]
    """How many confirmed bookings one person may have ahead; None for any number."""
    check_in_needs_pass: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Who is on no plan checks in with a day pass, or not at all."""
    release_minutes: Mapped[int | None]
    """A room that nobody checks in to is freed so many minutes after its booking began; None is never."""
    strike_limit: Mapped[int | None]
    """What is to come of a repeating booking is cancelled once so many of its dates in a row were freed; None is never."""
    mail_links: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether a mailed link is a way to sign in here."""
    staff_factor: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether staff must show a second factor, or a passkey."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TenantHost(Base):
    """A host name of the tenant's own. Sub-domains of the server's base domain need no row."""

    __tablename__ = "tenant_host"
    __table_args__ = (UniqueConstraint("host"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tenant_id: Mapped[int] = mapped_column(BigId, ForeignKey("tenant.id", ondelete="CASCADE"), index=True)
    host: Mapped[str] = mapped_column(String(253))
