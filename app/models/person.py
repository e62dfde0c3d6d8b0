"""People: everybody a tenant knows, staff or not. Whether somebody is a member is derived from contracts."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, Index, String, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from app.kernel.folding import fold
from app.kernel.names import full_name
from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word

_FACE = text("face_digest IS NOT NULL")
_OWES = text("first_due_on IS NOT NULL")


class Role(StrEnum):
    """What somebody may do for the tenant; most people have none."""

    NONE = "none"
    FRONT_DESK = "front_desk"
    MANAGER = "manager"
    OWNER = "owner"
    CUSTOM = "custom"
    """A role of the tenant's own: which one, `StaffRoleHolder` says."""


class Person(TenantOwned, Base):
    __tablename__ = "person"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "email_key"),
        UniqueConstraint("tenant_id", "card_token"),
        belongs_to("location_id", "location"),
        Index("ix_person_name", "tenant_id", "last_name", "first_name"),
        Index("ix_person_first_name", "tenant_id", "first_name", "last_name", "id"),
        # Each face that a page shows is asked for by what it is.
        Index("ix_person_face", "tenant_id", "face_digest", postgresql_where=_FACE, sqlite_where=_FACE),
        # Few owe anything, and each minute asks who is overdue.
        Index("ix_person_first_due", "tenant_id", "first_due_on", postgresql_where=_OWES, sqlite_where=_OWES),
    )

    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))
    """The e-mail case-folded: what sign-in and uniqueness go by."""
    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80))
    company: Mapped[str] = mapped_column(String(120), default="")
    folded_name: Mapped[str] = mapped_column(Text, server_default="")
    """The name as others look for it, and nothing else: folded whenever the row is written (`kernel.folding`)."""
    folded: Mapped[str] = mapped_column(Text, server_default="")
    """Name, e-mail and company as staff look for them."""
    password_hash: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(word(Role), default=Role.NONE)
    location_id: Mapped[int | None] = mapped_column(BigId)
    """The location this person calls home; the portal opens on it."""
    locale: Mapped[str | None] = mapped_column(String(12))
    card_token: Mapped[str] = mapped_column(String(64))
    """What the member card's QR code says; random, so that it cannot be guessed from an id."""
    face_digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the small square of their photograph: wherever the name stands, the face does."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    bounced_email: Mapped[str | None] = mapped_column(String(254))
    """The address from which mail came back; it says nothing of any other that they have by now."""
    bounced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bounce_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    first_due_on: Mapped[date | None]
    """The earliest last day to pay of what they have open; counted anew whenever that changes (`invoicing.settling`)."""
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    anonymised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Nothing here says any more who it was; such a row is suspended for good, and only keeps numbers together."""

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name)

    @property
    def mail_bounces(self) -> bool:
        """Whether mail to the address that they have now came back."""
        return self.bounced_email == self.email


@event.listens_for(Person, "before_insert")
@event.listens_for(Person, "before_update")
def _fold(_mapper: Mapper[Person], _connection: Connection, person: Person) -> None:
    """Who writes rows without the ORM folds them by itself: `folded_of`."""
    person.folded_name, person.folded = folded_of(person.name, person.email, person.company or "")


def folded_of(name: str, email: str, company: str) -> tuple[str, str]:
    """What `folded_name` and `folded` hold for these."""
    return fold(name), fold(f"{name} {email} {company}")
