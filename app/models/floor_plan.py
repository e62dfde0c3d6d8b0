"""A location seen from above: its picture, and where on it each resource is."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class FloorPlan(TenantOwned, Base):
    """The picture of a location's floor; at most one a location."""

    __tablename__ = "floor_plan"
    __table_args__ = owned(
        belongs_to("location_id", "location", ondelete="CASCADE"),
        belongs_to("file_id", "stored_file"),
        UniqueConstraint("tenant_id", "location_id"),
    )

    location_id: Mapped[int] = mapped_column(BigId)
    file_id: Mapped[int] = mapped_column(BigId)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FloorMark(TenantOwned, Base):
    """Where a resource is on the plan of its location: shares of the picture in tenths of a per cent from its left and its top."""

    __tablename__ = "floor_mark"
    __table_args__ = owned(
        belongs_to("resource_id", "resource", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "resource_id"),
        CheckConstraint("x BETWEEN 0 AND 1000 AND y BETWEEN 0 AND 1000", name="inside"),
    )

    resource_id: Mapped[int] = mapped_column(BigId)
    x: Mapped[int]
    y: Mapped[int]
