"""What happens when an invoice is not paid: the tenant's ladder, and which of its reminders went out."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word


class DunningAction(StrEnum):
    """What a step of the ladder does, from the mildest to the hardest."""

    REMIND = "remind"
    LIMIT = "limit"
    """Nothing new is booked or bought until it is paid."""
    SUSPEND = "suspend"
    """Nothing but paying is left."""


class DunningStep(TenantOwned, Base):
    """A step that is taken so many days after an invoice was due, for as long as it is open."""

    __tablename__ = "dunning_step"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "days"),
        CheckConstraint("days BETWEEN 1 AND 365", name="days"),
    )

    days: Mapped[int]
    action: Mapped[DunningAction] = mapped_column(word(DunningAction))


class DunningReminder(TenantOwned, Base):
    """A reminder that went out: once for each invoice and step, however often the job runs."""

    __tablename__ = "dunning_reminder"
    __table_args__ = owned(
        belongs_to("invoice_id", "invoice", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "invoice_id", "days"),
    )

    invoice_id: Mapped[int] = mapped_column(BigId)
    days: Mapped[int]
    """The step, by its days after the last day to pay."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
