"""What is made of several rooms is closed on the days on which one of them is."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.terms import NotBookable, Reason
from app.models import Closure, ResourcePart
from tests.domain.booking.conftest import Desk, span
from tests.support.world import TenantWorld

CLOSED_DAY = "2026-03-03"
TEN, TEN_BEFORE = span("10:00", "11:00", CLOSED_DAY), span("10:00", "11:00")


@pytest.fixture
def hall(session: Session, northlight: TenantWorld) -> TenantWorld:
    """Rowan is Fern and Lark, and of these Fern is painted on one day."""
    rooms, day = northlight.rooms, date.fromisoformat(CLOSED_DAY)
    session.add_all(ResourcePart(whole_id=rooms["Rowan"], part_id=rooms[part]) for part in ("Fern", "Lark"))
    session.add(
        Closure(
            location_id=northlight.locations["Leith Walk"],
            resource_id=rooms["Fern"],
            first_day=day,
            last_day=day,
            message="Painting",
        )
    )
    session.commit()
    return northlight


@pytest.mark.usefixtures("hall")
def test_the_whole_cannot_be_booked_then_and_says_why(front: Desk, member: Actor) -> None:
    with pytest.raises(NotBookable) as refused:
        front.book(member, "Rowan", TEN)
    obstacle = next(each for each in refused.value.obstacles if each.reason is Reason.CLOSED)
    assert obstacle.facts["message"] == "Painting"
    assert front.book(member, "Rowan", TEN_BEFORE).id


@pytest.mark.usefixtures("hall")
def test_search_finds_the_other_part_alone(front: Desk, member: Actor) -> None:
    found = front.search(member, TEN)
    free = {each.room.name for each in found.free}
    assert "Lark" in free
    assert not {"Fern", "Rowan"} & free
    assert {"Fern", "Rowan", "Lark"} <= {each.room.name for each in front.search(member, TEN_BEFORE).free}
