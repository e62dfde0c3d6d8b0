"""How many bookings one person may have ahead: none too many, whoever books, and staff knowingly past it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.cancel import cancel
from app.domain.booking.hold import confirm, hold
from app.domain.booking.terms import Malformed, NotBookable, Obstacle, Reason
from app.domain.booking.upcoming import limit_upcoming, upcoming_limit
from app.models import AuditEntry, Booking, BookingStatus
from tests.domain.booking.conftest import Desk, StandingClock, span
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

NINE, TEN, ELEVEN = span("09:00", "10:00"), span("10:00", "11:00"), span("11:00", "12:00")
TWO_ALREADY = (Obstacle(Reason.TOO_MANY_AHEAD, {"most": 2}),)


@pytest.fixture
def limited(session: Session, northlight: TenantWorld, clock: StandingClock) -> None:
    """Two each."""
    limit_upcoming(session, northlight.actor("manager"), 2, clock)
    session.commit()


@pytest.fixture
def two(front: Desk, member: Actor) -> list[Booking]:
    """Maya's first two."""
    return [front.book(member, "Fern", when) for when in (NINE, TEN)]


def test_without_a_limit_there_is_none(front: Desk, member: Actor, two: list[Booking]) -> None:
    assert upcoming_limit(front.session) is None
    front.book(member, "Fern", ELEVEN)


@pytest.mark.usefixtures("limited", "two")
def test_one_more_is_refused_and_no_other_room_is_offered(
    front: Desk, session: Session, member: Actor, colleague: Actor
) -> None:
    for wish in ("Fern", "Cedar"):
        with pytest.raises(NotBookable) as refused:
            front.book(member, wish, ELEVEN)
        assert (refused.value.obstacles, refused.value.alternatives) == (TWO_ALREADY, ())
    with pytest.raises(NotBookable):
        front.do(hold, member, front.wish("Fern", ELEVEN))
    assert len(session.scalars(select(Booking.id)).all()) == 2
    front.book(colleague, "Fern", ELEVEN)


@pytest.mark.usefixtures("limited")
def test_what_is_over_or_cancelled_does_not_count(
    front: Desk, member: Actor, two: list[Booking], clock: StandingClock
) -> None:
    front.do(cancel, member, two[1].id)
    front.book(member, "Fern", ELEVEN)
    with pytest.raises(NotBookable):
        front.book(member, "Cedar", TEN)
    clock.advance(hours=3)
    front.book(member, "Cedar", TEN)


@pytest.mark.usefixtures("limited")
def test_a_hold_is_counted_again_when_it_is_confirmed(
    front: Desk, session: Session, member: Actor, desk: Actor
) -> None:
    front.book(member, "Fern", NINE)
    held = front.do(hold, member, front.wish("Fern", TEN))
    front.book(desk, "Cedar", ELEVEN, for_person_id=member.person_id)
    with pytest.raises(NotBookable) as refused:
        front.do(confirm, member, held.id)
    assert refused.value.obstacles == TWO_ALREADY
    assert session.get_one(Booking, held.id).status is BookingStatus.HELD


@pytest.mark.usefixtures("limited", "two")
def test_staff_pass_over_it_knowingly(front: Desk, member: Actor, desk: Actor) -> None:
    more = {"for_person_id": member.person_id}
    with pytest.raises(NotBookable):
        front.book(desk, "Fern", ELEVEN, **more)
    assert front.book(desk, "Fern", ELEVEN, override=True, **more).overridden == ["too_many_ahead"]


@pytest.mark.usefixtures("limited")
def test_it_is_the_tenants_own_and_on_record(
    session: Session, member: Actor, clock: StandingClock, world: World, open_session: OpenSession
) -> None:
    (entry,) = session.scalars(select(AuditEntry)).all()
    assert (entry.action, entry.before, entry.after) == (
        "limits.changed",
        {"upcoming": None},
        {"upcoming": 2},
    )
    for nonsense in (0, -1, 1001):
        with pytest.raises(Malformed):
            limit_upcoming(session, member, nonsense, clock)
    assert upcoming_limit(session) == 2
    with open_session(world.harbour.id) as elsewhere:
        assert upcoming_limit(elsewhere) is None
