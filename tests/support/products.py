"""A tenant that sells things: products, baskets and purchases. Every verb commits."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.billing.at_once import bill_at_once
from app.domain.products import buying, subscribing
from app.domain.products.basket import put_in
from app.domain.products.buying import sell
from app.domain.products.checkout import preview_checkout
from app.domain.products.keeping import create_product
from app.domain.products.terms import Buy, ProductDetails, Sell
from app.models import (
    BasketLine,
    Contract,
    Product,
    ProductBilling,
    ProductSubscription,
    Purchase,
    PurchaseLine,
)
from tests.support.tariffs import WORDS, Tariffs, give_prices
from tests.support.world import TenantWorld


class Counter(Tariffs):
    """An office with a shop beside its plans."""

    keys = 0

    def product(self, name: str, price_minor: int = 1200, **details: Any) -> Product:
        wish = ProductDetails(name, price_minor, self.rates[20], **details)
        product = create_product(self.session, self.owner, wish, self.tick())
        self.session.commit()
        return product

    def put(self, name: str, product: Product, quantity: int = 1) -> None:
        put_in(self.session, self.who(name), product.id, quantity, self.today)
        self.session.commit()

    def buy(self, name: str, key: str = "") -> Purchase:
        """Buy the basket as its checkout shows it, and be billed for what is due."""
        who = self.who(name)
        wish = Buy(key or self.key(), preview_checkout(self.session, who, self.today).seen)
        purchase = buying.buy(self.session, who, wish, self.today, self.tick())
        self.session.commit()
        self.bill(name)
        return purchase

    def sell(
        self, name: str, product: Product, billing: ProductBilling = ProductBilling.NEXT, quantity: int = 1
    ) -> Purchase:
        wish = Sell(self.tenant.people[name], product.id, quantity, billing, self.key())
        purchase = sell(self.session, self.owner, wish, self.today, self.tick())
        self.session.commit()
        return purchase

    def bill(self, name: str) -> int | None:
        return bill_at_once(self.session, self.tenant.people[name], self.today, WORDS, self.tick())

    def stop(self, name: str, subscription: ProductSubscription) -> ProductSubscription:
        found = subscribing.stop(self.session, self.who(name), subscription.id, self.today, self.tick())
        self.session.commit()
        return found

    def keep(self, name: str, subscription: ProductSubscription) -> ProductSubscription:
        found = subscribing.keep(self.session, self.who(name), subscription.id, self.today, self.tick())
        self.session.commit()
        return found

    def key(self) -> str:
        self.keys += 1
        return f"a-key-of-its-own-{self.keys}"


def sold(
    session: Session, tenant: TenantWorld, who: str, contract_id: int, rate_id: int, now: datetime
) -> dict[str, int]:
    """A locker that somebody of the cast bought and has with their contract, and one more in their basket; commits.

    Ids by what an address calls them.
    """
    person_id = tenant.people[who]
    product = Product(name="Locker", price_minor=1500, tax_rate_id=rate_id, recurring=True, stock=5)
    purchase = Purchase(person_id=person_id, request_key=f"k-{tenant.slug}", made_at=now)
    session.add_all([product, purchase])
    session.flush()
    subscription = ProductSubscription(
        person_id=person_id,
        product_id=product.id,
        contract_id=contract_id,
        quantity=1,
        price_minor=1500,
        tax_rate_id=rate_id,
        starts_on=now.date(),
        billed_until=now.date(),
    )
    session.add(subscription)
    session.flush()
    line = PurchaseLine(
        purchase_id=purchase.id,
        product_id=product.id,
        subscription_id=subscription.id,
        name=product.name,
        quantity=1,
        unit_minor=1500,
        bill_on=now.date(),
    )
    session.add_all([line, BasketLine(person_id=person_id, product_id=product.id, quantity=1)])
    session.commit()
    return {"product_id": product.id, "purchase_id": purchase.id, "subscription_id": subscription.id}


def sold_with_plan(
    session: Session, tenant: TenantWorld, who: str, rate_id: int, now: datetime
) -> dict[str, int]:
    """The same with the only contract of a member, which is billed from then on; its id too."""
    person_id = tenant.people[who]
    contract_id = session.scalars(select(Contract.id).where(Contract.person_id == person_id)).one()
    give_prices(session, tenant, contract_id, rate_id, now)
    return {"contract_id": contract_id, **sold(session, tenant, who, contract_id, rate_id, now)}
