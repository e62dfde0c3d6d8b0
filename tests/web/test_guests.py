"""Guests on the pages: expected by members, let in at the front desk, told by mail."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from app.models import Booking, BookingGuest, BookingStatus, Notice, Resource
from tests.support.bookings import NOW, booked, hold, id_in, span, statements
from tests.support.rows import change, rows
from tests.support.staff import Desk
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
def booking(app: Flask, north: TenantWorld) -> int:
    return booked(app, north, "member", "Fern", span(10, days=0))


@pytest.fixture
def member(app: Flask, north: TenantWorld) -> Visitor:
    visitor = Visitor(app, north)
    visitor.sign_in("member")
    return visitor


def _add(member: Visitor, booking: int, name: str = "Gus Guest", email: str = "") -> int:
    page = f"/bookings/{booking}/guests"
    return member.post(page, {"name": name, "email": email}, form=page).status_code


def test_a_member_expects_and_takes_off(
    app: Flask, north: TenantWorld, member: Visitor, booking: int
) -> None:
    assert "Add guests" in member.get(f"/bookings/{booking}").text
    page = f"/bookings/{booking}/guests"
    assert _add(member, booking, email="gus@elsewhere.test") == 303
    assert "gets a mail" in member.get(page).text
    assert _add(member, booking, "Ana") == 303
    assert "2 guests" in member.get(f"/bookings/{booking}").text
    first = rows(app, north, BookingGuest)[0].id
    assert member.post(f"{page}/{first}/removal", form=page).status_code == 303
    assert [each.name for each in rows(app, north, BookingGuest)] == ["Ana"]
    kinds = [each.kind for each in rows(app, north, Notice) if each.kind.startswith("guest.")]
    assert kinds == ["guest.invited", "guest.cancelled"]


@pytest.mark.parametrize(
    ("name", "email", "sentence"),
    [("", "", "This is needed."), ("Gus", "gus at home", "looks like name@example.com")],
)
def test_what_is_wrong_is_said_at_its_field(
    member: Visitor, booking: int, name: str, email: str, sentence: str
) -> None:
    page = f"/bookings/{booking}/guests"
    answer = member.post(page, {"name": name, "email": email}, form=page)
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize("name", ["Win at https://win.test", "WWW.win.test"])
def test_a_name_carries_no_address_to_a_stranger(
    app: Flask, north: TenantWorld, member: Visitor, booking: int, name: str
) -> None:
    page = f"/bookings/{booking}/guests"
    answer = member.post(page, {"name": name, "email": "stranger@elsewhere.test"}, form=page)
    assert answer.status_code == 422
    assert "without a web address" in answer.text
    held = id_in(hold(member, "Cedar", span(12)))
    typed = {"title": "", "people": "1", "guest_name": name, "guest_email": "stranger@elsewhere.test"}
    answer = member.post(f"/bookings/{held}/guests", typed, form=f"/bookings/{held}/checkout")
    assert answer.status_code == 422
    assert "without a web address" in answer.text
    assert rows(app, north, BookingGuest) == []


def test_nobody_has_the_house_mail_strangers_without_end(
    app: Flask, north: TenantWorld, member: Visitor, booking: int
) -> None:
    """Whom one expects without a mail, one expects as ever."""
    app.config["LIMITS"] |= {"guest by account": "2 per hour"}
    assert [_add(member, booking, f"Guest {number}", "g@elsewhere.test") for number in (1, 2)] == [303, 303]
    page = f"/bookings/{booking}/guests"
    answer = member.post(page, {"name": "Guest 3", "email": "g@elsewhere.test"}, form=page)
    assert answer.status_code == 429
    assert "Too many tries." in answer.text
    assert 'value="Guest 3"' in answer.text
    held = id_in(hold(member, "Cedar", span(12)))
    typed = {"title": "", "people": "1", "guest_name": "Guest 4", "guest_email": "g@elsewhere.test"}
    answer = member.post(f"/bookings/{held}/guests", typed, form=f"/bookings/{held}/checkout")
    assert answer.status_code == 422
    assert "Too many tries." in answer.text
    assert _add(member, booking, "Ana") == 303
    assert [each.name for each in rows(app, north, BookingGuest)] == ["Guest 1", "Guest 2", "Ana"]


def test_no_more_than_the_room_holds(member: Visitor, booking: int) -> None:
    statuses = [_add(member, booking, f"Guest {number}") for number in range(4)]
    assert statuses == [303, 303, 303, 422]


def test_the_front_desk_sees_them_and_lets_them_in(
    app: Flask, north: TenantWorld, member: Visitor, booking: int
) -> None:
    _add(member, booking)
    desk = Desk(app, north, "desk")
    here = "/admin/bookings/guests"
    page = desk.get(here).text
    assert "Gus Guest" in page
    assert "1 still to come" in page
    guest = rows(app, north, BookingGuest)[0].id
    assert desk.send(f"{here}/{guest}/arrival").status_code == 303
    assert "Here since 09:07" in desk.get(here).text
    assert "Gus Guest (here)" in desk.get(f"/admin/bookings/{booking}").text
    assert "Here" in member.get(f"/bookings/{booking}/guests").text
    assert "No guests that day" in desk.get(f"{here}?date=2026-11-30").text


def _told(app: Flask, north: TenantWorld) -> list[str]:
    return [each.kind for each in rows(app, north, Notice) if each.kind.startswith("guest.")]


@pytest.fixture
def held(member: Visitor) -> int:
    """Fern, tomorrow from ten to eleven."""
    return id_in(hold(member, "Fern", span(10)))


def test_they_are_named_in_the_checkout_one_at_a_time_and_told_once_it_is_booked(
    app: Flask, north: TenantWorld, member: Visitor, held: int
) -> None:
    checkout, page = f"/bookings/{held}/checkout", f"/bookings/{held}/guests"
    typed = {"title": "Board", "people": "1", "guest_name": "Gus Guest", "guest_email": "gus@elsewhere.test"}
    first = member.post(page, typed, form=checkout)
    assert first.status_code == 200
    assert "Gus Guest" in first.text
    assert 'value="Board"' in first.text  # what else was typed is kept
    people = re.search(r'<input[^>]*name="people"[^>]*>', first.text.split('id="confirmation"')[1])
    assert people
    assert 'value="2"' in people[0]
    assert 'value="Gus Guest"' not in first.text  # and the next one is asked for
    second = member.post(page, {**typed, "guest_name": "Ana", "guest_email": ""}, form=checkout)
    assert "Ana" in second.text
    ana = rows(app, north, BookingGuest)[1].id
    removed = member.post(f"{page}/{ana}/removal", {**typed, "guest_name": "Be"}, form=checkout)
    assert removed.status_code == 200
    assert 'value="Be"' in removed.text
    assert [each.name for each in rows(app, north, BookingGuest)] == ["Gus Guest"]
    assert member.get(page).headers["Location"] == checkout
    assert _told(app, north) == []
    # Whom one has typed and not yet added was meant, too
    last = {**typed, "guest_name": "Bea", "guest_email": "bea@elsewhere.test"}
    assert member.post(f"/bookings/{held}/confirmation", last, form=checkout).status_code == 303
    (booking,) = rows(app, north, Booking)
    assert (booking.status, booking.people) == (BookingStatus.CONFIRMED, 3)
    assert _told(app, north) == ["guest.invited", "guest.invited"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"guest_name": "", "guest_email": "gus@elsewhere.test"}, "This is needed."),
        ({"guest_name": "Gus", "guest_email": "gus at home"}, "looks like name@example.com"),
    ],
)
def test_a_wrong_guest_keeps_the_rest_of_the_checkout(
    app: Flask, north: TenantWorld, member: Visitor, held: int, typed: dict[str, str], sentence: str
) -> None:
    checkout = f"/bookings/{held}/checkout"
    for end in ("guests", "confirmation"):
        answer = member.post(
            f"/bookings/{held}/{end}", {"title": "Board", "people": "2", **typed}, form=checkout
        )
        assert answer.status_code == 422
        assert sentence in answer.text
        assert 'value="Board"' in answer.text
    assert rows(app, north, BookingGuest) == []
    assert rows(app, north, Booking)[0].status is BookingStatus.HELD


def test_nobody_typed_adds_nobody(app: Flask, north: TenantWorld, member: Visitor, held: int) -> None:
    typed = {"title": "Board", "people": "2", "guest_name": "", "guest_email": ""}
    answer = member.post(f"/bookings/{held}/guests", typed, form=f"/bookings/{held}/checkout")
    assert answer.status_code == 200
    assert 'value="Board"' in answer.text
    assert rows(app, north, BookingGuest) == []


def test_the_checkout_takes_no_more_than_fit(member: Visitor, held: int) -> None:
    page, checkout = f"/bookings/{held}/guests", f"/bookings/{held}/checkout"
    answers = [
        member.post(page, {"title": "", "people": "1", "guest_name": f"Guest {number}"}, form=checkout)
        for number in range(4)
    ]
    assert [each.status_code for each in answers] == [200, 200, 200, 422]
    assert "It holds 4 people." in answers[-1].text


def test_after_the_ten_minutes_nobody_is_expected(
    app: Flask, north: TenantWorld, member: Visitor, held: int, tuesday: time_machine.Traveller
) -> None:
    page, checkout = f"/bookings/{held}/guests", f"/bookings/{held}/checkout"
    member.post(page, {"title": "", "people": "1", "guest_name": "Gus"}, form=checkout)
    tuesday.shift(11 * 60)
    late = member.post(page, {"title": "", "people": "1", "guest_name": "Ana"}, form=checkout)
    assert late.status_code == 422
    assert "The time that it was held for you is over" in late.text
    hold(member, "Fern", span(10))
    assert rows(app, north, BookingGuest) == []


def test_guests_cost_the_checkout_one_statement(app: Flask, member: Visitor, held: int) -> None:
    checkout = f"/bookings/{held}/checkout"
    member.get(checkout)
    with statements(app) as asked:
        assert member.get(checkout).status_code == 200
    assert len([each for each in asked if "booking_guest" in each]) == 1


def test_of_what_waits_for_approval_they_are_told_then(
    app: Flask, north: TenantWorld, member: Visitor
) -> None:
    change(app, north, Resource, north.rooms["Fern"], needs_approval=True)
    held = id_in(hold(member, "Fern", span(10)))
    checkout = f"/bookings/{held}/checkout"
    assert "They are told once it is approved." in member.get(checkout).text
    typed = {"title": "", "people": "3", "guest_name": "Gus", "guest_email": "gus@elsewhere.test"}
    assert member.post(f"/bookings/{held}/confirmation", typed, form=checkout).status_code == 303
    assert "Your guests are told once it is approved." in member.get(f"/bookings/{held}").text
    assert _add(member, held, "Ana", "ana@elsewhere.test") == 303
    assert "once it is approved" in member.get(f"/bookings/{held}/guests").text
    refused = member.post(
        f"/bookings/{held}/guests", {"name": "Bea", "email": ""}, form=f"/bookings/{held}/guests"
    )
    assert refused.status_code == 422
    assert "The front desk approves it for 3 people: ask them for more." in refused.text
    desk = Desk(app, north, "desk")
    assert "told once it is approved" in desk.get(f"/admin/bookings/{held}").text
    assert _told(app, north) == []
    assert desk.send(f"/admin/bookings/{held}/approval").status_code == 303
    assert _told(app, north) == ["guest.invited", "guest.invited"]


def test_staff_name_them_as_they_book_for_somebody(app: Flask, north: TenantWorld) -> None:
    desk = Desk(app, north, "desk")
    here = f"?person={north.people['member']}&location={north.locations['Leith Walk']}"
    typed = {
        "resource_id": str(north.rooms["Fern"]),
        "day": "2026-11-25",
        "at": "10:00",
        "minutes": "60",
        "people": "1",
        "title": "",
        "guests": "Gus Guest, gus@elsewhere.test\n\nAna",
    }
    for wrong, sentence in (
        ("gus@elsewhere.test", "Write a name before gus@elsewhere.test."),
        ("Gus gus@home", "gus@home is no e-mail address."),
    ):
        answer = desk.send(f"/admin/bookings{here}", {**typed, "guests": wrong})
        assert answer.status_code == 422
        assert sentence in answer.text
    assert desk.send(f"/admin/bookings{here}", typed).status_code == 303
    (booking,) = rows(app, north, Booking)
    assert booking.people == 3
    assert [(each.name, each.email) for each in rows(app, north, BookingGuest)] == [
        ("Gus Guest", "gus@elsewhere.test"),
        ("Ana", ""),
    ]
    assert _told(app, north) == ["guest.invited"]
