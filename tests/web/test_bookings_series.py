"""Repeating a booking through the pages, all of it without scripts: asked, previewed, booked, and changed later."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.models import (
    AuditEntry,
    Booking,
    BookingSeries,
    BookingStatus,
    CancellationStep,
    Notice,
    Resource,
    Tenant,
)
from app.web.slots import slot_value
from tests.support.bookings import NOW, booked, repeated, span, statements
from tests.support.rows import inside, rows
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

NEW = "/bookings/series/new"
MINE = "/bookings/mine"
WEEKS = ["2026-11-25", "2026-12-02", "2026-12-09", "2026-12-16"]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
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


def _wish(north: TenantWorld, **more: str) -> dict[str, str]:
    asked = {
        "slot": slot_value(north.rooms["Fern"], span(10)),
        "people": "2",
        "every": "week",
        "interval": "1",
    }
    return asked | {"weekdays": "2", "count": "4", "title": "Choir"} | more


def _address(wish: dict[str, str]) -> str:
    return NEW + "?" + "&".join(f"{name}={value}" for name, value in wish.items())


def _due(page: str) -> str:
    found = re.search(r'name="due" value="(\d+)"', page)
    assert found
    return found[1]


def _book(member: Visitor, north: TenantWorld, days: list[str], **more: str) -> TestResponse:
    wish = _wish(north)
    page = member.get(_address(wish)).text
    form = wish | {"due": _due(page), "take": days} | more
    return member.post("/bookings/series", form, form=_address(wish))


def _standing(app: Flask, north: TenantWorld) -> list[str]:
    found = rows(app, north, Booking, status=BookingStatus.CONFIRMED)
    return [f"{each.starts_at:%Y-%m-%d %H:%M}" for each in sorted(found, key=lambda each: each.starts_at)]


def test_the_checkout_leads_there(app: Flask, member: Visitor, north: TenantWorld) -> None:
    held = member.post(
        "/bookings/holds",
        {"slot": slot_value(north.rooms["Fern"], span(10)), "people": "2"},
        form="/bookings/search",
    )
    page = member.get(held.headers["Location"]).text
    assert 'href="/bookings/series/new?slot=' in page
    assert "Every week" in member.get(_address({"slot": _wish(north)["slot"], "people": "2"})).text


def test_every_date_is_shown_with_its_state_and_price(
    app: Flask, member: Visitor, north: TenantWorld
) -> None:
    booked(app, north, "desk", "Fern", span(10, days=8))
    page = member.get(_address(_wish(north))).text
    assert re.findall(r'name="take" value="([\d-]+)"( checked)?', page) == [
        (WEEKS[0], " checked"),
        (WEEKS[1], ""),
        (WEEKS[2], " checked"),
        (WEEKS[3], " checked"),
    ]
    assert page.count("Free, £18.00") == 3
    assert "Taken then" in page
    assert "£54.00" in page
    assert "3 dates" in page


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"count": "10000"}, "at most 732 dates"),
        ({"count": "", "until": "2029-01-01"}, "can be booked until"),
        ({"count": "", "until": ""}, "one of the two"),
        ({"until": "2027-01-01"}, "one of the two"),
        ({"interval": "0"}, "At least 1."),
        ({"every": "hour"}, "Choose one from the list."),
        ({"weekdays": "9"}, "Choose from the list."),
        ({"count": "", "until": "2026-11-24"}, "No date comes before that end."),
    ],
)
def test_what_is_wrong_is_said_where_it_was_asked(
    member: Visitor, north: TenantWorld, more: dict[str, str], said: str
) -> None:
    answer = member.get(_address(_wish(north, **more)))
    assert answer.status_code == 422
    assert said in answer.text
    assert "Choir" in answer.text


def test_what_no_page_asks_is_not_there(member: Visitor, north: TenantWorld) -> None:
    for slot in ("", "x"):
        assert member.get(_address(_wish(north, slot=slot))).headers["Location"] == "/bookings/search"
    assert member.get(_address(_wish(north, slot="999999.1.1"))).status_code == 404
    assert member.get("/bookings/series/999999").status_code == 404


def test_chosen_dates_are_booked_at_their_times(app: Flask, member: Visitor, north: TenantWorld) -> None:
    answer = _book(member, north, [WEEKS[0], WEEKS[2]], **{f"at-{WEEKS[2]}": "11:30"})
    assert answer.status_code == 303
    assert _standing(app, north) == ["2026-11-25 10:00", "2026-12-09 11:30"]
    page = member.get(answer.headers["Location"]).text
    assert "Every week on Wednesday" in page
    assert "Moved, £18.00" in page
    assert page.count("Left out") == 2
    assert "Moved to" not in page
    (series,) = rows(app, north, BookingSeries)
    assert (series.title, series.people) == ("Choir", 2)


def test_months_say_which_weekday_and_the_last_may_be_meant(member: Visitor, north: TenantWorld) -> None:
    """The 25th of November is a fourth Wednesday, and the last."""
    page = member.get(_address(_wish(north, every="month_last", count="2"))).text
    for which in ("fourth", "last"):
        assert f"Every month, on the {which} Wednesday" in page
    assert '<option selected value="month_last">' in page
    assert "Every month on the last Wednesday" in page
    assert "2026-12-30" in page
    fifth = member.get(_address(_wish(north, slot=slot_value(north.rooms["Fern"], span(10, days=5))))).text
    assert fifth.count("Every month, on the last") == 1


def test_a_date_in_another_room_says_which(app: Flask, member: Visitor, north: TenantWorld) -> None:
    made = _book(member, north, WEEKS[:3])
    second = sorted(rows(app, north, Booking), key=lambda each: each.starts_at)[1]
    page = f"/bookings/{second.id}/edit"
    hidden = dict(re.findall(r'name="(sequence|due)"[^>]*value="(\d+)"', member.get(page).text))
    wish = {"resource_id": str(north.rooms["Cedar"]), "day": "2026-12-02", "at": "10:00", **hidden}
    wish |= {"minutes": "60", "people": "2", "title": "Choir"}
    assert member.post(page, wish, form=page).status_code == 303
    shown = member.get(made.headers["Location"]).text
    assert shown.count("Moved to Cedar, £18.00") == 1


def test_it_looks_again_without_booking(app: Flask, member: Visitor, north: TenantWorld) -> None:
    booked(app, north, "desk", "Fern", span(11, days=1))
    answer = _book(member, north, WEEKS[:2], do="look", **{f"at-{WEEKS[0]}": "10:30"})
    assert answer.status_code == 200
    text = answer.text
    assert re.findall(r'name="take" value="([\d-]+)" checked', text) == [WEEKS[1]]
    assert 'value="10:30"' in text
    assert rows(app, north, BookingSeries) == []


def test_what_is_taken_meanwhile_refuses_all(app: Flask, member: Visitor, north: TenantWorld) -> None:
    booked(app, north, "desk", "Fern", span(10, days=8))
    answer = _book(member, north, WEEKS[:2])
    assert answer.status_code == 422
    assert "Some dates cannot be had any more" in answer.text
    assert len(_standing(app, north)) == 1


def test_my_bookings_has_one_entry_with_the_next_date(
    app: Flask, member: Visitor, north: TenantWorld, clock: time_machine.Traveller
) -> None:
    _book(member, north, WEEKS)
    page = member.get(MINE).text
    (series,) = rows(app, north, BookingSeries)
    assert page.count(f'href="/bookings/series/{series.id}"') == 1
    assert "Repeats" in page
    clock.move_to(datetime(2026, 11, 25, 10, 30, tzinfo=UTC))
    page = member.get(MINE).text
    assert page.count(f'href="/bookings/series/{series.id}"') == 1
    assert "2 Dec" in page


def test_dates_are_paused_added_and_moved(app: Flask, member: Visitor, north: TenantWorld) -> None:
    _book(member, north, WEEKS)
    (series,) = rows(app, north, BookingSeries)
    here = f"/bookings/series/{series.id}"
    stretch = {"which": "stretch", "first": WEEKS[1], "last": WEEKS[2], "reason": ""}
    wrong = member.post(f"{here}/cancellation", stretch | {"last": ""}, form=f"{here}/cancellation")
    assert wrong.status_code == 422
    assert "Choose a day." in wrong.text
    assert member.post(f"{here}/cancellation", stretch, form=f"{here}/cancellation").status_code == 303
    assert _standing(app, north) == ["2026-11-25 10:00", "2026-12-16 10:00"]
    page = member.get(f"{here}/dates?until=2026-12-23").text
    assert re.findall(r'name="take" value="([\d-]+)" checked', page) == [*WEEKS[1:3], "2026-12-23"]
    form = {"until": "2026-12-23", "due": _due(page), "take": [WEEKS[1], "2026-12-23"]}
    assert member.post(f"{here}/dates", form, form=f"{here}/dates").status_code == 303
    assert len(_standing(app, north)) == 4
    booked(app, north, "desk", "Fern", span(14, days=8))
    move = _move(north, "13:30", which="from", first=WEEKS[1], minutes="60")
    looked = member.post(f"{here}/move", move, form=f"{here}/move").text
    assert _taken(looked) == ["2026-12-16", "2026-12-23"]
    assert "Taken then" in looked
    assert member.post(f"{here}/move", move | _shown(looked), form=f"{here}/move").status_code == 303
    assert _standing(app, north) == [
        "2026-11-25 10:00",
        "2026-12-02 10:00",
        "2026-12-02 14:00",
        "2026-12-16 13:30",
        "2026-12-23 13:30",
    ]
    kinds = [each.kind for each in rows(app, north, Notice)]
    assert kinds.count("series.changed") == 3
    assert (
        member.post(f"{here}/cancellation", {"which": "all"}, form=f"{here}/cancellation").status_code == 303
    )
    assert _standing(app, north) == ["2026-12-02 14:00"]
    assert "No date of it can be changed" in member.get(f"{here}/cancellation").text


def test_a_date_leads_to_cancelling_it_with_all_later_ones(
    app: Flask, member: Visitor, north: TenantWorld
) -> None:
    answer = _book(member, north, WEEKS[:3])
    second = rows(app, north, Booking)[1].id
    page = member.get(f"/bookings/{second}").text
    later = f"{answer.headers['Location']}/cancellation?from={WEEKS[1]}"
    assert "Cancel this date" in page
    assert f'href="{later}"' in page
    form = member.get(later).text
    assert f'value="{WEEKS[1]}"' in form
    member.post(later, {"which": "from", "first": WEEKS[1], "reason": ""}, form=later)
    assert _standing(app, north) == ["2026-11-25 10:00"]
    alone = booked(app, north, "member", "Cedar", span(15))
    assert "Cancel this and later dates" not in member.get(f"/bookings/{alone}").text


def test_its_pages_ask_no_more_for_more_dates(app: Flask, member: Visitor, north: TenantWorld) -> None:
    found: list[tuple[int, int]] = []
    for room, times in (("Fern", 3), ("Cedar", 30)):
        wish = _wish(north, slot=slot_value(north.rooms[room], span(10)), every="day", count=str(times))
        series_id = repeated(app, north, "member", times=times) if room == "Fern" else found[0][1]
        for path in (_address(wish), f"/bookings/series/{series_id}"):
            member.get(path)
            with statements(app) as sent:
                assert member.get(path).status_code == 200
            found.append((len([each for each in sent if not each.startswith("BEGIN")]), series_id))
    few, many = (count for count, _ in found[::2])
    assert few == many <= 14
    assert found[1][0] <= 6


def test_it_is_nobody_elses(app: Flask, member: Visitor, north: TenantWorld) -> None:
    _book(member, north, WEEKS)
    (series,) = rows(app, north, BookingSeries)
    other = Visitor(app, north)
    other.sign_in("colleague")
    for path in ("", "/cancellation", "/move", "/dates"):
        assert other.get(f"/bookings/series/{series.id}{path}").status_code == 404


def test_the_front_desk_repeats_for_a_member_past_limits(
    app: Flask, member: Visitor, north: TenantWorld
) -> None:
    desk = Visitor(app, north)
    desk.sign_in("desk")
    whom = north.people["member"]
    typed = {
        "resource_id": str(north.rooms["Fern"]),
        "day": WEEKS[0],
        "at": "10:00",
        "minutes": "60",
        "people": "9",
        "title": "",
        "repeat": "1",
    }
    new = f"/admin/bookings/new?person={whom}"
    led = desk.post(f"/admin/bookings?person={whom}", typed, form=new)
    assert led.status_code == 303
    address = led.headers["Location"] + "&every=week&interval=1&weekdays=2&count=2&title="
    page = desk.get(address).text
    assert "It holds 4 people" in page
    slot = slot_value(north.rooms["Fern"], span(10))
    wish = {"slot": slot, "people": "9", "every": "week", "interval": "1", "weekdays": "2", "count": "2"}
    form = wish | {"title": "", "until": "", "due": "", "take": WEEKS[:2]}
    to = f"/admin/bookings/series?person={whom}"
    refused = desk.post(to, form, form=address)
    assert refused.status_code == 422
    assert 'name="confirmed" value="too_many_people"' in refused.text
    assert refused.text.count("checked") >= 2
    # What the button did not say is not passed over
    assert desk.post(to, form | {"confirmed": "too_soon"}, form=address).status_code == 422
    made = desk.post(to, form | {"confirmed": "too_many_people"}, form=address)
    assert made.status_code == 303
    here = made.headers["Location"]
    assert "Every week on Wednesday" in desk.get(here).text
    assert member.get(here).status_code == 404
    needs = desk.post(f"{here}/cancellation", {"first": "", "last": "", "reason": ""}, form=here)
    assert needs.status_code == 422
    gone = desk.post(f"{here}/cancellation", {"first": "", "last": "", "reason": "Works"}, form=here)
    assert gone.status_code == 303
    assert _standing(app, north) == []
    told = rows(app, north, Notice)
    assert [(each.kind, each.person_id) for each in told] == [
        ("series.booked", whom),
        ("series.changed", whom),
    ]


def test_no_shows_are_shown_to_the_member_and_forgiven_by_staff(
    app: Flask, member: Visitor, north: TenantWorld, clock: time_machine.Traveller
) -> None:
    _book(member, north, WEEKS)
    (series,) = rows(app, north, BookingSeries)
    here, desks = f"/bookings/series/{series.id}", f"/admin/bookings/series/{series.id}"
    first = min(rows(app, north, Booking), key=lambda each: each.starts_at)
    with inside(app, north) as session:
        session.get_one(Tenant, north.id).strike_limit = 2
        missed = session.get_one(Booking, first.id)
        missed.ends_at = missed.released_at = first.starts_at + timedelta(minutes=16)
    clock.move_to(first.starts_at + timedelta(hours=1))
    said = "If nobody comes once more, all dates to come are cancelled."
    assert said in member.get(here).text
    desk = Visitor(app, north)
    desk.sign_in("desk")
    assert said in desk.get(desks).text
    assert member.post(f"{desks}/strikes/removal", form=here).status_code == 404
    assert said in member.get(here).text
    assert desk.post(f"{desks}/strikes/removal", form=desks).status_code == 303
    assert said not in member.get(here).text
    assert said not in desk.get(desks).text


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    assert found, name
    return found[1]


def _shown(page: str) -> dict[str, object]:
    """What the page of a move sends along with its button."""
    names = ("ranged", "shown", "more", "sequence")
    return {name: _field(page, name) for name in names} | {"take": _taken(page)}


def _taken(page: str) -> list[str]:
    return re.findall(r'name="take" value="([\d-]+)" checked', page)


def _series(app: Flask, north: TenantWorld) -> str:
    (series,) = rows(app, north, BookingSeries)
    return f"/bookings/series/{series.id}"


def _move(north: TenantWorld, at: str, **more: str) -> dict[str, object]:
    fern = str(north.rooms["Fern"])
    asked = {"which": "all", "first": "", "last": "", "at": at, "minutes": "90", "resource_id": fern}
    return {**asked, **more}


def test_a_whole_series_shows_its_price_before_it_moves(
    app: Flask, member: Visitor, north: TenantWorld
) -> None:
    _book(member, north, WEEKS)
    here = _series(app, north) + "/move"
    asked = _move(north, "11:00")
    page = member.post(here, asked, form=here)
    assert page.status_code == 200
    assert _standing(app, north)[0] == "2026-11-25 10:00"
    assert "Change 4 dates for £36.00 more" in page.text
    assert "Now 10:00 – 11:00: £18.00" in page.text
    assert "Then 11:00 – 12:30: £27.00" in page.text
    sent = asked | _shown(page.text)
    # Another sum than what is true shows the price first, and one date less is another sum
    again = member.post(here, sent | {"more": "0"}, form=here)
    assert "Change 4 dates for £36.00 more" in again.text
    again = member.post(here, sent | {"take": WEEKS[:3]}, form=here)
    assert _standing(app, north)[0] == "2026-11-25 10:00"
    assert "Change 3 dates for £27.00 more" in again.text
    assert "Stays where it is" in again.text
    assert member.post(here, sent, form=here).status_code == 303
    assert [each[-5:] for each in _standing(app, north)] == ["11:00"] * 4
    assert {each.price_minor for each in rows(app, north, Booking)} == {2700}
    # The same form again finds its own change
    assert member.post(here, sent, form=here).status_code == 303
    none = member.post(here, sent | {"at": "12:00", "take": []}, form=here)
    assert none.status_code == 422
    assert "Choose at least one date." in none.text


def test_by_htmx_the_answers_are_the_same(app: Flask, member: Visitor, north: TenantWorld) -> None:
    _book(member, north, WEEKS)
    here, asked = _series(app, north) + "/move", _move(north, "11:00")
    by_htmx = {"headers": {"HX-Request": "true"}}
    page = member.post(here, asked, form=here, **by_htmx)
    assert "Change 4 dates for £36.00 more" in page.text
    done = member.post(here, asked | _shown(page.text), form=here, **by_htmx)
    assert done.headers["HX-Redirect"] == _series(app, north)


def test_single_dates_go_to_another_day_before_and_after(
    app: Flask, member: Visitor, north: TenantWorld
) -> None:
    answer = _book(member, north, WEEKS[:2], **{f"on-{WEEKS[1]}": "2026-12-03", f"at-{WEEKS[1]}": "10:00"})
    assert answer.status_code == 303
    assert _standing(app, north) == ["2026-11-25 10:00", "2026-12-03 10:00"]
    here = _series(app, north) + "/move"
    asked = _move(north, "10:00", minutes="60")
    page = member.post(here, asked, form=here).text
    assert _field(page, f"on-{WEEKS[1]}") == WEEKS[1]
    one = {f"on-{WEEKS[0]}": "2026-11-26", f"at-{WEEKS[0]}": "10:00", "take": [WEEKS[0]]}
    page = member.post(here, asked | _shown(page) | one | {"do": "look"}, form=here).text
    assert "Then Thu 26 Nov 2026, 10:00 – 11:00: £18.00" in page
    # Another usual time by then: the date has a day of its own, and the new time
    asked |= {"at": "15:00"}
    page = member.post(here, asked | _shown(page) | one | {"do": "look"}, form=here).text
    assert "Then Thu 26 Nov 2026, 15:00 – 16:00: £18.00" in page
    sent = asked | _shown(page) | {f"on-{WEEKS[0]}": "2026-11-26", f"at-{WEEKS[0]}": "15:00"}
    assert member.post(here, sent, form=here).status_code == 303
    assert _standing(app, north) == ["2026-11-26 15:00", "2026-12-03 10:00"]


def test_a_series_goes_to_another_room(app: Flask, member: Visitor, north: TenantWorld) -> None:
    _book(member, north, WEEKS)
    here = _series(app, north) + "/move"
    cedar = str(north.rooms["Cedar"])
    booked(app, north, "desk", "Cedar", span(10, days=8))
    asked = _move(north, "10:00", minutes="60", resource_id=cedar)
    page = member.post(here, asked, form=here).text
    assert "Taken then" in page
    assert _taken(page) == [WEEKS[0], *WEEKS[2:]]
    all_of_them = member.post(here, asked | _shown(page) | {"take": WEEKS}, form=here)
    assert all_of_them.status_code == 422
    assert "nothing was moved" in all_of_them.text
    assert member.post(here, asked | _shown(page), form=here).status_code == 303
    found = {str(each.series_day): each.resource_id for each in rows(app, north, Booking) if each.series_id}
    assert {day for day, room in found.items() if room == north.rooms["Cedar"]} == {WEEKS[0], *WEEKS[2:]}
    wrong = member.post(here, asked | {"resource_id": "999999"}, form=here)
    assert wrong.status_code == 422
    assert "Choose one from the list." in wrong.text


def test_what_late_dates_cost_stands_before_the_button(
    app: Flask, member: Visitor, north: TenantWorld, clock: time_machine.Traveller
) -> None:
    _late(app, north)
    _book(member, north, WEEKS)
    clock.move_to(datetime(2026, 11, 25, 8, 0, tzinfo=UTC))
    here = _series(app, north) + "/cancellation"
    page = member.post(here, {"which": "all"}, form=here)
    assert page.status_code == 200
    assert len(_standing(app, north)) == 4
    assert "1 date is late: cancelling it now costs £9.00." in page.text
    assert "Cancel 4 dates for £9.00" in page.text
    assert "Cancel only the 3 that cost nothing" in page.text
    kept = {"which": "all", "keep_late": "1", "fee": "900"}
    assert member.post(here, kept, form=here).status_code == 303
    assert _standing(app, north) == ["2026-11-25 10:00"]
    # Nothing but what is late is left, and that may still be cancelled
    assert "No date of it can be changed" not in member.get(here).text
    assert member.post(here, {"which": "all", "fee": "900"}, form=here).status_code == 303
    assert _standing(app, north) == []


def _late(app: Flask, north: TenantWorld) -> None:
    with inside(app, north) as session:
        session.add(CancellationStep(hours=24, percent=50))
        session.get_one(Resource, north.rooms["Fern"]).cancel_cutoff_minutes = 2880
        session.commit()


@pytest.fixture
def desk(app: Flask, north: TenantWorld) -> Visitor:
    visitor = Visitor(app, north)
    visitor.sign_in("desk")
    return visitor


@pytest.mark.parametrize("waive", [False, True])
def test_the_front_desk_keeps_or_waives_what_late_dates_cost(
    app: Flask,
    member: Visitor,
    desk: Visitor,
    north: TenantWorld,
    clock: time_machine.Traveller,
    *,
    waive: bool,
) -> None:
    _late(app, north)
    _book(member, north, WEEKS)
    clock.move_to(datetime(2026, 11, 25, 8, 0, tzinfo=UTC))
    desk.sign_in("desk")
    here = "/admin" + _series(app, north)
    sent = {"first": "", "last": "", "reason": "Works"}
    page = desk.post(f"{here}/cancellation", sent, form=here)
    assert page.status_code == 200
    assert len(_standing(app, north)) == 4
    assert "cancelling it now costs £9.00" in page.text
    assert "Waive it" in page.text
    choice = {"fee": _field(page.text, "fee")} | ({"waive": "1"} if waive else {})
    assert desk.post(f"{here}/cancellation", sent | choice, form=here).status_code == 303
    (said,) = rows(app, north, AuditEntry, action="series.cancelled")
    assert said.after is not None
    assert said.after.get("waived_minor" if waive else "kept_minor") == 900
    first = min(rows(app, north, Booking), key=lambda each: each.starts_at)
    assert ("cancellation" in first.quote) is not waive


def test_the_front_desk_moves_and_adds_past_limits(
    app: Flask, member: Visitor, desk: Visitor, north: TenantWorld
) -> None:
    _book(member, north, WEEKS)
    here = "/admin" + _series(app, north)
    move = f"{here}/move"
    asked = _move(north, "02:00", minutes="60")
    page = desk.post(move, asked, form=move).text
    assert _taken(page) == []
    refused = desk.post(move, asked | _shown(page) | {"take": WEEKS}, form=move)
    assert refused.status_code == 422
    assert 'name="confirmed" value="outside_hours"' in refused.text
    assert "Anyway: Change 4 dates" in refused.text
    sent = asked | _shown(refused.text)
    # What the button did not say is not passed over
    assert desk.post(move, sent | {"confirmed": "too_soon"}, form=move).status_code == 422
    assert desk.post(move, sent | {"confirmed": "outside_hours"}, form=move).status_code == 303
    assert [each[-5:] for each in _standing(app, north)] == ["02:00"] * 4
    dates = f"{here}/dates"
    page = desk.get(f"{dates}?until=2026-12-23").text
    form = {"until": "2026-12-23", "due": _due(page), "take": ["2026-12-23"]}
    refused = desk.post(dates, form, form=dates)
    assert refused.status_code == 422
    assert 'name="confirmed" value="outside_hours"' in refused.text
    form |= {"due": _due(refused.text), "confirmed": "outside_hours"}
    assert desk.post(dates, form, form=dates).status_code == 303
    assert len(_standing(app, north)) == 5
    told = [(each.kind, each.person_id) for each in rows(app, north, Notice)]
    assert (
        told == [("series.booked", north.people["member"])] + [("series.changed", north.people["member"])] * 2
    )
    done = {each.action for each in rows(app, north, AuditEntry, for_id=north.people["member"])}
    assert {"series.moved", "series.extended"} <= done


def test_the_desk_pages_of_a_series_are_nobody_elses(app: Flask, member: Visitor, north: TenantWorld) -> None:
    _book(member, north, WEEKS)
    here = "/admin" + _series(app, north)
    for path in ("", "/move", "/dates"):
        assert member.get(here + path).status_code == 404


def test_a_move_asks_no_more_for_more_dates(app: Flask, member: Visitor, north: TenantWorld) -> None:
    counts = []
    for room, times in (("Fern", "3"), ("Cedar", "30")):
        wish = _wish(north, slot=slot_value(north.rooms[room], span(10)), every="day", count=times)
        page = member.get(_address(wish)).text
        member.post("/bookings/series", wish | {"due": _due(page), "take": _taken(page)}, form=NEW)
        series = max(rows(app, north, BookingSeries), key=lambda each: each.id)
        here = f"/bookings/series/{series.id}/move"
        asked = _move(north, "15:00", resource_id=str(north.rooms[room])) | {"csrf_token": member.token(here)}
        member.client.post(here, data=asked, base_url=f"http://{north.host}")
        with statements(app) as sent:
            assert member.client.post(here, data=asked, base_url=f"http://{north.host}").status_code == 200
        counts.append(len([each for each in sent if not each.startswith("BEGIN")]))
    assert counts[0] == counts[1] <= 16
