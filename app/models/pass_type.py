"""Kinds of pass: when and where each lets somebody in, and which is used first."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word
from app.models.credit import CreditKind


class PassType(TenantOwned, Base):
    """A pass by its name. Without windows it holds at any time, without places everywhere.

    A pass of no type holds at any time and everywhere too, and is used after all that have one.
    """

    __tablename__ = "pass_type"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "name"),
        CheckConstraint("kind IN ('days', 'minutes')", name="of_a_pass"),
    )

    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[CreditKind] = mapped_column(word(CreditKind))
    """Days, or minutes in the house; never another once it is made."""
    priority: Mapped[int] = mapped_column(default=0)
    """The lower is used first."""
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Nobody is given it any more; who has it uses it."""


class PassWindow(TenantOwned, Base):
    """A pass holds from minute to minute of a weekday (0 is Monday), by the clock of the place that is visited."""

    __tablename__ = "pass_window"
    __table_args__ = owned(
        belongs_to("pass_type_id", "pass_type", ondelete="CASCADE"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens >= 0 AND closes <= 1440 AND opens < closes", name="span"),
        Index("ix_pass_window_type", "tenant_id", "pass_type_id"),
    )

    pass_type_id: Mapped[int] = mapped_column(BigId)
    weekday: Mapped[int]
    opens: Mapped[int]
    closes: Mapped[int]


class PassPlace(TenantOwned, Base):
    """A location at which a pass holds."""

    __tablename__ = "pass_place"
    __table_args__ = owned(
        belongs_to("pass_type_id", "pass_type", ondelete="CASCADE"),
        belongs_to("location_id", "location", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "pass_type_id", "location_id"),
    )

    pass_type_id: Mapped[int] = mapped_column(BigId)
    location_id: Mapped[int] = mapped_column(BigId)
