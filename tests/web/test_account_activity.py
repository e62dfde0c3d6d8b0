"""What staff did for a person, and who of them looked at their record: written down, and theirs to read."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.domain.record_views import note_look
from app.models import AuditEntry, Booking, BookingStatus, RecordView
from app.web.access import access_of
from tests.support.bookings import NOW, booked, span
from tests.support.rows import inside, rows
from tests.support.staff import Desk
from tests.support.world import World


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "desk")


@pytest.fixture
def member(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "member")


def _about_both(desk: Desk) -> list[tuple[str, int | None, int | None]]:
    return [
        (entry.action, entry.actor_id, entry.for_id) for entry in desk.audit() if entry.subject == "booking"
    ]


def test_whatever_staff_do_on_behalf_names_both_and_is_told(
    desk: Desk, member: Desk, tuesday: time_machine.Traveller
) -> None:
    staff, maya = desk.tenant.people["desk"], desk.tenant.people["member"]
    soon = booked(desk.app, desk.tenant, "member", "Fern", span(9, 15, days=0))
    form = {
        "resource_id": str(desk.tenant.rooms["Cedar"]),
        "day": "2026-11-25",
        "at": "10:00",
        "minutes": "60",
        "people": "1",
        "title": "",
        "request_key": "once",
    }
    made = desk.send(f"/admin/bookings?person={maya}", form)
    assert made.status_code == 303
    other = made.headers["Location"].rpartition("/")[2]
    tuesday.shift(timedelta(minutes=20))
    ends = int((NOW + timedelta(minutes=68)).replace(second=0).timestamp() // 60)
    extended = desk.send(f"/admin/bookings/{soon}/extension", {"minutes": "15", "ends": str(ends)})
    assert extended.status_code == 303
    assert desk.send(f"/admin/bookings/{soon}/ending").status_code == 303
    cancelled = desk.send(f"/admin/bookings/{other}/cancellation", {"reason": "Painting the room"})
    assert cancelled.status_code == 303
    assert _about_both(desk) == [
        (action, staff, maya)
        for action in ("booking.created", "booking.extended", "booking.ended_early", "booking.cancelled")
    ]
    page = member.get("/account/activity").text
    for words in (
        "Booked a room for you: Cedar",
        "Extended your booking: Fern",
        "Ended your booking early: Fern",
        "Cancelled your booking: Cedar",
        "Reason: Painting the room",
        "Dora Desk",
    ):
        assert words in page


def test_when_a_booking_ends_is_told_by_the_clock_of_its_room(
    app: Flask, world: World, tuesday: time_machine.Traveller
) -> None:
    tuesday.move_to(NOW.replace(hour=15), tick=False)  # ten in the morning in New York
    north = world.northlight
    desk, member = Desk(app, north, "desk"), Desk(app, north, "member")
    running = booked(app, north, "member", "Tejo", span(15, 15, days=0))
    tuesday.move_to(NOW.replace(hour=15, minute=20), tick=False)
    assert desk.send(f"/admin/bookings/{running}/ending").status_code == 303
    page = member.get("/account/activity").text
    assert "15:20" in page, "when it was done goes by the reader's clock"
    assert "Tue 24 Nov 2026, 11:15" in page, "the room is in New York"
    assert "16:15" not in page


def test_what_one_does_oneself_and_for_others_is_not_told(desk: Desk, member: Desk) -> None:
    booked(desk.app, desk.tenant, "member", "Fern", span(9, days=50))
    assert "Nothing yet." in member.get("/account/activity").text
    more = {"company": "", "location_id": "", "locale": ""}
    desk.send(
        f"/admin/people/{desk.tenant.people['colleague']}",
        {"first_name": "Colin", "last_name": "Colleague", "email": "colin@example.test", **more},
    )
    assert "Nothing yet." in member.get("/account/activity").text
    colleague = Desk(desk.app, desk.tenant, "colleague").get("/account/activity").text
    assert "Changed your details" in colleague


def test_staff_act_for_others_only_where_the_page_says_so(app: Flask, desk: Desk) -> None:
    """On the members' pages the same person, with the same rights, finds nobody's bookings but their own."""
    booking = booked(app, desk.tenant, "member", "Fern", span(9, days=3))
    assert desk.get(f"/admin/bookings/{booking}").status_code == 200
    assert desk.get(f"/bookings/{booking}").status_code == 404
    for rest in ("cancellation", "ending", "extension", "confirmation", "release"):
        address = f"/bookings/{booking}/{rest}"
        answer = desk.post(address, {"reason": "x", "minutes": "15", "ends": "1"}, form="/account")
        assert answer.status_code in {404, 405}, rest
    assert rows(app, desk.tenant, Booking, id=booking)[0].status is BookingStatus.CONFIRMED
    assert desk.send(f"/admin/bookings/{booking}/cancellation", {"reason": "x"}).status_code == 303


def test_the_places_where_staff_act_for_others_are_these(app: Flask) -> None:
    found = set()
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if access is not None and access.on_behalf and "POST" in (rule.methods or ()):
            found.add(rule.endpoint)
    assert found == {
        "admin.bookings.create",
        "admin.bookings.create_approval",
        "admin.bookings.create_cancellation",
        "admin.bookings.create_check_in",
        "admin.bookings.create_ending",
        "admin.bookings.create_extension",
        "admin.bookings.create_refusal",
        "admin.bookings.create_series",
        "admin.bookings.create_series_cancellation",
        "admin.bookings.destroy_series_strikes",
        "admin.bookings.create_series_dates",
        # Say what it would cost, and change nothing
        "admin.bookings.show_change_price",
        "admin.bookings.show_price",
        "admin.bookings.update",
        "admin.bookings.update_extras",
        "admin.bookings.update_series_time",
        "admin.sales.create_stop",
    }


def test_a_look_at_a_record_is_noted_once_an_hour_and_told(
    desk: Desk, member: Desk, tuesday: time_machine.Traveller
) -> None:
    maya = f"/admin/people/{desk.tenant.people['member']}"
    assert "Nobody has." in member.get("/account/activity").text
    sent = Desk(desk.app, desk.tenant, "desk")
    for _ in range(3):
        assert sent.get(maya).status_code == 200
    assert len(rows(desk.app, desk.tenant, RecordView)) == 1
    tuesday.shift(timedelta(hours=1))
    sent.get(maya)
    Desk(desk.app, desk.tenant, "owner").get(maya)
    assert len(rows(desk.app, desk.tenant, RecordView)) == 3
    page = Desk(desk.app, desk.tenant, "member").get("/account/activity").text
    assert page.count("Dora Desk") == 2
    assert page.count("Olive Owner") == 1
    assert "after 10:00" in page


def test_nobody_is_noted_for_their_own_page_nor_for_one_that_is_not_there(desk: Desk, world: World) -> None:
    desk.get(f"/admin/people/{desk.tenant.people['desk']}")
    desk.get(f"/admin/people/{world.harbour.people['member']}")
    desk.get("/admin/people")
    assert rows(desk.app, desk.tenant, RecordView) == []


def test_two_tabs_at_once_note_one_look(desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both asked before either wrote: the key decides."""
    monkeypatch.setattr("app.domain.record_views._noted", lambda *_: False)
    with inside(desk.app, desk.tenant) as session:
        actor, maya = desk.tenant.actor("desk"), desk.tenant.people["member"]
        assert note_look(session, actor, maya, NOW)
        session.commit()
        assert note_look(session, actor, maya, NOW)
    assert len(rows(desk.app, world.northlight, RecordView)) == 1


def test_the_page_is_for_who_is_signed_in(app: Flask, world: World) -> None:
    answer = app.test_client().get("/account/activity")
    assert answer.status_code == 302
    assert rows(app, world.northlight, AuditEntry) == []
