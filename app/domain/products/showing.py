"""The shop as pages show it: what is on offer, what somebody has, and what they bought."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.billing.reasons import purchase_key, subscription_key
from app.domain.billing.subscription_charges import deal_of
from app.domain.lookup import one
from app.domain.plans.benefits import PRODUCTS, Given, given_by
from app.domain.plans.clauses import followed
from app.domain.plans.contracts import Held
from app.domain.plans.joining import is_for
from app.domain.plans.showing import pauses_of
from app.domain.products.stock import left, on_sale
from app.kernel.errors import NotFound
from app.models import (
    Charge,
    Contract,
    Invoice,
    InvoiceLine,
    Location,
    PlanVersion,
    Product,
    ProductSubscription,
    Purchase,
    PurchaseLine,
    StoredFile,
)

MOST_PURCHASES = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """A product that somebody may buy."""

    product: Product
    left: int | None
    """None for any number."""
    photo: str | None
    """The digest of its photograph."""
    place: str | None
    gives: tuple[Given, ...] = ()
    """With each one: once, or for each month."""

    @property
    def sold_out(self) -> bool:
        return self.left == 0


@dataclass(frozen=True, slots=True)
class Had:
    """Something that recurs and that somebody has, or will have had."""

    subscription: ProductSubscription
    name: str
    plan_ends_on: date | None
    """The last day of the contract that it goes with, where none follows."""
    next_bill: date | None
    """When it is billed again; None where it is not."""

    @property
    def ends_on(self) -> date | None:
        days = [day for day in (self.subscription.ends_on, self.plan_ends_on) if day is not None]
        return min(days, default=None)


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase with its lines, and the issued invoices on which they stand."""

    purchase: Purchase
    lines: tuple[PurchaseLine, ...]
    invoice_ids: tuple[int, ...]
    """In the order in which they were issued; whoever bought has been billed for them."""


def offers(session: Session, actor: Actor, today: date) -> list[Offer]:
    """The products that somebody may see, in the operator's order. Two statements."""
    query = (
        on_sale(today)
        .add_columns(StoredFile.digest, Location.name)
        .outerjoin(
            StoredFile, and_(StoredFile.tenant_id == Product.tenant_id, StoredFile.id == Product.photo_id)
        )
        .outerjoin(
            Location, and_(Location.tenant_id == Product.tenant_id, Location.id == Product.location_id)
        )
    )
    rows = [row for row in session.execute(query) if is_for(actor, row[0].audience)]
    gives = given_by(session, [row[0].id for row in rows], PRODUCTS) if rows else {}
    return [
        Offer(product, left(product, had), photo, place, gives.get(product.id, ()))
        for product, had, photo, place in rows
    ]


def had_by(session: Session, person_id: int, today: date) -> list[Had]:
    """What recurs and is not over, the latest first. Two statements."""
    query = (
        select(ProductSubscription, Product.name, Contract, PlanVersion, followed())
        .join(
            Product,
            and_(
                Product.tenant_id == ProductSubscription.tenant_id,
                Product.id == ProductSubscription.product_id,
            ),
        )
        .join(
            Contract,
            and_(
                Contract.tenant_id == ProductSubscription.tenant_id,
                Contract.id == ProductSubscription.contract_id,
            ),
        )
        .join(
            PlanVersion,
            and_(PlanVersion.tenant_id == Contract.tenant_id, PlanVersion.id == Contract.version_id),
        )
        .where(ProductSubscription.person_id == person_id)
        .order_by(ProductSubscription.starts_on.desc(), ProductSubscription.id.desc())
    )
    rows = session.execute(query).all()
    pauses = pauses_of(session, {row[2].id for row in rows})
    found = [
        _had(
            subscription,
            name,
            Held(contract, version, pauses.get(contract.id, ())),
            followed=followed,
        )
        for subscription, name, contract, version, followed in rows
    ]
    return [each for each in found if each.ends_on is None or each.ends_on >= today]


def purchases_of(session: Session, person_id: int) -> list[Bought]:
    """What somebody bought, the latest first. Three statements."""
    query = select(Purchase).where(Purchase.person_id == person_id).order_by(Purchase.id.desc())
    return _bought(session, list(session.scalars(query.limit(MOST_PURCHASES))))


def purchase_of(session: Session, actor: Actor, purchase_id: int) -> Bought:
    """One's own purchase. Raises NotFound."""
    purchase = one(session, Purchase, purchase_id)
    if purchase.person_id != actor.person_id:
        raise NotFound
    return _bought(session, [purchase])[0]


def _had(subscription: ProductSubscription, name: str, found: Held, *, followed: bool) -> Had:
    plan_ends_on = None if followed else found.contract.ends_on
    following = None
    if subscription.billed_until is not None:
        following = deal_of(subscription, found).cycles.after(subscription.billed_until)
    had = Had(subscription, name, plan_ends_on, following)
    over = following is not None and had.ends_on is not None and following > had.ends_on
    return replace(had, next_bill=None) if over else had


def _bought(session: Session, purchases: list[Purchase]) -> list[Bought]:
    ids = [each.id for each in purchases]
    lines: dict[int, list[PurchaseLine]] = {}
    keys: dict[str, int] = {}
    rows = session.execute(
        select(PurchaseLine, ProductSubscription.starts_on)
        .outerjoin(
            ProductSubscription,
            and_(
                ProductSubscription.tenant_id == PurchaseLine.tenant_id,
                ProductSubscription.id == PurchaseLine.subscription_id,
            ),
        )
        .where(PurchaseLine.purchase_id.in_(ids))
        .order_by(PurchaseLine.id)
    )
    for line, starts_on in rows:
        lines.setdefault(line.purchase_id, []).append(line)
        if line.subscription_id is None or starts_on is None:
            keys[purchase_key(line.id)] = line.purchase_id
        else:
            keys[subscription_key(line.subscription_id, starts_on)] = line.purchase_id
    billed = _billed(session, keys)
    return [
        Bought(each, tuple(lines.get(each.id, ())), tuple(sorted(billed.get(each.id, ()))))
        for each in purchases
    ]


def _billed(session: Session, keys: dict[str, int]) -> dict[int, set[int]]:
    """The ids of issued invoices on which charges stand, by what `keys` says of these."""
    found: dict[int, set[int]] = {}
    query = (
        select(Charge.reason_key, Invoice.id)
        .join(
            InvoiceLine,
            and_(InvoiceLine.tenant_id == Charge.tenant_id, InvoiceLine.charge_id == Charge.id),
        )
        .join(Invoice, and_(Invoice.tenant_id == InvoiceLine.tenant_id, Invoice.id == InvoiceLine.invoice_id))
        .where(Charge.reason_key.in_(list(keys)), Invoice.number.is_not(None))
    )
    for key, invoice_id in session.execute(query) if keys else ():
        found.setdefault(keys[key], set()).add(invoice_id)
    return found
