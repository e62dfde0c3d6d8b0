"""A room's own page: its week to choose a start on, and the table of the same."""

import re

import pytest
from flask import Flask

from tests.support.bookings import SEARCH, booked, hold, id_in, span, statements
from tests.support.visitor import Visitor
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


@pytest.fixture
def fern(world: World) -> str:
    return f"/bookings/rooms/{world.northlight.rooms['Fern']}"


def test_a_start_is_a_link_to_its_price(app: Flask, member: Visitor, world: World, fern: str) -> None:
    booked(app, world.northlight, "colleague", "Fern", span(10))
    page = member.get(fern).text
    room = world.northlight.rooms["Fern"]
    starts = re.findall(
        rf'<a href="(/bookings/day/choice\?day=1&amp;slot={room}\.\d+\.60)">([\d:]+)</a>', page
    )
    tomorrow = int(span(11).start.timestamp()) // 60
    assert (f"/bookings/day/choice?day=1&amp;slot={room}.{tomorrow}.60", "11:00") in starts
    assert f"slot={room}.{tomorrow - 60}.60" not in page
    assert "Mon 23 Nov to Sun 29 Nov" in page
    assert '<p class="week-says">Free 08:00 – 10:00, 11:00 – 20:00</p>' in page
    assert 'style="' not in page
    part = member.get(starts[-1][0].replace("&amp;", "&"), headers={"HX-Request": "true"}).text
    assert '<b>Fern, <span class="nowrap">Sun 29 Nov, 19:00 – 20:00</span></b>' in part
    without_scripts = member.get(starts[-1][0].replace("&amp;", "&"))
    assert without_scripts.headers["Location"].startswith("/bookings/search?date=2026-11-29&start=19:00")


def test_the_table_says_the_same(app: Flask, member: Visitor, world: World, fern: str) -> None:
    booked(app, world.northlight, "colleague", "Fern", span(10))
    own = booked(app, world.northlight, "member", "Fern", span(12))
    page = member.get(f"{fern}?view=table").text
    assert re.search(r"10:00 – 11:00 <span[^>]*>Taken", page)
    assert re.search(rf'12:00 – 13:00 <a class="link" href="/bookings/{own}"[^>]*>Yours</a>', page)
    assert re.search(
        r'13:00 – 20:00 <a class="link" href="/bookings/search\?date=2026-11-25&amp;start=13:00', page
    )


def test_ones_own_booking_is_opened_from_the_week(
    app: Flask, member: Visitor, world: World, fern: str
) -> None:
    own = booked(app, world.northlight, "member", "Fern", span(12))
    assert (
        f'<a class="mine" aria-label="Yours, 12:00 – 13:00" href="/bookings/{own}">' in member.get(fern).text
    )


def test_weeks_and_lengths_are_links(member: Visitor, fern: str) -> None:
    page = member.get(f"{fern}?date=2026-12-02&minutes=90").text
    assert "Mon 30 Nov to Sun 6 Dec" in page
    assert f'href="{fern}?minutes=90" class="icon-button" aria-label="The week before"' in page
    assert (
        f'href="{fern}?minutes=90&amp;date=2026-12-07" class="icon-button" aria-label="The week after"'
        in page
    )
    assert 'aria-current="true">1 h 30 min</a>' in page
    assert "The week before" not in member.get(fern).text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("date=2026-02-30", "That day does not exist. This is the present week."),
        ("date=x", "That day does not exist. This is the present week."),
        ("date=9999-01-01", "That day is too far away. This is the present week."),
        ("date=0001-01-01", "That day is too far away. This is the present week."),
        ("minutes=0", "A length from 15 minutes to 24 hours."),
        ("minutes=x", "A length from 15 minutes to 24 hours."),
        ("minutes=99999", "A length from 15 minutes to 24 hours."),
    ],
)
def test_what_makes_no_sense_is_said(member: Visitor, fern: str, query: str, words: str) -> None:
    answer = member.get(f"{fern}?{query}")
    assert answer.status_code == 422
    assert words in answer.text
    assert "Mon 23 Nov to Sun 29 Nov" in answer.text


def test_a_stranger_gets_404(member: Visitor, world: World) -> None:
    theirs, own = world.harbour.rooms["Fern"], world.northlight.rooms["Fern"]
    assert member.get(f"/bookings/rooms/{own}").status_code == 200
    assert member.get(f"/bookings/rooms/{theirs}").status_code == 404


def test_the_search_and_the_table_lead_to_it(member: Visitor, fern: str) -> None:
    assert f'<a href="{fern}?date=2026-11-25&amp;minutes=60">Fern</a>' in member.get(SEARCH).text
    assert f'href="{fern}">Fern</a>' in member.get("/bookings/day?view=table").text


@pytest.mark.parametrize("view", ["", "?view=table"])
def test_it_takes_five_statements_at_most_however_many_bookings(
    app: Flask, member: Visitor, world: World, fern: str, view: str
) -> None:
    booked(app, world.northlight, "member", "Fern", span(8))
    member.get(fern + view)
    with statements(app) as few:
        member.get(fern + view)
    for hour in range(9, 17):
        booked(app, world.northlight, "member", "Fern", span(hour))
        held = id_in(hold(member, "Fern", span(hour, days=2)))
        member.post(f"/bookings/{held}/cancellation", {"reason": ""}, form=SEARCH)
    with statements(app) as many:
        assert member.get(fern + view).status_code == 200
    assert len(few) == len(many) <= 5, "\n".join(many)
