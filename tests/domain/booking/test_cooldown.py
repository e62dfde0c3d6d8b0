"""What one person leaves between bookings: of the same room, and of any."""

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.day import day_grid
from app.domain.booking.day_cells import Label
from app.domain.booking.hold import confirm, hold
from app.domain.booking.terms import NotBookable, Obstacle, Reason
from app.kernel.spans import Span
from app.models import Resource
from tests.domain.booking.conftest import NOW, Desk, span
from tests.support.world import TenantWorld

TEN = span("10:00", "11:00")


def _cool(session: Session, northlight: TenantWorld, **minutes: int) -> None:
    session.execute(
        update(Resource).where(Resource.id == northlight.rooms["Fern"]).values(**minutes),
        execution_options={"synchronize_session": False},
    )
    session.commit()


@pytest.fixture
def half_hour(session: Session, northlight: TenantWorld) -> None:
    _cool(session, northlight, cooldown_minutes=30)


@pytest.mark.usefixtures("half_hour")
@pytest.mark.parametrize("wanted", [span("11:00", "12:00"), span("11:15", "12:00"), span("09:00", "09:45")])
def test_nobody_has_the_same_room_again_at_once(front: Desk, member: Actor, wanted: Span) -> None:
    front.book(member, "Fern", TEN)
    with pytest.raises(NotBookable) as refused:
        front.book(member, "Fern", wanted)
    assert refused.value.obstacles == (Obstacle(Reason.COOLING_DOWN, {"minutes": 30, "any": False}),)


@pytest.mark.usefixtures("half_hour")
def test_others_have_it_and_oneself_another_room_or_later(
    front: Desk, member: Actor, colleague: Actor
) -> None:
    front.book(member, "Fern", TEN)
    front.book(colleague, "Fern", span("11:00", "11:30"))
    front.book(member, "Cedar", span("11:00", "11:30"))
    front.book(member, "Fern", span("11:30", "12:00"))


def test_any_other_booking_counts_where_the_room_says_so(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld
) -> None:
    _cool(session, northlight, cooldown_any_minutes=45)
    front.book(member, "Cedar", TEN)
    with pytest.raises(NotBookable) as refused:
        front.book(member, "Fern", span("11:30", "12:00"))
    assert refused.value.obstacles == (Obstacle(Reason.COOLING_DOWN, {"minutes": 45, "any": True}),)
    front.book(member, "Fern", span("11:45", "12:15"))


@pytest.mark.usefixtures("half_hour")
def test_search_says_why_and_when(front: Desk, member: Actor) -> None:
    front.book(member, "Fern", TEN)
    found = front.search(member, span("11:00", "12:00"))
    (fern,) = [each for each in found.not_allowed if each.room.name == "Fern"]
    assert [each.reason for each in fern.obstacles] == [Reason.COOLING_DOWN]
    assert fern.next_free == span("11:30", "12:30")


@pytest.mark.usefixtures("half_hour")
def test_the_grid_keeps_it_from_whom_it_is_kept(
    front: Desk, session: Session, member: Actor, colleague: Actor
) -> None:
    front.book(member, "Fern", TEN)
    place = front.world.locations["Leith Walk"]
    kept: dict[int, list[Span]] = {}
    for who in (member, colleague):
        grid = day_grid(session, who, place, date(2026, 3, 2), NOW)
        (row,) = [row for row in grid.rows if row.room.name == "Fern"]
        kept[who.person_id] = [cell.span for cell in row.cells if cell.label is Label.REFUSED]
    assert kept[member.person_id] == [span("09:30", "10:00"), span("11:00", "11:30")]
    assert kept[colleague.person_id] == []


def test_a_hold_is_counted_again_when_it_is_confirmed(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld
) -> None:
    front.book(member, "Fern", TEN)
    held = front.do(hold, member, front.wish("Fern", span("11:00", "12:00")))
    _cool(session, northlight, cooldown_minutes=30)
    with pytest.raises(NotBookable) as refused:
        front.do(confirm, member, held.id)
    assert [each.reason for each in refused.value.obstacles] == [Reason.COOLING_DOWN]


@pytest.mark.usefixtures("half_hour")
def test_staff_may_pass_it_over(front: Desk, member: Actor, northlight: TenantWorld) -> None:
    front.book(member, "Fern", TEN)
    manager = northlight.actor("manager")
    front.book(manager, "Fern", span("12:00", "13:00"))
    again = front.book(manager, "Fern", span("13:00", "14:00"), override=True)
    assert again.overridden == ["cooling_down"]


def test_a_rest_as_long_as_the_buffer_is_no_riddle(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld
) -> None:
    """What blocks the room and what the person leaves free are then the same stretch."""
    _cool(session, northlight, cooldown_minutes=15, buffer_after=15)
    front.book(member, "Fern", TEN)
    with pytest.raises(NotBookable) as refused:
        front.book(member, "Fern", span("10:15", "11:15"))
    own = [each for each in refused.value.alternatives if each.room.name == "Fern"]
    assert [each.span for each in own] == [span("11:15", "12:15")]
