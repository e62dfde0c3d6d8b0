"""What can be bought beside plans, what lies in a basket, and what was bought."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word
from app.models.plan_version import PlanAudience


class ProductBilling(StrEnum):
    """When what somebody buys is billed."""

    NOW = "now"
    """With an invoice at once."""
    NEXT = "next"
    """Together with what is billed next."""


class Product(TenantOwned, Base):
    """Something on sale. What was bought keeps the name, price and tax that it was bought for."""

    __tablename__ = "product"
    __table_args__ = owned(
        belongs_to("tax_rate_id", "tax_rate"),
        belongs_to("photo_id", "stored_file"),
        belongs_to("location_id", "location"),
        UniqueConstraint("tenant_id", "name"),
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("stock >= 0", name="stock"),
        CheckConstraint("credit_days BETWEEN 1 AND 3660", name="credit_days"),
    )

    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text, default="")
    photo_id: Mapped[int | None] = mapped_column(BigId)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    """Of one, as the tenant enters prices; of one for a month where it recurs."""
    tax_rate_id: Mapped[int] = mapped_column(BigId)
    recurring: Mapped[bool] = mapped_column(default=False)
    """It is had, and billed, for as long as somebody wants it and is on the plan that it came with."""
    stock: Mapped[int | None]
    """How many are left to sell; of what recurs, how many there are. None for any number."""
    audience: Mapped[PlanAudience] = mapped_column(word(PlanAudience), default=PlanAudience.EVERYONE)
    visible: Mapped[bool] = mapped_column(default=True)
    """Otherwise staff alone sell it."""
    billing: Mapped[ProductBilling] = mapped_column(word(ProductBilling), default=ProductBilling.NOW)
    location_id: Mapped[int | None] = mapped_column(BigId)
    """Where it is had; none where that is no single place."""
    credit_days: Mapped[int | None]
    """How many days what it carries can be used, the one on which it is bought included; none for credit that stays. Of
    what recurs each month's ends with the month."""
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BasketLine(TenantOwned, Base):
    """So many of a product as somebody means to buy."""

    __tablename__ = "basket_line"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("product_id", "product", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "person_id", "product_id"),
        CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    product_id: Mapped[int] = mapped_column(BigId)
    quantity: Mapped[int] = mapped_column(default=1)


class Purchase(TenantOwned, Base):
    """Somebody bought something, or staff sold it to them. A form that is sent twice finds it there."""

    __tablename__ = "purchase"
    __table_args__ = owned(
        belongs_to("person_id", "person"),
        belongs_to("sold_by_id", "person"),
        UniqueConstraint("tenant_id", "person_id", "request_key"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    request_key: Mapped[str | None] = mapped_column(String(64))
    """Made with the form, so that two taps on its button buy once."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sold_by_id: Mapped[int | None] = mapped_column(BigId)
    """Of staff, who sold it; none where somebody bought it themselves."""


class ProductSubscription(TenantOwned, Base):
    """Somebody has a product that recurs, with a contract of theirs, from one local day to another; both are included.

    It ends with the contract at the latest, unless another one follows that.
    """

    __tablename__ = "product_subscription"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("product_id", "product"),
        belongs_to("contract_id", "contract"),
        belongs_to("tax_rate_id", "tax_rate"),
        CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="span"),
        Index("ix_product_subscription_person", "tenant_id", "person_id"),
        Index("ix_product_subscription_product", "tenant_id", "product_id"),
        Index("ix_product_subscription_contract", "tenant_id", "contract_id"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    product_id: Mapped[int] = mapped_column(BigId)
    contract_id: Mapped[int] = mapped_column(BigId)
    """Whose cycles it is billed with; moved on to the one that follows."""
    quantity: Mapped[int]
    price_minor: Mapped[int] = mapped_column(BigInteger)
    """Of one for a month, as it was when they took it."""
    tax_rate_id: Mapped[int] = mapped_column(BigId)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    billed_until: Mapped[date | None]
    """The last day that charges have been put down for, or that was passed over because of a pause."""


class PurchaseLine(TenantOwned, Base):
    """One product of a purchase, as it was then."""

    __tablename__ = "purchase_line"
    __table_args__ = owned(
        belongs_to("purchase_id", "purchase", ondelete="CASCADE"),
        belongs_to("product_id", "product"),
        belongs_to("subscription_id", "product_subscription"),
        CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),
        Index("ix_purchase_line_purchase", "tenant_id", "purchase_id"),
        Index("ix_purchase_line_product", "tenant_id", "product_id"),
    )

    purchase_id: Mapped[int] = mapped_column(BigId)
    product_id: Mapped[int] = mapped_column(BigId)
    subscription_id: Mapped[int | None] = mapped_column(BigId)
    """What it began, where the product recurs."""
    name: Mapped[str] = mapped_column(String(80))
    quantity: Mapped[int]
    unit_minor: Mapped[int] = mapped_column(BigInteger)
    discount_hundredths: Mapped[int] = mapped_column(default=0, server_default="0")
    """What a plan took off the price of one, in hundredths of a percent; `unit_minor` is what was left."""
    bill_on: Mapped[date]
    """The first local day on which it may be billed."""
