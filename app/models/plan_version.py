"""What a plan costs and asks for, from one edit to the next."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word


class CycleUnit(StrEnum):
    MONTH = "month"
    WEEK = "week"


class PlanAudience(StrEnum):
    """Who may join by themselves."""

    EVERYONE = "everyone"
    MEMBERS = "members"
    CONTACTS = "contacts"


class PlanVisibility(StrEnum):
    LISTED = "listed"
    LINK = "link"
    """Only for who has the link."""
    ENQUIRE = "enquire"
    """Listed, but staff put people on it."""


class PlanVersion(TenantOwned, Base):
    """The terms of a plan since an edit of it. Written once: an edit makes another, and contracts keep theirs."""

    __tablename__ = "plan_version"
    __table_args__ = owned(
        belongs_to("plan_id", "plan", ondelete="CASCADE"),
        belongs_to("tax_rate_id", "tax_rate"),
        belongs_to("deposit_rate_id", "tax_rate"),
        UniqueConstraint("tenant_id", "plan_id", "number"),
        CheckConstraint("price_minor >= 0 AND signup_fee_minor >= 0 AND deposit_minor >= 0", name="prices"),
        CheckConstraint("deposit_minor = 0 OR deposit_rate_id IS NOT NULL", name="deposit"),
        CheckConstraint("cycle_count BETWEEN 1 AND 60", name="cycle"),
        CheckConstraint("billing_day BETWEEN 1 AND 28", name="billing_day"),
        CheckConstraint("billing_day IS NULL OR cycle_unit = 'month'", name="billing_day_unit"),
        CheckConstraint("min_cycles BETWEEN 0 AND 120 AND notice_days BETWEEN 0 AND 365", name="term"),
        CheckConstraint("pauses_a_year BETWEEN 0 AND 12 AND pause_cycles BETWEEN 0 AND 24", name="pauses"),
        CheckConstraint("capacity >= 0", name="capacity"),
        CheckConstraint(
            "booking_discount_hundredths BETWEEN 0 AND 10000 AND product_discount_hundredths BETWEEN 0 AND 10000",
            name="discounts",
        ),
    )

    plan_id: Mapped[int] = mapped_column(BigId)
    number: Mapped[int]
    """From 1; the highest is what the plan is now."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    """Of one cycle, in minor units, as the tenant enters prices."""
    cycle_count: Mapped[int] = mapped_column(default=1)
    cycle_unit: Mapped[CycleUnit] = mapped_column(word(CycleUnit), default=CycleUnit.MONTH)
    tax_rate_id: Mapped[int] = mapped_column(BigId)
    signup_fee_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """Once for a contract, however many of it there are."""
    deposit_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """For each one."""
    deposit_rate_id: Mapped[int | None] = mapped_column(BigId)
    """A deposit is no turnover, and so has a rate of its own."""
    billing_day: Mapped[int | None]
    """The day of the month on which cycles begin; none for the day on which somebody joined."""
    prorate_first: Mapped[bool] = mapped_column(default=True)
    prorate_last: Mapped[bool] = mapped_column(default=False)
    min_cycles: Mapped[int] = mapped_column(default=0)
    notice_days: Mapped[int] = mapped_column(default=0)
    pauses_a_year: Mapped[int] = mapped_column(default=0)
    """How many pauses may begin within a year; 0 for none at all."""
    pause_cycles: Mapped[int] = mapped_column(default=0)
    """How many cycles one pause may last."""
    capacity: Mapped[int | None]
    """How many may be on the plan at the same time; none for any number."""
    needs_approval: Mapped[bool] = mapped_column(default=False)
    """Who joins waits for staff."""
    audience: Mapped[PlanAudience] = mapped_column(word(PlanAudience), default=PlanAudience.EVERYONE)
    visibility: Mapped[PlanVisibility] = mapped_column(word(PlanVisibility), default=PlanVisibility.LISTED)
    booking_discount_hundredths: Mapped[int] = mapped_column(default=0, server_default="0")
    """What comes off the price of a booking, in hundredths of a percent: of any room, or of the types in `plan_discount_type`."""
    product_discount_hundredths: Mapped[int] = mapped_column(default=0, server_default="0")
    """What comes off the price of a product that is bought once."""
    description: Mapped[str] = mapped_column(Text, default="")
    terms: Mapped[str] = mapped_column(Text, default="")
    """What somebody agrees to when they join; "" where there is nothing to agree to."""
