"""Paying as one goes: what being in the house costs who has no pass, and the visits that were paid for like that."""

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, belongs_to, owned, word


class PaidBy(StrEnum):
    DAY = "day"
    """Once for a location's day, however often somebody comes."""
    HOUR = "hour"
    """By the hours of each stay that have begun, and no more than the cap in a day."""


class PayAsYouGo(TenantOwned, Base):
    """What a tenant asks of who comes without a pass. No row until somebody says something."""

    __tablename__ = "pay_as_you_go"
    __table_args__ = owned(
        belongs_to("tax_rate_id", "tax_rate"),
        UniqueConstraint("tenant_id"),
        CheckConstraint("price_minor > 0", name="price"),
        CheckConstraint("(cap_minor IS NULL) = (paid_by = 'day') AND cap_minor >= price_minor", name="cap"),
    )

    offered: Mapped[bool] = mapped_column(default=False, server_default=false())
    paid_by: Mapped[PaidBy] = mapped_column(word(PaidBy))
    price_minor: Mapped[int] = mapped_column(BigInteger)
    """Of a day or an hour, as the tenant enters prices."""
    cap_minor: Mapped[int | None] = mapped_column(BigInteger)
    """The most that the hours of a day come to."""
    tax_rate_id: Mapped[int] = mapped_column(BigId)


class PaidVisit(TenantOwned, Base):
    """Somebody came and agreed to a price, which is written here as it was then. A day is charged at once, hours when the
    check-in that names this row is over."""

    __tablename__ = "paid_visit"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("team_id", "team"),
        belongs_to("location_id", "location"),
        belongs_to("tax_rate_id", "tax_rate"),
        CheckConstraint("(cap_minor IS NULL) = (paid_by = 'day')", name="cap"),
        CheckConstraint("charged_minor >= 0", name="charged"),
        CheckConstraint("(minutes IS NULL) = (paid_by = 'day' OR charged_minor IS NULL)", name="minutes"),
        Index("ix_paid_visit_person", "tenant_id", "person_id", "day"),
        Index("ix_paid_visit_charged", "tenant_id", "charged_minor"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    team_id: Mapped[int | None] = mapped_column(BigId)
    """Whose payer is billed; none where it is whoever came."""
    location_id: Mapped[int] = mapped_column(BigId)
    day: Mapped[date]
    """The location's, which lasts until its cut-off."""
    paid_by: Mapped[PaidBy] = mapped_column(word(PaidBy))
    price_minor: Mapped[int] = mapped_column(BigInteger)
    cap_minor: Mapped[int | None] = mapped_column(BigInteger)
    tax_rate_id: Mapped[int] = mapped_column(BigId)
    minutes: Mapped[int | None]
    """How long a stay that is paid by the hour was, once it is over."""
    charged_minor: Mapped[int | None] = mapped_column(BigInteger)
    """What it came to; none while the hours run."""
