"""Cancelling late for a fee: the steps of the house and of a type, what is kept of credit and of what is billed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking import mine
from app.domain.booking.cancel import cancel
from app.domain.booking.cancel_quote import CancelFee, fee_said, quote_cancel
from app.domain.booking.late_fees import Ladder, Step, ladder_of, percent_at, set_ladder
from app.domain.booking.paying import ByCredit
from app.domain.booking.terms import FeeChanged, Malformed, NotPermitted, TooLateToCancel
from app.domain.credits.terms import Holder
from app.kernel.errors import NotFound
from app.models import AuditEntry, Booking, BookingStatus, CancellationStep, Resource, UnbilledBooking
from tests.domain.booking.conftest import Desk, StandingClock, span
from tests.support.credits import granted, sums
from tests.support.world import TenantWorld

TEN = span("10:00", "11:00")
HALF = (Step(24, 50),)


def _set(front: Desk, steps: Ladder, kind: str = "") -> None:
    set_ladder(
        front.session,
        front.world.actor("manager"),
        front.world.types[kind] if kind else None,
        steps,
        front.clock,
    )
    front.session.commit()


def _late(clock: StandingClock) -> None:
    """Cedar's cut-off for ten o'clock is at eight."""
    clock.now = span("08:30", "09:00").start


def _fee(front: Desk, booking: Booking) -> CancelFee:
    view = mine.show(front.session, front.world.actor("member"), booking.id, front.clock())
    fee = quote_cancel(front.session, view, front.clock())
    front.session.rollback()
    return fee


def _unbilled(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(UnbilledBooking)) or 0


@pytest.fixture
def booked(front: Desk, member: Actor) -> Booking:
    """Maya has Cedar from ten to eleven, for 18.00."""
    return front.book(member, "Cedar", TEN)


def test_until_the_cut_off_it_costs_nothing_after_it_a_part(
    front: Desk, session: Session, member: Actor, booked: Booking, clock: StandingClock
) -> None:
    _set(front, HALF)
    assert not _fee(front, booked)
    _late(clock)
    assert _fee(front, booked).total.minor == 900
    cancelled = front.do(cancel, member, booked.id, seen_fee=900)
    assert cancelled.status is BookingStatus.CANCELLED
    assert fee_said(cancelled.quote) == CancelFee(50, ByCredit(), 900, "GBP")
    assert _unbilled(session) == 1
    assert session.scalars(select(AuditEntry.action)).all() == ["limits.changed"]


def test_without_steps_only_staff_cancel_late(
    front: Desk, member: Actor, booked: Booking, clock: StandingClock
) -> None:
    _late(clock)
    with pytest.raises(TooLateToCancel):
        front.do(cancel, member, booked.id)
    _set(front, HALF)
    clock.now = span("10:05", "11:00").start
    with pytest.raises(TooLateToCancel):
        front.do(cancel, member, booked.id)


def test_a_fee_that_grew_is_shown_first(
    front: Desk, session: Session, member: Actor, booked: Booking, clock: StandingClock
) -> None:
    _set(front, (Step(1, 100), Step(24, 50)))
    _late(clock)
    with pytest.raises(FeeChanged) as refusal:
        front.do(cancel, member, booked.id, seen_fee=0)
    assert refusal.value.fee.minor == 900
    clock.advance(minutes=45)
    with pytest.raises(FeeChanged):
        front.do(cancel, member, booked.id, seen_fee=900)
    session.refresh(booked)
    assert booked.status is BookingStatus.CONFIRMED


def test_of_credit_the_same_part_stays_used(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld, clock: StandingClock
) -> None:
    _set(front, HALF)
    time = granted(session, Holder(member.person_id), 30, northlight.types["Meeting room"], key="time")
    money = granted(session, Holder(member.person_id), 500, key="money")
    booking = front.book(member, "Cedar", TEN)
    _late(clock)
    fee = _fee(front, booking)
    assert (fee.kept, fee.due_minor, fee.total.minor) == (ByCredit(15, 450, 250), 200, 900)
    front.do(cancel, member, booking.id, seen_fee=fee.total.minor)
    assert (sums(session)[time], sums(session)[money]) == (15, 250)


def test_staff_waive_it_and_that_is_written_down(
    front: Desk, session: Session, member: Actor, desk: Actor, booked: Booking, clock: StandingClock
) -> None:
    _set(front, HALF)
    _late(clock)
    with pytest.raises(NotPermitted):
        front.do(cancel, member, booked.id, waive=True)
    cancelled = front.do(cancel, desk, booked.id, reason="Ill", waive=True)
    assert (fee_said(cancelled.quote), _unbilled(session)) == (None, 0)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "booking.cancelled")).one()
    assert entry.after["waived_minor"] == 900


def test_a_type_may_differ_from_the_house(front: Desk, session: Session, booked: Booking) -> None:
    _set(front, HALF)
    assert ladder_of(session, booked.resource_id) == HALF
    _set(front, (Step(48, 10), Step(2, 100)), "Meeting room")
    assert ladder_of(session, booked.resource_id) == (Step(2, 100), Step(48, 10))
    other = session.scalars(
        select(Resource.id).where(Resource.resource_type_id != front.world.types["Meeting room"])
    ).first()
    assert other is not None
    assert ladder_of(session, other) == HALF
    _set(front, (), "Meeting room")
    assert ladder_of(session, booked.resource_id) == HALF


@pytest.mark.parametrize(
    "steps",
    [
        (Step(0, 50),),
        (Step(24, 101),),
        (Step(24, 50), Step(24, 60)),
        (Step(2, 10), Step(24, 50)),
        tuple(Step(hours, 5) for hours in range(1, 8)),
    ],
)
def test_a_ladder_that_cannot_be_is_refused(front: Desk, session: Session, steps: Ladder) -> None:
    with pytest.raises(Malformed):
        _set(front, steps)
    session.rollback()
    with pytest.raises(NotFound):
        set_ladder(session, front.world.actor("manager"), 999_999, HALF, front.clock)
    assert session.scalars(select(CancellationStep)).all() == []


@given(
    ladder=st.lists(st.builds(Step, st.integers(1, 100), st.integers(0, 100)), max_size=5),
    minutes=st.integers(-600, 7000),
)
def test_the_nearest_step_counts(ladder: list[Any], minutes: int) -> None:
    ladder = sorted(ladder)
    now = span("10:00", "11:00", "2026-03-09").start
    found = percent_at(tuple(ladder), now + minutes * (TEN.length / 60), now)
    reached = [step for step in ladder if minutes < step.hours * 60]
    assert found == (reached[0].percent if reached else 0)
