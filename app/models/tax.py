"""Rates of tax, and the days from which they are what they are."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word


class TaxCategory(StrEnum):
    """Why a line is taxed as it is: the codes of UNTDID 5305 that EN 16931 admits and a space needs."""

    STANDARD = "S"
    """At a rate above zero, reduced ones as well."""
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    """The customer owes it where they are."""
    OUTSIDE = "O"
    """Nothing that tax is due on: deposits, fines."""


class TaxRate(TenantOwned, Base):
    """A rate by its name: “VAT”, “Reduced”. What it amounts to stands in its versions."""

    __tablename__ = "tax_rate"
    __table_args__ = owned(UniqueConstraint("tenant_id", "name"))

    name: Mapped[str] = mapped_column(String(40))
    category: Mapped[TaxCategory] = mapped_column(word(TaxCategory))
    reason: Mapped[str] = mapped_column(String(200), default="")
    """Why nothing is due; printed, and wanted by the law where a category is exempt."""
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """Which account of the bookkeeping takes its tax; "" for the one of all taxes."""


class TaxRateVersion(TenantOwned, Base):
    """What a rate amounts to from a day on."""

    __tablename__ = "tax_rate_version"
    __table_args__ = owned(
        belongs_to("tax_rate_id", "tax_rate", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "tax_rate_id", "starts_on"),
        CheckConstraint("percent_hundredths BETWEEN 0 AND 10000", name="percent"),
    )

    tax_rate_id: Mapped[int] = mapped_column(BigId)
    starts_on: Mapped[date]
    percent_hundredths: Mapped[int]
    """2000 is 20 %."""
