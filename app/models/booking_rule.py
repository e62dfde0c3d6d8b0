"""The house's rules of booking: for whom and when other limits hold than a room's own."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, belongs_to, owned


class BookingRule(TenantOwned, Base):
    """One rule. They are asked in order of position; what `terms` means says `domain.booking.house_rules.terms`."""

    __tablename__ = "booking_rule"
    __table_args__ = owned(
        belongs_to("location_id", "location", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "name"),
        CheckConstraint("position >= 0", name="place"),
        Index("ix_booking_rule_order", "tenant_id", "position", "id"),
    )

    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    location_id: Mapped[int | None] = mapped_column(BigId)
    """Everywhere without one."""
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Of which rooms and people it speaks, on which days and between which times, and what it sets."""
    sentence: Mapped[str] = mapped_column(String(300), default="")
    """What whoever is refused by it reads, in the operator's words; empty for the portal's own."""
    stop_here: Mapped[bool] = mapped_column(default=False)
    """No later rule is asked once this one holds."""
    enabled: Mapped[bool] = mapped_column(default=True)


class BookingRuleTarget(TenantOwned, Base):
    """One room, kind of room, plan, team or person that a rule speaks of by name. Gone with what it names."""

    __tablename__ = "booking_rule_target"
    __table_args__ = owned(
        belongs_to("rule_id", "booking_rule", ondelete="CASCADE"),
        belongs_to("resource_id", "resource", ondelete="CASCADE"),
        belongs_to("resource_type_id", "resource_type", ondelete="CASCADE"),
        belongs_to("plan_id", "plan", ondelete="CASCADE"),
        belongs_to("team_id", "team", ondelete="CASCADE"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "rule_id", "resource_id"),
        UniqueConstraint("tenant_id", "rule_id", "resource_type_id"),
        UniqueConstraint("tenant_id", "rule_id", "plan_id"),
        UniqueConstraint("tenant_id", "rule_id", "team_id"),
        UniqueConstraint("tenant_id", "rule_id", "person_id"),
        CheckConstraint(
            "(CASE WHEN resource_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN resource_type_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN plan_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN team_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one",
        ),
        Index("ix_booking_rule_target_person", "tenant_id", "person_id"),
    )

    rule_id: Mapped[int] = mapped_column(BigId)
    resource_id: Mapped[int | None] = mapped_column(BigId)
    resource_type_id: Mapped[int | None] = mapped_column(BigId)
    plan_id: Mapped[int | None] = mapped_column(BigId)
    team_id: Mapped[int | None] = mapped_column(BigId)
    person_id: Mapped[int | None] = mapped_column(BigId)
