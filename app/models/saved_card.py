"""Cards that the provider keeps for somebody.

Card numbers never come here: the provider's own pages take them (domain: `app/domain/cards`).
"""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class CardCustomer(TenantOwned, Base):
    """Somebody as one account of the provider knows them."""

    __tablename__ = "card_customer"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "person_id", "account"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    account: Mapped[str] = mapped_column(String(100))
    customer: Mapped[str] = mapped_column(String(100))
    automatic_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """They allowed that invoices which are issued from then on are paid with the card they chose, without being asked."""


class SavedCard(TenantOwned, Base):
    """A card that the provider keeps for somebody, and what may be said of it."""

    __tablename__ = "saved_card"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "account", "method"),
        Index("ix_saved_card_person", "tenant_id", "person_id"),
        Index(
            "uq_saved_card_default",
            "tenant_id",
            "person_id",
            "account",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    account: Mapped[str] = mapped_column(String(100))
    method: Mapped[str] = mapped_column(String(100))
    brand: Mapped[str] = mapped_column(String(40))
    last_digits: Mapped[str] = mapped_column(String(4))
    expires_month: Mapped[int]
    expires_year: Mapped[int]
    is_default: Mapped[bool] = mapped_column(default=False)
    """The one that automatic payment takes."""
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CardFarewell(TenantOwned, Base):
    """A customer whom an account of the provider is to forget, because they are nobody here any more."""

    __tablename__ = "card_farewell"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "account", "customer"),
        Index("ix_card_farewell_due", "tenant_id", "account", "next_try_at"),
    )

    account: Mapped[str] = mapped_column(String(100))
    customer: Mapped[str] = mapped_column(String(100))
    tries: Mapped[int]
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
