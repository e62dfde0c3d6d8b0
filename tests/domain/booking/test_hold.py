"""Holding, confirming, letting go, and running out."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.cancel import cancel
from app.domain.booking.hold import confirm, hold, release
from app.domain.booking.lapse import let_lapsed_go
from app.domain.booking.terms import AlreadyOver, HoldLapsed, NotBookable, RoomTaken
from app.kernel.errors import NotFound
from app.models import Booking, BookingStatus, Notice, Occupancy
from tests.domain.booking.conftest import Desk, StandingClock, span

TEN = span("10:00", "11:00")


@pytest.fixture
def held(front: Desk, member: Actor) -> Booking:
    booking: Booking = front.do(hold, member, front.wish("Fern", TEN, people=2))
    return booking


def test_a_hold_blocks_and_tells_nobody(
    front: Desk, session: Session, held: Booking, colleague: Actor
) -> None:
    assert (held.status, held.price_minor) == (BookingStatus.HELD, 1800)
    assert session.scalars(select(Notice)).all() == []
    with pytest.raises(RoomTaken):
        front.book(colleague, "Fern", TEN)


def test_confirming_keeps_it_for_good(
    front: Desk, session: Session, held: Booking, member: Actor, colleague: Actor
) -> None:
    clock = front.clock
    clock.advance(minutes=9)
    booking = front.do(confirm, member, held.id, title="Retro", people=4)
    assert (booking.status, booking.title, booking.people) == (BookingStatus.CONFIRMED, "Retro", 4)
    clock.advance(minutes=30)
    with pytest.raises(RoomTaken):
        front.book(colleague, "Fern", TEN)
    assert session.scalars(select(Notice.kind)).all() == ["booking.confirmed"]


def test_confirming_twice_is_confirming_once(
    front: Desk, session: Session, held: Booking, member: Actor
) -> None:
    front.do(confirm, member, held.id)
    assert front.do(confirm, member, held.id).status is BookingStatus.CONFIRMED
    assert len(session.scalars(select(Notice)).all()) == 1


def test_it_lapses_after_ten_minutes_though_nobody_swept(
    front: Desk, held: Booking, member: Actor, clock: StandingClock
) -> None:
    clock.advance(minutes=10)
    with pytest.raises(HoldLapsed):
        front.do(confirm, member, held.id)


def test_the_sweep_lets_go_of_what_ran_out_and_of_nothing_else(
    front: Desk, session: Session, held: Booking, member: Actor, colleague: Actor
) -> None:
    kept = front.book(member, "Cedar", TEN)
    front.clock.advance(minutes=5)
    live = front.do(hold, colleague, front.wish("Rowan", TEN))
    assert let_lapsed_go(session, front.clock()) == 0
    front.clock.advance(minutes=5)
    assert let_lapsed_go(session, front.clock()) == 1
    assert let_lapsed_go(session, front.clock()) == 0
    session.commit()
    assert held.status is BookingStatus.LAPSED
    blocking = session.scalars(select(Occupancy.booking_id).order_by(Occupancy.booking_id)).all()
    assert blocking == [kept.id, live.id]


def test_the_next_booking_sweeps_it(
    front: Desk, session: Session, held: Booking, member: Actor, colleague: Actor
) -> None:
    front.clock.advance(minutes=10)
    front.book(colleague, "Fern", TEN)
    with pytest.raises(HoldLapsed):
        front.do(confirm, member, held.id)
    assert len(session.scalars(select(Occupancy)).all()) == 1
    assert session.scalar(select(Booking.status).where(Booking.id == held.id)) is BookingStatus.LAPSED


def test_a_new_hold_replaces_ones_own(front: Desk, session: Session, held: Booking, member: Actor) -> None:
    second = front.do(hold, member, front.wish("Fern", span("10:30", "11:30")))
    with pytest.raises(HoldLapsed):
        front.do(confirm, member, held.id)
    assert front.do(confirm, member, second.id).status is BookingStatus.CONFIRMED
    assert len(session.scalars(select(Occupancy)).all()) == 1


def test_nobody_holds_two_rooms_at_once(
    front: Desk, session: Session, held: Booking, member: Actor, colleague: Actor
) -> None:
    confirmed = front.do(hold, member, front.wish("Rowan", TEN))
    front.do(confirm, member, confirmed.id)
    theirs = front.do(hold, colleague, front.wish("Lark", TEN))
    front.do(hold, member, front.wish("Cedar", span("12:00", "13:00", "2026-03-05")))
    front.book(colleague, "Fern", TEN)
    with pytest.raises(HoldLapsed):
        front.do(confirm, member, held.id)
    assert session.get_one(Booking, confirmed.id).status is BookingStatus.CONFIRMED
    assert front.do(confirm, colleague, theirs.id).status is BookingStatus.CONFIRMED


def test_a_hold_that_is_refused_leaves_the_one_before(
    front: Desk, session: Session, held: Booking, member: Actor, colleague: Actor
) -> None:
    front.book(colleague, "Rowan", TEN)
    with pytest.raises(RoomTaken):
        front.do(hold, member, front.wish("Rowan", TEN))
    assert front.do(confirm, member, held.id).status is BookingStatus.CONFIRMED


def test_letting_go_frees_the_room(front: Desk, held: Booking, member: Actor, colleague: Actor) -> None:
    front.do(release, member, held.id)
    front.book(colleague, "Fern", TEN)
    with pytest.raises(HoldLapsed):
        front.do(confirm, member, held.id)


def test_letting_go_of_what_was_confirmed_meanwhile_changes_nothing(
    front: Desk, held: Booking, member: Actor, colleague: Actor
) -> None:
    front.do(confirm, member, held.id)
    front.do(release, member, held.id)
    with pytest.raises(RoomTaken):
        front.book(colleague, "Fern", TEN)


def test_anothers_hold_is_not_found(front: Desk, held: Booking, colleague: Actor) -> None:
    for verb in (confirm, release):
        with pytest.raises(NotFound):
            front.do(verb, colleague, held.id)


def test_a_cancelled_hold_cannot_be_confirmed(front: Desk, held: Booking, member: Actor) -> None:
    front.do(cancel, member, held.id)
    with pytest.raises(AlreadyOver):
        front.do(confirm, member, held.id)


def test_more_people_than_fit_cannot_slip_in_when_confirming(
    front: Desk, held: Booking, member: Actor
) -> None:
    with pytest.raises(NotBookable):
        front.do(confirm, member, held.id, people=5)
    assert front.do(confirm, member, held.id, people=4).people == 4
