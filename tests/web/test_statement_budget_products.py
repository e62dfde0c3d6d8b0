"""SQL statements of the shop's pages, whatever the number of products, purchases and things that somebody has."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.models import (
    BasketLine,
    Product,
    ProductSubscription,
    Purchase,
    PurchaseLine,
)
from tests.support.bookings import statements
from tests.support.invoices import bill
from tests.support.products import sold_with_plan
from tests.support.rows import inside
from tests.support.sign_in import sign_in_client
from tests.support.visitor import Visitor
from tests.support.world import World

MOST = 8
MOST_OF_CHECKOUT = 12
"""It asks for the basket, what is left, the contract with its version and pauses, when the next bill comes, and taxes."""
PAGES = (
    ("member", "/products", MOST),
    ("member", "/products/basket", MOST),
    ("member", "/products/checkout", MOST_OF_CHECKOUT),
    ("member", "/products/purchases/{purchase_id}", MOST),
    ("member", "/products/mine", MOST),
    ("owner", "/admin/products", MOST),
    ("owner", "/admin/products/new", MOST),
    ("owner", "/admin/products/{product_id}", MOST),
    ("owner", "/admin/people/{person_id}/sales/new", MOST),
)


@pytest.fixture
def ids(app: Flask, world: World) -> dict[str, int]:
    tenant, now = world.northlight, datetime.now(UTC)
    with inside(app, tenant) as session:
        rate_id = bill(session, tenant, "member", now)["rate_id"]
        made = sold_with_plan(session, tenant, "member", rate_id, now)
    return made | {"rate_id": rate_id, "person_id": tenant.people["member"]}


def _more(app: Flask, world: World, ids: dict[str, int]) -> None:
    """Five more of everything, all of which the member has bought and has in the basket."""
    tenant, now = world.northlight, datetime.now(UTC)
    person_id = tenant.people["member"]
    with inside(app, tenant) as session:
        for number in range(5):
            product = Product(
                name=f"Locker {number}",
                price_minor=1500,
                tax_rate_id=ids["rate_id"],
                recurring=True,
                stock=9,
            )
            purchase = Purchase(person_id=person_id, request_key=f"k{number}", made_at=now)
            session.add_all([product, purchase])
            session.flush()
            subscription = ProductSubscription(
                person_id=person_id,
                product_id=product.id,
                contract_id=ids["contract_id"],
                quantity=1,
                price_minor=1500,
                tax_rate_id=ids["rate_id"],
                starts_on=now.date(),
                billed_until=now.date(),
            )
            session.add(subscription)
            session.flush()
            session.add_all(
                PurchaseLine(
                    purchase_id=purchase_id,
                    product_id=product.id,
                    subscription_id=subscription.id,
                    name=product.name,
                    quantity=1,
                    unit_minor=1500,
                    bill_on=now.date(),
                )
                for purchase_id in (purchase.id, ids["purchase_id"])
            )
            session.add(BasketLine(person_id=person_id, product_id=product.id, quantity=1))
        session.commit()


@pytest.mark.parametrize(("who", "path", "most"), PAGES)
def test_pages_keep_to_their_statements(
    app: Flask, world: World, ids: dict[str, int], who: str, path: str, most: int
) -> None:
    visitor = Visitor(app, world.northlight)
    sign_in_client(app, visitor.client, world.northlight, who)
    address = path.format(**ids)

    def count() -> int:
        assert visitor.get(address).status_code == 200
        with statements(app) as seen:
            visitor.get(address)
        return len(seen)

    few = count()
    _more(app, world, ids)
    assert count() == few <= most
