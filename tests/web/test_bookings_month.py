"""The month of my bookings: a calendar, the list of its days, and the table of the same."""

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


def _cells(page: str) -> dict[str, str]:
    """What stands on each day of the calendar, by its number; of weeks that reach into other months the inside alone."""
    found = re.findall(r'<td class="([^"]*)">(.*?)</td>', page, re.DOTALL)
    inside = [cell for kind, cell in found if "other" not in kind]
    return {re.findall(r'month-day num"[^>]*>(\d+)<', cell)[0]: cell for cell in inside}


def test_each_booking_stands_on_its_day(app: Flask, member: Visitor, world: World) -> None:
    own = booked(app, world.northlight, "member", "Fern", span(10))
    booked(app, world.northlight, "colleague", "Rowan", span(10))
    page = member.get("/bookings/month").text
    cells = _cells(page)
    assert len(cells) == 30
    assert f'href="/bookings/{own}" title="10:00 – 11:00"><span class="num">10:00</span> Fern' in cells["25"]
    assert "Rowan" not in page
    assert 'href="/bookings/day?date=2026-11-24"' in cells["24"]
    assert "href" not in cells["23"]
    assert ">November 2026</h2>" in page
    assert "<h2>Wednesday 25 November</h2>" in page
    assert 'style="' not in page


def test_a_booking_stands_on_the_day_of_its_own_place(app: Flask, member: Visitor, world: World) -> None:
    # In New York it is still the 25th.
    own = booked(app, world.northlight, "member", "Tejo", span(0, days=2))
    cells = _cells(member.get("/bookings/month").text)
    assert f"/bookings/{own}" in cells["25"]
    assert f"/bookings/{own}" not in cells["26"]


def test_what_was_cancelled_is_gone_and_what_is_held_is_marked(
    app: Flask, member: Visitor, world: World
) -> None:
    gone = booked(app, world.northlight, "member", "Fern", span(10))
    member.post(f"/bookings/{gone}/cancellation", {"reason": ""}, form=SEARCH)
    held = id_in(hold(member, "Rowan", span(12)))
    cells = _cells(member.get("/bookings/month").text)
    assert f"/bookings/{gone}" not in cells["25"]
    assert f'class="caution" href="/bookings/{held}"' in cells["25"]


def test_the_table_says_the_same(app: Flask, member: Visitor, world: World) -> None:
    own = booked(app, world.northlight, "member", "Fern", span(10), title="Interview")
    page = member.get("/bookings/month?view=table").text
    assert '<th scope="row">Wednesday 25 November</th><td class="num nowrap">10:00 – 11:00' in page
    assert f'<a class="link" href="/bookings/{own}">Fern</a>' in page
    assert "Interview" in page
    assert "Nothing booked this month" in member.get("/bookings/month?view=table&month=2027-01").text


def test_months_are_links(member: Visitor) -> None:
    page = member.get("/bookings/month?month=2026-12").text
    assert ">December 2026</h2>" in page
    assert 'href="/bookings/month" class="icon-button" aria-label="The month before"' in page
    assert 'href="/bookings/month?month=2027-01" class="icon-button" aria-label="The month after"' in page
    assert "/bookings/month" in member.get("/bookings/mine").text


@pytest.mark.parametrize("month", ["2026-13", "x", "1999-12", "2100-01", "2026-1", "٢٠٢٦-11"])
def test_a_month_that_does_not_exist_is_said(member: Visitor, month: str) -> None:
    answer = member.get(f"/bookings/month?month={month}")
    assert answer.status_code == 422
    assert "That month does not exist. This is the present one." in answer.text
    assert ">November 2026</h2>" in answer.text


@pytest.mark.parametrize("month", ["2000-01", "2099-12"])
def test_the_first_and_the_last_month_have_one_neighbour(member: Visitor, month: str) -> None:
    page = member.get(f"/bookings/month?month={month}")
    assert page.status_code == 200
    assert ("The month before" in page.text) is (month == "2099-12")


@pytest.mark.parametrize("view", ["", "?view=table"])
def test_it_takes_five_statements_at_most_however_many_bookings(
    app: Flask, member: Visitor, world: World, view: str
) -> None:
    booked(app, world.northlight, "member", "Fern", span(8))
    with statements(app) as few:
        member.get(f"/bookings/month{view}")
    for hour in range(9, 17):
        booked(app, world.northlight, "member", "Rowan", span(hour))
    with statements(app) as many:
        assert member.get(f"/bookings/month{view}").status_code == 200
    assert len(few) == len(many) <= 5, "\n".join(many)
