"""`/bookings/search`: exactly the rooms that are free and allowed, priced; a sentence for whatever makes no sense."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import brotli
import pytest
import time_machine
from flask import Flask

from app.domain.portal import touch
from app.models import Resource
from app.tenancy import tenant_session
from app.web.database import db
from tests.support.bookings import NOW, SEARCH, booked, span, statements
from tests.support.visitor import Visitor
from tests.support.world import World


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def _cards(page: str) -> list[str]:
    """Names of the rooms to be had, in the page's order."""
    return re.findall(r'<article class="room".*?<h3><a [^>]*>(.*?)</a></h3>', page, flags=re.DOTALL)


def test_bookings_leads_to_the_search(member: Visitor) -> None:
    answer = member.get("/bookings")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/bookings/search")


def test_a_visitor_is_sent_to_sign_in_and_back(app: Flask, world: World) -> None:
    answer = Visitor(app, world.northlight).get("/bookings/search?people=4")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/bookings/search?people%3D4"


def test_it_asks_for_the_next_quarter_hour_where_the_rooms_are(member: Visitor, world: World) -> None:
    here = member.get("/bookings/search").text
    assert 'value="2026-11-24"' in here
    assert "selected>09:15</option>" in here
    far = member.get(f"/bookings/search?location={world.northlight.locations['Porto']}").text
    assert "selected>09:00</option>" in far, "at four in the morning nobody means half past four"
    assert "New York time</span>" in far


def test_it_shows_free_rooms_with_my_price_and_the_tightest_fit_first(member: Visitor) -> None:
    page = member.get(f"{SEARCH}&people=3").text
    assert _cards(page) == ["Fern", "Cedar", "Rowan"]
    assert "£18.00" in page
    assert len(re.findall(r"button primary. name=.slot", page)) == 1, "only the best match is solid"


def test_a_rooms_name_leads_to_its_week_of_the_day_that_was_asked_for(member: Visitor, world: World) -> None:
    fern = f"/bookings/rooms/{world.northlight.rooms['Fern']}?date=2026-12-08&amp;minutes=90"
    assert f'href="{fern}"' in member.get("/bookings/search?date=2026-12-08&start=10:00&minutes=90").text


def test_a_taken_room_stands_apart_and_its_button_is_the_next_free_time(
    app: Flask, member: Visitor, world: World
) -> None:
    assert "Fern" in _cards(member.get(SEARCH).text)
    booked(app, world.northlight, "colleague", "Fern", span(9, 30))
    page = member.get(SEARCH).text
    assert "Fern" not in _cards(page)
    assert "Taken until 10:30, then free" in page
    assert re.search(r'aria-label="Book Fern, 10:30"[^>]*>10:30</button>', page)


def test_a_taken_room_that_would_not_do_at_any_time_is_not_listed_with_those_that_would(
    app: Flask, member: Visitor, world: World
) -> None:
    booked(app, world.northlight, "colleague", "Fern", span(9, 30))

    def listed_by_time(people: int) -> str:
        page = member.get(f"{SEARCH}&people={people}").text
        return page.partition("<h2>Not at this time</h2>")[2].partition("<h2>Not like this</h2>")[0]

    assert ">Fern<" in listed_by_time(4)
    assert ">Fern<" not in listed_by_time(5)
    assert ">Fern<" in member.get(f"{SEARCH}&people=5").text


def test_my_own_booking_says_so(app: Flask, member: Visitor, world: World) -> None:
    booked(app, world.northlight, "member", "Fern", span(9, 30))
    assert "Yours until 10:30, then free" in member.get(SEARCH).text


def test_rooms_that_are_not_for_me_say_why(app: Flask, member: Visitor, world: World) -> None:
    assert "Rowan" in _cards(member.get(SEARCH).text)
    contact = Visitor(app, world.northlight)
    contact.sign_in("contact")
    page = contact.get(SEARCH).text
    assert "Rowan" not in _cards(page)
    assert "Opens with a membership" in page
    assert "Comes with the Residents plan" in page


def test_filters_narrow_the_answer_and_stay_chosen(member: Visitor, world: World) -> None:
    screen = world.northlight.amenities["Screen"]
    page = member.get(f"{SEARCH}&amenity={screen}").text
    assert _cards(page) == ["Cedar"]
    assert re.search(rf'name="amenity"[^>]*value="{screen}" checked', page)
    booths = member.get(f"{SEARCH}&type={world.northlight.types['Phone booth']}").text
    assert _cards(booths) == ["Lark"]


def test_when_nothing_is_free_it_offers_what_is_nearest(app: Flask, member: Visitor, world: World) -> None:
    screen = f"{SEARCH}&amenity={world.northlight.amenities['Screen']}"
    assert "No room is free then" not in member.get(screen).text
    booked(app, world.northlight, "colleague", "Cedar", span(10))
    page = member.get(screen).text
    assert "No room is free then" in page
    assert re.search(r'aria-label="Book Cedar, \d\d:\d\d – \d\d:\d\d"', page)


def _last_sunday(year: int, month: int) -> str:
    day = datetime(year, month, 31, tzinfo=UTC)
    return f"{day - timedelta(days=(day.weekday() + 1) % 7):%Y-%m-%d}"


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ("date=2026-02-30", "date", "That day does not exist"),
        ("date=tomorrow", "date", "That day does not exist"),
        ("date=9999-12-31", "date", "too far away"),
        ("start=25:00", "start", "A time looks like 14:30"),
        ("start=%00", "start", "A time looks like 14:30"),
        (f"date={_last_sunday(2027, 3)}&start=01:30", "start", "clocks go forward"),
        ("date=2026-11-24&start=08:00", "start", "That time has passed"),
        ("end=09:00", "minutes", "The end must come after the start"),
        ("minutes=0", "minutes", "A length from 15 minutes to 24 hours"),
        ("minutes=999999", "minutes", "A length from 15 minutes to 24 hours"),
        ("minutes=1e3", "minutes", "A length from 15 minutes to 24 hours"),
        ("people=-4", "people", "A number of people from 1 to 1,000"),
        ("people=" + "9" * 100_000, "people", "A number of people from 1 to 1,000"),
        ("people=%E2%80%AE4%E2%80%AC", "people", "A number of people from 1 to 1,000"),
        ("amenity=x%00y", "amenity", "not offered here"),
        ("type=999999999999999999999", "type", "not offered here"),
        ("location=99999999999999999999", "location", "not one of ours"),
    ],
)
def test_what_makes_no_sense_gets_a_sentence_at_its_field(
    member: Visitor, wrong: str, field: str, sentence: str
) -> None:
    name = wrong.partition("=")[0]
    rest = "&".join(
        each
        for each in ["date=2026-11-25", "start=10:00", "minutes=90", "people=3"]
        if not each.startswith(f"{name}=") and f"&{each.split('=')[0]}=" not in f"&{wrong}"
    )
    answer = member.get(f"/bookings/search?{wrong}&{rest}")
    assert answer.status_code == 422
    said = re.search(rf'id="{field}-error">.*?<a href="#{field}">(.*?)</a>', answer.text)
    assert said, answer.text
    assert sentence in said[1]
    assert len(answer.text) < 60_000
    if name != "people":
        assert re.search(r'name="people"[^>]*value="3"', answer.text), "the rest of the answers is kept"


@pytest.mark.parametrize(("end", "minutes"), [("20:30", 90), ("00:00", 300)])
def test_a_length_may_be_asked_for_by_its_end_up_to_midnight(member: Visitor, end: str, minutes: int) -> None:
    page = member.get(f"/bookings/search?date=2026-11-25&start=19:00&end={end}&people=2").text
    assert re.search(rf'<option value="{minutes}"[^>]* selected', page)
    assert "The end must come after the start" not in page


def test_who_waits_is_told_that_filters_do_not_count(app: Flask, member: Visitor, world: World) -> None:
    screen = f"{SEARCH}&amenity={world.northlight.amenities['Screen']}"
    booked(app, world.northlight, "colleague", "Cedar", span(10))
    assert "It may be one without what you filtered for." in member.get(screen).text
    assert "without what you filtered for" not in member.get(SEARCH).text


@pytest.mark.parametrize("kind", ["amenity", "type", "location"])
def test_ids_of_another_tenant_are_nothing_here(member: Visitor, world: World, kind: str) -> None:
    mine, other = world.northlight, world.harbour
    own, foreign = {
        "amenity": (mine.amenities["Screen"], other.amenities["Screen"]),
        "type": (mine.types["Phone booth"], other.types["Phone booth"]),
        "location": (mine.locations["Porto"], other.locations["Porto"]),
    }[kind]
    assert member.get(f"{SEARCH}&{kind}={own}").status_code == 200
    assert member.get(f"{SEARCH}&{kind}={foreign}").status_code == 422


def test_htmx_gets_the_part_and_a_boosted_link_the_page(member: Visitor) -> None:
    part = member.get(SEARCH, headers={"HX-Request": "true"})
    assert part.text.startswith('<div id="book">')
    assert "HX-Request" in part.headers["Vary"]
    assert "<html" in member.get(SEARCH, headers={"HX-Request": "true", "HX-Boosted": "true"}).text


def _add_rooms(app: Flask, world: World, count: int) -> None:
    north = world.northlight
    with app.app_context(), tenant_session(db.session.session_factory, north.id) as session:
        for n in range(count):
            session.add(
                Resource(
                    name=f"Room {n}",
                    resource_type_id=north.types["Meeting room"],
                    location_id=north.locations["Leith Walk"],
                    capacity=4 + n % 7,
                    position=20 + n,
                )
            )
        touch(session)


def test_it_takes_five_statements_at_most_however_many_rooms(
    app: Flask, member: Visitor, world: World
) -> None:
    member.get(SEARCH)
    with statements(app) as few:
        member.get(SEARCH)
    _add_rooms(app, world, 20)
    member.get(
        SEARCH
    )  # a change of settings is read once by each process; the budget is for every request after it
    with statements(app) as many:
        assert len(_cards(member.get(SEARCH).text)) > 20
    assert len(few) == len(many) <= 5, "\n".join(many)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_twenty_rooms_weigh_at_most_twelve_kilobytes(app: Flask, member: Visitor, world: World) -> None:
    _add_rooms(app, world, 16)
    page = member.get(SEARCH).text
    assert len(_cards(page)) == 20
    assert len(brotli.compress(page.encode(), quality=5)) <= 12_000


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "part"])
def test_the_other_views_are_of_the_day_that_was_asked_for(member: Visitor, headers: dict[str, str]) -> None:
    """Also once only the rooms are swapped: the switch stands outside of them."""
    for day in ("2026-11-25", "2026-11-27"):
        page = member.get(f"/bookings/search?date={day}&start=10:00&minutes=60", headers=headers).text
        assert (
            f"/bookings/day?view=table&amp;date={day}" in page
            or f"/bookings/day?date={day}&amp;view=table" in page
        )
