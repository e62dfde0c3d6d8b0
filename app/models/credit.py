"""Credits: time in rooms or money that somebody has, and every step of how it was used."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word


class CreditKind(StrEnum):
    TIME = "time"
    """Minutes of resources of the types that the grant names."""
    MONEY = "money"
    """Minor units of the tenant's currency, for any resource, or for those of the types that the grant names."""
    DAYS = "days"
    """Day passes: so many days on which somebody without a plan may check in."""
    MINUTES = "minutes"
    """Time passes: minutes in the house, which run while somebody is checked in."""


class CreditSource(StrEnum):
    """What somebody has it from."""

    STAFF = "staff"
    CONTRACT = "contract"
    PRODUCT = "product"


class CreditCause(StrEnum):
    """Why a line was written."""

    GRANTED = "granted"
    BOOKED = "booked"
    RETURNED = "returned"
    """A booking was cancelled."""
    VISITED = "visited"
    """A day in the house, or the minutes of one stay."""
    TAKEN = "taken"
    """Staff took it."""


class CreditGrant(TenantOwned, Base):
    """Credit that somebody, or a team, was given at one time. What is left of it is the sum of its lines."""

    __tablename__ = "credit_grant"
    __table_args__ = owned(
        belongs_to("person_id", "person"),
        belongs_to("team_id", "team"),
        belongs_to("contract_id", "contract"),
        belongs_to("product_id", "product"),
        belongs_to("pass_type_id", "pass_type"),
        UniqueConstraint("tenant_id", "reason_key"),
        CheckConstraint("(person_id IS NULL) <> (team_id IS NULL)", name="holder"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("source <> 'contract' OR contract_id IS NOT NULL", name="contract"),
        CheckConstraint("source <> 'product' OR product_id IS NOT NULL", name="product"),
        Index("ix_credit_grant_person", "tenant_id", "person_id", "expires_at"),
        Index("ix_credit_grant_team", "tenant_id", "team_id", "expires_at"),
        Index("ix_credit_grant_contract", "tenant_id", "contract_id"),
    )

    person_id: Mapped[int | None] = mapped_column(BigId)
    team_id: Mapped[int | None] = mapped_column(BigId)
    """Everybody of the team uses it."""
    kind: Mapped[CreditKind] = mapped_column(word(CreditKind))
    amount: Mapped[int] = mapped_column(BigInteger)
    """As it was given: minutes, minor units, or days."""
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From this moment on nothing of it can be used; none for credit that stays."""
    source: Mapped[CreditSource] = mapped_column(word(CreditSource))
    contract_id: Mapped[int | None] = mapped_column(BigId)
    product_id: Mapped[int | None] = mapped_column(BigId)
    """What was bought that carried it."""
    pass_type_id: Mapped[int | None] = mapped_column(BigId)
    """When and where its days or minutes may be used; none for any time and place."""
    reason_key: Mapped[str] = mapped_column(String(120))
    """What it was given for, once and for all: `contract:7:2026-03-01:time:0`."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CreditGrantType(TenantOwned, Base):
    """A type of resource that time or money credit may be used for."""

    __tablename__ = "credit_grant_type"
    __table_args__ = owned(
        belongs_to("grant_id", "credit_grant", ondelete="CASCADE"),
        belongs_to("resource_type_id", "resource_type", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "grant_id", "resource_type_id"),
    )

    grant_id: Mapped[int] = mapped_column(BigId)
    resource_type_id: Mapped[int] = mapped_column(BigId)


class CreditLine(TenantOwned, Base):
    """A step of a grant, written once: the database lets nobody change one, but for what staff wrote about it."""

    __tablename__ = "credit_line"
    __table_args__ = owned(
        belongs_to("grant_id", "credit_grant"),
        belongs_to("booking_id", "booking"),
        belongs_to("location_id", "location"),
        UniqueConstraint("tenant_id", "reason_key"),
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint("(booking_id IS NULL) = (cause IN ('granted', 'visited', 'taken'))", name="booking"),
        CheckConstraint("(location_id IS NULL) = (cause <> 'visited')", name="location"),
        Index("ix_credit_line_grant", "tenant_id", "grant_id"),
        Index("ix_credit_line_booking", "tenant_id", "booking_id"),
    )

    grant_id: Mapped[int] = mapped_column(BigId)
    amount: Mapped[int] = mapped_column(BigInteger)
    """Below zero where something was used."""
    cause: Mapped[CreditCause] = mapped_column(word(CreditCause))
    reason_key: Mapped[str] = mapped_column(String(120))
    """The one thing that it stands for: `booking:12:3`, `booking:12:3:back`."""
    booking_id: Mapped[int | None] = mapped_column(BigId)
    location_id: Mapped[int | None] = mapped_column(BigId)
    """Where a day was spent, or the minutes were."""
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From when until when, of the minutes of a stay."""
    note: Mapped[str] = mapped_column(String(200), default="")
    """Why staff gave or took it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
