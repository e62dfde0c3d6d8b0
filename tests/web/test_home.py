"""The home page: what is on for this person, in the tenant's order; the switch of locations; the rest under More."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from app.domain.portal import touch
from app.models import HomeElementSetting, SectionSetting
from app.sections import Audience
from app.tenancy import tenant_session
from app.web.database import db
from tests.support.bookings import SEARCH, booked, span, statements
from tests.support.visitor import Visitor
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def _set_up(app: Flask, world: World, *settings: HomeElementSetting | SectionSetting) -> None:
    with app.app_context(), tenant_session(db.session.session_factory, world.northlight.id) as session:
        session.add_all(settings)
        touch(session)


def test_it_shows_what_matters_now(app: Flask, member: Visitor, world: World) -> None:
    booked(app, world.northlight, "member", "Fern", span(10), "Planning")
    page = member.get("/").text
    assert "<h1>Tuesday</h1>" in page
    assert "Book 09:15 – 10:15, free" in page
    assert "Planning" in page
    assert "Maya Member" in page
    assert re.search(r'<path d="M2 2h7v1', page), "the code of the card"


def test_the_booking_in_progress_is_the_loud_thing(
    app: Flask, member: Visitor, world: World, tuesday: time_machine.Traveller
) -> None:
    assert 'class="panel now"' not in member.get("/").text
    booked(app, world.northlight, "member", "Fern", span(9, 15, days=0))
    tuesday.shift(20 * 60)
    page = member.get("/").text
    assert page.count('class="panel') == 1
    assert "48 min left" in page


def test_one_tap_holds_the_best_room(member: Visitor) -> None:
    slot = re.search(r'name="slot" value="([^"]+)"', member.get("/").text)
    assert slot
    answer = member.post("/bookings/holds", {"slot": slot[1]}, form="/")
    assert re.fullmatch(r"/bookings/\d+/checkout", answer.headers["Location"])


def test_elements_follow_the_tenants_order_and_switches(app: Flask, member: Visitor, world: World) -> None:
    page = member.get("/").text
    assert page.index("Book a room now") < page.index("<h2>Next</h2>") < page.index("My card")
    _set_up(
        app,
        world,
        HomeElementSetting(element="member_card", position=-1),
        HomeElementSetting(element="quick_book", enabled=False),
        HomeElementSetting(element="upcoming_bookings", audience=Audience.CONTACTS),
    )
    page = member.get("/").text
    assert "My card" in page
    assert "Book a room now" not in page
    assert "<h2>Next</h2>" not in page
    contact = Visitor(app, world.northlight)
    contact.sign_in("contact")
    page = contact.get("/").text
    assert page.index("My card") < page.index("<h2>Next</h2>")


def test_an_element_goes_with_its_section(app: Flask, member: Visitor, world: World) -> None:
    assert "Book a room now" in member.get("/").text
    _set_up(app, world, SectionSetting(section="bookings", enabled=False))
    page = member.get("/").text
    assert "Book a room now" not in page
    assert "/bookings" not in page
    assert member.get("/bookings/search").status_code == 404


def test_the_location_is_chosen_for_this_browser_only(app: Flask, member: Visitor, world: World) -> None:
    other = Visitor(app, world.northlight)
    other.sign_in("member")
    far = world.northlight.locations["Porto"]
    answer = member.post(
        "/location",
        {"location_id": str(far)},
        form="/",
        headers={"Referer": "http://localhost/bookings/search?location=1"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/bookings/search")
    assert "Tejo" in member.get(SEARCH).text
    assert "Tejo" not in other.get(SEARCH).text


def test_only_our_own_locations_can_be_chosen_and_only_our_own_pages_follow(
    member: Visitor, world: World
) -> None:
    foreign = world.harbour.locations["Porto"]
    assert member.post("/location", {"location_id": str(foreign)}, form="/").status_code == 404
    mine = world.northlight.locations["Porto"]
    answer = member.post(
        "/location", {"location_id": str(mine)}, form="/", headers={"Referer": "http://evil.test//evil.test"}
    )
    assert answer.headers["Location"] == "/"


def test_a_page_below_another_is_marked_as_that_one_in_the_navigation(
    app: Flask, member: Visitor, world: World
) -> None:
    mine = booked(app, world.northlight, "member", "Fern", span(10))
    for path, place in (
        ("/more", ""),
        ("/bookings/day", "Book"),
        (f"/bookings/{mine}", "My bookings"),
        (f"/bookings/{mine}/cancellation", "My bookings"),
        ("/account/sessions", "My account"),
    ):
        marked = re.findall(
            r'aria-current="page"><svg class="icon".*?</svg><span class="grow cut">(.*?)</span>',
            member.get(path).text,
        )
        assert marked == ([place] if place else []), path


def test_more_lists_the_rest_and_signs_out(member: Visitor) -> None:
    page = member.get("/more").text
    assert 'href="/account"' in page
    assert 'action="/logout"' in page
    assert 'href="/admin"' not in page


def test_home_takes_eight_statements_at_most(app: Flask, member: Visitor, world: World) -> None:
    for hour in (10, 12, 14, 16):
        booked(app, world.northlight, "member", "Fern", span(hour))
    member.get("/")
    with statements(app) as asked:
        member.get("/")
    assert len(asked) <= 8, "\n".join(asked)


def test_a_night_owl_is_offered_the_morning(member: Visitor, tuesday: time_machine.Traveller) -> None:
    tuesday.move_to(datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    assert "Book tomorrow " in member.get("/").text
