"""Booking for a colleague of the same team, and being booked for."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.booking.house_rules.keeping import create_rule
from app.domain.booking.house_rules.terms import Rule, Sets, Whom
from app.domain.team.members import add_member
from app.domain.team.terms import TeamPermissions
from app.kernel.clock import system_clock
from app.models import Booking, BookingStatus, Notice, Person, Role, Team, TeamMember
from tests.support.bookings import hold, id_in, span
from tests.support.limited import give
from tests.support.rows import change, inside, rows
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def north(app: Flask, world: World) -> TenantWorld:
    """Maya administrates, Colin books for others, Conny is in the team."""
    tenant = world.northlight
    make_team(app, tenant, "member", "colleague", "contact")
    _allow(app, tenant, "colleague", may_book_for_team=True)
    return tenant


def _allow(app: Flask, tenant: TenantWorld, who: str, **permissions: bool) -> None:
    row = rows(app, tenant, TeamMember, person_id=tenant.people[who])[0]
    change(app, tenant, TeamMember, row.id, **permissions)


def _visitor(app: Flask, tenant: TenantWorld, who: str) -> Visitor:
    visitor = Visitor(app, tenant)
    visitor.sign_in(who)
    return visitor


def _turn_over(visitor: Visitor, booking_id: int, person_id: int, room: str = "Fern") -> int:
    """At the checkout, say that what is held is for somebody else; returns the new hold's id."""
    answer = hold(visitor, room, span(10), held=str(booking_id), **{"for": str(person_id)})
    assert answer.status_code == 303, answer.text
    return id_in(answer)


def _booking(app: Flask, tenant: TenantWorld, booking_id: int) -> Booking:
    return rows(app, tenant, Booking, id=booking_id)[0]


def _confirm(visitor: Visitor, booking_id: int) -> int:
    path = f"/bookings/{booking_id}"
    form = f"{path}/checkout"
    return visitor.post(f"{path}/confirmation", {"people": "1", "title": ""}, form=form).status_code


def test_one_books_for_another_of_the_team(app: Flask, north: TenantWorld) -> None:
    colin = _visitor(app, north, "colleague")
    first = id_in(hold(colin, "Fern", span(10)))
    assert "Conny Contact" in colin.get(f"/bookings/{first}/checkout").text
    second = _turn_over(colin, first, north.people["contact"])
    assert _booking(app, north, first).status is BookingStatus.LAPSED
    assert _confirm(colin, second) == 303
    made = _booking(app, north, second)
    assert made.status is BookingStatus.CONFIRMED
    assert (made.person_id, made.booked_by_id) == (north.people["contact"], north.people["colleague"])
    assert rows(app, north, Notice, kind="booking.confirmed")[-1].person_id == north.people["contact"]
    assert "Fern" in _visitor(app, north, "contact").get("/bookings/mine").text
    assert colin.get(f"/bookings/{second}").status_code == 404, "it is Conny's from now on"


def test_who_made_it_reads_nothing_of_what_became_of_it(app: Flask, north: TenantWorld) -> None:
    """The control: while it is held, what they make is theirs to see."""
    colin = _visitor(app, north, "colleague")
    made = _turn_over(colin, id_in(hold(colin, "Fern", span(10))), north.people["contact"])
    assert (
        "Fern"
        in colin.post(f"/bookings/{made}/extras", {"people": "no"}, form=f"/bookings/{made}/checkout").text
    )
    assert _confirm(colin, made) == 303
    guest = {"name": "Gus Guest", "email": "gus@elsewhere.test"}
    page = f"/bookings/{made}/guests"
    assert _visitor(app, north, "contact").post(page, guest, form=page).status_code == 303
    for what in ("confirmation", "extras"):
        answer = colin.post(f"/bookings/{made}/{what}", {"people": ""}, form="/bookings/mine")
        assert answer.headers["Location"] == "/bookings/mine"
        assert "gus@" not in answer.text
    assert colin.post(page, guest, form="/bookings/mine").status_code == 404


def test_who_may_not_is_offered_nobody_and_gets_404(app: Flask, north: TenantWorld) -> None:
    maya = _visitor(app, north, "member")
    held = id_in(hold(maya, "Fern", span(10)))
    assert "Who is it for?" not in maya.get(f"/bookings/{held}/checkout").text
    answer = hold(maya, "Cedar", span(10), **{"for": str(north.people["contact"])})
    assert answer.status_code == 404
    colin = _visitor(app, north, "colleague")
    for stranger in (north.people["owner"], 10**15):
        assert hold(colin, "Cedar", span(10), **{"for": str(stranger)}).status_code == 404
    assert {row.person_id for row in rows(app, north, Booking)} == {north.people["member"]}


def test_staff_book_here_only_as_who_is_in_the_team(app: Flask, north: TenantWorld) -> None:
    """What staff may at the front desk counts for nothing on the members' pages, and neither does what they may not."""
    give(app, north, "desk", Role.FRONT_DESK, places=["Porto"])
    change(app, north, Person, north.people["contact"], location_id=north.locations["Leith Walk"])
    desk = _visitor(app, north, "desk")
    first = id_in(hold(desk, "Fern", span(10)))
    wish = {"for": str(north.people["contact"]), "held": str(first)}
    assert hold(desk, "Fern", span(10), **wish).status_code == 404
    with inside(app, north) as session:
        team = session.scalars(select(Team.id)).one()
        everything = TeamPermissions(may_book_for_team=True)
        add_member(session, north.actor("owner"), team, north.email("desk"), everything, system_clock)
    second = _turn_over(desk, first, north.people["contact"])
    assert _confirm(desk, second) == 303
    assert _booking(app, north, second).person_id == north.people["contact"]


def test_the_room_must_be_open_to_who_gets_it(app: Flask, north: TenantWorld) -> None:
    """Rowan is for members: Colin is one, Conny is not."""
    colin = _visitor(app, north, "colleague")
    assert hold(colin, "Rowan", span(10)).status_code == 303
    answer = hold(colin, "Rowan", span(12), **{"for": str(north.people["contact"])})
    assert answer.status_code == 422
    assert "Opens with a membership" in answer.text


def test_a_colleagues_own_hold_is_left_alone(app: Flask, north: TenantWorld) -> None:
    conny, colin = (_visitor(app, north, who) for who in ("contact", "colleague"))
    own = id_in(hold(conny, "Cedar", span(14)))
    held = id_in(hold(colin, "Fern", span(10)))
    made = _turn_over(colin, held, north.people["contact"])
    assert _booking(app, north, own).status is BookingStatus.HELD
    again = id_in(hold(colin, "Lark", span(16)))
    assert _booking(app, north, made).status is BookingStatus.LAPSED, "nobody holds two"
    assert _booking(app, north, again).status is BookingStatus.HELD


def test_a_right_that_ends_while_the_room_is_held(app: Flask, north: TenantWorld) -> None:
    colin = _visitor(app, north, "colleague")
    second = _turn_over(colin, id_in(hold(colin, "Fern", span(10))), north.people["contact"])
    _allow(app, north, "colleague", may_book_for_team=False)
    assert _confirm(colin, second) == 404
    assert _booking(app, north, second).status is BookingStatus.HELD


def test_who_may_not_book_for_themselves_is_told_so(app: Flask, north: TenantWorld) -> None:
    conny = _visitor(app, north, "contact")
    assert hold(conny, "Fern", span(10)).status_code == 303
    _allow(app, north, "contact", may_book=False)
    answer = hold(conny, "Fern", span(12))
    assert answer.status_code == 422
    assert "Others of your team book for you" in answer.text
    make_team(app, north, "member", "contact", name="Wave")
    assert hold(conny, "Fern", span(12)).status_code == 303, "another team lets her"


def test_who_books_only_for_others_holds_and_then_says_for_whom(app: Flask, north: TenantWorld) -> None:
    _allow(app, north, "colleague", may_book=False)
    colin = _visitor(app, north, "colleague")
    held = id_in(hold(colin, "Fern", span(10)))
    assert _confirm(colin, held) == 422
    made = _turn_over(colin, held, north.people["contact"])
    assert _confirm(colin, made) == 303


def test_what_is_asked_for_goes_by_the_rules_for_whose_it_will_be(app: Flask, north: TenantWorld) -> None:
    with inside(app, north) as session:
        rule = Rule(0, 0, "Visitors ask", Sets(needs_approval=True), whom=Whom.CONTACTS)
        create_rule(session, north.actor("owner"), rule, system_clock())
    colin = _visitor(app, north, "colleague")
    own = id_in(hold(colin, "Fern", span(10)))
    assert "Ask for it" not in colin.get(f"/bookings/{own}/checkout").text
    theirs = _turn_over(colin, own, north.people["contact"])
    assert "Ask for it" in colin.get(f"/bookings/{theirs}/checkout").text
    _confirm(colin, theirs)
    assert _booking(app, north, theirs).status is BookingStatus.TENTATIVE
