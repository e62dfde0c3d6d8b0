"""A location that is to go by another clock: the page says what that does to bookings before it is done."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.models import Booking, BookingSeries, BookingStatus, Location, Notice
from app.web.notice_words import words_of
from tests.support.booking_rows import blocked
from tests.support.rows import inside, rows
from tests.support.staff import Desk
from tests.support.world import World

DETAILS = {"name": "Leith Walk", "address": "", "position": "0", "day_ends_hour": "3"}
NEW_YORK = DETAILS | {"zone": "America/New_York"}


@pytest.fixture
def manager(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "manager")


def _book(desk: Desk, begins: timedelta = timedelta(days=3), **more: Any) -> int:
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + begins
    with inside(desk.app, desk.tenant) as session:
        booking = Booking(
            resource_id=desk.tenant.rooms["Fern"],
            location_id=desk.tenant.locations["Leith Walk"],
            person_id=desk.tenant.people["member"],
            booked_by_id=desk.tenant.people["member"],
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            status=BookingStatus.CONFIRMED,
            currency="GBP",
            quote={},
            created_at=start,
            **more,
        )
        session.add(booking)
        session.flush()
        session.add(blocked(booking))
        session.commit()
        return booking.id


def _path(desk: Desk) -> str:
    return f"/admin/locations/{desk.tenant.locations['Leith Walk']}"


def _zone(desk: Desk) -> str:
    (site,) = rows(desk.app, desk.tenant, Location, id=desk.tenant.locations["Leith Walk"])
    return str(site.zone)


def test_it_says_how_many_before_it_does_and_does_it_when_it_is_sent_again(manager: Desk) -> None:
    booking_id = _book(manager)
    first = manager.send(_path(manager), NEW_YORK)
    assert first.status_code == 422
    assert "1 booking is still to come. It stays at its time on the wall" in first.text
    assert _zone(manager) == "Europe/London"
    assert '<input type="hidden" name="zone_agreed" value="America/New_York">' in first.text
    agreed = "America/New_York"
    # What was agreed to for one zone is not agreed to for another.
    tokyo = manager.send(_path(manager), NEW_YORK | {"zone": "Asia/Tokyo", "zone_agreed": agreed})
    assert tokyo.status_code == 422
    answer = manager.send(_path(manager), NEW_YORK | {"zone_agreed": agreed}, follow_redirects=True)
    assert "Saved" in answer.text
    assert "zone_agreed" not in answer.text
    assert _zone(manager) == "America/New_York"
    (booking,) = rows(manager.app, manager.tenant, Booking, id=booking_id)
    assert booking.sequence == 1


def test_dates_of_series_are_counted_too(manager: Desk) -> None:
    with inside(manager.app, manager.tenant) as session:
        now = datetime.now(UTC)
        series = BookingSeries(
            person_id=manager.tenant.people["member"],
            booked_by_id=manager.tenant.people["member"],
            resource_id=manager.tenant.rooms["Fern"],
            location_id=manager.tenant.locations["Leith Walk"],
            rule="FREQ=DAILY",
            first_day=now.date() + timedelta(days=3),
            last_day=now.date() + timedelta(days=4),
            starts=600,
            minutes=60,
            created_at=now,
            changed_at=now,
        )
        session.add(series)
        session.commit()
        of = {"series_id": series.id}
    for days in (3, 4):
        _book(manager, timedelta(days=days), series_day=now.date() + timedelta(days=days), **of)
    answer = manager.send(_path(manager), NEW_YORK)
    assert "2 bookings are still to come" in answer.text
    assert "dates of 1 repeating booking." in answer.text


def test_what_is_in_the_way_is_named_and_nothing_is_changed(manager: Desk) -> None:
    """What begins in three hours would have begun two hours ago by the clock of Kathmandu."""
    booking_id = _book(manager, timedelta(hours=3))
    answer = manager.send(_path(manager), NEW_YORK | {"zone": "Asia/Kathmandu"})
    assert answer.status_code == 422
    assert "By that clock 1 booking would have begun by now" in answer.text
    assert f"/admin/bookings/{booking_id}" in answer.text
    assert "zone_agreed" not in answer.text
    assert _zone(manager) == "Europe/London"


def test_without_bookings_ahead_nothing_is_asked(manager: Desk) -> None:
    assert manager.send(_path(manager), NEW_YORK).status_code == 303
    assert _zone(manager) == "America/New_York"


@pytest.mark.parametrize(
    ("kind", "more"),
    [("booking.changed", {"zone_was": "Europe/London"}), ("series.changed", {"done": "zone"})],
)
def test_the_notice_says_which_clock_it_is_by_now(app: Flask, kind: str, more: dict[str, Any]) -> None:
    facts = {
        "booking_id": 1,
        "series_id": 1,
        "dates": 1,
        "resource": "Fern",
        "location": "Leith Walk",
        "zone": "America/New_York",
        "starts_at": "2030-05-07T14:00:00+00:00",
        "ends_at": "2030-05-07T15:00:00+00:00",
    }
    with app.test_request_context():
        words = words_of(Notice(kind=kind, data=facts | more))
    assert words.title == "Leith Walk goes by the clock of New York now"
    assert "10:00" in words.body
