"""Rooms that nobody comes to: warned first, freed then, and never once somebody has checked in."""

import pytest
from sqlalchemy import func, select

from app.domain.actor import Actor
from app.domain.booking.check_in import check_in_to
from app.domain.booking.no_shows import release_after, release_minutes, release_no_shows
from app.domain.booking.terms import Malformed
from app.models import AuditEntry, Booking, Notice, Occupancy, Resource
from tests.domain.booking.conftest import Desk, StandingClock, span


@pytest.fixture
def booking(front: Desk, member: Actor, clock: StandingClock) -> Booking:
    """Maya has Fern from nine to ten; it is nine."""
    booking = front.book(member, "Fern", span("09:00", "10:00"))
    clock.advance(minutes=120)
    return booking


def _keep_for(front: Desk, minutes: int | None, desk: Actor) -> None:
    release_after(front.session, desk, minutes, front.clock)
    front.session.commit()


def _sweep(front: Desk, **later: float) -> int:
    front.clock.advance(**later)
    freed = release_no_shows(front.session, front.clock())
    front.session.commit()
    return freed


def _told(front: Desk, kind: str) -> int:
    return front.session.scalar(select(func.count(Notice.id)).where(Notice.kind == kind)) or 0


def test_nothing_happens_where_nobody_turned_it_on(front: Desk, booking: Booking) -> None:
    assert [_sweep(front, minutes=20), _sweep(front, minutes=20)] == [0, 0]
    assert (booking.no_show_warned_at, _told(front, "booking.unclaimed")) == (None, 0)


def test_the_person_is_warned_and_the_rest_freed(
    front: Desk, booking: Booking, desk: Actor, colleague: Actor
) -> None:
    _keep_for(front, 15, desk)
    assert _sweep(front, minutes=9) == 0
    assert booking.no_show_warned_at is None
    assert _sweep(front, minutes=1) == 0
    assert _told(front, "booking.unclaimed") == 1
    assert _sweep(front, minutes=4) == 0
    assert _sweep(front, minutes=1) == 1
    assert booking.ends_at == span("09:16", "09:17").start
    assert booking.released_at == front.clock()
    assert _told(front, "booking.released") == 1
    assert (
        front.session.scalar(select(AuditEntry.actor_id).where(AuditEntry.action == "booking.released"))
        is None
    )
    assert front.book(colleague, "Fern", span("09:30", "10:00")).id
    assert _sweep(front, minutes=1) == 0
    assert _told(front, "booking.released") == 1


def test_who_checked_in_keeps_the_room(front: Desk, booking: Booking, desk: Actor, member: Actor) -> None:
    _keep_for(front, 15, desk)
    _sweep(front, minutes=10)
    front.do(check_in_to, member, booking.id)
    assert _sweep(front, minutes=10) == 0
    assert booking.ends_at == span("09:00", "10:00").end


def test_nobody_loses_a_room_without_a_warning(front: Desk, booking: Booking, desk: Actor) -> None:
    """The worker stood still, or it was turned on while the booking ran."""
    _sweep(front, minutes=30)
    _keep_for(front, 15, desk)
    assert _sweep(front) == 0
    assert booking.no_show_warned_at == front.clock()
    assert _sweep(front, minutes=4) == 0
    assert _sweep(front, minutes=1) == 1


def test_who_books_late_has_as_long(front: Desk, member: Actor, desk: Actor, clock: StandingClock) -> None:
    _keep_for(front, 15, desk)
    clock.advance(minutes=124)
    booking = front.book(member, "Fern", span("09:00", "10:00"))
    assert _sweep(front, minutes=9) == 0
    assert booking.no_show_warned_at is None


def test_a_room_may_differ_from_the_house(front: Desk, booking: Booking, desk: Actor) -> None:
    room = front.session.get_one(Resource, booking.resource_id)
    room.release_minutes = 0
    front.session.commit()
    _keep_for(front, 10, desk)
    assert [_sweep(front, minutes=10), _sweep(front, minutes=10)] == [0, 0]
    room.release_minutes = 25
    front.session.commit()
    assert [_sweep(front, minutes=0), _sweep(front, minutes=5)] == [0, 1]


def test_the_room_is_blocked_no_longer(front: Desk, booking: Booking, desk: Actor) -> None:
    _keep_for(front, 1, desk)
    _sweep(front)
    assert _sweep(front, minutes=1) == 1
    ends = front.session.scalars(
        select(Occupancy.blocks_until).where(Occupancy.booking_id == booking.id)
    ).all()
    assert list(ends) == [booking.ends_at]


@pytest.mark.parametrize("minutes", [0, -5, 241])
def test_nonsense_is_refused(front: Desk, desk: Actor, minutes: int) -> None:
    with pytest.raises(Malformed):
        release_after(front.session, desk, minutes, front.clock)
    front.session.rollback()
    assert release_minutes(front.session) is None
