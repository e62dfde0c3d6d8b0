"""Who is behind with paying: what the tenant's ladder keeps them from, and that paying opens all of it again."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.domain.levels import hold_level
from app.models import BookingExtra, BookingExtraOffer, DunningStep, ExtraPricing, SectionSetting
from tests.support.bookings import booked, hold, id_in, span
from tests.support.invoices import bill
from tests.support.rows import inside, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

OVERDUE_DAYS = 5


pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    """An owner, and a member with an invoice that was due five days ago."""
    with inside(app, world.northlight) as session:
        issued = datetime.now(UTC) - timedelta(days=14 + OVERDUE_DAYS)
        bill(session, world.northlight, "member", issued)
    return Desk(app, world.northlight, "owner")


def _member(desk: Desk, who: str = "member") -> Visitor:
    visitor = Visitor(desk.app, desk.tenant)
    visitor.sign_in(who)
    return visitor


def _step(desk: Desk, days: int, action: str) -> None:
    answer = desk.send("/admin/settings/overdue", {"days": str(days), "action": action})
    assert answer.status_code == 303


def _pay(desk: Desk) -> None:
    paid = {"way": "desk", "amount": "176.00", "received_on": f"{datetime.now(UTC):%Y-%m-%d}"}
    assert desk.send("/admin/invoices/1/payments", paid).status_code == 303


def test_without_a_ladder_nothing_is_closed(desk: Desk) -> None:
    member = _member(desk)
    assert hold(member, "Fern", span(10)).headers["Location"].startswith("/bookings/")
    assert "What happens next" not in member.get("/invoices").text


def test_who_is_limited_orders_nothing_more_and_may_leave_out(desk: Desk) -> None:
    with inside(desk.app, desk.tenant) as session:
        offer = BookingExtraOffer(name="Lunch", price_minor=900, pricing=ExtraPricing.BOOKING)
        session.add(offer)
        session.commit()
        lunch = f"extra_{offer.id}"
    member = _member(desk)
    booking = booked(desk.app, desk.tenant, "member", "Fern", span(10))
    page = f"/bookings/{booking}/extras"
    assert member.post(page, {lunch: "2"}, form=page).status_code == 303
    _step(desk, OVERDUE_DAYS, "limit")
    for wanted, left, leads in (("3", 2, "/invoices"), ("1", 1, f"/bookings/{booking}")):
        answer = member.post(page, {lunch: wanted}, form="/invoices")
        assert answer.headers["Location"] == leads
        assert [each.quantity for each in rows(desk.app, desk.tenant, BookingExtra)] == [left]


@pytest.mark.parametrize(("days", "closed"), [(OVERDUE_DAYS, True), (OVERDUE_DAYS + 1, False)])
def test_who_is_limited_books_nothing_new_until_it_is_paid(desk: Desk, days: int, *, closed: bool) -> None:
    member = _member(desk)
    first = id_in(hold(member, "Fern", span(10)))
    _step(desk, days, "limit")
    answer = hold(member, "Rowan", span(12))
    assert (answer.headers["Location"] == "/invoices") is closed
    if not closed:
        return
    page = member.get("/invoices").text
    assert "Pay what is overdue first." in page
    assert "You cannot book or buy anything new" in page
    confirmed = member.post(f"/bookings/{first}/confirmation", {"title": ""}, form="/invoices")
    assert confirmed.headers["Location"] == "/invoices"
    # What they may look at and give back stays theirs.
    assert member.get("/bookings/mine").status_code == 200
    assert member.get("/").status_code == 200
    _pay(desk)
    assert hold(member, "Rowan", span(12)).headers["Location"].startswith("/bookings/")
    assert "What happens next" not in member.get("/invoices").text


def test_who_may_only_pay_reaches_invoices_account_and_the_way_out(desk: Desk) -> None:
    member = _member(desk)
    _step(desk, OVERDUE_DAYS, "suspend")
    for path in ("/", "/bookings/mine", "/directory", "/messages"):
        assert member.get(path).headers["Location"] == "/invoices", path
    part = member.get("/bookings/mine", headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == "/invoices"
    for path in ("/invoices", "/invoices/1", "/account/profile", "/account/security"):
        assert member.get(path).status_code == 200, path
    _pay(desk)
    assert member.get("/").status_code == 200


def test_a_step_that_is_taken_off_holds_nobody(desk: Desk) -> None:
    member = _member(desk)
    _step(desk, OVERDUE_DAYS, "suspend")
    assert member.get("/").status_code == 303
    (step,) = rows(desk.app, desk.tenant, DunningStep, days=OVERDUE_DAYS)
    assert desk.send(f"/admin/settings/overdue/{step.id}/removal").status_code == 303
    assert member.get("/").status_code == 200


def test_neither_staff_nor_who_owes_nothing_is_held_back(app: Flask, world: World, desk: Desk) -> None:
    with inside(app, world.northlight) as session:
        bill(session, world.northlight, "desk", datetime.now(UTC) - timedelta(days=60))
    _step(desk, 1, "suspend")
    assert _member(desk, "desk").get("/").status_code == 200
    assert _member(desk, "colleague").get("/").status_code == 200


def test_where_invoices_are_off_nobody_is_led_there(desk: Desk) -> None:
    member = _member(desk)
    _step(desk, OVERDUE_DAYS, "suspend")
    assert member.get("/").status_code == 303
    with inside(desk.app, desk.tenant) as session:
        session.add(SectionSetting(section="invoices", enabled=False))
        hold_level(session, None).touch()
        session.commit()
    assert member.get("/").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"days": "0", "action": "remind"}, "1"),
        ({"days": "366", "action": "remind"}, "365"),
        ({"days": "x", "action": "remind"}, "whole number"),
        ({"days": "7", "action": "hang"}, "Choose one"),
        ({"days": "5", "action": "remind"}, "There is a step on that day already."),
    ],
)
def test_a_step_that_makes_no_sense_is_refused_at_its_field(
    desk: Desk, wrong: dict[str, str], sentence: str
) -> None:
    _step(desk, 5, "remind")
    answer = desk.send("/admin/settings/overdue", wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    if wrong["days"].isdigit():
        assert f'value="{wrong["days"]}"' in answer.text
