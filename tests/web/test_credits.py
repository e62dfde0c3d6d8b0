"""Credit as people meet it: on a plan's card, before the button that books, on their own page, and at the front desk."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.domain.booking.cancel import cancel
from app.domain.credits.terms import Holder
from app.domain.profile.billing import BillingDetails, give_billing
from app.models import (
    AuditEntry,
    Booking,
    BookingStatus,
    CheckIn,
    CreditGrant,
    CreditLine,
    PlanBenefit,
    Resource,
)
from tests.support.bookings import NOW, SEARCH, booked, hold, id_in, span, statements
from tests.support.credits import granted
from tests.support.invoices import bill
from tests.support.rows import change, inside, rows
from tests.support.staff import Desk
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "manager")


def _give(app: Flask, world: World, much: int, *types: str, key: str = "test:1") -> int:
    north = world.northlight
    with inside(app, north) as session:
        ids = [north.types[name] for name in types]
        until = datetime(2026, 12, 1, tzinfo=UTC)
        return granted(session, Holder(north.people["member"]), much, *ids, until=until, key=key)


# --- booking ---------------------------------------------------------------------------------------------------------


def test_the_checkout_says_what_credit_pays_and_what_is_left(
    app: Flask, world: World, member: Visitor
) -> None:
    _give(app, world, 60, "Meeting room", key="time")
    _give(app, world, 500, key="money")
    page = member.get(hold(member, "Fern", span(10, minutes=90)).headers["Location"]).text
    assert "1 h of credit" in page
    assert "−£18.00" in page
    assert "−£5.00" in page
    assert "Book for £4.00" in page


def test_what_credit_pays_for_is_booked_and_comes_back(app: Flask, world: World, member: Visitor) -> None:
    _give(app, world, 60, "Meeting room")
    held = id_in(hold(member, "Fern", span(10)))
    page = member.get(f"/bookings/{held}/checkout").text
    assert "Credit pays for all of it." in page
    assert "Book for" not in page
    done = member.post(f"/bookings/{held}/confirmation", {"people": "1", "due": "0"}, form=SEARCH)
    assert done.headers["Location"] == "/bookings/mine"
    assert "1 h of credit" in member.get(f"/bookings/{held}").text
    assert "The credit that paid for it comes back." in member.get(f"/bookings/{held}/cancellation").text
    member.post(f"/bookings/{held}/cancellation", form=f"/bookings/{held}/cancellation")
    assert [line.amount for line in rows(app, world.northlight, CreditLine)] == [60, -60, 60]
    mine = member.get("/plans/mine").text
    assert "Fern, Wed 25 Nov 10:00, cancelled" in mine
    assert "−1 h" in mine
    assert "Until Monday" in mine


def test_credit_that_has_gone_meanwhile_is_said_before_anything_is_booked(
    app: Flask, world: World, member: Visitor
) -> None:
    _give(app, world, 60, "Meeting room")
    held = id_in(hold(member, "Fern", span(10)))
    booked(app, world.northlight, "member", "Cedar", span(14))
    said = member.post(f"/bookings/{held}/confirmation", {"people": "1", "due": "0"}, form=SEARCH)
    assert said.status_code == 422
    assert "Your credit has changed meanwhile" in said.text
    assert "Book for £18.00" in said.text
    again = member.post(f"/bookings/{held}/confirmation", {"people": "1", "due": "1800"}, form=SEARCH)
    assert again.status_code == 303
    (booking,) = rows(app, world.northlight, Booking, id=held)
    assert booking.status is BookingStatus.CONFIRMED


@pytest.mark.parametrize("due", ["", "x", "-1", "99999999999999999999"])
def test_an_odd_amount_is_no_error(app: Flask, world: World, member: Visitor, due: str) -> None:
    held = id_in(hold(member, "Fern", span(10)))
    said = member.post(f"/bookings/{held}/confirmation", {"people": "1", "due": due}, form=SEARCH)
    assert said.status_code in (303, 422)


def test_credit_adds_no_more_than_two_statements(app: Flask, world: World, member: Visitor) -> None:
    # One booth, so that neither page asks which of several is free
    change(app, world.northlight, Resource, world.northlight.rooms["Lark"], units=1)
    held = id_in(hold(member, "Lark", span(10)))

    def count(path: str) -> int:
        member.get(path)
        with statements(app) as seen:
            assert member.get(path).status_code == 200
        return len(seen)

    free = count(f"/bookings/{held}/checkout")
    paid = id_in(hold(member, "Fern", span(10)))
    assert count(f"/bookings/{paid}/checkout") == free + 1
    for number in range(5):
        _give(app, world, 10, "Meeting room", key=f"more:{number}")
    assert count(f"/bookings/{paid}/checkout") == free + 1


# --- plans -----------------------------------------------------------------------------------------------------------

TERMS = {
    "price_minor": "186.00",
    "cycle_count": "1",
    "cycle_unit": "month",
    "tax_rate_id": "1",
    "prorate_first": "y",
    "min_cycles": "0",
    "notice_days": "0",
    "pauses_a_year": "0",
    "pause_cycles": "0",
    "audience": "everyone",
    "visibility": "listed",
}


def _terms(app: Flask, world: World) -> str:
    with inside(app, world.northlight) as session:
        bill(session, world.northlight, "member", datetime.now(UTC))
    return f"/admin/plans/{world.northlight.plans['Residents']}/terms"


def test_a_plan_gives_credit_and_says_so(app: Flask, world: World, desk: Desk, member: Visitor) -> None:
    here, north = _terms(app, world), world.northlight
    wish = {
        "credit_tenths": "7.5",
        "credit_type_ids": [str(north.types["Meeting room"]), str(north.types["Phone booth"])],
        "credit_money_minor": "20",
    }
    assert desk.send(here, TERMS | wish).status_code == 303
    assert [row.amount for row in rows(app, north, PlanBenefit)] == [450, 2000]
    again = desk.get(here).text
    assert 'value="7.5"' in again
    assert 'value="20.00"' in again
    # The same again is no new version
    desk.send(here, TERMS | wish)
    assert len(rows(app, north, PlanBenefit)) == 2
    contact = Visitor(app, north)
    contact.sign_in("contact")
    page = contact.get("/plans").text
    assert "7 h 30 min a month in Meeting room, Phone booth" in page
    assert "£20.00 a month to book with" in page


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"credit_tenths": "5"}, "Choose the rooms that the hours are for."),
        ({"credit_type_ids": ["1"]}, "Say how many hours."),
        ({"credit_tenths": "5", "credit_type_ids": ["999999"]}, "Choose from the list."),
        ({"credit_tenths": "-5", "credit_type_ids": ["1"]}, "A number from"),
        ({"credit_money_minor": "x"}, "Write an amount"),
    ],
)
def test_a_benefit_that_makes_no_sense_is_refused(
    app: Flask, world: World, desk: Desk, wish: dict[str, object], sentence: str
) -> None:
    answer = desk.send(_terms(app, world), TERMS | wish)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert rows(app, world.northlight, PlanBenefit) == []


def test_who_joins_sees_what_they_have(app: Flask, world: World, desk: Desk) -> None:
    here, north = _terms(app, world), world.northlight
    desk.send(here, TERMS | {"credit_tenths": "5", "credit_type_ids": [str(north.types["Meeting room"])]})
    contact = Visitor(app, north)
    contact.sign_in("contact")
    with inside(app, north) as session:
        details = BillingDetails("Conny", "", "", "1 Leith Walk", "EH6 8LN", "Edinburgh", "GB")
        give_billing(session, north.actor("contact"), details, datetime.now(UTC))
    plan, day = north.plans["Residents"], date(2026, 11, 24).isoformat()
    review = f"/plans/{plan}/join/review?starts_on={day}"
    version = contact.get(review).text.split('name="version_id" value="')[1].split('"')[0]
    contact.post(f"/plans/{plan}/join", {"starts_on": day, "version_id": version}, form=review)
    mine = contact.get("/plans/mine").text
    assert "Credits" in mine
    assert "5 h" in mine
    assert "From the plan Residents" in mine
    assert "This period" in mine
    assert "0 min of 5 h used" in mine
    assert '<progress class="meter" max="300" value="0"' in mine
    assert "Until Wed 23 Dec" in mine


# --- the front desk --------------------------------------------------------------------------------------------------


def _credits(world: World) -> str:
    return f"/admin/people/{world.northlight.people['member']}/credits"


def test_staff_give_and_take_with_a_reason(app: Flask, world: World, desk: Desk, member: Visitor) -> None:
    here, north = _credits(world), world.northlight
    assert here in desk.get(here.removesuffix("/credits")).text
    assert "They have none." in desk.get(here).text
    kind = str(north.types["Meeting room"])
    wish = {"way": "give", "kind": "time", "tenths": "2", "type_ids": [kind], "note": "The lift broke"}
    assert desk.send(here, wish | {"until": "2026-12-24"}).status_code == 303
    (grant,) = rows(app, north, CreditGrant)
    assert (grant.amount, grant.expires_at) == (120, datetime(2026, 12, 25, tzinfo=UTC))
    taken = wish | {"way": "take", "tenths": "0.5", "note": "Given twice"}
    assert desk.send(here, taken).status_code == 303
    page = desk.get(here).text
    assert "1 h 30 min" in page
    assert "From the front desk: The lift broke" in page
    assert "Taken by the front desk: Given twice" in page
    actions = [entry.action for entry in rows(app, north, AuditEntry)]
    assert [each for each in actions if each.startswith("credit.")] == ["credit.given", "credit.taken"]
    assert "The lift broke" in member.get("/plans/mine").text
    assert "Gave you credit" in member.get("/account/activity").text


@pytest.mark.parametrize("way", ["give", "take"])
def test_two_taps_give_and_take_once(app: Flask, world: World, desk: Desk, way: str) -> None:
    here, north = _credits(world), world.northlight
    assert 'name="request_key"' in desk.get(here).text
    wish = {"kind": "money", "money_minor": "5", "note": "The lift broke"}
    assert desk.send(here, wish | {"way": "give", "request_key": "k" * 20}).status_code == 303
    for _tap in range(2):
        assert desk.send(here, wish | {"way": way, "request_key": "t" * 20}).status_code == 303
    left = sum(line.amount for line in rows(app, north, CreditLine))
    assert left == (1000 if way == "give" else 0)


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"tenths": "2"}, "Choose the rooms that the hours are for."),
        ({"type_ids": ["1"]}, "Say how much."),
        ({"kind": "money"}, "Say how much."),
        ({"way": "take", "tenths": "2", "type_ids": ["1", "2"]}, "Choose one kind of room"),
        ({"way": "take", "tenths": "2", "type_ids": ["1"]}, "They have 0 min of it."),
        ({"way": "take", "kind": "money", "money_minor": "2"}, "They have £0.00 of it."),
        ({"tenths": "2", "type_ids": ["1"], "until": "2026-11-23"}, "A day from today on."),
        ({"tenths": "2", "type_ids": ["1"], "note": ""}, "This is needed."),
    ],
)
def test_what_makes_no_sense_is_refused_and_kept(
    app: Flask, world: World, desk: Desk, wish: dict[str, object], sentence: str
) -> None:
    answer = desk.send(_credits(world), {"way": "give", "kind": "time", "note": "Because"} | wish)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert str(wish.get("note", "Because")) in answer.text
    assert rows(app, world.northlight, CreditGrant) == []


def test_staff_see_what_credit_paid(app: Flask, world: World, desk: Desk) -> None:
    _give(app, world, 30, "Meeting room")
    booking = booked(app, world.northlight, "member", "Fern", span(10))
    page = desk.get(f"/admin/bookings/{booking}").text
    assert "Paid by credit" in page
    assert "£9.00" in page


def test_staff_who_cancel_late_give_back_too(app: Flask, world: World, member: Visitor) -> None:
    _give(app, world, 60, "Meeting room")
    north = world.northlight
    booking = booked(app, north, "member", "Fern", span(10))
    with inside(app, north) as session:
        cancel(session, north.actor("manager"), booking, lambda: NOW + timedelta(days=1), reason="A leak")
    assert [line.amount for line in rows(app, north, CreditLine)] == [60, -60, 60]


def test_what_a_team_has_is_given_on_its_page(app: Flask, world: World, desk: Desk, member: Visitor) -> None:
    north = world.northlight
    team = make_team(app, north, "member", name="Crew")
    here = f"/admin/teams/{team}/credits"
    assert here in desk.get(f"/admin/teams/{team}").text
    kind = str(north.types["Meeting room"])
    wish = {"way": "give", "kind": "time", "tenths": "2", "type_ids": [kind], "note": "Welcome"}
    assert desk.send(here, wish).status_code == 303
    booked(app, north, "member", "Fern", span(10))
    page = desk.get(here).text
    assert "Credits of" in page
    assert "Fern, Wed 25 Nov 10:00" in page
    mine = member.get("/plans/mine").text
    assert "Your team’s" in mine
    assert "−1 h" in mine
    assert desk.get("/admin/teams/999999/credits").status_code == 404
    assert desk.send("/admin/teams/999999/credits", wish).status_code == 404


def test_who_may_not_check_in_is_told_what_they_need(app: Flask, world: World, desk: Desk) -> None:
    north = world.northlight
    contact = Visitor(app, north)
    contact.sign_in("contact")
    place = {"location_id": str(north.locations["Leith Walk"])}
    assert desk.send("/admin/limits/check-in", {"needs_pass": "y"}).status_code == 303
    assert re.search(r"<input[^>]*checked[^>]*needs_pass", desk.get("/admin/limits").text)
    refused = contact.post("/check-in", place, form="/directory")
    assert refused.status_code == 422
    assert "You cannot check in at Leith Walk now" in refused.text
    assert "To check in you need a plan, or a pass that holds here and now." in refused.text
    assert rows(app, north, CheckIn) == []
    wish = {"way": "give", "kind": "days", "days": "3", "note": "Try it out"}
    assert desk.send(f"/admin/people/{north.people['contact']}/credits", wish).status_code == 303
    contact.post("/check-in", place, form="/directory")
    assert len(rows(app, north, CheckIn)) == 1
    mine = contact.get("/plans/mine").text
    assert "Day passes" in mine
    assert "2 days" in mine
    assert "A day at Leith Walk" in mine
