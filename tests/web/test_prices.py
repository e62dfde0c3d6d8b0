"""Prices as staff keep and try them, and as whoever books has them explained."""

from typing import Any

import pytest
from flask import Flask

from app.models import Booking, Rate, ResourceType
from tests.support.bookings import hold, id_in, span
from tests.support.rows import change, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

EVENING = {
    "name": "Evening",
    "unit": "hour",
    "amount_minor": "12.00",
    "step_minutes": "15",
    "weekdays": [str(day) for day in range(7)],
    "from_minute": "17:00",
    "until_minute": "22:00",
    "audience": "signed_in",
    "active": "y",
}


pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def owner(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "owner")


@pytest.fixture
def visitor(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def _add(owner: Desk, of: str = "", **more: Any) -> Rate:
    form = {"owner": of or f"type-{owner.tenant.types['Meeting room']}", **EVENING, **more}
    assert owner.send("/admin/prices", form).status_code == 303
    return rows(owner.app, owner.tenant, Rate)[-1]


def _no_usual_price(owner: Desk) -> None:
    kind = owner.tenant.types["Meeting room"]
    change(owner.app, owner.tenant, ResourceType, kind, hourly_minor=None)


def test_a_rate_is_added_shown_in_words_and_edited(owner: Desk) -> None:
    page = owner.get("/admin/prices").text
    assert "£18.00 an hour" in page
    assert "No types yet" not in page
    made = _add(owner, weekdays=["0", "1", "2", "3", "4", "6"], cap_minor="30.00", least_minutes="60")
    page = owner.get("/admin/prices").text
    assert "£12.00 an hour" in page
    assert "Mon–Fri, Sun, 17:00 – 22:00, for 1 h or longer, at most £30.00" in page
    here = f"/admin/prices/{made.id}"
    form = owner.get(here).text
    assert 'value="17:00"' in form
    assert 'name="owner"' not in form
    assert (
        owner.send(here, {**EVENING, "until_minute": "00:00", "always": "y", "active": ""}).status_code == 303
    )
    page = owner.get("/admin/prices").text
    assert "17:00 – 24:00" in page
    assert "Goes first" in page
    assert "Off" in page
    assert 'value="00:00"' in owner.get(here).text


def test_it_is_moved_copied_and_removed(owner: Desk) -> None:
    first, second = _add(owner), _add(owner, name="Later")
    for address in (f"{second.id}/rise", f"{second.id}/fall", f"{first.id}/copy"):
        assert owner.send(f"/admin/prices/{address}", {}).status_code == 303
    page = owner.get("/admin/prices").text
    assert page.index(">Evening<") < page.index("Later") if ">Evening<" in page else "Evening" in page
    assert "Evening (copy)" in page
    assert owner.send(f"/admin/prices/{first.id}/removal", {}).status_code == 303
    assert [each.name for each in rows(owner.app, owner.tenant, Rate)] == ["Later", "Evening (copy)"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "This is needed."),
        ({"amount_minor": ""}, "This is needed."),
        ({"amount_minor": "-1"}, "amount"),
        ({"unit": "fortnight"}, "Choose one from the list."),
        ({"step_minutes": "0"}, "At least 5."),
        ({"until_minute": ""}, "are needed together"),
        ({"until_minute": "25:00"}, "Write a time such as 14:30."),
        ({"weekdays": []}, "Choose a day at least"),
        ({"minimum_minor": "5.00", "cap_minor": "4.00"}, "before what it begins with"),
        ({"least_notice_hours": "5", "most_notice_hours": "4"}, "before what it begins with"),
        ({"unit": "day", "fixed_minutes": "60", "fixed_minor": "1.00"}, "Only a price of an hour"),
        ({"owner": "type-999999"}, "Choose one from the list."),
        ({"owner": "resource-x"}, "Choose one from the list."),
    ],
)
def test_a_wrong_answer_is_refused_at_its_field(owner: Desk, wrong: dict[str, Any], sentence: str) -> None:
    form = {"owner": f"type-{owner.tenant.types['Meeting room']}", **EVENING, **wrong}
    answer = owner.send("/admin/prices", form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert rows(owner.app, owner.tenant, Rate) == []


def test_a_hole_is_shown_and_who_asks_then_is_sent_to_the_front_desk(owner: Desk, visitor: Visitor) -> None:
    assert "Nobody has a price" not in owner.get("/admin/prices").text
    _no_usual_price(owner)
    _add(owner)
    # The house is open from eight to eight, and the rate is of the evening
    assert "Nobody has a price: Mon–Sun 08:00 – 17:00." in owner.get("/admin/prices").text
    assert "Priced by its rates alone" in owner.get("/admin/resource-types").text
    page = visitor.get("/bookings/search?date=2026-11-25&start=10:00&minutes=60").text
    assert "Ask the front desk for the price" in page
    answer = hold(visitor, "Fern", span(10))
    assert answer.status_code == 422
    assert "Ask the front desk for the price." in answer.text


def test_the_price_is_explained_where_one_books_and_afterwards(owner: Desk, visitor: Visitor) -> None:
    _add(owner)
    held = hold(visitor, "Fern", span(16, minutes=120))
    for page in (visitor.get(held.headers["Location"]).text, visitor.get(f"/bookings/{id_in(held)}").text):
        assert "16:00 – 17:00, 1 h at £18.00 an hour" in page
        assert "Evening: 17:00 – 18:00, 1 h at £12.00 an hour" in page
        assert "Why this price?" in page
        assert "17:00 – 18:00 goes by “Evening”, £12.00 an hour: £12.00." in page
        assert "So the room costs £30.00." in page
    (booking,) = rows(owner.app, owner.tenant, Booking)
    assert booking.price_minor == 3000


def test_a_price_is_tried_for_anybody(owner: Desk) -> None:
    _add(owner, audience="members")
    asked = f"/admin/prices/trial?room={owner.tenant.rooms['Fern']}&day=2026-11-25&at=17:00&minutes=60"
    assert "Show the price" in owner.get("/admin/prices/trial").text
    assert "So the room costs £12.00." in owner.get(f"{asked}&whom=member").text
    assert "So the room costs £18.00." in owner.get(f"{asked}&whom=contact").text
    assert (
        "So the room costs £12.00."
        in owner.get(f"{asked}&whom=contact&email={owner.tenant.email('member')}").text
    )
    _no_usual_price(owner)
    assert "There is no price for that." in owner.get(f"{asked}&whom=contact").text
    assert rows(owner.app, owner.tenant, Booking) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("whom=member&email=nobody@nowhere.test", "Nobody here has this address."),
        ("whom=member&email=x", "An e-mail address looks like"),
        ("whom=moon", "Choose one from the list."),
        ("whom=member&day=2099-01-01", "longer or further away"),
        ("whom=member&day=2026-03-29&at=01:30", "The clocks skip 01:30"),
        ("whom=member&minutes=0", "At least 1."),
        ("whom=member&room=999999", "Choose one from the list."),
        ("whom=member&room=x", "Choose one from the list."),
    ],
)
def test_a_question_that_makes_no_sense_is_said_so(owner: Desk, wrong: str, sentence: str) -> None:
    asked = {"room": str(owner.tenant.rooms["Fern"]), "day": "2026-11-25", "at": "17:00", "minutes": "60"}
    asked |= dict(each.split("=") for each in wrong.split("&"))
    answer = owner.get("/admin/prices/trial?" + "&".join(f"{name}={value}" for name, value in asked.items()))
    assert answer.status_code == 422
    assert sentence in answer.text
