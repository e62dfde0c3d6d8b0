"""The credit and the passes that a product carries."""

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, belongs_to, owned, word
from app.models.credit import CreditKind


class ProductBenefit(TenantOwned, Base):
    """Credit that comes with each one of a product: once, or, where it recurs, for each month."""

    __tablename__ = "product_benefit"
    __table_args__ = owned(
        belongs_to("product_id", "product", ondelete="CASCADE"),
        belongs_to("pass_type_id", "pass_type"),
        UniqueConstraint("tenant_id", "product_id", "number"),
        CheckConstraint("amount > 0", name="amount"),
    )

    product_id: Mapped[int] = mapped_column(BigId)
    number: Mapped[int]
    """From 0, in the order of the page."""
    kind: Mapped[CreditKind] = mapped_column(word(CreditKind))
    amount: Mapped[int] = mapped_column(BigInteger)
    """Minutes, minor units, or days, of one."""
    pass_type_id: Mapped[int | None] = mapped_column(BigId)


class ProductBenefitType(TenantOwned, Base):
    """A type of resource that the time, or the money, may be used for."""

    __tablename__ = "product_benefit_type"
    __table_args__ = owned(
        belongs_to("benefit_id", "product_benefit", ondelete="CASCADE"),
        belongs_to("resource_type_id", "resource_type", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "benefit_id", "resource_type_id"),
    )

    benefit_id: Mapped[int] = mapped_column(BigId)
    resource_type_id: Mapped[int] = mapped_column(BigId)
