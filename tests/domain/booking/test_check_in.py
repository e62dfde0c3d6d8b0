"""Checking in to a booking, in the portal and at the door."""

import pytest

from app.domain.actor import Actor
from app.domain.booking.check_in import NotCheckInTime, check_in_at_door, check_in_to
from app.domain.booking.terms import AlreadyOver
from app.kernel.errors import NotFound
from app.models import Resource
from tests.domain.booking.conftest import Desk, StandingClock, span


@pytest.mark.parametrize(("minutes", "fits"), [(104, False), (105, True), (134, True), (135, False)])
def test_one_checks_in_around_the_start(
    front: Desk, member: Actor, clock: StandingClock, minutes: int, *, fits: bool
) -> None:
    booking = front.book(member, "Fern", span("09:00", "10:00"))
    clock.advance(minutes=minutes)
    if not fits:
        with pytest.raises(NotCheckInTime):
            front.do(check_in_to, member, booking.id)
        assert booking.checked_in_at is None
        return
    front.do(check_in_to, member, booking.id)
    assert booking.checked_in_at == clock()


def test_saying_it_again_changes_nothing(front: Desk, member: Actor, clock: StandingClock) -> None:
    booking = front.book(member, "Fern", span("09:00", "10:00"))
    clock.advance(minutes=120)
    front.do(check_in_to, member, booking.id)
    first = booking.checked_in_at
    clock.advance(minutes=30)  # and the window is over
    front.do(check_in_to, member, booking.id)
    assert booking.checked_in_at == first


def test_a_room_that_is_freed_can_be_kept_to_the_end(
    front: Desk, member: Actor, clock: StandingClock
) -> None:
    """Whoever is warned late must still be able to say that they are there."""
    booking = front.book(member, "Fern", span("09:00", "10:00"))
    front.session.get_one(Resource, booking.resource_id).release_minutes = 10
    front.session.commit()
    clock.advance(minutes=175)
    front.do(check_in_to, member, booking.id)
    assert booking.checked_in_at is not None


def test_nobody_checks_in_for_another(
    front: Desk, member: Actor, colleague: Actor, desk: Actor, clock: StandingClock
) -> None:
    booking = front.book(member, "Fern", span("09:00", "10:00"))
    clock.advance(minutes=120)
    with pytest.raises(NotFound):
        front.do(check_in_to, colleague, booking.id)
    front.do(check_in_to, desk, booking.id)
    assert booking.checked_in_at == clock()


def test_a_booking_that_is_over_is_over(front: Desk, member: Actor, clock: StandingClock) -> None:
    booking = front.book(member, "Fern", span("09:00", "09:15"))
    clock.advance(minutes=135)
    with pytest.raises(AlreadyOver):
        front.do(check_in_to, member, booking.id)


def test_a_door_knows_its_own_bookings_alone(front: Desk, member: Actor, clock: StandingClock) -> None:
    booking = front.book(member, "Fern", span("09:00", "10:00"))
    clock.advance(minutes=120)
    with pytest.raises(NotFound):
        check_in_at_door(front.session, front.world.rooms["Rowan"], booking.id, clock)
    check_in_at_door(front.session, front.world.rooms["Fern"], booking.id, clock)
    assert booking.checked_in_at == clock()
