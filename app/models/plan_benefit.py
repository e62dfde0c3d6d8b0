"""What a plan gives with each cycle beside the membership itself."""

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, belongs_to, owned, word
from app.models.credit import CreditKind


class PlanBenefit(TenantOwned, Base):
    """Credit of each cycle of a version. Written with the version, and never changed."""

    __tablename__ = "plan_benefit"
    __table_args__ = owned(
        belongs_to("version_id", "plan_version", ondelete="CASCADE"),
        belongs_to("pass_type_id", "pass_type"),
        UniqueConstraint("tenant_id", "version_id", "number"),
        CheckConstraint("amount > 0", name="amount"),
    )

    version_id: Mapped[int] = mapped_column(BigId)
    number: Mapped[int]
    """From 0, in the order of the page."""
    kind: Mapped[CreditKind] = mapped_column(word(CreditKind))
    amount: Mapped[int] = mapped_column(BigInteger)
    """Minutes, minor units, or days, for each one of the plan and each whole cycle."""
    pass_type_id: Mapped[int | None] = mapped_column(BigId)
    """When and where days, or minutes in the house, may be used."""


class PlanBenefitType(TenantOwned, Base):
    """A type of resource that the time, or the money, may be used for."""

    __tablename__ = "plan_benefit_type"
    __table_args__ = owned(
        belongs_to("benefit_id", "plan_benefit", ondelete="CASCADE"),
        belongs_to("resource_type_id", "resource_type", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "benefit_id", "resource_type_id"),
    )

    benefit_id: Mapped[int] = mapped_column(BigId)
    resource_type_id: Mapped[int] = mapped_column(BigId)


class PlanDiscountType(TenantOwned, Base):
    """A type of resource that a version's percentage comes off; without any it comes off all of them."""

    __tablename__ = "plan_discount_type"
    __table_args__ = owned(
        belongs_to("version_id", "plan_version", ondelete="CASCADE"),
        belongs_to("resource_type_id", "resource_type", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "version_id", "resource_type_id"),
    )

    version_id: Mapped[int] = mapped_column(BigId)
    resource_type_id: Mapped[int] = mapped_column(BigId)
