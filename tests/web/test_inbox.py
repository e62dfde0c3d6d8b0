"""The inbox: everything one was told, what is new of it, and reading it; everywhere the same number."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.domain.notices import tell
from app.domain.notices.reading import PAGE, mark_about_read
from app.models import Notice
from tests.support.bookings import NOW, SEARCH, statements
from tests.support.notices import BOOKING
from tests.support.rows import inside, rows
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def member(app: Flask, north: TenantWorld) -> Visitor:
    visitor = Visitor(app, north)
    visitor.sign_in("member")
    return visitor


def _told(
    app: Flask, tenant: TenantWorld, who: str = "member", kind: str = "booking.confirmed", **data: object
) -> int:
    with inside(app, tenant) as session:
        notice = tell(session, NOW, tenant.people[who], kind, BOOKING | data)
        assert notice
        return notice.id


def _number(page: str) -> int:
    """What the bell says; both of a page's bells say the same, and so does what a script reads."""
    numbers = set(re.findall(r'data-count(?:ed)?="inbox" data-unread="(\d+)"', page))
    assert len(numbers) == 1
    return int(numbers.pop())


def test_what_one_is_told_stands_there_and_rings_the_bell(
    app: Flask, north: TenantWorld, member: Visitor
) -> None:
    assert _number(member.get("/inbox").text) == 0
    _told(app, north)
    page = member.get("/inbox").text
    assert "Fern is booked" in page
    assert "Tue 7 May, 09:00 – 10:30, Leith Walk" in page
    assert _number(page) == 1


def test_nobody_elses_inbox_has_it(app: Flask, world: World, north: TenantWorld, member: Visitor) -> None:
    notice = _told(app, north)
    assert "Fern is booked" in member.get("/inbox").text
    for tenant, who in ((north, "colleague"), (world.harbour, "member")):
        other = Visitor(app, tenant)
        other.sign_in(who)
        assert "Fern is booked" not in other.get("/inbox").text
        assert other.get(f"/inbox/{notice}").status_code == 404
    assert rows(app, north, Notice, id=notice)[0].read_at is None


def test_opening_one_reads_it_and_leads_there(app: Flask, north: TenantWorld, member: Visitor) -> None:
    notice = _told(app, north)
    answer = member.get(f"/inbox/{notice}")
    assert (answer.status_code, answer.location) == (303, "/bookings/7")
    assert rows(app, north, Notice, id=notice)[0].read_at == NOW
    page = member.get("/inbox").text
    assert _number(page) == 0
    assert page.index("Earlier") < page.index("Fern is booked")


def test_an_action_that_is_a_link_reads_it_too(app: Flask, north: TenantWorld, member: Visitor) -> None:
    notice = _told(app, north, kind="booking.cancelled")
    assert f"/inbox/{notice}?action=again" in member.get("/inbox").text
    answer = member.get(f"/inbox/{notice}?action=again")
    assert answer.location == "/bookings/search"
    assert member.get(f"/inbox/{notice}?action=9").status_code == 404
    assert rows(app, north, Notice, id=notice)[0].read_at == NOW


def test_reading_all_leaves_what_came_since(
    app: Flask, north: TenantWorld, member: Visitor, tuesday: time_machine.Traveller
) -> None:
    _told(app, north)
    page = member.get("/inbox").text
    found = re.search(r'name="until" value="([^"]+)"', page)
    assert found
    tuesday.shift(timedelta(seconds=5))
    with inside(app, north) as session:
        tell(session, NOW + timedelta(seconds=2), north.people["member"], "password.changed", {})
    member.post("/inbox/reading", {"until": found[1]}, form="/inbox")
    page = member.get("/inbox").text
    assert _number(page) == 1
    assert page.index("Your password was changed") < page.index("Earlier") < page.index("Fern is booked")


def test_all_of_ones_browsers_agree(app: Flask, north: TenantWorld, member: Visitor) -> None:
    """Also on pages that are laid out once and kept."""
    other = Visitor(app, north)
    other.sign_in("member")
    for number in (1, 2):
        _told(app, north, booking_id=number)
    assert {_number(each.get(SEARCH).text) for each in (member, other, member)} == {2}
    member.post("/inbox/reading", {"until": NOW.isoformat()}, form="/inbox")
    assert {_number(each.get(SEARCH).text) for each in (member, other)} == {0}
    assert _number(other.get("/").text) == 0


def test_the_rooms_page_counts_without_asking_once_more(
    app: Flask, north: TenantWorld, member: Visitor
) -> None:
    member.get(SEARCH)
    with statements(app) as before:
        member.get(SEARCH)
    _told(app, north)
    member.get(SEARCH)
    with statements(app) as after:
        assert _number(member.get(SEARCH).text) == 1
    assert len(before) == len(after)


def test_it_comes_page_by_page(app: Flask, north: TenantWorld, member: Visitor) -> None:
    for number in range(PAGE + 2):
        _told(app, north, booking_id=number, resource=f"Room {number:02}")
    first, second = member.get("/inbox").text, member.get("/inbox?page=2").text
    assert "Room 31 is booked" in first
    assert "Room 01 is booked" not in first
    assert "Room 01 is booked" in second
    assert 'href="/inbox?page=2"' in first
    assert 'href="/inbox?page=3"' not in second
    for nonsense in ("0", "-1", "x", "9" * 30, "²"):
        assert "Room 31 is booked" in member.get(f"/inbox?page={nonsense}").text


def test_news_of_the_same_thing_is_one_notice(app: Flask, north: TenantWorld, member: Visitor) -> None:
    first = _told(app, north)
    assert _told(app, north, resource="Fern, the large one") == first
    page = member.get("/inbox").text
    assert "Fern, the large one is booked" in page
    assert _number(page) == 1
    member.get(f"/inbox/{first}")
    assert _told(app, north) != first


def test_what_was_seen_elsewhere_is_read_here(app: Flask, north: TenantWorld, member: Visitor) -> None:
    _told(app, north)
    _told(app, north, booking_id=8)
    with inside(app, north) as session:
        mark_about_read(session, "booking.confirmed", 7, NOW, person_id=north.people["member"])
    assert _number(member.get("/inbox").text) == 1


def test_a_mailed_link_is_in_its_mail_alone(app: Flask, north: TenantWorld, member: Visitor) -> None:
    with inside(app, north) as session:
        tell(session, NOW, north.people["member"], "password.forgotten", {"origin": "http://localhost"})
    assert len(rows(app, north, Notice, kind="password.forgotten")) == 1
    page = member.get("/inbox").text
    assert _number(page) == 0
    assert "Nothing yet" in page


def test_hostile_words_stay_words(app: Flask, north: TenantWorld, member: Visitor) -> None:
    _told(app, north, resource="<script>alert(1)</script>")
    page = member.get("/inbox").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_who_is_not_signed_in_is_asked_to(app: Flask, north: TenantWorld) -> None:
    answer = Visitor(app, north).get("/inbox")
    assert (answer.status_code, answer.location) == (302, "/login?next=/inbox")


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_numbers_are_answered_by_themselves_in_one_statement(
    app: Flask, north: TenantWorld, member: Visitor, language: str
) -> None:
    """In the reader's words, and no page around them."""
    _told(app, north)
    member.get("/")
    with statements(app) as asked:
        answer = member.get("/inbox/counts", headers={"Accept-Language": language})
    assert (answer.status_code, len(asked)) == (200, 1)
    assert _number(answer.text) == 1
    assert 'data-counted="messages" data-unread="0"' in answer.text
    assert {"en": "1 new<", "es": "1 nuevo<"}[language] in answer.text
    assert "<html" not in answer.text


def test_a_part_that_asks_again_brings_the_numbers_along(
    app: Flask, north: TenantWorld, member: Visitor
) -> None:
    """So that its page asks nothing more; a search asks nothing again, and brings none."""
    _told(app, north)
    for path, words in (("/inbox", "inbox resync"), ("/messages", "messages resync")):
        part = member.get(path, headers={"HX-Request": "true"}).text
        assert f'data-counts="{words}"' in part
        assert _number(part) == 1
    assert "data-counts" not in member.get("/messages?q=hello").text


def test_who_is_not_signed_in_gets_no_numbers(app: Flask, north: TenantWorld) -> None:
    assert Visitor(app, north).get("/inbox/counts").status_code == 302
