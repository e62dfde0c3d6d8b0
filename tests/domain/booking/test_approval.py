"""Rooms that staff approve: asking, yes and no, and what nobody answers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.approval import CannotStand, NotWaiting, against_approval, approve, decline
from app.domain.booking.cancel import cancel
from app.domain.booking.check_in import check_in_to
from app.domain.booking.hold import confirm, hold
from app.domain.booking.lapse import let_unanswered_go
from app.domain.booking.mine import current, show
from app.domain.booking.move import move
from app.domain.booking.moving import MoveBooking
from app.domain.booking.requests import count_requests, requests
from app.domain.booking.terms import (
    AlreadyOver,
    NotBookable,
    NotPermitted,
    Reason,
    ReasonNeeded,
    RoomTaken,
)
from app.domain.calendars.bookings import coming
from app.domain.calendars.series import OWN
from app.kernel.errors import NotFound
from app.models import (
    Booking,
    BookingStatus,
    Closure,
    Notice,
    Occupancy,
    Person,
    Resource,
    Tenant,
    UnbilledBooking,
)
from tests.domain.booking.conftest import Desk, span
from tests.support.world import TenantWorld

TEN = span("10:00", "11:00")


@pytest.fixture(autouse=True)
def approved_room(session: Session, northlight: TenantWorld) -> None:
    session.execute(
        update(Resource).where(Resource.id == northlight.rooms["Fern"]).values(needs_approval=True),
        execution_options={"synchronize_session": False},
    )
    session.commit()


def _ask(front: Desk, actor: Actor, room: str = "Fern") -> Booking:
    held = front.do(hold, actor, front.wish(room, TEN, people=2))
    booking: Booking = front.do(confirm, actor, held.id)
    return booking


def _told(session: Session, kind: str) -> list[int | None]:
    return list(
        session.scalars(select(Notice.person_id).where(Notice.kind == kind).order_by(Notice.person_id))
    )


def _blocks(session: Session, booking: Booking) -> int:
    return len(session.scalars(select(Occupancy.id).where(Occupancy.booking_id == booking.id)).all())


def test_what_a_member_books_waits_and_blocks_and_is_paid_by_nobody(
    front: Desk, session: Session, member: Actor, colleague: Actor, northlight: TenantWorld
) -> None:
    booking = _ask(front, member)
    assert booking.status is BookingStatus.TENTATIVE
    assert session.scalars(select(UnbilledBooking.id)).all() == []
    assert _told(session, "booking.confirmed") == []
    staff = {northlight.people[who] for who in ("owner", "manager", "desk")}
    assert set(_told(session, "booking.waiting")) == staff
    with pytest.raises(RoomTaken):
        front.book(colleague, "Fern", TEN)
    (view,) = current(session, member, front.clock())
    assert (view.waits_for_approval, view.can_cancel, view.can_check_in) == (True, True, False)
    (entry,) = coming(session, front.clock(), Booking.id == booking.id, OWN)
    assert entry.tentative


def test_another_room_is_booked_at_once(front: Desk, session: Session, member: Actor) -> None:
    assert _ask(front, member, "Cedar").status is BookingStatus.CONFIRMED
    assert _told(session, "booking.waiting") == []


def test_confirming_twice_asks_once(front: Desk, session: Session, member: Actor) -> None:
    booking = _ask(front, member)
    assert front.do(confirm, member, booking.id).status is BookingStatus.TENTATIVE
    assert len(_told(session, "booking.waiting")) == 3


def test_booked_without_a_hold_it_waits_too(front: Desk, session: Session, member: Actor) -> None:
    assert front.book(member, "Fern", TEN).status is BookingStatus.TENTATIVE
    assert _told(session, "booking.confirmed") == []


def test_staff_who_book_for_somebody_ask_nobody(
    front: Desk, desk: Actor, northlight: TenantWorld, session: Session
) -> None:
    booking = front.book(desk, "Fern", TEN, for_person_id=northlight.people["member"])
    assert booking.status is BookingStatus.CONFIRMED
    assert _told(session, "booking.confirmed") == [northlight.people["member"]]


def test_approved_it_is_paid_and_told(front: Desk, session: Session, member: Actor, desk: Actor) -> None:
    booking = _ask(front, member)
    front.do(approve, desk, booking.id)
    assert booking.status is BookingStatus.CONFIRMED
    assert session.scalars(select(UnbilledBooking.booking_id)).all() == [booking.id]
    assert _told(session, "booking.confirmed") == [member.person_id]
    assert _told(session, "booking.waiting") == []
    assert _blocks(session, booking) > 0
    (entry,) = coming(session, front.clock(), Booking.id == booking.id, OWN)
    assert not entry.tentative
    with pytest.raises(NotWaiting):
        front.do(approve, desk, booking.id)
    with pytest.raises(NotWaiting):
        front.do(decline, desk, booking.id, reason="Late")


def test_declined_the_room_is_free_and_the_person_knows_why(
    front: Desk, session: Session, member: Actor, colleague: Actor, desk: Actor
) -> None:
    booking = _ask(front, member)
    with pytest.raises(ReasonNeeded):
        front.do(decline, desk, booking.id, reason=" ")
    front.do(decline, desk, booking.id, reason="A board meeting")
    assert (booking.status, booking.cancel_reason) == (BookingStatus.CANCELLED, "A board meeting")
    (notice,) = session.scalars(select(Notice).where(Notice.kind == "booking.declined")).all()
    assert (notice.person_id, notice.data["reason"]) == (member.person_id, "A board meeting")
    assert _told(session, "booking.waiting") == []
    assert _ask(front, colleague).status is BookingStatus.TENTATIVE


def test_only_who_works_there_decides(
    front: Desk, session: Session, member: Actor, colleague: Actor, desk: Actor, northlight: TenantWorld
) -> None:
    booking = _ask(front, member)
    elsewhere = replace(desk, limited_to=frozenset({northlight.locations["Porto"]}))
    for actor in (member, colleague, replace(desk, on_behalf=False), elsewhere):
        with pytest.raises(NotFound):
            front.do(approve, actor, booking.id)
        with pytest.raises(NotFound):
            front.do(decline, actor, booking.id, reason="No")
    assert count_requests(session, elsewhere, front.clock()) == 0
    assert count_requests(session, desk, front.clock()) == 1


def test_the_rules_are_asked_again(
    front: Desk, session: Session, member: Actor, desk: Actor, northlight: TenantWorld
) -> None:
    booking = _ask(front, member)
    day = TEN.start.date()
    session.add(Closure(location_id=northlight.locations["Leith Walk"], first_day=day, last_day=day))
    session.commit()
    now = front.clock()
    view = show(session, desk, booking.id, now)
    assert [each.reason for each in against_approval(session, desk, view, now)] == [Reason.CLOSED]
    with pytest.raises(NotBookable) as refused:
        front.do(approve, desk, booking.id)
    assert [each.reason for each in refused.value.obstacles] == [Reason.CLOSED]
    session.refresh(booking)
    assert booking.status is BookingStatus.TENTATIVE
    front.do(approve, desk, booking.id, passing={Reason.CLOSED})
    assert (booking.status, booking.overridden) == (BookingStatus.CONFIRMED, ["closed"])


def test_passing_over_limits_is_for_who_may(front: Desk, member: Actor) -> None:
    booking = _ask(front, member)
    with pytest.raises(NotPermitted):
        front.do(approve, replace(member, on_behalf=True), booking.id, passing={Reason.CLOSED})


def test_waiting_does_not_make_it_too_soon(
    front: Desk, session: Session, member: Actor, desk: Actor, northlight: TenantWorld
) -> None:
    session.execute(
        update(Resource).where(Resource.id == northlight.rooms["Fern"]).values(notice_minutes=120),
        execution_options={"synchronize_session": False},
    )
    session.commit()
    booking = _ask(front, member)
    front.clock.advance(hours=2)
    front.do(approve, desk, booking.id)
    assert booking.status is BookingStatus.CONFIRMED


def test_it_counts_among_what_is_ahead_but_not_against_itself(
    front: Desk, session: Session, member: Actor, desk: Actor
) -> None:
    session.execute(update(Tenant).values(upcoming_limit=1), execution_options={"synchronize_session": False})
    session.commit()
    booking = _ask(front, member)
    with pytest.raises(NotBookable) as refused:
        front.book(member, "Cedar", span("14:00", "15:00"))
    assert [each.reason for each in refused.value.obstacles] == [Reason.TOO_MANY_AHEAD]
    front.do(approve, desk, booking.id)
    assert booking.status is BookingStatus.CONFIRMED


def test_of_somebody_locked_out_it_can_only_be_declined(
    front: Desk, session: Session, member: Actor, desk: Actor
) -> None:
    booking = _ask(front, member)
    session.execute(
        update(Person).where(Person.id == member.person_id).values(suspended_at=front.clock()),
        execution_options={"synchronize_session": False},
    )
    session.commit()
    with pytest.raises(CannotStand):
        front.do(approve, desk, booking.id)
    front.do(decline, desk, booking.id, reason="Locked out")
    assert booking.status is BookingStatus.CANCELLED


def test_one_takes_back_what_one_asked_for_at_any_time(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld
) -> None:
    session.execute(
        update(Resource).where(Resource.id == northlight.rooms["Fern"]).values(cancel_cutoff_minutes=10_000),
        execution_options={"synchronize_session": False},
    )
    session.commit()
    booking = _ask(front, member)
    front.do(cancel, member, booking.id)
    assert (booking.status, _blocks(session, booking)) == (BookingStatus.CANCELLED, 0)
    assert _told(session, "booking.waiting") == []
    assert _told(session, "booking.cancelled") == _told(session, "booking.declined") == []


def test_nobody_checks_in_to_what_waits(front: Desk, member: Actor) -> None:
    booking = _ask(front, member)
    front.clock.advance(hours=2, minutes=55)
    with pytest.raises(AlreadyOver):
        front.do(check_in_to, member, booking.id)


def test_unanswered_it_lapses_when_it_begins(
    front: Desk, session: Session, member: Actor, desk: Actor
) -> None:
    booking = _ask(front, member)
    front.clock.advance(hours=2, minutes=59)
    assert let_unanswered_go(session, front.clock()) == 0
    front.clock.advance(minutes=1)
    assert show(session, member, booking.id, front.clock()).status is BookingStatus.LAPSED
    with pytest.raises(NotWaiting):
        front.do(approve, desk, booking.id)
    assert let_unanswered_go(session, front.clock()) == 1
    session.commit()
    session.refresh(booking)
    assert (booking.status, _blocks(session, booking)) == (BookingStatus.LAPSED, 0)
    assert _told(session, "booking.unanswered") == [member.person_id]
    assert _told(session, "booking.waiting") == []
    assert let_unanswered_go(session, front.clock()) == 0


def test_nothing_is_asked_for_that_begins_now(front: Desk, session: Session, member: Actor) -> None:
    held = front.do(hold, member, front.wish("Fern", TEN))
    front.clock.now = TEN.start - timedelta(minutes=1)
    held = front.do(hold, member, front.wish("Fern", TEN))
    front.clock.advance(minutes=1)
    with pytest.raises(NotBookable) as refused:
        front.do(confirm, member, held.id)
    assert [each.reason for each in refused.value.obstacles] == [Reason.TOO_SOON]
    assert _told(session, "booking.waiting") == []


def test_the_list_says_who_is_somewhere_else_then(
    front: Desk, session: Session, member: Actor, desk: Actor
) -> None:
    _ask(front, member)
    assert [each.elsewhere for each in requests(session, desk, front.clock())] == [False]
    front.book(member, "Cedar", span("10:30", "11:30"))
    assert [each.elsewhere for each in requests(session, desk, front.clock())] == [True]


@pytest.mark.parametrize("asks", ["", "staff"])
def test_for_more_people_than_were_approved_it_is_changed_by_staff_alone(
    front: Desk, session: Session, member: Actor, desk: Actor, northlight: TenantWorld, asks: str
) -> None:
    """The control: where nobody approves, as many come as fit. For fewer nobody is asked."""
    fern = Resource.id == northlight.rooms["Fern"]
    session.execute(update(Resource).where(fern).values(needs_approval=bool(asks)))
    session.commit()
    booking = _ask(front, member)
    if asks:
        front.do(approve, desk, booking.id)

    def for_people(actor: Actor, people: int) -> Booking:
        wish = MoveBooking(booking.resource_id, TEN, people, "Board")
        moved = move(session, actor, booking.id, wish, front.clock)
        session.commit()
        return moved

    assert for_people(member, 1).people == 1
    assert for_people(desk, 2).people == 2
    if not asks:
        assert for_people(member, 3).people == 3
        return
    with pytest.raises(NotBookable) as refused:
        for_people(member, 3)
    (obstacle,) = refused.value.obstacles
    assert (obstacle.reason, obstacle.facts) == (Reason.NEEDS_APPROVAL, {"people": 2})
    assert for_people(desk, 3).people == 3
