"""A booking that is to be paid at once: what its checkout says, where its button leads, and where it says that it is not paid."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_book import book_series
from app.domain.booking.series_terms import BookSeries
from app.models import (
    AuditEntry,
    BillingSetting,
    Booking,
    BookingExtraOffer,
    BookingStatus,
    ExtraPricing,
    Invoice,
    TaxRate,
    TeamMember,
)
from tests.support.bookings import NOW, SEARCH, booked, hold, id_in, span
from tests.support.rows import inside, rows
from tests.support.shop import Shop
from tests.support.staff import Desk
from tests.support.teams import make_team
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


def _change(shop: Shop, booking_id: int, **wish: str) -> TestResponse:
    """Send the form of a change with what is wished; `due` and `pays` as its page had them, where they are given."""
    form = {
        "resource_id": str(shop.tenant.rooms["Fern"]),
        "day": "2026-11-25",
        "at": "14:00",
        "minutes": "60",
    }
    path = f"/bookings/{booking_id}/edit"
    sequence = re.search(r'name="sequence"[^>]*value="(\d+)"', shop.visitor.get(path).text)
    assert sequence
    return shop.visitor.post(path, {**form, "people": "1", "sequence": sequence[1], **wish}, form=path)


def _fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(due|pays)" value="(\w+)"', page))


def _invoices(shop: Shop) -> list[str]:
    return [f"/invoices/{each.id}" for each in rows(shop.app, shop.tenant, Invoice)]


def test_what_was_free_and_is_moved_to_what_costs_says_that_it_is_paid_at_once(shop: Shop) -> None:
    booking = booked(shop.app, shop.tenant, "contact", "Lark", span(14))
    page = _change(shop, booking).text
    assert "This is paid at once: £18.00. The next page is your invoice, where you pay it." in page
    assert "Not paid within 30 min, the booking is cancelled and nothing is owed." in page
    assert _fields(page) == {"due": "1800", "pays": "now"}
    refused = _change(shop, booking, due="1800")
    assert refused.status_code == 422
    assert "What it costs more is paid at once." in refused.text
    assert _fields(refused.text) == {"due": "1800", "pays": "now"}
    (stored,) = rows(shop.app, shop.tenant, Booking)
    assert (stored.resource_id, stored.pays) == (shop.tenant.rooms["Lark"], None)
    done = _change(shop, booking, **_fields(refused.text))
    assert (done.status_code, [done.headers["Location"]]) == (303, _invoices(shop))
    assert "Still to pay" in shop.visitor.get(done.headers["Location"]).text


def test_what_costs_nothing_more_is_changed_as_before(shop: Shop) -> None:
    booking = booked(shop.app, shop.tenant, "contact", "Lark", span(14))
    lark = str(shop.tenant.rooms["Lark"])
    done = _change(shop, booking, resource_id=lark, at="15:00", due="0")
    assert (done.status_code, done.headers["Location"]) == (303, f"/bookings/{booking}")


def test_the_difference_is_paid_at_once_and_what_was_paid_stays(shop: Shop) -> None:
    booking, first = _booked(shop)
    page = _change(shop, booking, minutes="120").text
    assert "This is paid at once: £18.00." in page
    assert "A booking that something was paid of stays; what is open then is owed like every invoice." in page
    done = _change(shop, booking, minutes="120", **_fields(page))
    assert [first, done.headers["Location"]] == _invoices(shop)


def test_an_extra_is_paid_at_once_once_the_page_has_said_so(shop: Shop) -> None:
    with inside(shop.app, shop.tenant) as session:
        extra = BookingExtraOffer(name="Lunch", price_minor=900, pricing=ExtraPricing.BOOKING)
        session.add(extra)
        session.flush()
        extra.tax_rate_id = session.scalars(select(TaxRate.id)).one()
        session.commit()
        name = f"extra_{extra.id}"
    booking = booked(shop.app, shop.tenant, "contact", "Lark", span(14))
    path = f"/bookings/{booking}/extras"
    assert "What you add is paid at once: the next page is your invoice" in shop.visitor.get(path).text
    refused = shop.visitor.post(path, {name: "1"}, form=path)
    assert refused.status_code == 422
    assert "What you add is paid at once. Look at it again" in refused.text
    assert _invoices(shop) == []
    done = shop.visitor.post(path, {name: "1", **_fields(refused.text)}, form=path)
    assert (done.status_code, [done.headers["Location"]]) == (303, _invoices(shop))
    # Of less there is nothing to say
    done = shop.visitor.post(path, {name: "0"}, form=path)
    assert done.headers["Location"] == f"/bookings/{booking}"


def test_who_stays_longer_pays_at_once_what_the_button_says(shop: Shop) -> None:
    booking, first = _booked(shop)
    with time_machine.travel(span(14, 20).start, tick=False):
        shop.visitor.sign_in("contact")
        page = shop.visitor.get("/bookings/mine").text
        assert "30 min, £9.00, paid at once" in page
        fields = dict(re.findall(r'name="(minutes|ends|pays)" value="(\w+)"', page))
        path = f"/bookings/{booking}/extension"
        refused = shop.visitor.post(path, {**fields, "pays": ""}, form="/bookings/mine")
        assert refused.status_code == 422
        assert "What it costs more is paid at once." in refused.text
        (stored,) = rows(shop.app, shop.tenant, Booking)
        assert stored.ends_at == span(14).end
        part = {"HX-Request": "true"}
        done = shop.visitor.post(path, fields, form="/bookings/mine", headers=part)
        assert [first, done.headers["HX-Redirect"]] == _invoices(shop)


def test_dates_of_a_series_say_it_too(shop: Shop) -> None:
    with inside(shop.app, shop.tenant) as session:
        pattern = Pattern(span(14).start.date(), Every.WEEK, count=2)
        wish = BookSeries(shop.tenant.rooms["Lark"], pattern, 14 * 60, 60)
        series = book_series(session, shop.tenant.actor("contact"), wish, lambda: NOW).series.id
        session.commit()
    path = f"/bookings/series/{series}/move"
    asked = {"which": "all", "first": "", "last": "", "at": "14:00", "minutes": "60"}
    asked["resource_id"] = str(shop.tenant.rooms["Fern"])
    page = shop.visitor.post(path, asked, form=path).text
    assert "This is paid at once: £36.00. The next page is your invoice, where you pay it." in page
    kept = dict(
        re.findall(r'name="(sequence|more|ranged|shown|pays|on-[\d-]+|at-[\d-]+)"[^>]*value="([^"]*)"', page)
    )
    sent = {**asked, **kept, "take": re.findall(r'name="take" value="([^"]+)" checked', page)}
    refused = shop.visitor.post(path, {**sent, "pays": ""}, form=path)
    assert refused.status_code == 422
    assert "What it costs more is paid at once." in refused.text
    assert {each.pays for each in rows(shop.app, shop.tenant, Booking)} == {None}
    done = shop.visitor.post(path, sent, form=path)
    assert [done.headers["Location"]] == _invoices(shop)


def test_a_colleague_who_had_it_booked_pays_nothing_at_once(shop: Shop) -> None:
    """What a team pays is billed when it is over, whoever of it changes it."""
    make_team(shop.app, shop.tenant, "member", "contact")
    maker = shop.tenant.people["member"]
    with inside(shop.app, shop.tenant) as session:
        session.scalars(
            select(TeamMember).where(TeamMember.person_id == maker)
        ).one().may_book_for_team = True
        session.commit()
    booking = booked(shop.app, shop.tenant, "member", "Lark", span(14), whose="contact")
    page = _change(shop, booking).text
    assert "You pay £18.00 more." in page
    assert "paid at once" not in page
    done = _change(shop, booking, due="1800")
    assert (done.status_code, done.headers["Location"]) == (303, f"/bookings/{booking}")
