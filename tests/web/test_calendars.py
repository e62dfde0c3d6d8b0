"""Bookings in other calendars: an address of one's own, staff's addresses of rooms and places, a file of one booking."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar
from werkzeug.test import TestResponse

from app.domain.booking.move import move
from app.domain.booking.moving import MoveBooking
from app.domain.portal import touch
from app.kernel.spans import Span
from app.models import Booking, BookingStatus, CalendarFeed, Person, Resource, SectionSetting, StaffLocation
from tests.support.bookings import booked, repeated, span, statements
from tests.support.calendar_store import CalendarStore
from tests.support.rows import change, inside, rows
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

HERE = "/bookings/calendar"
DESK = "/admin/bookings/calendars"


pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def member(app: Flask, north: TenantWorld) -> Visitor:
    return _signed_in(app, north, "member")


def _signed_in(app: Flask, tenant: TenantWorld, who: str) -> Visitor:
    visitor = Visitor(app, tenant)
    visitor.sign_in(who)
    return visitor


def _address(answer: TestResponse) -> str:
    found = re.search(r'value="http://[^"/]+(/calendar/[^"]+\.ics)"', answer.text)
    assert found, answer.status_code
    return found[1]


def _new(visitor: Visitor) -> str:
    return _address(visitor.post(f"{HERE}/address", form=HERE))


def _of_room(visitor: Visitor, show: str, room: str = "Fern") -> str:
    page = f"/admin/resources/{visitor.tenant.rooms[room]}/calendar"
    return _address(visitor.post(f"{page}/address", {"show": show}, form=page))


def _of_location(visitor: Visitor, show: str, location: str) -> str:
    page = f"/admin/locations/{visitor.tenant.locations[location]}/calendar"
    return _address(visitor.post(f"{page}/address", {"show": show}, form=page))


def _titles(app: Flask, tenant: TenantWorld, address: str) -> list[str]:
    """What a calendar program finds there, which is nobody."""
    answer = Visitor(app, tenant).get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(answer.data).walk("VEVENT")]


def _event(answer: TestResponse) -> Any:
    """The only one."""
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    return event


def _status(app: Flask, tenant: TenantWorld, address: str) -> int:
    return Visitor(app, tenant).get(address).status_code


def test_ones_own_address_shows_ones_own_bookings(app: Flask, north: TenantWorld, member: Visitor) -> None:
    booked(app, north, "member", "Fern", span(10), title="Sprint")
    booked(app, north, "member", "Tejo", span(15))
    booked(app, north, "colleague", "Cedar", span(10), title="Not hers")
    address = _new(member)
    assert _titles(app, north, address) == ["Sprint", "Tejo"]
    (feed,) = rows(app, north, CalendarFeed)
    assert feed.token_hash not in address
    assert address.removeprefix("/calendar/").removesuffix(".ics") not in feed.token_hash


def test_it_is_shown_once_and_a_new_one_kills_the_old(
    app: Flask, north: TenantWorld, member: Visitor
) -> None:
    old = _new(member)
    assert "/calendar/" not in member.get(HERE).text.replace('"/bookings/calendar', "")
    assert "24 Nov 2026" in member.get(HERE).text
    assert _status(app, north, old) == 200
    new = _new(member)
    assert (_status(app, north, old), _status(app, north, new)) == (404, 200)
    assert member.post(f"{HERE}/address/removal", form=HERE).status_code == 303
    assert _status(app, north, new) == 404


def test_the_times_are_the_bookings(app: Flask, north: TenantWorld, member: Visitor) -> None:
    booking_id = booked(app, north, "member", "Tejo", span(15))
    event = _event(Visitor(app, north).get(_new(member)))
    (booking,) = rows(app, north, Booking)
    assert event["DTSTART"].params["TZID"] == "America/New_York"
    assert event["DTSTART"].dt.astimezone(UTC) == booking.starts_at
    assert event["DTEND"].dt.astimezone(UTC) == booking.ends_at
    assert str(event["URL"]) == f"http://localhost/bookings/{booking_id}"


def test_who_has_it_already_is_told_so(
    app: Flask, north: TenantWorld, member: Visitor, tuesday: time_machine.Traveller
) -> None:
    booked(app, north, "member", "Fern", span(10))
    address, program = _new(member), Visitor(app, north)
    first = program.get(address)
    tuesday.shift(3600)
    assert program.get(address).data == first.data, "the same bytes an hour later"
    assert program.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    (booking,) = rows(app, north, Booking)
    cancelling = f"/bookings/{booking.id}/cancellation"
    assert member.post(cancelling, form=cancelling).status_code == 303
    since = {"If-Modified-Since": "Tue, 24 Nov 2026 23:00:00 GMT"}
    for headers in (since, {"If-None-Match": first.headers["ETag"]}):
        after = program.get(address, headers=headers)
        assert (after.status_code, b"VEVENT" in after.data) == (200, False)


def _moved(app: Flask, tenant: TenantWorld, booking: Booking, room: str) -> None:
    with inside(app, tenant) as session:
        wish = MoveBooking(tenant.rooms[room], Span(booking.starts_at, booking.ends_at), 1, "")
        move(session, tenant.actor("member"), booking.id, wish, lambda: datetime.now(UTC))
        session.commit()


def _days(app: Flask, tenant: TenantWorld, address: str) -> dict[str, list[int]]:
    """What a program shows there in three weeks: the days of each title."""
    found: dict[str, list[int]] = {}
    data = Visitor(app, tenant).get(address).data
    store = CalendarStore()
    store.receive(data)
    for start, _end, _room, title in store.seated():
        found.setdefault(title, []).append(start.day)
    return found


def test_a_room_shows_the_dates_of_a_series_that_are_in_it(app: Flask, north: TenantWorld) -> None:
    repeated(app, north, "member")
    owner = _signed_in(app, north, "owner")
    fern, cedar = _of_room(owner, "shared"), _of_room(owner, "shared", "Cedar")
    before = Visitor(app, north).get(fern)
    assert (_days(app, north, fern), _days(app, north, cedar)) == ({"Booked": [26, 3, 10]}, {})
    second = rows(app, north, Booking)[1]
    _moved(app, north, second, "Cedar")
    assert (_days(app, north, fern), _days(app, north, cedar)) == ({"Booked": [26, 10]}, {"Booked": [3]})
    for headers in (
        {"If-None-Match": before.headers["ETag"]},
        {"If-Modified-Since": "Tue, 24 Nov 2026 23:00:00 GMT"},
    ):
        assert Visitor(app, north).get(fern, headers=headers).status_code == 200
    staff = _of_room(owner, "staff", "Cedar")
    assert _days(app, north, staff) == {"Booked": [3]}


def test_a_location_shows_the_dates_of_a_series_that_are_there_each_with_its_room(
    app: Flask, north: TenantWorld
) -> None:
    repeated(app, north, "member")
    first, second, _third = rows(app, north, Booking)
    _moved(app, north, first, "Tejo")
    _moved(app, north, second, "Cedar")
    owner = _signed_in(app, north, "owner")
    for show in ("staff", "shared"):
        here, there = _of_location(owner, show, "Leith Walk"), _of_location(owner, show, "Porto")
        assert _days(app, north, here) == {"Cedar: Booked": [3], "Fern: Booked": [10]}
        assert _days(app, north, there) == {"Tejo: Booked": [26]}


def test_what_was_asked_for_and_lapsed_is_gone_for_who_asks_since_when(
    app: Flask, north: TenantWorld
) -> None:
    booked(app, north, "member", "Fern", span(10))
    (booking,) = rows(app, north, Booking)
    address = _of_room(_signed_in(app, north, "owner"), "shared")
    assert _titles(app, north, address) == ["Booked"]
    change(app, north, Booking, booking.id, status=BookingStatus.LAPSED)
    since = {"If-Modified-Since": "Tue, 24 Nov 2026 23:00:00 GMT"}
    answer = Visitor(app, north).get(address, headers=since)
    assert (answer.status_code, b"VEVENT" in answer.data) == (200, False)


def test_ones_own_calendar_shows_each_date_where_it_is(
    app: Flask, north: TenantWorld, member: Visitor
) -> None:
    repeated(app, north, "member")
    _moved(app, north, rows(app, north, Booking)[0], "Cedar")
    address = _new(member)
    assert _days(app, north, address) == {"Cedar": [26], "Fern": [3, 10]}


def test_what_was_long_ago_is_not_sent_again(
    app: Flask, north: TenantWorld, member: Visitor, tuesday: time_machine.Traveller
) -> None:
    booked(app, north, "member", "Fern", span(10))
    address = _new(member)
    tuesday.shift(29 * 24 * 3600)
    assert len(_titles(app, north, address)) == 1
    tuesday.shift(3 * 24 * 3600)
    assert _titles(app, north, address) == []


@pytest.mark.parametrize("column", ["suspended_at", "role"])
def test_who_is_suspended_or_no_longer_staff_shares_nothing(
    app: Flask, north: TenantWorld, column: str
) -> None:
    manager = _signed_in(app, north, "manager")
    own, staff, shared = _new(manager), _of_room(manager, "staff"), _of_room(manager, "shared")
    assert [_status(app, north, each) for each in (own, staff, shared)] == [200] * 3
    value = datetime.now(UTC) if column == "suspended_at" else "none"
    change(app, north, Person, north.people["manager"], **{column: value})
    gone = {"suspended_at": [404, 404, 200], "role": [200, 404, 200]}
    assert [_status(app, north, each) for each in (own, staff, shared)] == gone[column]


def test_staff_who_are_limited_to_another_location_see_nothing_of_it(app: Flask, north: TenantWorld) -> None:
    manager = _signed_in(app, north, "manager")
    address = _of_room(manager, "staff")
    with inside(app, north) as session:
        session.add(StaffLocation(person_id=north.people["manager"], location_id=north.locations["Porto"]))
    assert _status(app, north, address) == 404
    assert manager.get(f"/admin/resources/{north.rooms['Fern']}/calendar").status_code == 404


def test_where_bookings_are_off_there_is_nothing(app: Flask, north: TenantWorld, member: Visitor) -> None:
    addresses = _new(member), _of_room(_signed_in(app, north, "manager"), "shared")
    with inside(app, north) as session:
        session.add(SectionSetting(section="bookings", enabled=False))
        touch(session)
    assert [_status(app, north, each) for each in addresses] == [404, 404]
    assert member.get(HERE).status_code == 404


def test_titles_are_for_staff_alone(app: Flask, north: TenantWorld) -> None:
    booked(app, north, "member", "Fern", span(10), title="Secret sprint")
    booked(app, north, "member", "Rowan", span(10))
    manager = _signed_in(app, north, "manager")
    assert _titles(app, north, _of_room(manager, "staff")) == ["Secret sprint"]
    shared = _of_room(manager, "shared")
    assert _titles(app, north, shared) == ["Booked"]
    text = Visitor(app, north).get(shared).text
    assert "Maya" not in text
    assert "/bookings/" not in text
    page = f"/admin/locations/{north.locations['Leith Walk']}/calendar"
    for show, titles in {
        "staff": {"Fern: Secret sprint", "Rowan: Booked"},
        "shared": {"Fern: Booked", "Rowan: Booked"},
    }.items():
        address = _address(manager.post(f"{page}/address", {"show": show}, form=page))
        assert set(_titles(app, north, address)) == titles
        assert manager.post(f"{page}/address/removal", {"show": show}, form=page).status_code == 303
        assert _status(app, north, address) == 404


def test_the_front_desk_subscribes_to_its_places_with_titles(app: Flask, north: TenantWorld) -> None:
    """By a page of its own: what is handed around, and what blocks a room, is for who keeps the spaces."""
    booked(app, north, "member", "Fern", span(10), title="Secret sprint")
    desk = _signed_in(app, north, "desk")
    place = north.locations["Leith Walk"]
    page = f"{DESK}?location={place}"
    assert "All rooms of Leith Walk" in desk.get(page).text
    assert f'href="{page}"' in desk.get(f"/admin/bookings?location={place}").text
    fern = {"resource": str(north.rooms["Fern"])}
    room = _address(desk.post(f"{DESK}/address?location={place}", fern, form=page))
    whole = _address(desk.post(f"{DESK}/address?location={place}", form=page))
    assert _titles(app, north, room) == ["Secret sprint"]
    assert _titles(app, north, whole) == ["Fern: Secret sprint"]
    assert "Address made on" in desk.get(page).text
    assert desk.post(f"{DESK}/address/removal?location={place}", fern, form=page).status_code == 303
    assert [_status(app, north, each) for each in (room, whole)] == [404, 200]
    for path in ("resources", north.rooms["Fern"]), ("locations", place):
        keeping = f"/admin/{path[0]}/{path[1]}/calendar"
        assert desk.get(keeping).status_code == 404
        assert desk.post(f"{keeping}/address", {"show": "shared"}, form=page).status_code == 404


def test_the_front_desk_of_one_place_subscribes_to_no_other(
    app: Flask, north: TenantWorld, member: Visitor
) -> None:
    with inside(app, north) as session:
        session.add(StaffLocation(person_id=north.people["desk"], location_id=north.locations["Porto"]))
    desk = _signed_in(app, north, "desk")
    page = f"{DESK}?location={north.locations['Porto']}"
    assert desk.get(page).status_code == 200
    far = f"?location={north.locations['Leith Walk']}"
    assert desk.get(DESK + far).status_code == 404
    assert desk.post(f"{DESK}/address{far}", form=page).status_code == 404
    for room in (str(north.rooms["Fern"]), "9" * 30, "none"):
        assert desk.post(f"{DESK}/address", {"resource": room}, form=page).status_code == 404
    assert member.get(DESK).status_code == 404
    assert rows(app, north, CalendarFeed) == []


def test_of_what_is_retired_there_is_nothing(app: Flask, north: TenantWorld) -> None:
    address = _of_room(_signed_in(app, north, "manager"), "shared")
    change(app, north, Resource, north.rooms["Fern"], retired_at=datetime.now(UTC))
    assert _status(app, north, address) == 404


def test_an_address_is_of_one_tenant(app: Flask, world: World, member: Visitor) -> None:
    address = _new(member)
    assert _status(app, world.northlight, address) == 200
    assert _status(app, world.harbour, address) == 404
    assert _status(app, world.northlight, "/calendar/nobody-ever-made-this.ics") == 404


def test_members_make_none_of_rooms(app: Flask, north: TenantWorld, member: Visitor) -> None:
    page = f"/admin/resources/{north.rooms['Fern']}/calendar"
    assert member.get(page).status_code == 404
    assert member.post(f"{page}/address", {"show": "staff"}, form=HERE).status_code == 404
    manager = _signed_in(app, north, "manager")
    assert manager.post(f"{page}/address", {"show": "everything"}, form=page).status_code == 400
    assert rows(app, north, CalendarFeed) == []


def test_one_booking_is_a_file(app: Flask, north: TenantWorld, member: Visitor) -> None:
    booking_id = booked(app, north, "member", "Fern", span(10), title="Sprint")
    others = booked(app, north, "colleague", "Cedar", span(10))
    assert f'href="/bookings/{booking_id}/calendar.ics"' in member.get(f"/bookings/{booking_id}").text
    answer = member.get(f"/bookings/{booking_id}/calendar.ics")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=booking-{booking_id}.ics"
    event = _event(answer)
    (booking, *_) = rows(app, north, Booking)
    assert (event["SUMMARY"], event["DTSTART"].dt.astimezone(UTC)) == ("Sprint", booking.starts_at)
    assert member.get(f"/bookings/{others}/calendar.ics").status_code == 404
    assert member.get(f"/bookings/{2**70}/calendar.ics").status_code == 404


def test_a_feed_asks_little_however_many_bookings(app: Flask, north: TenantWorld) -> None:
    manager = _signed_in(app, north, "manager")
    page = f"/admin/locations/{north.locations['Leith Walk']}/calendar"
    address = _address(manager.post(f"{page}/address", {"show": "staff"}, form=page))
    program = Visitor(app, north)
    counts = []
    for hour in (9, 12, 15):
        booked(app, north, "member", "Fern", span(hour))
        program.get(address)
        with statements(app) as asked:
            program.get(address)
        counts.append(len(asked))
    assert counts[0] <= 4
    assert len(set(counts)) == 1, counts


def test_the_wish_about_mails_is_kept(app: Flask, north: TenantWorld, member: Visitor) -> None:
    assert re.search(
        r'name="invitations"[^>]* checked|checked [^>]*name="invitations"', member.get(HERE).text
    )
    assert member.post(f"{HERE}/invitations", form=HERE).status_code == 303
    assert "checked" not in member.get(HERE).text
    assert member.post(f"{HERE}/invitations", {"invitations": "y"}, form=HERE).status_code == 303
    assert "checked" in member.get(HERE).text
