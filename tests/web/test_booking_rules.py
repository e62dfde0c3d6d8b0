"""Booking rules as people meet them: kept and tried by staff, told to whoever is refused."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask

from app.models import Booking, BookingRule, BookingRuleTarget
from app.web.slots import slot_value
from tests.support.bookings import SEARCH, booked, hold, span, statements
from tests.support.rows import rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

RULES = "/admin/booking-rules"
LONG = SEARCH.replace("minutes=60", "minutes=180")
RULE = {"name": "Short", "whom": "everybody", "rooms": "all", "access": "", "max_minutes": "60"}
TRIAL: dict[str, Any] = {"day": "2026-11-25", "at": "18:00", "minutes": "120", "people": "1"}


pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def owner(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "owner")


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def _rule(owner: Desk, **more: object) -> BookingRule:
    answer = owner.send(RULES, {**RULE, **more})
    assert answer.status_code == 303
    return rows(owner.app, owner.tenant, BookingRule)[-1]


def _text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_a_rule_is_made_read_again_and_changed(owner: Desk) -> None:
    assert "No rules yet" in owner.get(RULES).text
    tenant = owner.tenant
    made = _rule(
        owner,
        name="Evenings",
        whom="people",
        emails=f"{tenant.email('member')}, {tenant.email('colleague')}",
        rooms="types",
        type_ids=[str(tenant.types["Meeting room"])],
        location_id=str(tenant.locations["Leith Walk"]),
        weekdays=["0", "1"],
        opens="18:00",
        closes="00:00",
        first="2026-01-01",
        sentence="An hour is enough in the evening.",
        stop_here="y",
    )
    listed = _text(owner.get(RULES).text)
    assert (
        "Colin Colleague, Maya Member · Meeting room · at Leith Walk · Monday, Tuesday · 18:00–24:00"
        in listed
    )
    here = f"{RULES}/{made.id}"
    page = owner.get(here).text
    assert tenant.email("colleague") in page
    assert "An hour is enough in the evening." in _text(page)
    assert re.search(r'value="18:00"', page)
    edit = {**RULE, "name": "Later", "min_minutes": "30"}
    assert owner.send(here, edit).status_code == 303
    assert rows(owner.app, tenant, BookingRuleTarget) == []
    assert rows(owner.app, tenant, BookingRule)[0].terms["sets"] == {"min_minutes": 30, "max_minutes": 60}


def test_a_rule_says_who_is_asked_first_what_is_always_open_and_how_long_one_waits(owner: Desk) -> None:
    sets = {
        "needs_approval": "yes",
        "any_hour": "no",
        "cooldown_minutes": "30",
        "cooldown_any_minutes": "0",
        "max_minutes": "",
    }
    made = _rule(owner, **sets)
    assert made.terms["sets"] == {
        "cooldown_minutes": 30,
        "cooldown_any_minutes": 0,
        "any_hour": False,
        "needs_approval": True,
    }
    listed = _text(owner.get(RULES).text)
    for words in (
        "staff approve it first",
        "in opening hours only",
        "30 min between bookings of it",
        "no wait between it and other bookings",
    ):
        assert words in listed
    page = owner.get(f"{RULES}/{made.id}").text
    assert re.search(r'name="needs_approval" value="yes" checked', page)
    assert re.search(r'name="any_hour" value="no" checked', page)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "This is needed."),
        ({"max_minutes": ""}, "It sets nothing yet."),
        ({"max_minutes": "0"}, "At least 1."),
        ({"max_minutes": "long"}, "Write a whole number"),
        ({"min_minutes": "90"}, "below the shortest"),
        ({"whom": "plans"}, "Say which"),
        (
            {"whom": "people", "emails": "nobody@nowhere.test"},
            "Nobody here has this address: nobody@nowhere.test.",
        ),
        ({"whom": "gods"}, "Choose one from the list."),
        ({"rooms": "resources"}, "Say which"),
        ({"rooms": "resources", "resource_ids": ["999999"]}, "Choose from the list."),
        ({"weekdays": ["9"]}, "Choose from the list."),
        ({"weekdays": ["x"]}, "Choose from the list."),
        ({"opens": "25:00"}, "Write a time"),
        ({"opens": "10:00", "closes": "10:00"}, "It ends when it begins."),
        ({"first": "2026-02-02", "last": "2026-02-01"}, "before the first day"),
        ({"location_id": "999999"}, "Choose one from the list."),
        ({"access": "perhaps"}, "Choose one from the list."),
        ({"sentence": "x" * 301}, "300"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(
    owner: Desk, wrong: dict[str, object], sentence: str
) -> None:
    answer = owner.send(RULES, {**RULE, **wrong})
    assert answer.status_code == 422
    assert sentence in _text(answer.text)
    assert rows(owner.app, owner.tenant, BookingRule) == []


def test_rules_are_moved_switched_copied_and_removed_without_javascript(owner: Desk) -> None:
    one, two = _rule(owner, name="One"), _rule(owner, name="Two", max_minutes="30")
    order = {"order": [str(one.id), str(two.id)], "move": f"{two.id}:up"}
    assert owner.send(f"{RULES}/order", order).status_code == 303
    text = owner.get(RULES).text
    assert text.index(">Two</a>") < text.index(">One</a>")
    assert (
        owner.send(f"{RULES}/order", {"order": ["x", "99999999999999999999"], "move": "7:"}).status_code
        == 303
    )
    assert owner.send(f"{RULES}/{two.id}/switch", {"state": "off"}).status_code == 303
    assert owner.send(f"{RULES}/{two.id}/copy").status_code == 303
    assert owner.send(f"{RULES}/{two.id}/copy").status_code == 303
    found = sorted(rows(owner.app, owner.tenant, BookingRule), key=lambda row: row.position)
    assert [(row.name, row.enabled) for row in found] == [
        ("Two", False),
        ("Two (3)", False),
        ("Two (2)", False),
        ("One", True),
    ]
    assert owner.send(f"{RULES}/{two.id}/removal").status_code == 303
    assert owner.get(f"{RULES}/{two.id}").status_code == 404


def test_moving_answers_with_the_list_alone(owner: Desk) -> None:
    rule = _rule(owner)
    part = owner.send(
        f"{RULES}/order",
        {"order": [str(rule.id)]},
        headers={"HX-Request": "true", "HX-Request-Type": "partial"},
    )
    assert part.status_code in {200, 303}
    assert "<html" not in part.text


def test_what_contradicts_another_is_explained(owner: Desk) -> None:
    _rule(owner)
    second = _rule(owner, name="Longer", max_minutes="", min_minutes="120")
    assert "the shortest is above the longest" in _text(owner.get(RULES).text)
    _rule(owner, name="Again", whom="members")
    assert "Rule 1, Short comes first wherever it holds, and sets the longest length" in _text(
        owner.get(RULES).text
    )
    assert "Together with Rule 1, Short" in _text(owner.get(f"{RULES}/{second.id}").text)


def test_the_rules_are_tried(owner: Desk) -> None:
    _rule(owner, name="Visitors", whom="contacts", max_minutes="30")
    _rule(owner, sentence="An hour is enough.")
    asked = {**TRIAL, "who": "Maya", "resource_id": owner.tenant.rooms["Fern"]}
    text = _text(owner.get(f"{RULES}/trial", query_string=asked).text)
    assert "As Maya Member, Fern, Wed 25 Nov, 18:00, 2 h: refused by rule 2, Short" in text
    assert "They read: An hour is enough." in text
    assert "Is about other people" in text
    assert "Refuses it: up to 1 h" in text
    shorter = _text(owner.get(f"{RULES}/trial", query_string={**asked, "minutes": "60"}).text)
    assert "it can be booked" in shorter
    assert "Holds: up to 1 h" in shorter


@pytest.mark.parametrize(
    ("wrong", "status", "sentence"),
    [
        ({"who": "Nobody at all"}, 422, "Nobody is called that."),
        ({"who": "example.test"}, 422, "Several people are called that."),
        ({"resource_id": "999999"}, 422, "Choose one from the list."),
        ({"day": "2026-02-31"}, 422, "no such day"),
        ({"day": "2090-01-01"}, 422, "further away than anybody can book"),
        ({"minutes": "0"}, 422, "At least 1."),
        ({"who": ""}, 422, "This is needed."),
    ],
)
def test_a_trial_that_makes_no_sense_is_said(
    owner: Desk, wrong: dict[str, object], status: int, sentence: str
) -> None:
    asked = {**TRIAL, "who": "Maya", "resource_id": owner.tenant.rooms["Fern"], **wrong}
    answer = owner.get(f"{RULES}/trial", query_string=asked)
    assert answer.status_code == status
    assert sentence in _text(answer.text)


def test_one_of_several_is_chosen(owner: Desk) -> None:
    asked = {**TRIAL, "who": "example.test", "resource_id": owner.tenant.rooms["Fern"]}
    page = owner.get(f"{RULES}/trial", query_string=asked).text
    href = next(unescape(each) for each in re.findall(r'href="([^"]+person=[^"]+)"', page))
    answer = owner.get(href)
    assert answer.status_code == 200
    assert "it can be booked" in _text(answer.text)


def test_whoever_may_not_keep_spaces_has_no_such_page(app: Flask, world: World, owner: Desk) -> None:
    rule = _rule(owner)
    desk = Desk(app, world.northlight, "desk")
    for path in (RULES, f"{RULES}/{rule.id}", f"{RULES}/trial"):
        assert desk.get(path).status_code in {403, 404}


def test_the_search_and_the_post_say_the_rules_sentence(owner: Desk, member: Visitor) -> None:
    _rule(owner, sentence="An hour is enough.")
    assert "An hour is enough" in _text(member.get(LONG).text)
    answer = hold(member, "Fern", span(10, minutes=180))
    assert answer.status_code == 422
    assert "An hour is enough." in _text(answer.text)
    assert hold(member, "Fern", span(10)).status_code == 303


def test_a_change_of_a_rule_is_true_on_the_next_search(owner: Desk, member: Visitor) -> None:
    assert "An hour is enough" not in member.get(LONG).text
    rule = _rule(owner, sentence="An hour is enough.")
    assert "An hour is enough" in member.get(LONG).text
    owner.send(f"{RULES}/{rule.id}/switch", {"state": "off"})
    assert "An hour is enough" not in member.get(LONG).text


def test_what_one_has_already_is_in_no_remembered_page(owner: Desk, member: Visitor) -> None:
    _rule(owner, max_minutes="", day_minutes="60", sentence="An hour a day.")
    assert "An hour a day" not in member.get(SEARCH).text
    booked(owner.app, owner.tenant, "member", "Tejo", span(16))
    assert "An hour a day" in member.get(SEARCH).text


def test_why_tells_each_check_and_what_would_work(owner: Desk, member: Visitor) -> None:
    _rule(owner, name="Mornings", max_minutes="", access="never", opens="08:00", closes="12:00")
    page = member.get(SEARCH).text
    link = unescape(re.findall(r'href="(/bookings/why[^"]+)"', page)[0])
    text = _text(member.get(link).text)
    assert "You cannot book it like this." in text
    assert "Who may book it refused Not to be booked then. By the rule Mornings" in text
    assert "Length passed From 15 min to 8 h" in text
    assert "Wed 25 Nov, 12:00" in text
    free = slot_value(member.tenant.rooms["Fern"], span(14))
    assert "Nothing stands against it." in _text(member.get(f"/bookings/why?slot={free}&people=2").text)


@pytest.mark.parametrize(
    "query", ["slot=", "slot=x", "slot=1.2", "slot=999999.29384760.60", "slot=1.29384760.60&people=0"]
)
def test_why_is_asked_of_what_a_page_links_to_alone(member: Visitor, query: str) -> None:
    assert member.get(f"/bookings/why?{query}").status_code == 404


def test_why_of_nothing_leads_to_the_search(member: Visitor) -> None:
    answer = member.get("/bookings/why")
    assert (answer.status_code, answer.location) == (303, "/bookings/search")


def test_the_day_shows_what_is_refused_and_why(owner: Desk, member: Visitor) -> None:
    _rule(
        owner, name="Mornings", max_minutes="", access="never", closes="12:00", sentence="Quiet until noon."
    )
    grid = member.get("/bookings/day?date=2026-11-25").text
    assert "not for you 08:00 – 12:00" in _text(grid) or "not for you" in grid
    assert 'class="refused"' in grid
    assert "/bookings/why?slot=" in grid
    table = member.get("/bookings/day?date=2026-11-25&view=table").text
    assert "Quiet until noon" in table
    slot = slot_value(member.tenant.rooms["Fern"], span(10))
    choice = member.get(f"/bookings/day/choice?slot={slot}", headers={"HX-Request": "true"})
    assert "Quiet until noon" in _text(choice.text)


def test_staff_book_past_a_rule_after_its_warning(owner: Desk, member: Visitor) -> None:
    _rule(owner, sentence="An hour is enough.")
    tenant = owner.tenant
    path = f"/admin/bookings?person={tenant.people['member']}&location={tenant.locations['Leith Walk']}"
    wish = {
        "resource_id": str(tenant.rooms["Fern"]),
        "day": "2026-11-25",
        "at": "10:00",
        "minutes": "180",
        "people": "1",
        "title": "",
        "request_key": "a-key",
    }
    answer = owner.send(path, wish)
    assert answer.status_code == 422
    assert "An hour is enough." in _text(answer.text)
    assert owner.send(path, wish | {"confirmed": "too_long"}).status_code == 303
    (booking,) = rows(owner.app, tenant, Booking)
    assert booking.overridden == ["too_long"]
    assert "the longest length" in owner.get(f"/admin/bookings/{booking.id}").text


def test_without_rules_the_search_asks_the_database_no_more(app: Flask, member: Visitor) -> None:
    member.get(SEARCH)
    with statements(app) as asked:
        member.get(SEARCH.replace("10:00", "11:00"))
    assert len(asked) <= 5
