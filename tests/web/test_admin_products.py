"""Products at the front desk: put on sale, edited, counted, retired, pictured; and sold to somebody."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from app.models import (
    AuditEntry,
    Charge,
    Invoice,
    Product,
    ProductBilling,
    ProductSubscription,
    Purchase,
    TaxRate,
)
from tests.support.invoices import SELLER_FORM
from tests.support.products import sold_with_plan
from tests.support.rows import change, inside, rows
from tests.support.staff import Desk
from tests.support.world import World


class Till:
    """Staff of a tenant that bills."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.tenant, self.world = app, world.northlight, world
        self.owner = Desk(app, self.tenant, "owner")
        assert self.owner.send("/admin/settings/invoices", SELLER_FORM).status_code == 303
        rate = {"name": "VAT", "category": "S", "percent": "20", "starts_on": "2020-01-01"}
        assert self.owner.send("/admin/settings/invoices/rates", rate).status_code == 303
        (self.rate,) = rows(app, self.tenant, TaxRate)

    def form(self, **more: str) -> dict[str, str]:
        return {
            "name": "Coffee card",
            "price_minor": "12.00",
            "tax_rate_id": str(self.rate.id),
            "audience": "everyone",
            "billing": "now",
            "position": "0",
            "visible": "y",
            **more,
        }

    def product(self, **more: str) -> Product:
        answer = self.owner.send("/admin/products", self.form(**more))
        assert answer.status_code == 303
        return rows(self.app, self.tenant, Product)[-1]

    def sale(self, product: int, *, by: Desk | None = None, **more: str) -> Any:
        asked = {
            "product_id": str(product),
            "quantity": "1",
            "billing": "next",
            "request_key": "a-key-made-with-the-page",
            **more,
        }
        return (by or self.owner).send(f"/admin/people/{self.tenant.people['contact']}/sales", asked)

    def actions(self) -> list[str]:
        return [
            each.action for each in self.owner.audit() if each.action.startswith(("product.", "purchase."))
        ]


@pytest.fixture
def till(app: Flask, world: World) -> Till:
    return Till(app, world)


def test_a_product_is_added_edited_counted_and_retired(till: Till) -> None:
    assert "Nothing on sale yet" in till.owner.get("/admin/products").text
    place = str(till.tenant.locations["Porto"])
    product = till.product(
        stock="3", location_id=place, audience="members", billing="next", description="Ten"
    )
    assert (product.price_minor, product.stock, product.billing) == (1200, 3, ProductBilling.NEXT)
    here = f"/admin/products/{product.id}"
    assert (
        till.owner.send(here, till.form(name="Card", price_minor="13.50", location_id="")).status_code == 303
    )
    assert till.owner.send(f"{here}/stock", {"change": "-1"}).status_code == 303
    (edited,) = rows(till.app, till.tenant, Product)
    assert (edited.name, edited.price_minor, edited.stock, edited.location_id) == ("Card", 1350, 2, None)
    assert till.owner.send(f"{here}/retirement").status_code == 303
    assert "Retired" in till.owner.get("/admin/products").text
    assert till.owner.send(f"{here}/return").status_code == 303
    assert till.owner.send(f"{here}/stock/removal").status_code == 303
    assert rows(till.app, till.tenant, Product)[0].stock is None
    assert till.actions() == [
        "product.created",
        "product.edited",
        "product.restocked",
        "product.retired",
        "product.restored",
        "product.restocked",
    ]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("price_minor", "-1.00"),
        ("price_minor", "50000.01"),
        ("price_minor", "9" * 40),
        ("price_minor", "cheap"),
        ("price_minor", ""),
        ("stock", "-1"),
        ("stock", "1000001"),
        ("tax_rate_id", ""),
        ("tax_rate_id", "999999"),
        ("location_id", "999999"),
        ("audience", "cats"),
        ("billing", "never"),
        ("position", "-1"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(till: Till, field: str, typed: str) -> None:
    before = till.owner.counts()
    answer = till.owner.send("/admin/products", till.form(description="Ten coffees", **{field: typed}))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "Ten coffees" in answer.text
    assert till.owner.counts() == before


@pytest.mark.parametrize("change", ["-4", "1000000", "some", ""])
def test_a_wrong_count_is_said_at_its_field(till: Till, change: str) -> None:
    product = till.product(stock="3")
    answer = till.owner.send(f"/admin/products/{product.id}/stock", {"change": change})
    assert answer.status_code == 422
    assert 'id="change-error"' in answer.text
    assert rows(till.app, till.tenant, Product)[0].stock == 3


def test_a_product_keeps_the_location_that_it_has(till: Till) -> None:
    place = till.tenant.locations["Porto"]
    product = till.product(location_id=str(place))
    assert till.owner.send(f"/admin/locations/{place}/retirement").status_code == 303
    here = f"/admin/products/{product.id}"
    assert "Porto" in till.owner.get(here).text
    assert till.owner.send(here, till.form(name="Card", location_id=str(place))).status_code == 303
    assert till.owner.send("/admin/products", till.form(location_id=str(place))).status_code == 422


def test_a_name_is_taken_once(till: Till) -> None:
    till.product()
    assert "Another one has this name." in till.owner.send("/admin/products", till.form()).text


def test_a_photograph_is_shown_in_the_shop_and_taken_away(till: Till) -> None:
    image = BytesIO()
    Image.new("RGB", (600, 400), "teal").save(image, "PNG")
    photo = image.getvalue()
    here = f"/admin/products/{till.product().id}"
    assert till.owner.upload(f"{here}/photo", "photo", photo, "card.png").status_code == 303
    shop = till.owner.get("/products").text
    digest = shop.partition("/media/")[2].partition('"')[0]
    assert till.owner.get(f"/media/{digest}").status_code == 200
    assert till.owner.send(f"{here}/photo/removal").status_code == 303
    assert "/media/" not in till.owner.get("/products").text.partition("<main")[2]
    assert till.owner.upload(f"{here}/photo", "photo", b"no picture", "card.png").status_code == 422


def test_something_is_put_on_somebodys_next_invoice_once(till: Till) -> None:
    product = till.product(stock="3")
    assert "Coffee card" in till.owner.get(f"/admin/people/{till.tenant.people['contact']}/sales/new").text
    for _tap in range(2):
        assert till.sale(product.id, quantity="2").status_code == 303
    (charge,) = rows(till.app, till.tenant, Charge)
    assert (charge.payer_id, charge.quantity_thousandths) == (till.tenant.people["contact"], 2000)
    assert rows(till.app, till.tenant, Invoice) == []
    assert rows(till.app, till.tenant, Product)[0].stock == 1
    (entry,) = [each for each in rows(till.app, till.tenant, AuditEntry) if each.action == "purchase.sold"]
    assert (entry.actor_id, entry.for_id) == (till.tenant.people["owner"], till.tenant.people["contact"])


def test_something_is_sold_at_once_with_an_invoice_also_by_the_front_desk(till: Till) -> None:
    product = till.product(visible="")
    answer = till.sale(product.id, by=Desk(till.app, till.tenant, "desk"), billing="now")
    assert answer.status_code == 303
    (invoice,) = rows(till.app, till.tenant, Invoice)
    assert (invoice.total_minor, invoice.number is not None) == (1200, True)


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"quantity": "-1"}, "quantity", "At least 1."),
        ({"quantity": "100"}, "quantity", "At most 99."),
        ({"quantity": "4"}, "quantity", "Only 3 are left."),
        ({"product_id": ""}, "product_id", "This is needed."),
        ({"product_id": "999999"}, "product_id", "Choose one from the list."),
        ({"billing": "never"}, "billing", "Choose one from the list."),
        ({"request_key": ""}, "", "The page was not complete."),
    ],
)
def test_a_sale_that_cannot_be_says_why_and_sells_nothing(
    till: Till, more: dict[str, Any], field: str, words: str
) -> None:
    product = till.product(stock="3")
    before = till.owner.counts()
    answer = till.sale(product.id, **more)
    assert answer.status_code == 422
    assert words in answer.text
    assert not field or f'id="{field}-error"' in answer.text
    assert till.owner.counts() == before


def test_what_is_sold_out_retired_or_wants_a_plan_is_not_sold(till: Till) -> None:
    product = till.product(stock="0")
    till.product(name="Ticket")
    assert "None is left." in till.sale(product.id).text
    change(till.app, till.tenant, Product, product.id, stock=None, recurring=True)
    assert "they are on none that runs" in till.sale(product.id).text
    till.owner.send(f"/admin/products/{product.id}/retirement")
    assert "Choose one from the list." in till.sale(product.id).text
    assert rows(till.app, till.tenant, Purchase) == []


def test_staff_stop_what_somebody_has_by_the_month(till: Till) -> None:
    tenant = till.tenant
    with inside(till.app, tenant) as session:
        rate_id = session.scalars(select(TaxRate.id)).one()
        ids = sold_with_plan(session, tenant, "member", rate_id, datetime.now(UTC))
    page = f"/admin/people/{tenant.people['member']}/sales"
    assert "Locker" in till.owner.get(f"{page}/new").text
    assert till.owner.send(f"{page}/{ids['subscription_id']}/stop").status_code == 303
    (subscription,) = rows(till.app, tenant, ProductSubscription)
    assert subscription.ends_on is not None
    # On somebody else's page it is not there
    other = f"/admin/people/{tenant.people['contact']}/sales/{ids['subscription_id']}/stop"
    assert till.owner.send(other).status_code == 404


def test_the_shop_is_kept_by_who_keeps_the_spaces(till: Till) -> None:
    product = till.product()
    desk, member = (Desk(till.app, till.tenant, who) for who in ("desk", "member"))
    for path in ("/admin/products", "/admin/products/new", f"/admin/products/{product.id}"):
        assert [each.get(path).status_code for each in (till.owner, desk, member)] == [200, 404, 404]
    sale = f"/admin/people/{till.tenant.people['contact']}/sales/new"
    assert [each.get(sale).status_code for each in (till.owner, desk, member)] == [200, 200, 404]
