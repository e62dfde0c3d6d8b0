"""Bookings on invoices as people read them: the tax of a type, what the checkout says, the dry run, one's next invoices."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.domain.billing.words import Stay
from app.kernel.spans import Span
from app.models import Booking, Charge, Invoice, PlanVersion, ResourceType, TaxRate
from app.web.charge_words import ChargeSentences
from tests.support.bookings import NOW, SEARCH, booked, hold, span
from tests.support.invoices import SELLER_FORM
from tests.support.rows import inside, rows
from tests.support.shop import Shop
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World


@pytest.fixture
def shop(app: Flask, world: World) -> Iterator[Shop]:
    with time_machine.travel(NOW, tick=False):
        shop = Shop(app, world)
        _tax(shop, "Meeting room")
        yield shop


def _tax(shop: Shop, kind: str) -> None:
    """Staff say with which tax a type of room is billed."""
    with inside(shop.app, shop.tenant) as session:
        (rate,) = session.scalars(select(TaxRate.id)).all()
    form = {
        "name": kind,
        "picture_kind": "room",
        "hourly_minor": "18.00",
        "cap_minor": "90.00",
        "tax_rate_id": str(rate),
        "position": "0",
    }
    manager = Desk(shop.app, shop.tenant, "manager")
    path = f"/admin/resource-types/{shop.tenant.types[kind]}"
    assert "VAT 20" in manager.get(path).text
    assert manager.send(path, form).status_code == 303


def test_staff_say_with_which_tax_and_the_list_says_where_nobody_is_billed(shop: Shop) -> None:
    manager = Desk(shop.app, shop.tenant, "manager")
    assert "not billed" not in manager.get("/admin/resource-types").text
    path = f"/admin/resource-types/{shop.tenant.types['Meeting room']}"
    form = {"name": "Meeting room", "picture_kind": "room", "hourly_minor": "18.00", "position": "0"}
    assert manager.send(path, {**form, "tax_rate_id": ""}).status_code == 303
    assert "£18.00, not billed" in manager.get("/admin/resource-types").text
    assert manager.send(path, {**form, "tax_rate_id": "77"}).status_code == 422
    with inside(shop.app, shop.tenant) as session:
        session.scalars(select(TaxRate)).one().retired_at = datetime.now(UTC)
        session.commit()
    # It is in use nowhere now, so the page does not offer it, and nobody can choose it by hand
    (rate,) = rows(shop.app, shop.tenant, TaxRate)
    assert manager.send(path, {**form, "tax_rate_id": str(rate.id)}).status_code == 422
    (kind,) = rows(shop.app, shop.tenant, ResourceType, name="Meeting room")
    assert kind.tax_rate_id is None


def test_it_is_seen_ahead_and_then_stands_on_the_invoice(shop: Shop) -> None:
    held = hold(shop.visitor, "Fern", span(14, days=0, minutes=90))
    page = shop.visitor.get(held.headers["Location"]).text
    assert "Nothing to pay now: it goes on your next invoice." in page
    booked(shop.app, shop.tenant, "contact", "Fern", span(17, days=0))
    words = "Fern, Tue 24 Nov 17:00 – 18:00"
    mine = shop.visitor.get("/plans/mine").text
    assert words in mine
    assert "You are on no plan" in mine
    owner = Desk(shop.app, shop.tenant, "owner")
    assert words in owner.get("/admin/billing").text
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        owner = Desk(shop.app, shop.tenant, "owner")
        assert owner.send("/admin/billing/runs").status_code == 303
        shop.app.extensions["portico_work"].deliver(shop.tenant.id)
        (invoice,) = rows(shop.app, shop.tenant, Invoice)
        assert invoice.total_minor == 1800
        text = owner.get(f"/admin/invoices/{invoice.id}").text
        assert words in text
        assert "Tue 24 Nov 2026" in text
        assert "24 Nov 2026 to" not in text
    assert [each.unit_minor for each in rows(shop.app, shop.tenant, Charge)] == [1800]


def test_what_is_put_down_with_a_contract_is_seen_until_its_cycle(shop: Shop) -> None:
    shop.join(*shop.plan())
    booked(shop.app, shop.tenant, "contact", "Fern", span(17, days=0))
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        owner = Desk(shop.app, shop.tenant, "owner")
        owner.send("/admin/billing/runs")
        shop.app.extensions["portico_work"].deliver(shop.tenant.id)
        (charge,) = rows(shop.app, shop.tenant, Charge, bill_on=date(2026, 12, 24))
        assert charge.description == "Fern, Tue 24 Nov 17:00 – 18:00"
        visitor = Visitor(shop.app, shop.tenant)
        visitor.sign_in("contact")
        mine = visitor.get("/plans/mine").text
        assert mine.count("Fern, Tue 24 Nov 17:00 – 18:00") == 1
        assert "£204.00" in mine


def test_the_sentence_is_in_the_payers_language_and_by_the_clocks_of_the_room(app: Flask) -> None:
    words = ChargeSentences(app)
    start = datetime(2026, 3, 3, 14, tzinfo=UTC)
    short = Stay("Boardroom", Span(start, start + timedelta(minutes=90)), "Europe/London", by_credit=False)
    night = Stay("Hall", Span(start, start + timedelta(hours=12)), "America/New_York", by_credit=True)
    assert words.booking("en", short) == "Boardroom, Tue 3 Mar 14:00 – 15:30"
    assert words.booking("es", short) == "Boardroom, mar 3 mar 14:00 – 15:30"
    assert words.booking("en", night) == "Hall, Tue 3 Mar 09:00 – 21:00, less what credit paid"
    over = Stay("Hall", Span(start, start + timedelta(hours=12)), "Europe/London", by_credit=False)
    assert words.booking("en", over) == "Hall, Tue 3 Mar 14:00 – Wed 4 Mar 02:00"


def _terms(shop: Shop, **more: object) -> dict[str, object]:
    (rate,) = rows(shop.app, shop.tenant, TaxRate)
    usual: dict[str, object] = {
        "price_minor": "186.00",
        "cycle_count": "1",
        "cycle_unit": "month",
        "tax_rate_id": str(rate.id),
        "prorate_first": "y",
        "min_cycles": "0",
        "notice_days": "0",
        "pauses_a_year": "0",
        "pause_cycles": "0",
        "audience": "everyone",
        "visibility": "listed",
    }
    return usual | more


def test_a_discount_is_edited_shown_with_the_plan_and_taken_off(shop: Shop) -> None:
    manager = Desk(shop.app, shop.tenant, "manager")
    plan_id = shop.tenant.plans["Residents"]
    path, kind = f"/admin/plans/{plan_id}/terms", str(shop.tenant.types["Meeting room"])
    for wrong in ({"booking_discount_hundredths": "101"}, {"discount_type_ids": [kind]}):
        assert manager.send(path, _terms(shop, **wrong)).status_code == 422
    assert "Say how many percent." in manager.send(path, _terms(shop, discount_type_ids=[kind])).text
    assert not rows(shop.app, shop.tenant, PlanVersion)
    right = {
        "booking_discount_hundredths": "12.5",
        "product_discount_hundredths": "10",
        "discount_type_ids": [kind],
    }
    assert manager.send(path, _terms(shop, **right)).status_code == 303
    page = manager.get(path).text
    assert 'value="12.5"' in page
    assert 'value="10"' in page
    offered = shop.visitor.get("/plans").text
    assert "12.5% off bookings of Meeting room" in offered
    assert "10% off what you buy once in the shop" in offered
    (version,) = rows(shop.app, shop.tenant, PlanVersion)
    before = hold(shop.visitor, "Fern", span(10))
    assert "off with Residents" not in shop.visitor.get(before.headers["Location"]).text
    shop.join(plan_id, version.id)
    found = shop.visitor.get("/bookings/search?date=2026-11-25&start=12:00&minutes=60").text
    assert "£15.75" in found
    held = hold(shop.visitor, "Fern", span(12))
    page = shop.visitor.get(held.headers["Location"]).text
    for words in ("1 h at £18.00 an hour", "12.5% off with Residents", "−£2.25", "Book for £15.75"):
        assert words in page
    (booking,) = (each for each in rows(shop.app, shop.tenant, Booking) if each.starts_at == span(12).start)
    assert (booking.price_minor, booking.quote["discount_minor"]) == (1575, 225)


def test_prices_without_tax_are_taxed_at_the_checkout(app: Flask, shop: Shop, world: World) -> None:
    member = Visitor(app, world.northlight)
    member.sign_in("member")
    here = str(hold(member, "Fern", span(10)).location)
    page = member.get(here).text
    assert "Without tax" not in page
    assert "Book for £18.00" in page
    form = {key: value for key, value in SELLER_FORM.items() if key != "prices_include_tax"}
    assert Desk(app, shop.tenant, "owner").send("/admin/settings/invoices", form).status_code == 303
    page = member.get(here).text
    for words in ("Without tax", "£18.00", "VAT 20", "£3.60", "Together, with tax", "Book for £21.60"):
        assert words in page
    due = page.split('name="due" value="')[1].split('"')[0]
    done = member.post(
        f"{here.removesuffix('/checkout')}/confirmation", {"people": "1", "due": due}, form=here
    )
    assert done.status_code == 303
    assert "plus tax" in member.get(SEARCH).text
