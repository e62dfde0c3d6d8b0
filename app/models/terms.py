"""The operator's terms: versions that stay as they were published, and who accepted which of them when."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class Terms(TenantOwned, Base):
    """One version. The highest number is the one that holds."""

    __tablename__ = "terms"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "number"),
        belongs_to("published_by_id", "person"),
        CheckConstraint("number >= 1", name="number"),
    )

    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    for_everybody: Mapped[bool]
    """Whether everybody is asked to accept it at their next sign-in, or only who joins from now on."""
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by_id: Mapped[int] = mapped_column(BigId)


class TermsAcceptance(TenantOwned, Base):
    """A person accepted a version."""

    __tablename__ = "terms_acceptance"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "person_id", "terms_id"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("terms_id", "terms"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    terms_id: Mapped[int] = mapped_column(BigId)
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)
