"""A tenant that sells things: products, baskets and purchases. Every verb commits."""

from typing import Any

from app.domain.billing.at_once import bill_now
from app.domain.products import buying, subscribing
from app.domain.products.basket import put_in
from app.domain.products.buying import sell
from app.domain.products.checkout import preview_checkout
from app.domain.products.keeping import create_product
from app.domain.products.terms import Buy, ProductDetails, Sell
from app.models import Product, ProductBilling, ProductSubscription, Purchase
from tests.support.tariffs import WORDS, Tariffs


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
        found = bill_now(self.session, self.tenant.people[name], self.today, WORDS, self.tick())
        self.session.commit()
        return found

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
