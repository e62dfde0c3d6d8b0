"""What somebody owes and is not billed for yet."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class Charge(TenantOwned, Base):
    """Something to bill: a month of a plan, a room, a product. It is billed as soon as a line of an invoice names it.

    Whatever makes charges may make them again: the reason key stands for the one thing that is charged for.
    """

    __tablename__ = "charge"
    __table_args__ = owned(
        belongs_to("payer_id", "person"),
        belongs_to("location_id", "location"),
        belongs_to("tax_rate_id", "tax_rate"),
        UniqueConstraint("tenant_id", "reason_key"),
        CheckConstraint("(from_day IS NULL) = (until_day IS NULL) AND from_day <= until_day", name="period"),
        CheckConstraint("quantity_thousandths > 0", name="quantity"),
        Index("ix_charge_payer", "tenant_id", "payer_id", "bill_on"),
    )

    payer_id: Mapped[int] = mapped_column(BigId)
    location_id: Mapped[int | None] = mapped_column(BigId)
    """Where it was had; none where that is no single place."""
    reason_key: Mapped[str] = mapped_column(String(120))
    """What it is for, once and for all: `contract:7:2026-03-01`, `booking:12` (`domain.billing.reasons`)."""
    description: Mapped[str] = mapped_column(String(200))
    """In the payer's language."""
    quantity_thousandths: Mapped[int] = mapped_column(BigInteger, default=1000)
    unit_minor: Mapped[int] = mapped_column(BigInteger)
    """The price of one as the tenant enters prices; below zero gives something back."""
    tax_rate_id: Mapped[int] = mapped_column(BigId)
    from_day: Mapped[date | None]
    until_day: Mapped[date | None]
    """The first and the last day of what is paid for, where it is a time."""
    bill_on: Mapped[date]
    """The first local day on which it may be billed."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
