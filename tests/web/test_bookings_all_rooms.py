"""The week of all rooms: bars under the days, and hours in a table."""

import re
from collections.abc import Iterator
from dataclasses import replace

import brotli
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.models import Resource
from tests.support.bookings import NOW, booked, span, statements
from tests.support.rows import inside
from tests.support.visitor import Visitor
from tests.support.world import World

WEEK = "/bookings/week"
_MOST_BYTES = 12_000


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def test_each_room_has_a_bar_and_each_day_a_link(app: Flask, member: Visitor, world: World) -> None:
    booked(app, world.northlight, "colleague", "Fern", span(10))
    booked(app, world.northlight, "member", "Fern", span(12))
    page = member.get(WEEK).text
    fern = re.search(r"<b>Fern</b>.*?</svg>", page, re.DOTALL)
    assert fern
    # Wednesday is the third day of twelve hours; ten o'clock is two hours into it.
    assert f'<path class="busy" d="M{2 * 720 + 120} 0h60v14h-60z"/>' in fern[0]
    assert f'<path class="mine" d="M{2 * 720 + 240} 0h60v14h-60z"/>' in fern[0]
    assert '<rect class="past" width="787" height="14"/>' in fern[0]
    assert re.search(r'aria-label="Fern: 68.h 53.min left this week"', fern[0])
    assert 'href="/bookings/day?date=2026-11-24" title="Tuesday 24 November" class="today"' in page
    assert "date=2026-11-23" not in page
    assert f'href="/bookings/rooms/{world.northlight.rooms["Fern"]}"' in page
    assert 'style="' not in page


def test_the_table_says_the_same_in_hours(app: Flask, member: Visitor, world: World) -> None:
    booked(app, world.northlight, "colleague", "Fern", span(10))
    page = member.get(f"{WEEK}?view=table").text
    row = re.search(r">Fern</a></th>(.*?)</tr>", page)
    assert row
    assert re.findall(r"<td[^>]*>([^<]+)<", row[1]) == [
        "Nothing free",
        "10 h 53 min free",
        "11 h free",
        *["12 h free"] * 4,
    ]


def test_another_location_has_its_own_rooms_and_clock(member: Visitor, world: World) -> None:
    page = member.get(f"{WEEK}?location={world.northlight.locations['Porto']}").text
    assert "<b>Tejo</b>" in page
    assert "<b>Fern</b>" not in page
    assert "New York time" in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("date=2026-02-30", "That day does not exist."),
        ("date=x", "That day does not exist."),
        ("date=9999-01-01", "That day is too far away."),
        ("date=0001-01-01", "That day is too far away."),
        ("location=999999", "That location is not one of ours."),
    ],
)
def test_what_makes_no_sense_is_said(member: Visitor, query: str, words: str) -> None:
    answer = member.get(f"{WEEK}?{query}")
    assert answer.status_code == 422
    assert words in answer.text
    assert "Mon 23 Nov to Sun 29 Nov" in answer.text


def test_weeks_are_links(member: Visitor) -> None:
    page = member.get(f"{WEEK}?date=2026-12-02").text
    assert 'href="/bookings/week" class="icon-button" aria-label="The week before"' in page
    assert 'href="/bookings/week?date=2026-12-07" class="icon-button" aria-label="The week after"' in page
    assert "The week before" not in member.get(WEEK).text


def test_twenty_full_rooms_are_a_small_page_in_few_statements(
    app: Flask, member: Visitor, world: World
) -> None:
    north = world.northlight
    with inside(app, north) as session:
        model = session.get_one(Resource, north.rooms["Fern"])
        session.add_all(
            [
                Resource(
                    location_id=model.location_id,
                    resource_type_id=model.resource_type_id,
                    name=f"Room number {number}",
                    position=50 + number,
                    capacity=number + 1,
                )
                for number in range(20)
            ]
        )
        session.flush()
        rooms = {
            room.name: room.id
            for room in session.scalars(select(Resource))
            if room.name.startswith("Room number")
        }
        session.commit()
    house = replace(north, rooms=rooms)
    member.get(WEEK)
    with statements(app) as few:
        member.get(WEEK)
    for number, room in enumerate(rooms):
        for day in range(1, 6):
            for hour in range(8 + number % 3, 19, 2 + number % 2):
                booked(app, house, "colleague", room, span(hour, days=day))
    member.get(WEEK)
    with statements(app) as many:
        page = member.get(WEEK)
    assert page.text.count("Room number") >= 20
    assert len(brotli.compress(page.data, quality=5)) <= _MOST_BYTES
    assert len(few) == len(many) <= 5, "\n".join(many)
