"""A booking that is to be paid at once: what its checkout says, where its button leads, and where it says that it is not paid."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.models import AuditEntry, BillingSetting, Booking, BookingStatus, Invoice
from tests.support.bookings import NOW, SEARCH, hold, id_in, span
from tests.support.rows import rows
from tests.support.shop import Shop
from tests.support.staff import Desk
from tests.support.world import World
from tests.web.test_stays import _tax

CHOICE = {
    "run_hour": "5",
    "issue_at_once": "y",
    "members_pay": "invoice",
    "contacts_pay": "now",
    "pay_within_minutes": "30",
}


@pytest.fixture
def shop(app: Flask, world: World) -> Iterator[Shop]:
    with time_machine.travel(NOW, tick=False):
        shop = Shop(app, world)
        _tax(shop, "Meeting room")
        assert Desk(app, shop.tenant, "owner").send("/admin/billing", CHOICE).status_code == 303
        yield shop


def _booked(shop: Shop) -> tuple[int, str]:
    """The booking, and where its button led."""
    held = hold(shop.visitor, "Fern", span(14))
    form = {"title": "", "people": "1", "pays": "now"}
    done = shop.visitor.post(f"/bookings/{id_in(held)}/confirmation", form, form=SEARCH)
    assert done.status_code == 303
    return id_in(held), done.headers["Location"]


def test_staff_say_when_it_is_paid(shop: Shop) -> None:
    (setting,) = rows(shop.app, shop.tenant, BillingSetting)
    assert (setting.members_pay, setting.contacts_pay, setting.pay_within_minutes) == ("invoice", "now", 30)
    entries = rows(shop.app, shop.tenant, AuditEntry, action="billing_setting.changed")
    assert entries[-1].after == {"contacts_pay": "now", "pay_within_minutes": 30}
    owner = Desk(shop.app, shop.tenant, "owner")
    assert owner.send("/admin/billing", {**CHOICE, "pay_within_minutes": "-1"}).status_code == 422
    assert owner.send("/admin/billing", {**CHOICE, "members_pay": "never"}).status_code == 422


def test_the_checkout_says_what_is_due_now_and_leads_to_its_invoice(shop: Shop) -> None:
    page = shop.visitor.get(hold(shop.visitor, "Fern", span(14)).headers["Location"]).text
    assert "Due now: £18.00." in page
    assert "Not paid within 30 min, the booking is cancelled and nothing is owed." in page
    assert "Of it VAT 20%" in page
    booking, location = _booked(shop)
    (invoice,) = rows(shop.app, shop.tenant, Invoice)
    assert location == f"/invoices/{invoice.id}"
    assert "Still to pay" in shop.visitor.get(location).text
    for path in ("/bookings/mine", f"/bookings/{booking}"):
        text = shop.visitor.get(path).text
        assert f'href="{location}"' in text
        assert "Pay until today" in text


def test_a_page_that_had_not_said_so_books_nothing(shop: Shop) -> None:
    held = hold(shop.visitor, "Fern", span(14))
    form = {"title": "", "people": "1", "pays": "invoice"}
    refused = shop.visitor.post(f"/bookings/{id_in(held)}/confirmation", form, form=SEARCH)
    assert refused.status_code == 422
    assert "It is to be paid at once now." in refused.text
    (booking,) = rows(shop.app, shop.tenant, Booking)
    assert booking.status is BookingStatus.HELD


def test_cancelled_it_owes_nothing_at_once(shop: Shop) -> None:
    booking, location = _booked(shop)
    assert shop.visitor.post(f"/bookings/{booking}/cancellation", {}).status_code == 303
    assert "Still to pay" not in shop.visitor.get(location).text


def test_what_is_not_paid_is_cancelled_by_the_worker(shop: Shop) -> None:
    _booked(shop)
    with time_machine.travel(NOW + timedelta(minutes=31), tick=False):
        shop.app.extensions["portico_work"].sweep()
        (booking,) = rows(shop.app, shop.tenant, Booking)
        assert booking.status is BookingStatus.CANCELLED
        shop.visitor.sign_in("contact")
        assert (
            "It was not paid in time, so there is nothing to pay any more." in shop.visitor.get("/inbox").text
        )
