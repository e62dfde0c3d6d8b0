"""Extras on the pages: kept by staff, chosen in the checkout without scripts, and read by the kitchen."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from app.models import (
    Booking,
    BookingExtra,
    BookingExtraOffer,
    BookingStatus,
    ExtraPricing,
    TaxCategory,
    TaxRate,
)
from tests.support.bookings import NOW, booked, hold, id_in, span
from tests.support.rows import inside, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

NEW = {
    "name": "Lunch",
    "description": "With soup",
    "price_minor": "9.00",
    "pricing": "person",
    "tax_rate_id": "",
    "stock": "10",
    "lead_hours": "0",
    "cancel_percent": "50",
    "position": "0",
}


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def member(app: Flask, north: TenantWorld) -> Visitor:
    visitor = Visitor(app, north)
    visitor.sign_in("member")
    return visitor


@pytest.fixture
def lunch(app: Flask, north: TenantWorld) -> int:
    with inside(app, north) as session:
        offer = BookingExtraOffer(name="Lunch", price_minor=900, pricing=ExtraPricing.PERSON, stock=10)
        session.add(offer)
        session.flush()
        return offer.id


def _lines(app: Flask, north: TenantWorld) -> list[tuple[int, int]]:
    return [(each.quantity, each.total_minor) for each in rows(app, north, BookingExtra)]


def test_staff_offer_edit_and_retire_it(app: Flask, north: TenantWorld) -> None:
    owner = Desk(app, north, "owner")
    assert "No extras yet" in owner.get("/admin/extras").text
    created = owner.send("/admin/extras", NEW)
    assert created.status_code == 303
    (offer,) = rows(app, north, BookingExtraOffer)
    assert (offer.price_minor, offer.pricing, offer.stock) == (900, ExtraPricing.PERSON, 10)
    assert offer.cancel_percent == 50
    assert owner.send("/admin/extras", {**NEW, "name": "Tea", "cancel_percent": "101"}).status_code == 422
    assert "£9.00 per person" in owner.get("/admin/extras").text
    here = f"/admin/extras/{offer.id}"
    assert owner.send("/admin/extras", NEW).status_code == 422
    assert owner.send(here, {**NEW, "price_minor": "lots"}).status_code == 422
    only = str(north.types["Meeting room"])
    assert owner.send(here, {**NEW, "stock": "", "type_ids": only}).status_code == 303
    assert rows(app, north, BookingExtraOffer)[0].stock is None
    assert owner.send(f"{here}/retirement").status_code == 303
    assert owner.send(f"{here}/return").status_code == 303
    assert [each.action for each in owner.audit() if each.action.startswith("booking_extra_offer.")] == [
        "booking_extra_offer.created",
        "booking_extra_offer.edited",
        "booking_extra_offer.retired",
        "booking_extra_offer.restored",
    ]


def test_it_is_chosen_in_the_checkout_and_priced_in_the_total(
    app: Flask, north: TenantWorld, member: Visitor, lunch: int
) -> None:
    booking_id = id_in(hold(member, "Fern", span(10)))
    checkout = f"/bookings/{booking_id}/checkout"
    page = member.get(checkout).text
    assert "£9.00 per person" in page
    assert '<details class="extras-fold">' in page  # folded until something is had
    typed = {"title": "Board", "people": "3", f"extra_{lunch}": "4"}
    priced = member.post(f"/bookings/{booking_id}/extras", typed, form=checkout)
    assert priced.status_code == 200
    assert 'value="Board"' in priced.text  # what was typed is kept
    assert "4 × Lunch" in priced.text
    assert '<details class="extras-fold" open>' in priced.text
    assert "£36.00" in priced.text
    assert _lines(app, north) == [(4, 3600)]
    due = priced.text.split('name="due" value="')[1].split('"')[0]
    answer = member.post(f"/bookings/{booking_id}/confirmation", {**typed, "due": due}, form=checkout)
    assert answer.status_code == 303
    assert rows(app, north, Booking)[0].status is BookingStatus.CONFIRMED
    page = member.get(f"/bookings/{booking_id}").text
    assert "4 × Lunch" in page
    assert "Order something with it" in page


def test_booked_with_more_than_the_price_said_it_is_shown_first(
    app: Flask, north: TenantWorld, member: Visitor, lunch: int
) -> None:
    booking_id = id_in(hold(member, "Fern", span(10)))
    checkout = f"/bookings/{booking_id}/checkout"
    due = member.get(checkout).text.split('name="due" value="')[1].split('"')[0]
    typed = {"title": "", "people": "1", f"extra_{lunch}": "2", "due": due}
    answer = member.post(f"/bookings/{booking_id}/confirmation", typed, form=checkout)
    assert answer.status_code == 422
    assert "It costs more with what you added" in answer.text
    assert rows(app, north, Booking)[0].status is BookingStatus.HELD
    due = answer.text.split('name="due" value="')[1].split('"')[0]
    again = member.post(f"/bookings/{booking_id}/confirmation", {**typed, "due": due}, form=checkout)
    assert again.status_code == 303


@pytest.mark.parametrize(
    ("typed", "sentence"), [("11", "Only 10 can be had then."), ("many", "Write a whole")]
)
def test_what_is_not_to_be_had_is_said_where_one_looks(
    app: Flask, north: TenantWorld, member: Visitor, lunch: int, typed: str, sentence: str
) -> None:
    booking_id = id_in(hold(member, "Fern", span(10)))
    checkout = f"/bookings/{booking_id}/checkout"
    form = {"title": "", "people": "1", f"extra_{lunch}": typed}
    for path in ("extras", "confirmation"):
        answer = member.post(f"/bookings/{booking_id}/{path}", form, form=checkout)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert '<details class="extras-fold" open>' in answer.text
    assert _lines(app, north) == []


def test_it_is_changed_on_the_booking_until_it_begins(
    app: Flask, north: TenantWorld, member: Visitor, lunch: int, tuesday: time_machine.Traveller
) -> None:
    booking_id = booked(app, north, "member", "Fern", span(10, days=0))
    page = f"/bookings/{booking_id}/extras"
    assert member.post(page, {f"extra_{lunch}": "2"}, form=page).status_code == 303
    assert _lines(app, north) == [(2, 1800)]
    tuesday.shift(3600)
    assert "The front desk can still change it" in member.get(page).text
    assert _lines(app, north) == [(2, 1800)]


def test_the_front_desk_changes_it_and_the_kitchen_reads_it(
    app: Flask, north: TenantWorld, member: Visitor, lunch: int
) -> None:
    booking_id = booked(app, north, "member", "Fern", span(10, days=0), title="Board")
    desk = Desk(app, north, "desk")
    here = f"/admin/bookings/{booking_id}/extras"
    assert desk.send(here, {f"extra_{lunch}": "12"}).status_code == 422
    assert desk.send(here, {f"extra_{lunch}": "6"}).status_code == 303
    assert "6 × Lunch" in desk.get(f"/admin/bookings/{booking_id}").text
    day = desk.get("/admin/bookings/extras").text
    assert "6 × Lunch" in day
    assert "Board" in day
    assert "Nothing is ordered" in desk.get("/admin/bookings/extras?date=2026-11-30").text


@pytest.fixture
def late_lunch(app: Flask, north: TenantWorld, lunch: int) -> tuple[int, int]:
    """The lunch of a booking of tomorrow at ten: it is prepared by now, and owed in full."""
    terms = {"lead_hours": 48, "cancel_percent": 100}
    with inside(app, north) as session:
        offer = session.get_one(BookingExtraOffer, lunch)
        offer.lead_hours, offer.cancel_percent = 48, 100
        rate = TaxRate(name="Any", category=TaxCategory.STANDARD, position=99)
        session.add(rate)
        session.flush()
        offer.tax_rate_id = rate.id
    booking_id = booked(app, north, "member", "Fern", span(10))
    with inside(app, north) as session:
        line = BookingExtra(booking_id=booking_id, offer_id=lunch, name="Lunch", quantity=4, **terms)
        line.price_minor, line.pricing, line.total_minor = 900, ExtraPricing.PERSON, 3600
        line.tax_rate_id = session.get_one(BookingExtraOffer, lunch).tax_rate_id
        session.add(line)
    return booking_id, lunch


def test_what_is_owed_is_said_before_the_button(
    app: Flask, north: TenantWorld, member: Visitor, late_lunch: tuple[int, int]
) -> None:
    booking_id, _lunch = late_lunch
    path = f"/bookings/{booking_id}/cancellation"
    page = member.get(path).text
    assert "£36.00 is owed for what was ordered with it: 4 × Lunch." in page
    assert "Cancel for £36.00" in page
    assert member.post(path, {"reason": ""}, form=path).status_code == 422
    assert member.post(path, {"reason": "", "fee": "3600"}, form=path).status_code == 303
    assert "£36.00 is owed for what was ordered" in member.get(f"/bookings/{booking_id}").text


def test_staff_see_it_and_may_waive_it(app: Flask, north: TenantWorld, late_lunch: tuple[int, int]) -> None:
    desk = Desk(app, north, "desk")
    here = f"/admin/bookings/{late_lunch[0]}"
    assert "£36.00 is owed for what was ordered with it: 4 × Lunch." in desk.get(here).text
    waived = {"reason": "Snow", "fee": "3600", "waive": "y"}
    assert desk.send(f"{here}/cancellation", waived).status_code == 303
    assert "is owed" not in desk.get(here).text


def test_what_cannot_come_along_is_left_out_in_the_same_form(
    app: Flask, north: TenantWorld, member: Visitor, lunch: int
) -> None:
    booking_id = booked(app, north, "member", "Fern", span(10, days=3))
    page = f"/bookings/{booking_id}/extras"
    assert member.post(page, {f"extra_{lunch}": "2"}, form=page).status_code == 303
    with inside(app, north) as session:
        session.get_one(BookingExtraOffer, lunch).lead_hours = 48
    edit = f"/bookings/{booking_id}/edit"
    typed = {
        "resource_id": str(north.rooms["Fern"]),
        "day": "2026-11-25",
        "at": "10:00",
        "minutes": "60",
        "people": "1",
        "title": "Talk",
        "sequence": "0",
    }
    refused = member.post(edit, typed, form=edit)
    assert refused.status_code == 422
    assert "The Lunch has to be ordered 48 hours before." in refused.text
    assert f'name="without" value="{lunch}">' in refused.text
    assert 'value="Talk"' in refused.text
    without = {**typed, "without": str(lunch)}
    priced = member.post(f"{edit}/price", without, form=edit)
    assert f'name="without" value="{lunch}" checked>' in priced.text
    due = priced.text.split('name="due" value="')[1].split('"')[0]
    assert member.post(edit, {**without, "due": due}, form=edit).status_code == 303
    assert _lines(app, north) == []
