"""What cancelling late costs: a ladder for the house, and one of its own for a type of resource."""

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, belongs_to, owned


class CancellationStep(TenantOwned, Base):
    """Less than so many hours before its start, cancelling a booking keeps so much of its price."""

    __tablename__ = "cancellation_step"
    __table_args__ = owned(
        belongs_to("resource_type_id", "resource_type", ondelete="CASCADE"),
        CheckConstraint("hours >= 1 AND hours <= 8784", name="hours"),
        CheckConstraint("percent >= 0 AND percent <= 100", name="percent"),
        Index("ix_cancellation_step_type", "tenant_id", "resource_type_id", "hours", unique=True),
    )

    resource_type_id: Mapped[int | None] = mapped_column(BigId)
    """Whose ladder it is part of; None for every type without one of its own."""
    hours: Mapped[int]
    percent: Mapped[int]
    """Of the price, in whole percent."""
