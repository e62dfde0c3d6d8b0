"""Ending early: from the next minute on the room is others', the buffer stays, and so does the price."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.cancel import cancel
from app.domain.booking.hold import hold
from app.domain.booking.shorten import end_early
from app.domain.booking.terms import AlreadyOver, NotBegun, RoomTaken
from app.kernel.errors import NotFound
from app.models import AuditEntry, Notice, Occupancy, ResourcePart
from tests.domain.booking.conftest import Desk, StandingClock, span
from tests.support.sessions import OpenSession
from tests.support.world import World

TEN = span("10:00", "12:00")
REST = span("10:45", "11:45")


def test_it_frees_the_rest_after_the_buffer_and_keeps_the_price(
    front: Desk, session: Session, member: Actor, colleague: Actor, clock: StandingClock
) -> None:
    booking = front.book(member, "Cedar", TEN)
    clock.now = TEN.start + timedelta(minutes=29, seconds=20)
    with pytest.raises(RoomTaken):
        front.book(colleague, "Cedar", REST)
    ended = front.do(end_early, member, booking.id)
    assert ended.ends_at == TEN.start + timedelta(minutes=30)
    assert (ended.price_minor, ended.quote["minutes"]) == (3600, 120)
    (until,) = session.scalars(select(Occupancy.blocks_until)).all()
    assert until == TEN.start + timedelta(minutes=45)
    assert session.scalars(select(Notice.kind).order_by(Notice.id)).all() == [
        "booking.confirmed",
        "booking.changed",
    ]
    assert session.scalars(select(AuditEntry)).all() == []
    with pytest.raises(RoomTaken):
        front.book(colleague, "Cedar", span("10:30", "11:30"))
    front.book(colleague, "Cedar", REST)


def test_the_parts_of_a_room_are_freed_too(
    front: Desk, session: Session, member: Actor, colleague: Actor, clock: StandingClock
) -> None:
    rooms = front.world.rooms
    session.add(ResourcePart(whole_id=rooms["Rowan"], part_id=rooms["Fern"]))
    session.commit()
    booking = front.book(member, "Rowan", TEN)
    clock.now = span("10:30", "11:00").start
    with pytest.raises(RoomTaken):
        front.book(colleague, "Fern", REST)
    front.do(end_early, member, booking.id)
    front.book(colleague, "Fern", REST)


def test_the_days_of_a_long_booking_that_have_not_come_go(
    front: Desk, session: Session, desk: Actor, clock: StandingClock
) -> None:
    long = TEN.padded(timedelta(), timedelta(days=2))
    booking = front.book(desk, "Fern", long, override=True)
    assert len(session.scalars(select(Occupancy.id)).all()) == 3
    clock.now = TEN.start + timedelta(hours=30)
    front.do(end_early, desk, booking.id)
    rows = session.scalars(select(Occupancy.blocks_until).order_by(Occupancy.blocks_until)).all()
    assert rows == [TEN.start + timedelta(days=1), TEN.start + timedelta(hours=30, minutes=1)]


def test_ending_twice_is_ending_once(front: Desk, member: Actor, clock: StandingClock) -> None:
    booking = front.book(member, "Fern", TEN)
    clock.now = TEN.start
    first = front.do(end_early, member, booking.id).ends_at
    assert first == TEN.start + timedelta(minutes=1)
    clock.advance(seconds=30)
    assert front.do(end_early, member, booking.id).ends_at == first
    clock.advance(seconds=30)
    with pytest.raises(AlreadyOver):
        front.do(end_early, member, booking.id)


def test_what_does_not_run_is_not_ended(front: Desk, member: Actor, clock: StandingClock) -> None:
    coming, cancelled = front.book(member, "Fern", TEN), front.book(member, "Cedar", TEN)
    held = front.do(hold, member, front.wish("Rowan", TEN))
    front.do(cancel, member, cancelled.id)
    for booking, refusal in ((coming, NotBegun), (held, NotBegun), (cancelled, AlreadyOver)):
        with pytest.raises(refusal):
            front.do(end_early, member, booking.id)
    clock.now = TEN.start
    front.do(end_early, member, coming.id)


def test_staff_end_anybodys_and_it_is_audited(
    front: Desk, session: Session, member: Actor, colleague: Actor, desk: Actor, clock: StandingClock
) -> None:
    booking = front.book(member, "Fern", TEN)
    clock.now = span("11:00", "12:00").start
    with pytest.raises(NotFound):
        front.do(end_early, colleague, booking.id)
    front.do(end_early, desk, booking.id)
    (entry,) = session.scalars(select(AuditEntry)).all()
    assert (entry.action, entry.actor_id, entry.subject_id) == (
        "booking.ended_early",
        desk.person_id,
        booking.id,
    )
    assert entry.before == {"ends_at": TEN.end.isoformat()}


def test_the_other_tenants_owner_does_not_find_it(
    front: Desk, open_session: OpenSession, world: World, member: Actor, clock: StandingClock
) -> None:
    booking = front.book(member, "Fern", TEN)
    clock.now = TEN.start
    with open_session(world.harbour.id) as theirs, pytest.raises(NotFound):
        end_early(theirs, world.harbour.actor("owner"), booking.id, clock)
