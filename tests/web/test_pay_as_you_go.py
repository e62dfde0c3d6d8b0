"""Paying as one goes as people meet it: staff say what a visit costs, who comes sees it before the button, then on My plans."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.domain.passes.fitting import Window
from app.domain.passes.keeping import PassDetails, create_pass
from app.domain.plans.terms import Benefit, VersionDetails
from app.domain.plans.versions import set_terms
from app.domain.products.keeping import create_product
from app.domain.products.terms import ProductDetails
from app.models import Charge, CheckIn, CreditKind, PayAsYouGo, Plan
from tests.support.bookings import statements
from tests.support.invoices import SELLER_FORM, bill
from tests.support.rows import inside, rows
from tests.support.visitor import Visitor
from tests.support.world import World
from tests.web.test_admin_products import Till

PRICE = "/admin/passes/pay-as-you-go"


pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def till(app: Flask, world: World) -> Till:
    return Till(app, world)


@pytest.fixture
def contact(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("contact")
    return visitor


def _form(till: Till, **more: str) -> dict[str, str]:
    asked = {
        "offered": "y",
        "paid_by": "day",
        "price_minor": "18.00",
        "cap_minor": "",
        "tax_rate_id": str(till.rate.id),
    }
    return {**asked, **more}


def _ask(till: Till, **more: str) -> None:
    assert till.owner.send("/admin/limits/check-in", {"needs_pass": "y"}).status_code == 303
    assert till.owner.send(PRICE, _form(till, **more)).status_code == 303


def _place(till: Till, **more: str) -> dict[str, str]:
    return {"location_id": str(till.tenant.locations["Leith Walk"]), **more}


def _shown(till: Till, contact: Visitor) -> str:
    """The page of the price, to which the button in the directory leads."""
    answer = contact.post("/check-in", _place(till), form="/directory")
    assert answer.status_code == 303
    assert answer.location.startswith("/check-in?location_id=")
    return contact.get(answer.location).text


def _seen(page: str) -> str:
    found = re.search(r'name="agreed" value="(\w+)"', page)
    assert found is not None
    return found[1]


def test_staff_say_what_a_visit_costs(till: Till) -> None:
    page = till.owner.get("/admin/passes").text
    assert "Everybody comes in freely at the moment." in page
    _ask(till)
    page = till.owner.get("/admin/passes").text
    assert "Everybody comes in freely" not in page
    assert 'value="18.00"' in page
    (row,) = rows(till.app, till.tenant, PayAsYouGo)
    assert (row.offered, row.price_minor, row.cap_minor) == (True, 1800, None)
    assert "Changed what a visit costs without a pass" in till.owner.get("/admin/audit").text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"price_minor": ""}, "This is needed."),
        ({"price_minor": "0"}, "More than nothing."),
        ({"price_minor": "dear"}, "Write an amount"),
        ({"price_minor": "99999999999"}, "At most"),
        ({"paid_by": "week"}, "Choose"),
        ({"paid_by": "hour"}, "With hours this is needed"),
        ({"paid_by": "hour", "cap_minor": "17"}, "no less than one hour costs"),
        ({"tax_rate_id": ""}, "This is needed."),
        ({"tax_rate_id": "999999"}, "Choose"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(till: Till, wrong: dict[str, str], sentence: str) -> None:
    answer = till.owner.send(PRICE, _form(till, **wrong))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert rows(till.app, till.tenant, PayAsYouGo) == []


def test_only_who_keeps_the_spaces_says_it(till: Till, app: Flask, world: World) -> None:
    desk = Visitor(app, world.northlight)
    desk.sign_in("desk")
    assert desk.post(PRICE, _form(till), form="/").status_code == 404
    assert rows(till.app, till.tenant, PayAsYouGo) == []


def test_the_price_stands_before_the_button(till: Till, contact: Visitor) -> None:
    _ask(till)
    shown = _shown(till, contact)
    assert "Check in: £18.00 a day" in shown
    assert "£3.00" in shown
    assert "It comes with your next invoice, at the earliest tomorrow." in shown
    assert rows(till.app, till.tenant, Charge) == []
    answer = contact.post("/check-in", _place(till, agreed=_seen(shown)), form="/directory")
    assert answer.status_code == 303
    page = contact.get("/directory").text
    assert "You are here. £18.00 comes with your next invoice." in page
    assert "You are at Leith Walk until" in page
    (charge,) = rows(till.app, till.tenant, Charge)
    assert charge.description == "Day pass, Leith Walk, Tue 24 Nov"
    mine = contact.get("/plans/mine").text
    assert "Visits you paid for" in mine
    assert mine.count("Day pass, Leith Walk, Tue 24 Nov") == 1
    assert "Your next invoices" in mine


def test_the_day_is_paid_for_when_one_comes_back(till: Till, contact: Visitor) -> None:
    _ask(till)
    agreed = _seen(_shown(till, contact))
    contact.post("/check-in", _place(till, agreed=agreed), form="/directory")
    contact.post("/check-in/end", form="/directory")
    assert contact.post("/check-in", _place(till), form="/directory").status_code == 303
    assert "Today is paid for already." in contact.get("/directory").text
    assert len(rows(till.app, till.tenant, Charge)) == 1


def test_a_price_that_changed_is_shown_and_nothing_is_charged(till: Till, contact: Visitor) -> None:
    _ask(till)
    agreed = _seen(_shown(till, contact))
    _ask(till, price_minor="20.00")
    refused = contact.post("/check-in", _place(till, agreed=agreed), form="/directory")
    assert refused.status_code == 422
    assert "The price has changed: it is £20.00 a day now. You have not been charged." in refused.text
    assert rows(till.app, till.tenant, CheckIn) == []
    assert rows(till.app, till.tenant, Charge) == []
    again = contact.post("/check-in", _place(till, agreed=_seen(refused.text)), form="/directory")
    assert again.status_code == 303


def test_hours_are_told_when_one_comes_and_when_one_goes(
    till: Till, contact: Visitor, tuesday: time_machine.Traveller
) -> None:
    _ask(till, paid_by="hour", price_minor="3.00", cap_minor="15.00")
    tuesday.move_to(datetime(2026, 11, 24, 9, 10, tzinfo=UTC), tick=False)
    shown = _shown(till, contact)
    assert "Check in: £3.00 an hour<" in shown
    assert "£15.00" in shown
    contact.post("/check-in", _place(till, agreed=_seen(shown)), form="/directory")
    assert "You are here, for £3.00 with each hour that begins." in contact.get("/directory").text
    assert "£3.00 an hour" in contact.get("/plans/mine").text
    tuesday.move_to(datetime(2026, 11, 24, 10, 45, tzinfo=UTC), tick=False)
    contact.post("/check-in/end", form="/directory")
    page = contact.get("/directory").text
    assert "You were here for 1 h 35 min. £6.00 comes with your next invoice." in page
    (charge,) = rows(till.app, till.tenant, Charge)
    assert charge.description == "Hours in the house, Leith Walk, Tue 24 Nov 09:10 – 10:45"
    assert "1 h 35 min" in contact.get("/plans/mine").text


def test_what_else_lets_one_in_stands_below(till: Till, contact: Visitor) -> None:
    _ask(till)
    till.product(name="Ten days", pass_days="10")
    shown = _shown(till, contact)
    assert "Or with a pass or a plan" in shown
    assert "Ten days" in shown


def test_prices_without_tax_are_shown_with_it(till: Till, contact: Visitor) -> None:
    form = {name: value for name, value in SELLER_FORM.items() if name != "prices_include_tax"}
    assert till.owner.send("/admin/settings/invoices", form).status_code == 303
    _ask(till)
    shown = _shown(till, contact)
    assert "Check in: £21.60 a day" in shown
    contact.post("/check-in", _place(till, agreed=_seen(shown)), form="/directory")
    assert "You are here. £21.60 comes with your next invoice." in contact.get("/directory").text


def test_one_is_led_back_to_where_the_button_was(till: Till, contact: Visitor) -> None:
    _ask(till)
    start = contact.post(
        "/check-in", _place(till), form="/directory", headers={"Referer": "http://localhost/"}
    )
    shown = contact.get(start.location).text
    assert 'name="back" value="/"' in shown
    agreed = _place(till, agreed=_seen(shown), back="/")
    assert contact.post("/check-in", agreed, form="/directory").location == "/"
    elsewhere = _place(till, agreed=_seen(shown), back="https://evil.test/")
    assert "evil" not in contact.post("/check-in", elsewhere, form="/directory").location


def test_where_nothing_is_asked_the_page_leads_to_the_directory(till: Till, contact: Visitor) -> None:
    here = f"/check-in?location_id={till.tenant.locations['Leith Walk']}"
    assert contact.get(here).location == "/directory"
    _ask(till)
    assert contact.get(here).status_code == 200
    assert contact.get("/check-in").location == "/directory"
    for wrong in ("/check-in?location_id=x", "/check-in?location_id=999999"):
        assert contact.get(wrong).status_code == 404


def test_who_owes_pays_that_first(till: Till, contact: Visitor) -> None:
    _ask(till)
    agreed = _place(till, agreed=_seen(_shown(till, contact)))
    with inside(till.app, till.tenant) as session:
        bill(session, till.tenant, "contact", datetime.now(UTC) - timedelta(days=20))
    assert till.owner.send("/admin/settings/overdue", {"days": "1", "action": "limit"}).status_code == 303
    for asked in (agreed, _place(till)):
        assert contact.post("/check-in", asked, form="/invoices").location == "/invoices"
    assert contact.get(f"/check-in?location_id={agreed['location_id']}").location == "/invoices"
    assert rows(till.app, till.tenant, Charge) == []
    assert rows(till.app, till.tenant, CheckIn) == []


def test_the_sweep_charges_who_forgot_to_check_out(
    till: Till, contact: Visitor, tuesday: time_machine.Traveller
) -> None:
    _ask(till, paid_by="hour", price_minor="3.00", cap_minor="15.00")
    tuesday.move_to(datetime(2026, 11, 24, 9, 10, tzinfo=UTC))
    contact.post("/check-in", _place(till, agreed=_seen(_shown(till, contact))), form="/directory")
    work = till.app.extensions["portico_work"]
    work.sweep()
    assert rows(till.app, till.tenant, Charge) == []
    tuesday.move_to(datetime(2026, 11, 26, 9, 10, tzinfo=UTC))
    for _ in range(2):
        work.sweep()
    (charge,) = rows(till.app, till.tenant, Charge)
    assert charge.unit_minor * charge.quantity_thousandths == 1500 * 1000


def test_its_page_asks_no_more_where_there_is_more_to_buy(app: Flask, till: Till, contact: Visitor) -> None:
    """Passes that are not everywhere or at any time, in products of which there are only so many, and in plans with so many places."""
    _ask(till, paid_by="hour", cap_minor="40.00")
    place_id = int(_place(till)["location_id"])
    address = f"/check-in?location_id={place_id}"
    all_week = tuple(Window(day, opens, opens + 720) for day in range(7) for opens in (0, 720))

    def grow(name: str) -> None:
        owner, now = till.tenant.actor("owner"), datetime.now(UTC)
        with inside(app, till.tenant) as session:
            here = create_pass(
                session, owner, PassDetails(f"{name} here", windows=all_week, place_ids=(place_id,)), now
            )
            porto = PassDetails(f"{name} there", place_ids=(till.tenant.locations["Porto"],))
            there = create_pass(session, owner, porto, now)
            gifts = tuple(Benefit(CreditKind.DAYS, 2, pass_type_id=each.id) for each in (here, there))
            goods = ProductDetails(f"{name} card", 500, till.rate.id, recurring=True, stock=3, benefits=gifts)
            create_product(session, owner, goods, now)
            create_product(session, owner, replace(goods, name=f"{name} away", benefits=gifts[1:]), now)
            plans = [Plan(name=f"{name} plan"), Plan(name=f"{name} free")]
            session.add_all(plans)
            session.flush()
            for plan, given in zip(plans, (gifts, ()), strict=True):
                wish = VersionDetails(
                    1000, till.rate.id, capacity=4, booking_discount_hundredths=1000, benefits=given
                )
                set_terms(session, owner, plan.id, wish, now)
            session.commit()

    def count() -> int:
        assert contact.get(address).status_code == 200
        with statements(app) as sent:
            contact.get(address)
        return len([each for each in sent if not each.startswith("BEGIN")])

    grow("First")
    few = count()
    for name in ("Second", "Third", "Fourth"):
        grow(name)
    assert count() == few <= 8
    page = contact.get(address).text
    for name in ("First", "Fourth"):
        assert re.search(
            rf"{name} card.*?2 days in the house, {name} here, 2 days in the house, {name} there",
            page,
            re.DOTALL,
        )
        assert f"{name} plan" in page
        assert f"{name} free" in page
        assert f"{name} away" not in page


def test_what_changes_is_shown_at_once(app: Flask, till: Till, contact: Visitor) -> None:
    """Though what is asked of everybody is remembered."""
    _ask(till)
    address = f"/check-in?location_id={_place(till)['location_id']}"
    page = contact.get(address).text
    assert "£18.00 a day" in page
    assert "£3.00" in page
    assert till.owner.send(PRICE, _form(till, price_minor="24.00")).status_code == 303
    page = contact.get(address).text
    assert "£24.00 a day" in page
    assert "£4.00" in page
    rate = {"percent": "50", "starts_on": f"{datetime.now(UTC):%Y-%m-%d}"}
    assert till.owner.send(f"/admin/settings/invoices/rates/{till.rate.id}", rate).status_code == 303
    assert "£8.00" in contact.get(address).text
    assert till.owner.send("/admin/limits/check-in", {}).status_code == 303
    assert contact.get(address).status_code == 303
    assert till.owner.send("/admin/limits/check-in", {"needs_pass": "y"}).status_code == 303
    assert contact.get(address).status_code == 200
    assert till.owner.send(PRICE, _form(till, offered="")).status_code == 303
    assert contact.get(address).status_code == 303
