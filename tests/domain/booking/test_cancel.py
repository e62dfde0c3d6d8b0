"""Cancelling: until the cut-off one's own, staff anybody's with a reason."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.book import book
from app.domain.booking.cancel import cancel
from app.domain.booking.hold import hold
from app.domain.booking.terms import AlreadyOver, BookRoom, Malformed, ReasonNeeded, TooLateToCancel
from app.kernel.errors import NotFound
from app.models import AuditEntry, BookingStatus, Notice, Occupancy
from tests.domain.booking.conftest import Desk, StandingClock, span

TEN = span("10:00", "11:00")


def test_it_frees_the_room_and_tells(front: Desk, session: Session, member: Actor, colleague: Actor) -> None:
    booking = front.book(member, "Cedar", TEN)
    cancelled = front.do(cancel, member, booking.id)
    assert (cancelled.status, cancelled.cancelled_by_id) == (BookingStatus.CANCELLED, member.person_id)
    assert session.scalars(select(Occupancy)).all() == []
    assert session.scalars(select(Notice.kind).order_by(Notice.id)).all() == [
        "booking.confirmed",
        "booking.cancelled",
    ]
    assert session.scalars(select(AuditEntry)).all() == []
    front.book(colleague, "Cedar", TEN)


def test_the_cut_off_is_the_last_moment(front: Desk, member: Actor, clock: StandingClock) -> None:
    first, second = (front.book(member, "Cedar", wanted) for wanted in (TEN, span("13:00", "14:00")))
    clock.advance(hours=1)
    assert front.do(cancel, member, first.id).status is BookingStatus.CANCELLED
    clock.advance(hours=3, minutes=1)
    with pytest.raises(TooLateToCancel) as refusal:
        front.do(cancel, member, second.id)
    assert refusal.value.cutoff == span("11:00", "12:00").start


def test_staff_cancel_late_with_a_reason_and_it_is_audited(
    front: Desk, session: Session, member: Actor, desk: Actor, clock: StandingClock
) -> None:
    booking = front.book(member, "Cedar", TEN)
    clock.advance(hours=3, minutes=30)
    with pytest.raises(ReasonNeeded):
        front.do(cancel, desk, booking.id, reason="  ")
    front.do(cancel, desk, booking.id, reason="Water leak")
    (entry,) = session.scalars(select(AuditEntry)).all()
    assert (entry.action, entry.after["reason"]) == ("booking.cancelled", "Water leak")
    last = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert last is not None
    assert (last.person_id, last.data["reason"]) == (member.person_id, "Water leak")


def test_the_audit_tells_a_hold_from_a_booking(
    front: Desk, session: Session, member: Actor, desk: Actor
) -> None:
    command = BookRoom(front.world.rooms["Fern"], TEN)
    for verb in (hold, book):
        front.do(cancel, desk, front.do(verb, member, command).id, reason="Water leak")
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.before["status"] for entry in entries if entry.before] == ["held", "confirmed"]
    assert {entry.after["status"] for entry in entries} == {"cancelled"}


def test_staff_need_no_reason_for_their_own_in_time(front: Desk, session: Session, desk: Actor) -> None:
    booking = front.book(desk, "Fern", TEN)
    front.do(cancel, desk, booking.id)
    assert session.scalars(select(AuditEntry)).all() == []


def test_what_is_over_or_cancelled_stays_so(
    front: Desk, member: Actor, desk: Actor, clock: StandingClock
) -> None:
    over, cancelled = front.book(member, "Fern", TEN), front.book(member, "Cedar", TEN)
    front.do(cancel, member, cancelled.id)
    clock.advance(hours=4)
    for actor, booking in ((member, cancelled), (member, over), (desk, over)):
        with pytest.raises(AlreadyOver):
            front.do(cancel, actor, booking.id, reason="late")


def test_anothers_is_not_found(front: Desk, member: Actor, colleague: Actor) -> None:
    booking = front.book(member, "Fern", TEN)
    with pytest.raises(NotFound):
        front.do(cancel, colleague, booking.id)
    with pytest.raises(NotFound):
        front.do(cancel, colleague, 10**9)


def test_a_reason_longer_than_the_column_is_refused(front: Desk, member: Actor) -> None:
    booking = front.book(member, "Fern", TEN)
    for reason in ("x" * 301, "a\0b"):
        with pytest.raises(Malformed):
            front.do(cancel, member, booking.id, reason=reason)
