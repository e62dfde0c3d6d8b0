"""Passes as people meet them: in their editor, in the shop, at the door, and on one's own page."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from app.models import (
    CheckIn,
    CreditKind,
    CreditLine,
    PassPlace,
    PassType,
    PassWindow,
    ProductBenefit,
)
from tests.support.rows import rows
from tests.support.visitor import Visitor
from tests.support.world import World
from tests.web.test_admin_products import Till

NOTHING = dict.fromkeys(
    ("pass_days", "pass_days_type_id", "credit_money_minor", "pass_tenths", "pass_minutes_type_id"), ""
)
PASS = {"name": "Mornings", "kind": "days", "priority": "1", "day1": "8:00-13:00"}


pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def till(app: Flask, world: World) -> Till:
    return Till(app, world)


@pytest.fixture
def contact(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("contact")
    return visitor


def _pass(till: Till, **more: object) -> PassType:
    answer = till.owner.send("/admin/passes", {**PASS, **more})
    assert answer.status_code == 303
    return rows(till.app, till.tenant, PassType)[-1]


def test_a_pass_is_made_edited_and_retired(till: Till) -> None:
    place = str(till.tenant.locations["Porto"])
    assert "No passes yet" in till.owner.get("/admin/passes").text
    made = _pass(till, place_ids=[place])
    here = f"/admin/passes/{made.id}"
    assert "Days · Tuesday 08:00 – 13:00 · At Porto" in till.owner.get("/admin/passes").text
    page = till.owner.get(here).text
    assert 'value="8:00-13:00"' in page
    assert re.search(r"<input[^>]*checked[^>]*place_ids|<input[^>]*place_ids[^>]*checked", page)
    # The form of what is made already has no kind
    edit = {"name": "Early", "priority": "1", "day1": "", "day2": "9-12"}
    assert till.owner.send(here, edit).status_code == 303
    (window,) = rows(till.app, till.tenant, PassWindow)
    assert (window.weekday, window.opens, window.closes) == (2, 540, 720)
    assert rows(till.app, till.tenant, PassPlace) == []
    assert till.owner.send(f"{here}/retirement").status_code == 303
    assert "Retired" in till.owner.get("/admin/passes").text
    assert till.owner.send(f"{here}/return").status_code == 303
    actions = [each.action for each in till.owner.audit() if each.action.startswith("pass_type.")]
    assert actions == ["pass_type.created", "pass_type.edited", "pass_type.retired", "pass_type.restored"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "This is needed."),
        ({"day1": "13-8"}, "the later time last"),
        ({"day1": "8-12, 11-13"}, "These openings overlap."),
        ({"place_ids": ["999999"]}, "Choose from the list."),
        ({"priority": "-1"}, "At least 0."),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(
    till: Till, wrong: dict[str, object], sentence: str
) -> None:
    answer = till.owner.send("/admin/passes", {**PASS, **wrong})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert rows(till.app, till.tenant, PassType) == []


def test_a_name_is_taken_once(till: Till) -> None:
    _pass(till)
    assert till.owner.send("/admin/passes", PASS).status_code == 422


def test_a_product_carries_credit_and_passes_and_says_so(till: Till, contact: Visitor) -> None:
    made = _pass(till)
    product = till.product(
        pass_days="10",
        pass_days_type_id=str(made.id),
        credit_money_minor="5",
        pass_tenths="2.5",
        credit_days="30",
    )
    carried = [
        (each.kind, each.amount, each.pass_type_id) for each in rows(till.app, till.tenant, ProductBenefit)
    ]
    assert carried == [
        (CreditKind.MONEY, 500, None),
        (CreditKind.DAYS, 10, made.id),
        (CreditKind.MINUTES, 150, None),
    ]
    page = till.owner.get(f"/admin/products/{product.id}").text
    assert 'value="2.5"' in page
    assert 'value="10"' in page
    shop = contact.get("/products").text
    assert "10 days in the house, Mornings" in shop
    assert "£5.00 to book with" in shop
    assert "To be used within 30 days" in shop
    # A form in which they are empty takes them away
    assert till.owner.send(f"/admin/products/{product.id}", till.form(**NOTHING)).status_code == 303
    assert rows(till.app, till.tenant, ProductBenefit) == []


def test_a_pass_of_the_other_kind_is_not_on_offer(till: Till) -> None:
    made = _pass(till, kind="minutes")
    answer = till.owner.send("/admin/products", till.form(pass_days="1", pass_days_type_id=str(made.id)))
    assert answer.status_code == 422
    assert "Choose one from the list." in answer.text
    answer = till.owner.send("/admin/products", till.form(pass_minutes_type_id=str(made.id)))
    assert "Say how many hours." in answer.text


def test_who_is_refused_is_shown_what_lets_them_in(till: Till, contact: Visitor) -> None:
    made, evenings = _pass(till, day1="8:00-24:00"), _pass(till, name="Evenings", day1="", day0="18-22")
    till.product(name="Ten mornings", pass_days="10", pass_days_type_id=str(made.id))
    till.product(name="Ten evenings", pass_days="10", pass_days_type_id=str(evenings.id))
    till.product(name="Coffee")
    assert till.owner.send("/admin/limits/check-in", {"needs_pass": "y"}).status_code == 303
    give = {"way": "give", "kind": "days", "days": "3", "pass_type_id": str(evenings.id), "note": "Try it"}
    person = till.tenant.people["contact"]
    assert till.owner.send(f"/admin/people/{person}/credits", give).status_code == 303
    place = {"location_id": str(till.tenant.locations["Leith Walk"])}
    refused = contact.post("/check-in", place, form="/directory")
    assert refused.status_code == 422
    assert "You cannot check in at Leith Walk now" in refused.text
    assert "What you have holds at other times or places: Evenings." in refused.text
    assert "Ten mornings" in refused.text
    assert "Ten evenings" not in refused.text
    assert "Coffee" not in refused.text
    assert 'href="/products"' in refused.text
    assert rows(till.app, till.tenant, CheckIn) == []


def test_time_in_the_house_is_told_with_its_place_and_times(
    till: Till, contact: Visitor, tuesday: time_machine.Traveller
) -> None:
    assert till.owner.send("/admin/limits/check-in", {"needs_pass": "y"}).status_code == 303
    give = {"way": "give", "kind": "minutes", "tenths": "5", "note": "Try it"}
    person = till.tenant.people["contact"]
    assert till.owner.send(f"/admin/people/{person}/credits", give).status_code == 303
    place = {"location_id": str(till.tenant.locations["Leith Walk"])}
    tuesday.move_to(datetime(2026, 11, 24, 9, 10, tzinfo=UTC), tick=False)
    contact.post("/check-in", place, form="/directory")
    tuesday.move_to(datetime(2026, 11, 24, 10, 45, tzinfo=UTC), tick=False)
    contact.post("/check-in/end", form="/directory")
    assert [line.amount for line in rows(till.app, till.tenant, CreditLine)] == [300, -95]
    mine = contact.get("/plans/mine").text
    assert "Leith Walk, Tue 24 Nov 09:10 to 10:45" in mine
    assert "−1 h 35 min" in mine
    assert "3 h 25 min" in mine
