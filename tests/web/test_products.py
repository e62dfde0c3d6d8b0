"""The shop as a person meets it: what is on sale, the basket, the money before the button, and what came of it."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.plans.terms import VersionDetails
from app.domain.plans.versions import set_terms
from app.domain.products.keeping import create_product, retire_product
from app.domain.products.terms import ProductDetails
from app.models import (
    BasketLine,
    Charge,
    Contract,
    Invoice,
    Plan,
    PlanAudience,
    Product,
    ProductBilling,
    ProductSubscription,
    Purchase,
    TaxRate,
    TaxRateVersion,
)
from tests.support.invoices import SELLER_FORM
from tests.support.rows import change, inside, rows
from tests.support.sign_in import sign_in_client
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

_HIDDEN = re.compile(r'name="(request_key|seen)"[^>]*value="([^"]*)"')


class Shop:
    """A contact in the shop of a tenant that bills."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.tenant, self.world = app, world.northlight, world
        self.owner = Desk(app, self.tenant, "owner")
        assert self.owner.send("/admin/settings/invoices", SELLER_FORM).status_code == 303
        rate = {"name": "VAT", "category": "S", "percent": "20", "starts_on": "2020-01-01"}
        assert self.owner.send("/admin/settings/invoices/rates", rate).status_code == 303
        self.visitor = Visitor(app, self.tenant)
        sign_in_client(app, self.visitor.client, self.tenant, "contact")

    def product(self, name: str = "Coffee card", price_minor: int = 1200, **details: Any) -> int:
        with inside(self.app, self.tenant) as session:
            (rate,) = session.scalars(select(TaxRate)).all()
            wish = ProductDetails(name, price_minor, rate.id, **details)
            product = create_product(session, self.tenant.actor("owner"), wish, datetime.now(UTC))
            session.commit()
            return product.id

    def retire(self, product_id: int) -> None:
        with inside(self.app, self.tenant) as session:
            owner = self.tenant.actor("owner")
            retire_product(session, owner, product_id, datetime.now(UTC), retired=True)
            session.commit()

    def join(self) -> None:
        """Let the contact be on a plan that is billed."""
        with inside(self.app, self.tenant) as session:
            plan = session.scalars(select(Plan).where(Plan.name == "Residents")).one()
            (rate,) = session.scalars(select(TaxRate)).all()
            wish, now = VersionDetails(10000, rate.id), datetime.now(UTC)
            version = set_terms(session, self.tenant.actor("owner"), plan.id, wish, now)
            session.commit()
            ids = (plan.id, version.id)
        asked = {"starts_on": datetime.now(UTC).date().isoformat(), "version_id": str(ids[1])}
        answer = self.visitor.post(f"/plans/{ids[0]}/join", asked, form="/account/profile")
        assert answer.status_code == 303

    def put(self, product_id: int, quantity: int | str = 1) -> Any:
        return self.visitor.post(
            f"/products/{product_id}/basket",
            {f"product{product_id}-quantity": str(quantity)},
            form="/account/profile",
        )

    def count(self, product_id: int, quantity: int | str) -> Any:
        return self.visitor.post(
            f"/products/basket/{product_id}",
            {f"product{product_id}-quantity": str(quantity)},
            form="/account/profile",
        )

    def checkout(self) -> dict[str, str]:
        """What the checkout's form carries."""
        found = dict(_HIDDEN.findall(self.visitor.get("/products/checkout").text))
        assert found.keys() == {"request_key", "seen"}
        return found

    def buy(self, form: dict[str, str] | None = None) -> Any:
        return self.visitor.post("/products/checkout", form or self.checkout(), form="/account/profile")

    def all(self, model: type[Any]) -> list[Any]:
        return rows(self.app, self.tenant, model)


@pytest.fixture
def shop(app: Flask, world: World) -> Shop:
    return Shop(app, world)


def test_an_empty_shop_and_an_empty_basket_say_so(shop: Shop) -> None:
    assert "Nothing on sale" in shop.visitor.get("/products").text
    assert "Your basket is empty" in shop.visitor.get("/products/basket").text
    assert "You have bought nothing yet" in shop.visitor.get("/products/mine").text
    assert shop.visitor.get("/products/checkout").headers["Location"] == "/products/basket"


def test_a_card_says_what_a_product_costs(shop: Shop) -> None:
    shop.product(description="Ten coffees", stock=3, billing=ProductBilling.NEXT)
    shop.product("Locker", 1500, recurring=True)
    shop.product("Ticket", stock=0)
    text = shop.visitor.get("/products").text
    for words in ("£12.00", "Ten coffees", "3 are left", "next invoice", "£15.00", "a month", "Sold out"):
        assert words in text
    assert text.count("Add to basket</button>") == 2


def test_what_is_for_others_hidden_or_retired_is_absent(shop: Shop) -> None:
    shop.product("For members", audience=PlanAudience.MEMBERS)
    shop.product("Hidden", visible=False)
    shop.retire(shop.product("Old"))
    shop.product("For contacts", audience=PlanAudience.CONTACTS)
    text = shop.visitor.get("/products").text
    assert "For contacts" in text
    for name in ("For members", "Hidden", "Old"):
        assert name not in text


def test_the_checkout_shows_the_money_before_the_button(shop: Shop) -> None:
    shop.put(shop.product(), 2)
    shop.put(shop.product("Prints", 600, billing=ProductBilling.NEXT))
    text = shop.visitor.get("/products/checkout").text
    for words in (
        "Now, with an invoice",
        "2 × Coffee card",
        "£24.00",
        "£20.00",
        "£4.00",
        "With your next invoice",
        "£6.00",
        "£5.00",
        "£1.00",
        "Buy, £24.00 now",
    ):
        assert words in text


def test_buying_bills_takes_from_the_stock_and_leads_to_the_invoice(shop: Shop) -> None:
    product_id = shop.product(stock=5)
    shop.put(product_id, 2)
    answer = shop.buy()
    (purchase,), (invoice,) = shop.all(Purchase), shop.all(Invoice)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/products/purchases/{purchase.id}")
    assert (invoice.total_minor, invoice.number is not None) == (2400, True)
    assert shop.all(BasketLine) == []
    (product,) = shop.all(Product)
    assert product.stock == 3
    page = shop.visitor.get(answer.headers["Location"]).text
    assert "It is yours." in page
    assert f'href="/invoices/{invoice.id}"' in page
    assert "Coffee card" in shop.visitor.get("/products/mine").text


def test_what_comes_with_the_next_invoice_is_not_billed_yet(shop: Shop) -> None:
    shop.put(shop.product(billing=ProductBilling.NEXT))
    answer = shop.buy()
    assert shop.all(Invoice) == []
    (charge,) = shop.all(Charge)
    assert charge.bill_on > datetime.now(UTC).date()
    assert "comes with your next invoice" in shop.visitor.get(answer.headers["Location"]).text


def test_two_taps_buy_once(shop: Shop) -> None:
    shop.put(shop.product(stock=5))
    form = shop.checkout()
    first, second = shop.buy(form), shop.buy(form)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(shop.all(Purchase)) == len(shop.all(Invoice)) == 1
    assert [each.stock for each in shop.all(Product)] == [4]


def test_what_recurs_takes_a_plan_and_is_stopped(shop: Shop) -> None:
    product_id = shop.product("Locker", 1500, recurring=True, stock=1)
    answer = shop.put(product_id)
    assert answer.status_code == 422
    assert "billed with a plan" in answer.text
    shop.join()
    assert shop.put(product_id).status_code == 303
    assert "then £15.00 a month" in shop.visitor.get("/products/checkout").text
    assert shop.buy().status_code == 303
    (subscription,) = shop.all(ProductSubscription)
    assert (subscription.quantity, subscription.price_minor) == (1, 1500)
    mine = shop.visitor.get("/products/mine").text
    assert "Locker" in mine
    assert "Stop at the end of the period" in mine
    assert "Sold out" in shop.visitor.get("/products").text
    stop = f"/products/mine/{subscription.id}/stop"
    assert shop.visitor.post(stop, form="/account/profile").status_code == 303
    assert "Ending" in shop.visitor.get("/products/mine").text
    assert shop.visitor.post(f"{stop}/withdrawal", form="/account/profile").status_code == 303
    assert "Active" in shop.visitor.get("/products/mine").text


@pytest.mark.parametrize("quantity", ["-1", "0", "100", "9" * 30, "many", "", "1.5"])
def test_a_wrong_number_is_said_at_its_field(shop: Shop, quantity: str) -> None:
    product_id = shop.product()
    for answer in (shop.put(product_id, quantity), shop.put(product_id) and shop.count(product_id, quantity)):
        assert answer.status_code == 422
        assert f'id="product{product_id}-quantity-error"' in answer.text
    assert [each.quantity for each in shop.all(BasketLine)] == [1]


def test_no_more_of_one_than_a_basket_holds(shop: Shop) -> None:
    product_id = shop.product()
    shop.put(product_id, 99)
    answer = shop.put(product_id, 1)
    assert answer.status_code == 422
    assert "No more than 99" in answer.text
    for number in range(9):
        assert shop.put(shop.product(f"Thing {number}")).status_code == 303
    assert "holds 10 products" in shop.put(shop.product("One too many")).text


def test_more_than_are_left_is_said_at_its_field(shop: Shop) -> None:
    product_id = shop.product(stock=2)
    answer = shop.put(product_id, 3)
    assert answer.status_code == 422
    assert "Only 2 are left of Coffee card." in answer.text


def _retire(shop: Shop, product_id: int) -> None:
    shop.retire(product_id)


def _sell_out(shop: Shop, product_id: int) -> None:
    change(shop.app, shop.tenant, Product, product_id, stock=0)


def _leave_one(shop: Shop, product_id: int) -> None:
    change(shop.app, shop.tenant, Product, product_id, stock=1)


def _for_members(shop: Shop, product_id: int) -> None:
    change(shop.app, shop.tenant, Product, product_id, audience=PlanAudience.MEMBERS)


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (_retire, "Coffee card is no longer on sale."),
        (_sell_out, "Coffee card is sold out."),
        (_leave_one, "Only 1 is left of Coffee card."),
        (_for_members, "Coffee card is for others."),
    ],
)
def test_what_cannot_be_bought_any_more_says_so_and_buys_nothing(
    shop: Shop, happens: Any, words: str
) -> None:
    product_id = shop.product(stock=5)
    shop.put(product_id, 2)
    shop.put(shop.product("Prints"))
    form = shop.checkout()
    happens(shop, product_id)
    before = shop.owner.counts()
    answer = shop.buy(form)
    assert answer.status_code == 422
    assert words in answer.text
    assert shop.owner.counts() == before
    basket = shop.visitor.get("/products/basket").text
    assert words in basket
    assert "Go to checkout" not in basket
    assert shop.visitor.get("/products/checkout").headers["Location"] == "/products/basket"
    removal = f"/products/basket/{product_id}/removal"
    assert shop.visitor.post(removal, form="/account/profile").status_code == 303
    assert shop.buy().status_code == 303


def test_a_price_that_changed_meanwhile_is_looked_at_again(shop: Shop) -> None:
    product_id = shop.product()
    shop.put(product_id)
    form = shop.checkout()
    change(shop.app, shop.tenant, Product, product_id, price_minor=9900)
    answer = shop.buy(form)
    assert answer.status_code == 422
    assert "Something has changed since you looked." in answer.text
    assert "£99.00" in answer.text
    assert shop.all(Purchase) == []


@pytest.mark.parametrize(
    "form", [{"seen": "x"}, {"request_key": "short", "seen": "x"}, {"request_key": "k" * 65}]
)
def test_a_form_that_nobody_was_given_buys_nothing(shop: Shop, form: dict[str, str]) -> None:
    shop.put(shop.product())
    answer = shop.buy(form)
    assert answer.status_code == 422
    assert "Something has changed since you looked." in answer.text
    assert shop.all(Purchase) == []


def test_an_empty_basket_buys_nothing(shop: Shop) -> None:
    answer = shop.buy({"request_key": "k" * 20, "seen": "x"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/products/basket")
    assert "There is nothing in your basket." in shop.visitor.get("/products/basket").text


def test_a_product_that_is_on_sale_no_more_is_said_above_the_shop(shop: Shop) -> None:
    product_id = shop.product()
    shop.retire(product_id)
    answer = shop.put(product_id)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/products")
    assert "Coffee card is no longer on sale." in shop.visitor.get("/products").text


def test_another_tenants_product_and_anothers_purchase_are_not_found(shop: Shop) -> None:
    with inside(shop.app, shop.world.harbour) as session:
        rate = TaxRate(name="IVA", category="S")
        session.add(rate)
        session.flush()
        product = Product(name="Café", price_minor=100, tax_rate_id=rate.id)
        session.add(product)
        session.commit()
        theirs = product.id
    mine = shop.product()
    for product_id in (theirs, 10**30, 987654):
        assert shop.put(product_id).status_code == 404
        assert shop.count(product_id, 1).status_code == 404
    # In nobody's basket, so there is nothing to count
    assert shop.count(mine, 2).status_code == 404
    shop.put(mine)
    purchase = shop.buy().headers["Location"]
    assert Desk(shop.app, shop.tenant, "member").get(purchase).status_code == 404
    assert shop.all(Contract) != []


def test_a_tax_without_a_percentage_is_said_and_nothing_is_bought(shop: Shop) -> None:
    product_id = shop.product()
    with inside(shop.app, shop.tenant) as session:
        rate = TaxRate(name="To come", category="S")
        session.add(rate)
        session.flush()
        session.get_one(Product, product_id).tax_rate_id = rate.id
        session.commit()
    shop.put(product_id)
    answers = (shop.visitor.get("/products/checkout"), shop.buy({"request_key": "k" * 20, "seen": "x"}))
    assert {answer.headers["Location"] for answer in answers} == {"/products/basket"}
    assert "has yet to fill in a tax" in shop.visitor.get("/products/basket").text
    assert shop.all(Purchase) == []


def test_without_a_seller_it_is_bought_and_the_invoice_follows(app: Flask, world: World) -> None:
    """Nobody has said who bills: the run says so to staff, and makes the invoice once somebody has."""
    tenant = world.northlight
    with inside(app, tenant) as session:
        rate = TaxRate(name="None", category="O")
        session.add(rate)
        session.flush()
        session.add(TaxRateVersion(tax_rate_id=rate.id, starts_on=date(2020, 1, 1), percent_hundredths=0))
        product = Product(name="Card", price_minor=100, tax_rate_id=rate.id)
        session.add(product)
        session.commit()
        product_id = product.id
    visitor = Desk(app, tenant, "contact")
    asked = {f"product{product_id}-quantity": "1"}
    assert visitor.post(f"/products/{product_id}/basket", asked, form="/account/profile").status_code == 303
    form = dict(_HIDDEN.findall(visitor.get("/products/checkout").text))
    answer = visitor.post("/products/checkout", form, form="/account/profile", follow_redirects=True)
    assert "Your invoice follows shortly." in answer.text
    assert len(rows(app, tenant, Charge)) == 1
