"""Whose account at a provider opens whose account here. The key is what the provider never changes, not an e-mail."""

from datetime import datetime

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned

LONGEST_ISSUER = 300
LONGEST_SUBJECT = 255


class SignOnIdentity(TenantOwned, Base):
    """One account at a provider, linked to one person."""

    __tablename__ = "sign_on_identity"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "issuer", "subject"),
        belongs_to("provider_id", "sign_on_provider", ondelete="CASCADE"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        Index("ix_sign_on_identity_person", "tenant_id", "person_id"),
        Index("ix_sign_on_identity_provider", "tenant_id", "provider_id"),
    )

    provider_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int] = mapped_column(BigId)
    issuer: Mapped[str] = mapped_column(String(LONGEST_ISSUER))
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT))
    email: Mapped[str] = mapped_column(String(254), default="")
    """What the provider called the account when it was last used; for people to recognise it by."""
    groups: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The groups that it named then: what teams are made of (`SignOnProvider.group_teams`)."""
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
