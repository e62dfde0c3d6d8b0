"""Plans and the contracts that make somebody a member."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Index, String, UniqueConstraint, and_, or_
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class Plan(TenantOwned, Base):
    __tablename__ = "plan"
    __table_args__ = owned(UniqueConstraint("tenant_id", "name"))

    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Contract(TenantOwned, Base):
    """Somebody is on a plan from one local day to another, both included; open-ended without a last day."""

    __tablename__ = "contract"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("plan_id", "plan"),
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="span"),
        Index("ix_contract_person", "tenant_id", "person_id", "starts_on"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    plan_id: Mapped[int] = mapped_column(BigId)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


def running_on(day: Any, contract: Any = Contract) -> ColumnElement[bool]:
    """Whether a contract covers a local day (a date, or a bound parameter of one), which is what makes a member.

    `contract` may be the columns of its table, for statements that name their tables by hand.
    """
    return and_(contract.starts_on <= day, or_(contract.ends_on.is_(None), contract.ends_on >= day))
