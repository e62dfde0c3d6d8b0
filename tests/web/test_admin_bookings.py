"""Today, the day's bookings, booking for a member and cancelling at the front desk."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.models import Booking, BookingStatus, Notice, Occupancy
from tests.support.rows import rows
from tests.support.staff import Desk
from tests.support.world import World

EDINBURGH = ZoneInfo("Europe/London")
DAY = (datetime.now(EDINBURGH) + timedelta(days=3)).date()
WISH = {
    "day": DAY.isoformat(),
    "at": "10:00",
    "minutes": "60",
    "people": "2",
    "title": "Board",
    "request_key": "k",
}


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "desk")


def _wish(desk: Desk, room: str = "Fern", **changed: str) -> dict[str, str]:
    return WISH | {"resource_id": str(desk.tenant.rooms[room])} | changed


def _path(desk: Desk, who: str = "member", place: str = "Leith Walk") -> str:
    return f"/admin/bookings?person={desk.tenant.people[who]}&location={desk.tenant.locations[place]}"


def _bookings(desk: Desk) -> list[Booking]:
    return rows(desk.app, desk.tenant, Booking)


def _day(desk: Desk, **more: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in {"date": DAY.isoformat(), **more}.items())
    return desk.get(f"/admin/bookings?{query}").text


def test_it_books_for_a_member_who_is_told(desk: Desk) -> None:
    assert desk.send(_path(desk), _wish(desk)).status_code == 303
    (booking,) = _bookings(desk)
    assert (booking.person_id, booking.booked_by_id) == (
        desk.tenant.people["member"],
        desk.tenant.people["desk"],
    )
    assert booking.starts_at == datetime.combine(DAY, datetime.min.time(), EDINBURGH).replace(
        hour=10
    ).astimezone(UTC)
    assert [notice.person_id for notice in rows(desk.app, desk.tenant, Notice)] == [
        desk.tenant.people["member"]
    ]
    entries = [entry for entry in desk.audit() if entry.subject == "booking"]
    assert [entry.actor_id for entry in entries] == [desk.tenant.people["desk"]]
    assert "Maya Member" in _day(desk)


def test_the_same_form_sent_twice_books_once(desk: Desk) -> None:
    for _time in range(2):
        assert desk.send(_path(desk), _wish(desk)).status_code == 303
    assert len(_bookings(desk)) == 1


def test_every_limit_is_told_and_can_be_passed_over_knowingly(desk: Desk) -> None:
    wish = _wish(desk, people="9", at="10:07", minutes="700")
    answer = desk.send(_path(desk), wish)
    assert answer.status_code == 422
    for sentence in ("It holds 4 people", "Starts every 15 min", "Booked for up to 8 h", "Book anyway"):
        assert sentence in answer.text
    assert 'value="Board"' in answer.text
    assert _bookings(desk) == []
    confirmed = answer.text.split('name="confirmed" value="')[1].split('"')[0]
    assert desk.send(_path(desk), wish | {"confirmed": confirmed}).status_code == 303
    (booking,) = _bookings(desk)
    assert set(booking.overridden) == set(confirmed.split(","))
    assert "the start times" in desk.get(f"/admin/bookings/{booking.id}").text


def test_only_the_limits_that_were_seen_are_passed_over(desk: Desk) -> None:
    answer = desk.send(_path(desk), _wish(desk, people="9", minutes="700") | {"confirmed": "too_many_people"})
    assert answer.status_code == 422
    assert _bookings(desk) == []


def test_nobody_passes_over_a_taken_room_or_the_past(desk: Desk) -> None:
    desk.send(_path(desk), _wish(desk))
    for changed in ({"request_key": "other"}, {"day": "2026-01-05", "request_key": "old"}):
        answer = desk.send(_path(desk), _wish(desk, **changed) | {"confirmed": "taken,in_the_past"})
        assert answer.status_code == 422, changed
        assert "This cannot be booked" in answer.text
        assert "Book anyway" not in answer.text
    assert len(_bookings(desk)) == 1


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("day", "2027-02-30", "no such day"),
        ("day", "", "Choose a day"),
        ("at", "25:00", "Write a time"),
        ("day", "2099-01-01", "further away"),
        ("minutes", "0", "At least 1"),
        ("minutes", "-60", "At least 1"),
        ("minutes", "999999999", "At most"),
        ("people", "-1", "At least 1"),
        ("people", "x", "whole number"),
        ("title", "x" * 100_000, "100,000 characters"),
        ("title", "a\0b", "cannot be shown"),
        ("title", "a\u202eb", "cannot be shown"),
        ("resource_id", "", "from the list"),
    ],
)
def test_it_refuses_with_a_sentence_and_keeps_the_rest(
    desk: Desk, field: str, typed: str, sentence: str
) -> None:
    answer = desk.send(_path(desk), _wish(desk, **{field: typed}))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert ('value="Board"' if field != "title" else 'value="10:00"') in answer.text
    assert _bookings(desk) == []


@pytest.mark.parametrize(
    ("day", "at", "sentence"),
    [("2027-03-28", "01:30", "The clocks skip 01:30"), ("2027-10-31", "01:30", "comes twice")],
)
def test_a_time_that_the_clocks_skip_or_repeat_is_refused(
    desk: Desk, day: str, at: str, sentence: str
) -> None:
    answer = desk.send(_path(desk), _wish(desk, day=day, at=at))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert _bookings(desk) == []


def test_another_tenants_room_person_and_place_do_not_exist(desk: Desk, world: World) -> None:
    foreign = world.harbour
    assert (
        desk.send(_path(desk), _wish(desk) | {"resource_id": str(foreign.rooms["Fern"])}).status_code == 422
    )
    place = desk.tenant.locations["Leith Walk"]
    for path in (
        f"/admin/bookings?person={foreign.people['member']}&location={place}",
        f"/admin/bookings?person={desk.tenant.people['member']}&location={foreign.locations['Leith Walk']}",
        "/admin/bookings?person=x",
        "/admin/bookings",
    ):
        assert desk.send(path, _wish(desk)).status_code == 404, path
    for query in (f"location={foreign.locations['Leith Walk']}", f"location={10**17}", "location=x"):
        assert desk.get(f"/admin?{query}").status_code == 404
        assert desk.get(f"/admin/bookings?{query}").status_code == 404
    assert _bookings(desk) == []


def test_it_cancels_with_a_reason_only(desk: Desk) -> None:
    desk.send(_path(desk), _wish(desk))
    (booking,) = _bookings(desk)
    path = f"/admin/bookings/{booking.id}"
    for reason in ("", "   ", "x" * 301, "a\0b"):
        assert desk.send(f"{path}/cancellation", {"reason": reason}).status_code == 422
    assert desk.send(f"{path}/cancellation", {"reason": "The heating failed"}).status_code == 303
    (booking,) = _bookings(desk)
    assert (booking.status, booking.cancel_reason) == (BookingStatus.CANCELLED, "The heating failed")
    assert rows(desk.app, desk.tenant, Occupancy) == []
    assert desk.audit()[-1].after == {"status": "cancelled", "reason": "The heating failed"}
    assert "The heating failed" in desk.get(path).text
    again = desk.send(f"{path}/cancellation", {"reason": "Twice"})
    assert again.status_code == 422
    assert "nothing was changed" in again.text


def test_the_days_list_is_searched_and_filtered(desk: Desk) -> None:
    desk.send(_path(desk), _wish(desk))
    desk.send(_path(desk, "colleague"), _wish(desk, "Cedar", title="Café", request_key="c"))
    assert all(name in _day(desk) for name in ("Maya Member", "Colin Colleague"))
    for words, found in (("MAYA", "Maya Member"), ("cafe", "Colin Colleague"), ("cedar", "Colin Colleague")):
        page = _day(desk, q=words)
        assert f'name="q" value="{words}"' in page
        assert [name for name in ("Maya Member", "Colin Colleague") if name in page] == [found]
    assert "Maya Member" not in _day(desk, show="cancelled")
    assert "Maya Member" in _day(desk, show="nonsense")


@pytest.mark.parametrize("day", ["2100-12-31", "2000-01-01"])
def test_a_day_beyond_the_grids_reach_shows_today_and_says_so(desk: Desk, day: str) -> None:
    answer = desk.get(f"/admin?date={day}")
    assert answer.status_code == 200
    assert "That day is too far away. This is today." in answer.text


def test_today_counts_and_shows_every_room(desk: Desk) -> None:
    desk.send(_path(desk), _wish(desk, people="4"))
    page = desk.get(f"/admin?date={DAY.isoformat()}").text
    assert all(room in page for room in ("Fern", "Cedar", "Alder", "Rowan", "Lark"))
    assert "Booked for 1 h" in page
    assert "Fern until 11:00" in page
    assert "Tejo" in desk.get(f"/admin?location={desk.tenant.locations['Porto']}").text


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", "9999-12-31", "%00"])
def test_a_day_that_is_none_shows_today_and_says_so(desk: Desk, day: str) -> None:
    for path in ("/admin", "/admin/bookings"):
        answer = desk.get(f"{path}?date={day}")
        assert answer.status_code == 200
        assert 'class="note caution"' in answer.text


def test_somebody_is_found_to_book_for(desk: Desk) -> None:
    path = "/admin/bookings/new"
    assert "Maya Member" not in desk.get(path).text
    assert "Maya Member" in desk.get(f"{path}?q=maya").text
    assert "Nobody matches" not in desk.get(path).text
    assert "Nobody matches" in desk.get(f"{path}?q=zzz").text
    form = desk.get(f"{path}?person={desk.tenant.people['member']}&date={DAY.isoformat()}&at=14:30").text
    assert 'value="14:30"' in form
    assert f'value="{DAY.isoformat()}"' in form
