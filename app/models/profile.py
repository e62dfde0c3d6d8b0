"""What is known of somebody beyond who they are, kept apart from `person`, which every request reads."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, belongs_to, owned

_PHOTO = text("photo_id IS NOT NULL")


class PersonProfile(TenantOwned, Base):
    """The extended facts of one person; who never gave any has no row. Empty text means not given."""

    __tablename__ = "person_profile"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "person_id"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("photo_id", "stored_file"),
        Index(
            "ix_person_profile_photo", "tenant_id", "photo_id", postgresql_where=_PHOTO, sqlite_where=_PHOTO
        ),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    photo_id: Mapped[int | None] = mapped_column(BigId)
    """The large square; the small one is `Person.face_digest`."""
    job_title: Mapped[str] = mapped_column(String(80), default="")
    industry: Mapped[str] = mapped_column(String(80), default="")
    bio: Mapped[str] = mapped_column(Text, default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    links: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """Addresses by network: `{"github": "https://github.com/ines"}`."""
    phone: Mapped[str] = mapped_column(String(40), default="")
    street: Mapped[str] = mapped_column(String(160), default="")
    postal_code: Mapped[str] = mapped_column(String(20), default="")
    city: Mapped[str] = mapped_column(String(80), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    """ISO 3166 code, in capitals."""
    billing_name: Mapped[str] = mapped_column(String(120), default="")
    tax_id: Mapped[str] = mapped_column(String(40), default="")
    billing_street: Mapped[str] = mapped_column(String(160), default="")
    billing_postal_code: Mapped[str] = mapped_column(String(20), default="")
    billing_city: Mapped[str] = mapped_column(String(80), default="")
    billing_country: Mapped[str] = mapped_column(String(2), default="")
    birthday: Mapped[date | None]
    zone: Mapped[str | None] = mapped_column(String(64))
    """IANA name; without one, times are told as at the location."""
    listed: Mapped[bool] = mapped_column(default=False)
    """The consent to be found by others at all."""
    visibility: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Who may see a field, by its name; a field that is missing is as shown at first (`domain.profile.terms`)."""


class Skill(TenantOwned, Base):
    """A skill of the operator's own list."""

    __tablename__ = "skill"
    __table_args__ = owned(UniqueConstraint("tenant_id", "name"))

    name: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(default=0)


class PersonSkill(TenantOwned, Base):
    """What somebody is good at: a skill of the list, or one in their own words."""

    __tablename__ = "person_skill"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("skill_id", "skill", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "person_id", "skill_id"),
        UniqueConstraint("tenant_id", "person_id", "own_words"),
        Index("ix_person_skill_skill", "tenant_id", "skill_id", "person_id"),
        CheckConstraint("(skill_id IS NULL) <> (own_words IS NULL)", name="one_of_two"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    skill_id: Mapped[int | None] = mapped_column(BigId)
    own_words: Mapped[str | None] = mapped_column(String(60))
