"""The panel beside a room: opened by its secret alone, showing no more than a passer-by may know, for days."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.domain.spaces.room_signs import make_panel, make_sign
from app.models import AuditEntry, Booking, PersonProfile, Resource, RoomSign
from tests.support.bookings import NOW, booked, span, statements
from tests.support.rows import change, inside
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.usefixtures("tuesday")


def _panel(app: Flask, tenant: TenantWorld, room: str = "Fern") -> str:
    with inside(app, tenant) as session:
        token = make_panel(session, tenant.actor("manager"), tenant.rooms[room], lambda: datetime.now(UTC))
        session.commit()
    return f"/rooms/{token}/panel"


@pytest.fixture
def tablet(app: Flask, world: World) -> Visitor:
    return Visitor(app, world.northlight)


@pytest.fixture
def panel(app: Flask, world: World) -> str:
    return _panel(app, world.northlight)


def _booking(app: Flask, world: World, booking_id: int) -> Booking:
    with inside(app, world.northlight) as session:
        return session.get_one(Booking, booking_id)


def test_it_needs_no_session_and_makes_none(tablet: Visitor, panel: str) -> None:
    answer = tablet.get(panel)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Free for the rest of the day" in answer.text or "Free until" in answer.text


def test_it_works_without_javascript(tablet: Visitor, panel: str) -> None:
    assert (
        f'<noscript><meta http-equiv="refresh" content="30;url={panel}"></noscript>' in tablet.get(panel).text
    )


def test_it_names_who_lets_others_find_them(
    app: Flask, world: World, tablet: Visitor, panel: str, tuesday: time_machine.Traveller
) -> None:
    north = world.northlight
    booked(app, north, "member", "Fern", span(9, 15, 45, days=0), "Secret merger")
    booked(app, north, "colleague", "Fern", span(11, days=0))
    with inside(app, north) as session:
        session.add(PersonProfile(person_id=north.people["member"], listed=True))
        session.add(PersonProfile(person_id=north.people["colleague"], listed=False))
        session.commit()
    tuesday.shift(600)
    page = tablet.get(panel).text
    assert "Booked until 10:00" in page
    assert "Maya" in page
    assert "Colin" not in page
    assert "11:00 – 12:00" in page
    assert not [
        word for word in ("Member", "Secret merger", "@example.test") if word in page.split("<body")[1]
    ]


def test_booking_now_is_done_with_ones_own_telephone(tablet: Visitor, panel: str) -> None:
    page = tablet.get(panel).text
    assert re.findall(r"\?minutes=(\d+)", page) == ["15", "30", "60"]
    chosen = tablet.get(f"{panel}?minutes=30").text
    assert "Scan to book it for 30 min" in chosen
    assert 'content="90;url=' in chosen
    assert page.count("<form") == 0


def test_it_offers_only_what_is_free_and_allowed(
    app: Flask, world: World, tablet: Visitor, panel: str
) -> None:
    booked(app, world.northlight, "member", "Fern", span(9, 45, days=0))
    assert re.findall(r"\?minutes=(\d+)", tablet.get(panel).text) == ["15", "30"]
    change(app, world.northlight, Resource, world.northlight.rooms["Fern"], min_minutes=30)
    assert re.findall(r"\?minutes=(\d+)", tablet.get(panel).text) == ["30"]


def test_the_door_is_told_that_a_room_is_closed(
    tablet: Visitor, panel: str, tuesday: time_machine.Traveller
) -> None:
    tuesday.shift(12 * 3600)
    page = tablet.get(panel).text
    assert "Closed" in page
    assert "?minutes=" not in page


def test_checking_in_and_ending_at_the_door(
    app: Flask, world: World, tablet: Visitor, panel: str, tuesday: time_machine.Traveller
) -> None:
    booking = booked(app, world.northlight, "member", "Fern", span(9, 15, days=0))
    assert "Check in" in tablet.get(panel).text
    done = tablet.post_bare(f"{panel}/check-in", {"booking": str(booking)})
    assert (done.status_code, done.headers["Location"]) == (303, panel)
    assert _booking(app, world, booking).checked_in_at is not None
    tuesday.shift(20 * 60)
    page = tablet.get(panel).text
    assert "checked in" in page
    assert f'action="{panel}/check-in"' not in page
    assert f'action="{panel}/ending"' not in page
    assert f'action="{panel}/ending"' in tablet.get(f"{panel}?end=1").text
    assert tablet.post_bare(f"{panel}/ending", {"booking": str(booking)}).status_code == 303
    assert _booking(app, world, booking).ends_at == span(9, 28, days=0).start
    with inside(app, world.northlight) as session:
        done_by = session.execute(
            select(AuditEntry.actor_id, AuditEntry.for_id).where(AuditEntry.action == "booking.ended_early")
        ).one()
    assert done_by == (None, world.northlight.people["member"])


def test_it_says_why_not(app: Flask, world: World, tablet: Visitor, panel: str) -> None:
    later = booked(app, world.northlight, "member", "Fern", span(12, days=0))
    early = tablet.post_bare(f"{panel}/check-in", {"booking": str(later)})
    assert early.status_code == 422
    assert "Check in from 15 minutes before" in early.text
    over = tablet.post_bare(f"{panel}/ending", {"booking": str(later)})
    assert over.status_code == 422
    assert "does not run any more" in over.text
    assert _booking(app, world, later).checked_in_at is None


@pytest.mark.parametrize("what", ["check-in", "ending"])
@pytest.mark.parametrize("named", ["another room's", "nobody's", "'; DROP TABLE", ""])
def test_it_touches_no_booking_of_another_room(
    app: Flask,
    world: World,
    tablet: Visitor,
    panel: str,
    tuesday: time_machine.Traveller,
    what: str,
    named: str,
) -> None:
    other = booked(app, world.northlight, "member", "Cedar", span(9, 15, 45, days=0))
    tuesday.shift(600)  # it runs: either could be done at the door of its own room
    before = _booking(app, world, other)
    sent = {"another room's": str(other), "nobody's": "999999"}.get(named, named)
    assert tablet.post_bare(f"{panel}/{what}", {"booking": sent}).status_code == 404
    after = _booking(app, world, other)
    assert (after.checked_in_at, after.ends_at) == (before.checked_in_at, before.ends_at)


@pytest.mark.parametrize("what", ["check-in", "ending"])
def test_where_there_are_several_it_touches_nobodys(
    app: Flask, world: World, tablet: Visitor, tuesday: time_machine.Traveller, what: str
) -> None:
    """Whose of them it is, nobody at the door can be asked: the page has no such buttons, and guessing helps nobody."""
    panel = _panel(app, world.northlight, "Lark")
    theirs = booked(app, world.northlight, "member", "Lark", span(9, 15, 45, days=0))
    tuesday.shift(600)
    before = _booking(app, world, theirs)
    assert tablet.post_bare(f"{panel}/{what}", {"booking": str(theirs)}).status_code == 404
    after = _booking(app, world, theirs)
    assert (after.checked_in_at, after.ends_at) == (before.checked_in_at, before.ends_at)


def test_a_revoked_token_opens_nothing(app: Flask, world: World, tablet: Visitor, panel: str) -> None:
    booking = booked(app, world.northlight, "member", "Fern", span(9, 15, days=0))
    assert tablet.get(panel).status_code == 200
    manager = Visitor(app, world.northlight)
    manager.sign_in("manager")
    sign = f"/admin/resources/{world.northlight.rooms['Fern']}/sign"
    assert manager.post(sign.replace("/sign", "/panel/revocation"), form=sign).status_code == 303
    live = panel.replace("/panel", "/live")
    assert [tablet.get(path).status_code for path in (panel, live)] == [404, 404]
    assert tablet.post_bare(f"{panel}/check-in", {"booking": str(booking)}).status_code == 404
    assert _booking(app, world, booking).checked_in_at is None


def test_a_new_panel_closes_the_one_before(app: Flask, world: World, tablet: Visitor, panel: str) -> None:
    newer = _panel(app, world.northlight)
    assert [tablet.get(path).status_code for path in (panel, newer)] == [404, 200]


def test_a_token_of_another_tenant_opens_nothing(app: Flask, world: World, tablet: Visitor) -> None:
    theirs = _panel(app, world.harbour)
    assert Visitor(app, world.harbour).get(theirs).status_code == 200
    assert tablet.get(theirs).status_code == 404
    assert tablet.get(theirs.replace("/panel", "/live")).status_code == 404


def test_the_token_is_kept_nowhere(app: Flask, world: World, panel: str) -> None:
    token = panel.split("/")[2]
    with inside(app, world.northlight) as session:
        sign = session.scalars(select(RoomSign)).one()
        assert token not in (sign.code, sign.panel_hash)


def test_the_code_on_the_wall_is_not_the_secret(
    app: Flask, world: World, tablet: Visitor, panel: str
) -> None:
    with inside(app, world.northlight) as session:
        code = session.scalars(select(RoomSign.code)).one()
    assert tablet.get(f"/rooms/{code}/panel").status_code == 404
    assert tablet.get(f"/rooms/{code}").status_code in {302, 303}


def test_guessing_is_made_to_wait(app: Flask, tablet: Visitor, panel: str) -> None:
    app.config["LIMITS"]["panel by address"] = "2 per hour"
    answers = [tablet.get(f"/rooms/guess-{n}/panel").status_code for n in range(4)]
    assert answers == [404, 404, 429, 429]
    assert tablet.get(panel).status_code == 200


def test_pressing_is_limited(app: Flask, world: World, tablet: Visitor, panel: str) -> None:
    app.config["LIMITS"]["panel press by room"] = "2 per hour"
    answers = [tablet.post_bare(f"{panel}/ending", {"booking": "1"}).status_code for _ in range(3)]
    assert answers == [404, 404, 429]


def test_a_retired_room_has_no_panel(app: Flask, world: World, tablet: Visitor, panel: str) -> None:
    change(app, world.northlight, Resource, world.northlight.rooms["Fern"], retired_at=NOW)
    assert tablet.get(panel).status_code == 404


def test_it_costs_few_statements(app: Flask, world: World, tablet: Visitor, panel: str) -> None:
    booked(app, world.northlight, "member", "Fern", span(9, 15, 45, days=0))
    tablet.get(panel)
    with statements(app) as asked:
        tablet.get(panel)
    assert len(asked) <= 8


def test_front_desk_sees_the_address_once(app: Flask, world: World) -> None:
    manager = Visitor(app, world.northlight)
    manager.sign_in("manager")
    room = f"/admin/resources/{world.northlight.rooms['Fern']}"
    made = manager.post(f"{room}/panel", form=f"{room}/sign")
    address = re.search(r"http://localhost(/rooms/[^/\"]+/panel)", made.text)
    assert address
    assert manager.get(address[1]).status_code == 200
    again = manager.get(f"{room}/sign").text
    assert address[1] not in again
    assert "A panel is open." in again


def _code(app: Flask, tenant: TenantWorld, room: str = "Fern") -> str:
    with inside(app, tenant) as session:
        sign = make_sign(session, tenant.actor("manager"), tenant.rooms[room], lambda: datetime.now(UTC))
        session.commit()
        return f"/rooms/{sign.code}"


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def test_the_code_leads_to_checking_in(app: Flask, world: World, member: Visitor) -> None:
    booking = booked(app, world.northlight, "member", "Fern", span(9, 15, days=0))
    code = _code(app, world.northlight)
    assert f'action="/bookings/{booking}/check-in"' in member.get(code).text
    done = member.post(f"/bookings/{booking}/check-in", form=code)
    assert done.headers["Location"] == f"/bookings/{booking}"
    assert "You are checked in to Fern." in member.get(f"/bookings/{booking}").text
    assert "You are checked in." in member.get(code).text


def test_the_code_leads_to_the_checkout(app: Flask, world: World, member: Visitor) -> None:
    code = _code(app, world.northlight)
    page = member.get(f"{code}?minutes=30").text
    slots = re.findall(r'name="slot" value="([^"]+)"', page)
    assert slots[0].endswith(".30")
    held = member.post("/bookings/holds", {"slot": slots[0], "people": "1"}, form=code)
    assert re.fullmatch(r"/bookings/\d+/checkout", held.headers["Location"])


def test_my_bookings_lead_to_checking_in(app: Flask, world: World, member: Visitor) -> None:
    soon = booked(app, world.northlight, "member", "Fern", span(9, 15, days=0))
    later = booked(app, world.northlight, "member", "Cedar", span(15, days=0))
    page = member.get("/bookings/mine").text
    assert f"/bookings/{soon}/check-in" in page
    assert f"/bookings/{later}/check-in" not in page
    early = member.post(f"/bookings/{later}/check-in", form="/bookings/mine")
    assert early.status_code == 422
    assert "You can check in between 14:45 – 15:15." in early.text


def test_a_code_of_another_tenant_leads_nowhere(app: Flask, world: World, member: Visitor) -> None:
    theirs = _code(app, world.harbour)
    assert member.get(_code(app, world.northlight)).status_code == 200
    assert member.get(theirs).status_code == 404
