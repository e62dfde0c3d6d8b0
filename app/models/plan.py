"""Plans and the contracts that make somebody a member."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    UniqueConstraint,
    and_,
    exists,
    false,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, table_of


class Plan(TenantOwned, Base):
    """A plan by its name. What it costs stands in its versions (`models.plan_version`); without one it costs nothing."""

    __tablename__ = "plan"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "name"),
        Index("uq_plan_link", "tenant_id", "link_token", unique=True),
    )

    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    link_token: Mapped[str | None] = mapped_column(String(43))
    """Leads to a plan that no list shows. Kept as it is, for staff hand the link out again and again."""


class Contract(TenantOwned, Base):
    """Somebody is on a plan from one local day to another, both included; open-ended without a last day.

    One without a version is not billed. A change of plan, or of version, ends one and begins another that follows it.
    """

    __tablename__ = "contract"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("plan_id", "plan"),
        belongs_to("version_id", "plan_version"),
        belongs_to("follows_id", "contract", ondelete="CASCADE"),
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="span"),
        CheckConstraint("quantity BETWEEN 1 AND 1000", name="quantity"),
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("(version_id IS NULL) = (anchor_on IS NULL)", name="anchor"),
        Index("ix_contract_person", "tenant_id", "person_id", "starts_on"),
        Index("ix_contract_plan", "tenant_id", "plan_id"),
        Index("ix_contract_follows", "tenant_id", "follows_id"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    plan_id: Mapped[int] = mapped_column(BigId)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    version_id: Mapped[int | None] = mapped_column(BigId)
    quantity: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    price_minor: Mapped[int | None] = mapped_column(BigInteger)
    """What they pay for one instead of the version's price."""
    anchor_on: Mapped[date | None]
    """The day from which cycles are counted: `kernel.cycles`. Not after the first day."""
    minimum_until: Mapped[date | None]
    """The last day of the minimum term."""
    billed_until: Mapped[date | None]
    """The last day that charges have been put down for, or that was passed over because of a pause."""
    pending: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It waits for staff, or for a payment, and makes nobody a member."""
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody said that it ends; none where it ends because another follows."""
    terms_accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    follows_id: Mapped[int | None] = mapped_column(BigId)
    """The contract that it goes on from."""


class ContractPause(TenantOwned, Base):
    """Whole cycles of a contract in which it does not run and costs nothing; both days are included."""

    __tablename__ = "contract_pause"
    __table_args__ = owned(
        belongs_to("contract_id", "contract", ondelete="CASCADE"),
        CheckConstraint("from_day <= until_day", name="span"),
        Index("ix_contract_pause_contract", "tenant_id", "contract_id", "from_day"),
    )

    contract_id: Mapped[int] = mapped_column(BigId)
    from_day: Mapped[date]
    until_day: Mapped[date]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


_PAUSE = table_of(ContractPause)


def running_on(day: Any, contract: Any = Contract) -> ColumnElement[bool]:
    """Whether a contract runs on a local day (a date, or a bound parameter of one), which is what makes a member: it has
    begun, is not over, waits for nobody and is not paused.

    `contract` may be the columns of its table, for statements that name their tables by hand.
    """
    paused = (
        exists()
        .where(
            _PAUSE.c.tenant_id == contract.tenant_id,
            _PAUSE.c.contract_id == contract.id,
            _PAUSE.c.from_day <= day,
            _PAUSE.c.until_day >= day,
        )
        .correlate_except(_PAUSE)
    )
    return and_(
        contract.starts_on <= day,
        or_(contract.ends_on.is_(None), contract.ends_on >= day),
        contract.pending.is_(False),
        ~paused,
    )
