"""My bookings: what runs, what comes, what was; cancelling; the day as grid and table."""

import re

import pytest
import time_machine
from flask import Flask

from tests.support.bookings import NOW, SEARCH, booked, hold, id_in, span, statements
from tests.support.visitor import Visitor
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def test_nothing_booked_says_what_to_do(member: Visitor) -> None:
    page = member.get("/bookings/mine").text
    assert "Nothing booked" in page
    assert 'href="/bookings/search"' in page
    assert "Nothing behind you" in member.get("/bookings/mine?view=past").text


def test_what_comes_is_grouped_by_day(app: Flask, member: Visitor, world: World) -> None:
    for days, room in ((1, "Fern"), (1, "Rowan"), (2, "Fern")):
        booked(app, world.northlight, "member", room, span(10, days=days))
    page = member.get("/bookings/mine").text
    assert re.findall(r"<h2>(.*?)</h2>", page)[:2] == ["Tomorrow", "Thursday"]
    assert page.count('class="list-row top"') == 3


def test_what_runs_stands_on_top_with_the_time_that_is_left(
    app: Flask, member: Visitor, world: World, tuesday: time_machine.Traveller
) -> None:
    booked(app, world.northlight, "member", "Fern", span(9, 15, days=0))
    assert "min left" not in member.get("/bookings/mine").text
    tuesday.shift(28 * 60)
    page = member.get("/bookings/mine").text
    assert "40 min left" in page
    assert '<progress class="meter" max="60" value="20"' in page


def test_what_was_comes_a_page_at_a_time(
    app: Flask, member: Visitor, world: World, tuesday: time_machine.Traveller
) -> None:
    for n in range(23):
        booked(app, world.northlight, "member", "Fern", span(8 + n % 10, days=1 + n // 10))
    tuesday.shift(5 * 24 * 3600)
    first = member.get("/bookings/mine?view=past").text
    assert first.count('class="list-row top"') == 20
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = member.get(older[1].replace("&amp;", "&")).text
    assert second.count('class="list-row top"') == 3
    assert 'rel="next"' not in second


def test_a_booking_is_cancelled_before_the_cut_off(app: Flask, member: Visitor, world: World) -> None:
    booking = booked(app, world.northlight, "member", "Cedar", span(10))
    assert "You can cancel until tomorrow, 08:00." in member.get(f"/bookings/{booking}").text
    assert "Cancel Cedar?" in member.get(f"/bookings/{booking}/cancellation").text
    done = member.post(f"/bookings/{booking}/cancellation", {"reason": "Rain"}, form=SEARCH)
    assert (done.status_code, done.headers["Location"]) == (303, "/bookings/mine")
    assert "Cedar is cancelled" in member.get("/bookings/mine").text
    assert "Cancelled: Rain" in member.get(f"/bookings/{booking}").text
    assert 'aria-label="Book Cedar"' in member.get(SEARCH).text


def test_after_the_cut_off_it_says_until_when_it_was(
    app: Flask, member: Visitor, world: World, tuesday: time_machine.Traveller
) -> None:
    booking = booked(app, world.northlight, "member", "Cedar", span(10))
    tuesday.shift(23 * 3600)
    answer = member.post(f"/bookings/{booking}/cancellation", {"reason": ""}, form=SEARCH)
    assert answer.status_code == 422
    assert "It could be cancelled until 08:00. The front desk can still help." in answer.text
    assert "Cancelled" not in member.get(f"/bookings/{booking}").text


def test_cancelling_twice_changes_nothing(app: Flask, member: Visitor, world: World) -> None:
    booking = booked(app, world.northlight, "member", "Fern", span(10))
    path = f"/bookings/{booking}/cancellation"
    assert member.post(path, {"reason": ""}, form=SEARCH).status_code == 303
    again = member.post(path, {"reason": ""}, form=SEARCH)
    assert again.status_code == 422
    assert "was cancelled before" in again.text


def test_the_day_is_a_grid_and_a_table_of_the_same(app: Flask, member: Visitor, world: World) -> None:
    booked(app, world.northlight, "colleague", "Fern", span(10))
    booked(app, world.northlight, "member", "Rowan", span(12))
    grid = member.get("/bookings/day?date=2026-11-25").text
    assert re.search(r'aria-label="Fern: free [^"]*– 10:00, 11:00 – ', grid)
    assert "<span>Taken</span>" in grid
    assert '<span>You, until 13:00</span><span class="brief">13:00</span>' in grid
    assert re.search(r'aria-label="Rowan: free [^"]*; yours 12:00 – 13:00"', grid)
    table = member.get("/bookings/day?date=2026-11-25&view=table").text
    assert re.search(r"10:00 – 11:00 <span[^>]*>Taken", table)
    assert re.search(r'12:00 – 13:00 <a class="link" href="/bookings/\d+"[^>]*>Yours', table)
    assert 'style="' not in grid + table


@pytest.mark.parametrize("day", ["2026-02-30", "x", "9999-01-01", "0001-01-01"])
def test_a_day_that_does_not_exist_shows_today_and_says_so(member: Visitor, day: str) -> None:
    answer = member.get(f"/bookings/day?date={day}")
    assert answer.status_code == 422
    assert "This is today." in answer.text


def test_a_choice_on_the_grid_is_priced_by_the_rules(member: Visitor, world: World) -> None:
    slot = f"{world.northlight.rooms['Fern']}.{int(span(10).start.timestamp()) // 60}.90"
    part = member.get(f"/bookings/day/choice?slot={slot}", headers={"HX-Request": "true"})
    assert '<b>Fern, <span class="nowrap">10:00 – 11:30</span></b>' in part.text
    assert "£27.00" in part.text
    plain = member.get(f"/bookings/day/choice?slot={slot}")
    assert plain.headers["Location"].startswith("/bookings/search?date=2026-11-25&start=10:00&minutes=90")
    foreign = slot.replace(str(world.northlight.rooms["Fern"]), str(world.harbour.rooms["Fern"]), 1)
    assert member.get(f"/bookings/day/choice?slot={foreign}").status_code == 404


PAGES = ["/bookings/mine", "/bookings/mine?view=past", "/bookings/day", "/bookings/day?view=table"]


@pytest.mark.parametrize("path", PAGES)
def test_it_takes_eight_statements_at_most_however_many_bookings(
    app: Flask, member: Visitor, world: World, path: str
) -> None:
    booked(app, world.northlight, "member", "Fern", span(8))
    done = booked(app, world.northlight, "member", "Rowan", span(8))
    member.post(f"/bookings/{done}/cancellation", {"reason": ""}, form=SEARCH)
    with statements(app) as few:
        member.get(path)
    for hour in range(9, 17):
        booked(app, world.northlight, "member", "Fern", span(hour))
        held = id_in(hold(member, "Rowan", span(hour)))
        member.post(f"/bookings/{held}/cancellation", {"reason": ""}, form=SEARCH)
    with statements(app) as many:
        assert member.get(path).status_code == 200
    assert len(few) == len(many) <= 8, "\n".join(many)


def test_words_on_the_grid_stand_beside_the_line_that_says_now(
    app: Flask, world: World, tuesday: time_machine.Traveller
) -> None:
    tuesday.move_to(span(8, 10, days=0).start)
    booked(app, world.northlight, "member", "Fern", span(9, 0, 75, days=0))
    booked(app, world.northlight, "member", "Rowan", span(8, 15, days=0))
    tuesday.move_to(NOW)
    words = r'<foreignObject x="{x}" width="{width}" height="100%"><p class="lane-words"><span>You, until {until}<'
    member = Visitor(app, world.northlight)
    member.sign_in("member")
    grid = member.get("/bookings/day?date=2026-11-24").text
    begun = words.format(x="9.333%", width="90.667%", until="10:15")
    almost_over = words.format(x="0%", width="86.667%", until="09:15")
    assert begun in grid
    assert almost_over in grid
