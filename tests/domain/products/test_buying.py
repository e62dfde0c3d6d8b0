"""Buying and selling: charges with their reasons, days and places, all of it or nothing."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from app.domain.invoicing.seller import set_payer, set_seller
from app.domain.invoicing.terms import PayerDetails
from app.domain.products import buying
from app.domain.products.basket import basket_of, set_quantity, take_out
from app.domain.products.checkout import preview_checkout, total
from app.domain.products.keeping import edit_product, restock
from app.domain.products.showing import purchase_of
from app.domain.products.terms import (
    BasketChanged,
    BasketEmpty,
    Buy,
    CannotBuy,
    ProductDetails,
    Sell,
    TooFewLeft,
    Trouble,
)
from app.domain.spaces.terms import NameTaken
from app.kernel.errors import NotFound
from app.models import AuditEntry, Charge, Person, Product, ProductBilling, Purchase
from app.models.invoice import TaxTreatment
from tests.support.invoices import SELLER
from tests.support.products import Counter


def _charges(counter: Counter) -> list[Charge]:
    return list(counter.session.scalars(select(Charge).order_by(Charge.id)))


def test_a_charge_says_what_was_bought_and_where(counter: Counter) -> None:
    place = counter.tenant.locations["Porto"]
    counter.put("contact", counter.product("Ticket", 500, location_id=place), 3)
    purchase = counter.buy("contact")
    (charge,) = _charges(counter)
    (line,) = purchase_of(counter.session, counter.who("contact"), purchase.id).lines
    assert (charge.reason_key, charge.description) == (f"purchase:{line.id}", "Ticket")
    assert (charge.quantity_thousandths, charge.unit_minor, charge.location_id) == (3000, 500, place)
    assert charge.bill_on == counter.today


def test_the_next_invoice_is_when_a_cycle_begins_else_the_first_of_the_month(counter: Counter) -> None:
    product = counter.product("Prints", 500, billing=ProductBilling.NEXT)
    counter.put("contact", product)
    counter.buy("contact")
    counter.join("contact", counter.plan("Desk", 30000, billing_day=15))
    counter.put("contact", product)
    counter.buy("contact")
    days = [each.bill_on for each in _charges(counter) if each.description == "Prints"]
    assert days == [date(2026, 4, 1), date(2026, 3, 15)]


@pytest.mark.parametrize("with_tax", [True, False])
def test_the_checkout_is_what_the_invoice_says(counter: Counter, *, with_tax: bool) -> None:
    set_seller(counter.session, counter.owner, replace(SELLER, prices_include_tax=with_tax), counter.tick)
    counter.session.commit()
    counter.put("contact", counter.product("Card", 1299), 3)
    counter.put("contact", counter.product("Ticket", 777))
    shown = total(preview_checkout(counter.session, counter.who("contact"), counter.today).now)
    counter.buy("contact")
    (invoice,) = counter.invoices()
    assert (invoice.total_minor, invoice.tax_minor) == (shown.gross_minor, shown.tax_minor)
    assert (shown.gross_minor == 3 * 1299 + 777) is with_tax


def test_who_pays_no_tax_is_shown_none(counter: Counter) -> None:
    payer = counter.tenant.people["contact"]
    set_payer(
        counter.session, counter.owner, payer, PayerDetails(TaxTreatment.EXEMPT, "A charity"), counter.tick
    )
    counter.session.commit()
    counter.put("contact", counter.product("Card", 1200))
    shown = total(preview_checkout(counter.session, counter.who("contact"), counter.today).now)
    counter.buy("contact")
    (invoice,) = counter.invoices()
    assert (shown.tax_minor, shown.gross_minor) == (0, 1000) == (invoice.tax_minor, invoice.total_minor)


def test_a_key_buys_once(counter: Counter) -> None:
    card = counter.product("Card", 1200, stock=5)
    counter.put("contact", card)
    first = counter.buy("contact", "the-same-key-twice")
    counter.put("contact", card)
    assert counter.buy("contact", "the-same-key-twice").id == first.id
    assert len(_charges(counter)) == 1
    # What was put in since is still there to be bought
    assert len(basket_of(counter.session, counter.who("contact"), counter.today).wanted) == 1


def test_a_basket_that_is_not_what_was_shown_is_not_bought(counter: Counter) -> None:
    card, who = counter.product("Card", 1200, stock=5), counter.who("contact")
    with pytest.raises(BasketEmpty):
        buying.buy(counter.session, who, Buy(counter.key(), ""), counter.today, counter.tick())
    counter.session.rollback()
    counter.put("contact", card)
    seen = preview_checkout(counter.session, who, counter.today).seen
    set_quantity(counter.session, who, card.id, 2, counter.today)
    counter.session.commit()
    with pytest.raises(BasketChanged):
        buying.buy(counter.session, who, Buy(counter.key(), seen), counter.today, counter.tick())
    counter.session.rollback()
    assert _charges(counter) == []
    take_out(counter.session, who, card.id)
    counter.session.commit()
    assert basket_of(counter.session, who, counter.today).wanted == ()


def test_one_thing_that_cannot_be_bought_keeps_all_of_it_back(counter: Counter) -> None:
    card, ticket = counter.product("Card", 1200, stock=5), counter.product("Ticket", 500, stock=1)
    counter.put("contact", card)
    counter.put("contact", ticket)
    seen = preview_checkout(counter.session, counter.who("contact"), counter.today).seen
    counter.put("member", ticket)
    counter.buy("member")
    with pytest.raises(CannotBuy) as found:
        buying.buy(
            counter.session, counter.who("contact"), Buy(counter.key(), seen), counter.today, counter.tick()
        )
    counter.session.rollback()
    assert [(each.name, each.trouble) for each in found.value.snags] == [("Ticket", Trouble.SOLD_OUT)]
    assert counter.session.get_one(Product, card.id).stock == 5
    assert len(counter.session.scalars(select(Purchase)).all()) == 1


def test_staff_sell_what_is_not_in_the_shop_and_at_their_own_time(counter: Counter) -> None:
    product = counter.product("Spare key", 900, visible=False, stock=2)
    counter.sell("contact", product)
    counter.sell("contact", product, ProductBilling.NOW)
    days = [each.bill_on for each in _charges(counter)]
    assert days == [date(2026, 4, 1), counter.today]
    with pytest.raises(CannotBuy):
        counter.sell("contact", product)
    counter.session.rollback()
    entry = counter.session.scalars(select(AuditEntry).where(AuditEntry.action == "purchase.sold")).first()
    assert entry is not None
    assert (entry.actor_id, entry.for_id) == (counter.owner.person_id, counter.tenant.people["contact"])
    assert entry.after["products"] == {"Spare key": 1}


def test_staff_sell_once_with_one_key(counter: Counter) -> None:
    product, person_id = counter.product("Card", stock=5), counter.tenant.people["contact"]
    wish = Sell(person_id, product.id, 1, ProductBilling.NEXT, "the-same-key-twice")
    for _each in range(2):
        buying.sell(counter.session, counter.owner, wish, counter.today, counter.tick())
        counter.session.commit()
    assert len(_charges(counter)) == 1


def test_nothing_is_sold_to_nobody(counter: Counter) -> None:
    product = counter.product("Card")
    counter.session.get_one(Person, counter.tenant.people["contact"]).anonymised_at = counter.tick()
    counter.session.commit()
    with pytest.raises(NotFound):
        counter.sell("contact", product)


def test_stock_is_added_to_taken_from_and_no_longer_counted(counter: Counter) -> None:
    product_id = counter.product("Card").id

    def stock(change: int | None) -> int | None:
        found = restock(counter.session, counter.owner, product_id, change, counter.tick())
        counter.session.commit()
        return found

    assert [stock(5), stock(-2), stock(0), stock(None), stock(1)] == [5, 3, 3, None, 1]
    with pytest.raises(TooFewLeft):
        stock(-2)
    counter.session.rollback()
    with pytest.raises(TooFewLeft):
        stock(1_000_000)
    counter.session.rollback()


def test_an_edit_leaves_the_stock_alone_and_names_are_taken_once(counter: Counter) -> None:
    card = counter.product("Card", 1200, stock=5)
    counter.product("Ticket")
    wish = ProductDetails("Coffee card", 1500, counter.rates[20], stock=99, recurring=True)
    edit_product(counter.session, counter.owner, card.id, wish, counter.tick())
    counter.session.commit()
    edited = counter.session.get_one(Product, card.id)
    assert (edited.name, edited.price_minor, edited.stock, edited.recurring) == (
        "Coffee card",
        1500,
        5,
        False,
    )
    with pytest.raises(NameTaken):
        counter.product("Ticket")
    counter.session.rollback()
    again = ProductDetails("Ticket", 1500, counter.rates[20])
    with pytest.raises(NameTaken):
        edit_product(counter.session, counter.owner, card.id, again, counter.tick())
