"""Rates: what a type of resource costs beside its standard price, or a resource instead of what its type does."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, belongs_to, owned, word
from app.sections import Audience

EVERY_DAY = 0b1111111
"""Weekdays are bits, Monday the lowest."""


class RateUnit(StrEnum):
    """What a rate's amount is the price of."""

    STEP = "step"
    """A begun step of so many minutes."""
    HOUR = "hour"
    """An hour, charged in begun steps of so many minutes."""
    HALF_DAY = "half_day"
    """Four begun hours."""
    DAY = "day"
    """Each day of the place's calendar that the booking touches."""
    WEEK = "week"
    """Seven such days, begun."""
    MONTH = "month"
    """A month from the booking's first day, begun."""
    USE = "use"
    """The whole booking, however long."""


class Rate(TenantOwned, Base):
    """A price with conditions; one that is None, and an audience of everybody, does not limit it. Amounts in minor units.

    Times are minutes after midnight by the clock of the place. A window that ends before it begins runs over midnight, and
    what lies after midnight belongs to the weekday and the day before.
    """

    __tablename__ = "rate"
    __table_args__ = owned(
        belongs_to("resource_type_id", "resource_type", ondelete="CASCADE"),
        belongs_to("resource_id", "resource", ondelete="CASCADE"),
        CheckConstraint("(resource_type_id IS NULL) <> (resource_id IS NULL)", name="of_one"),
        CheckConstraint(
            "amount_minor >= 0 AND (minimum_minor IS NULL OR minimum_minor >= 0) AND (cap_minor IS NULL OR cap_minor >= 0)"
            " AND (minimum_minor IS NULL OR cap_minor IS NULL OR minimum_minor <= cap_minor)",
            name="amounts",
        ),
        CheckConstraint("step_minutes BETWEEN 5 AND 1440", name="step"),
        CheckConstraint(
            "(fixed_minutes IS NULL) = (fixed_minor IS NULL)"
            " AND (fixed_minutes IS NULL OR (fixed_minutes >= 1 AND fixed_minor >= 0 AND unit IN ('step', 'hour')))",
            name="fixed",
        ),
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
        CheckConstraint(
            "(from_minute IS NULL) = (until_minute IS NULL) AND (from_minute IS NULL OR (from_minute BETWEEN 0 AND 1439"
            " AND until_minute BETWEEN 1 AND 1440 AND from_minute <> until_minute))",
            name="window",
        ),
        CheckConstraint("first_day IS NULL OR last_day IS NULL OR first_day <= last_day", name="days"),
        CheckConstraint(
            "least_minutes IS NULL OR most_minutes IS NULL OR least_minutes <= most_minutes", name="length"
        ),
        CheckConstraint(
            "least_notice_minutes IS NULL OR most_notice_minutes IS NULL OR least_notice_minutes <= most_notice_minutes",
            name="notice",
        ),
        Index("ix_rate_type", "tenant_id", "resource_type_id", "position"),
        Index("ix_rate_resource", "tenant_id", "resource_id", "position"),
    )

    resource_type_id: Mapped[int | None] = mapped_column(BigId)
    resource_id: Mapped[int | None] = mapped_column(BigId)
    name: Mapped[str] = mapped_column(String(80))
    """As the people read it who pay by it."""
    position: Mapped[int] = mapped_column(default=0)
    unit: Mapped[RateUnit] = mapped_column(word(RateUnit))
    amount_minor: Mapped[int]
    step_minutes: Mapped[int] = mapped_column(default=15)
    minimum_minor: Mapped[int | None]
    """What it comes to at least, in one booking."""
    cap_minor: Mapped[int | None]
    """What it comes to at most, in one booking."""
    fixed_minutes: Mapped[int | None]
    """Up to this length it is `fixed_minor`, and by the unit from then on."""
    fixed_minor: Mapped[int | None]
    always: Mapped[bool] = mapped_column(default=False)
    """Goes before cheaper rates wherever it holds."""
    active: Mapped[bool] = mapped_column(default=True)
    audience: Mapped[Audience] = mapped_column(word(Audience), default=Audience.SIGNED_IN)
    named_only: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Only for the plans and teams that it names (`RateTarget`); for nobody once all of these are gone."""
    weekdays: Mapped[int] = mapped_column(default=EVERY_DAY)
    from_minute: Mapped[int | None]
    until_minute: Mapped[int | None]
    first_day: Mapped[date | None] = mapped_column(Date)
    last_day: Mapped[date | None] = mapped_column(Date)
    least_minutes: Mapped[int | None]
    """Of the whole booking."""
    most_minutes: Mapped[int | None]
    least_notice_minutes: Mapped[int | None]
    """Between making the booking and its start."""
    most_notice_minutes: Mapped[int | None]


class RateTarget(TenantOwned, Base):
    """One plan or team that a rate is for. Gone with what it names."""

    __tablename__ = "rate_target"
    __table_args__ = owned(
        belongs_to("rate_id", "rate", ondelete="CASCADE"),
        belongs_to("plan_id", "plan", ondelete="CASCADE"),
        belongs_to("team_id", "team", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "rate_id", "plan_id"),
        UniqueConstraint("tenant_id", "rate_id", "team_id"),
        CheckConstraint("(plan_id IS NULL) <> (team_id IS NULL)", name="one"),
    )

    rate_id: Mapped[int] = mapped_column(BigId)
    plan_id: Mapped[int | None] = mapped_column(BigId)
    team_id: Mapped[int | None] = mapped_column(BigId)
