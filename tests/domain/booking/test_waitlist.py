"""Waiting for a room: who is told, in which order, and what becomes of an offer."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.cancel import cancel
from app.domain.booking.hold import confirm, hold, release
from app.domain.booking.lapse import let_lapsed_go
from app.domain.booking.offering import OFFER_FOR, offer_rooms
from app.domain.booking.terms import Malformed, NotBookable, RoomQuery, RoomTaken
from app.domain.booking.waitlist import (
    MOST_WAITED_FOR,
    WaitsForTooMuch,
    is_held_for,
    stop_waiting,
    wait_for,
    waits,
)
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.models import (
    Booking,
    BookingStatus,
    Notice,
    Person,
    Resource,
    SectionSetting,
    WaitlistEntry,
)
from app.sections import Audience
from tests.domain.booking.conftest import Desk, StandingClock, span
from tests.support.world import TenantWorld

TEN = span("10:00", "11:00")
"""Ten people fit into one room of Leith Walk only, so that there is one to wait for."""


@pytest.fixture
def people(session: Session, northlight: TenantWorld) -> int:
    """So many that they fit into Fern alone."""
    session.execute(
        update(Resource).where(Resource.id != northlight.rooms["Fern"]).values(capacity=1),
        execution_options={"synchronize_session": False},
    )
    session.commit()
    return 2


@pytest.fixture
def taken(front: Desk, desk: Actor, people: int) -> Booking:
    """Fern, by somebody who does not wait."""
    return front.book(desk, "Fern", TEN, people=people)


def _query(world: TenantWorld, people: int, wanted: Span = TEN) -> RoomQuery:
    return RoomQuery(world.locations["Leith Walk"], wanted, people)


def _join(front: Desk, actor: Actor, people: int, wanted: Span = TEN, tolerance: int = 0) -> WaitlistEntry:
    entry = wait_for(front.session, actor, _query(front.world, people, wanted), tolerance, front.clock)
    front.session.commit()
    return entry


def _offered(session: Session, entry: WaitlistEntry) -> Booking | None:
    session.refresh(entry)
    return session.get(Booking, entry.booking_id) if entry.booking_id else None


def _told(session: Session, actor: Actor) -> list[str]:
    return list(
        session.scalars(select(Notice.kind).where(Notice.person_id == actor.person_id).order_by(Notice.id))
    )


def test_nobody_is_offered_what_is_taken(
    front: Desk, session: Session, taken: Booking, people: int, member: Actor
) -> None:
    entry = _join(front, member, people)
    assert offer_rooms(session, front.clock) == 0
    assert _offered(session, entry) is None


def test_the_first_in_line_has_it_with_one_tap(
    front: Desk, session: Session, taken: Booking, people: int, member: Actor, colleague: Actor, desk: Actor
) -> None:
    first, second = _join(front, member, people), _join(front, colleague, people)
    front.do(cancel, desk, taken.id)
    assert offer_rooms(session, front.clock) == 1
    offer = _offered(session, first)
    assert offer is not None
    assert _offered(session, second) is None
    assert (offer.status, offer.person_id) == (BookingStatus.HELD, member.person_id)
    assert offer.hold_expires_at == front.clock() + OFFER_FOR
    assert _told(session, member) == ["booking.offered"]
    assert not _told(session, colleague)
    with pytest.raises(RoomTaken):
        front.book(colleague, "Fern", TEN, people=people)
    assert front.do(confirm, member, offer.id).status is BookingStatus.CONFIRMED
    front.clock.advance(minutes=1)
    assert offer_rooms(session, front.clock) == 0
    session.refresh(first)
    assert first.ended_at == front.clock()
    assert not waits(session, member.person_id, front.clock())


def test_running_twice_offers_once(
    front: Desk, session: Session, taken: Booking, people: int, member: Actor, desk: Actor
) -> None:
    _join(front, member, people)
    front.do(cancel, desk, taken.id)
    assert [offer_rooms(session, front.clock) for _ in range(3)] == [1, 0, 0]
    assert _told(session, member) == ["booking.offered"]


def test_those_who_cannot_be_served_keep_nobody_waiting(
    front: Desk, session: Session, taken: Booking, people: int, member: Actor, colleague: Actor, desk: Actor
) -> None:
    """However many they are: so many people fit into no room."""
    hopeless = [
        WaitlistEntry(
            person_id=colleague.person_id,
            location_id=taken.location_id,
            starts_at=TEN.start,
            ends_at=TEN.end,
            people=500,
            tolerance_minutes=0,
            joined_at=front.clock(),
        )
        for _ in range(220)
    ]
    session.add_all(hopeless)
    session.commit()
    last = _join(front, member, people)
    front.do(cancel, desk, taken.id)
    assert offer_rooms(session, front.clock) == 1
    assert _offered(session, last) is not None


@pytest.mark.parametrize("how", ["lapses", "is let go"])
def test_then_the_next(
    how: str,
    front: Desk,
    session: Session,
    taken: Booking,
    people: int,
    member: Actor,
    colleague: Actor,
    desk: Actor,
) -> None:
    first, second = _join(front, member, people), _join(front, colleague, people)
    front.do(cancel, desk, taken.id)
    offer_rooms(session, front.clock)
    offer = _offered(session, first)
    assert offer is not None
    if how == "lapses":
        front.clock.advance(minutes=31)
        let_lapsed_go(session, front.clock())
        session.commit()
    else:
        front.do(release, member, offer.id)
    assert offer_rooms(session, front.clock) == 1
    assert _offered(session, second) is not None
    session.refresh(first)
    assert first.ended_at is not None  # nobody is asked twice


def test_an_offer_ends_before_what_it_offers_begins(
    front: Desk,
    session: Session,
    taken: Booking,
    people: int,
    member: Actor,
    desk: Actor,
    clock: StandingClock,
) -> None:
    entry = _join(front, member, people)
    clock.now = TEN.start - timedelta(minutes=45)
    cancel(session, _desk_of(front, desk), taken.id, clock, reason="Flooded")
    session.commit()
    clock.now = TEN.start - timedelta(minutes=12)
    assert offer_rooms(session, clock) == 1
    offer = _offered(session, entry)
    assert offer is not None
    assert offer.hold_expires_at == TEN.start


def _desk_of(front: Desk, desk: Actor) -> Actor:
    """The front desk on a page that lets them act for others."""
    return replace(desk, on_behalf=True)


def test_the_time_has_come_and_nobody_waits_any_more(
    front: Desk, session: Session, taken: Booking, people: int, member: Actor, clock: StandingClock
) -> None:
    entry = _join(front, member, people)
    clock.now = TEN.start
    assert offer_rooms(session, clock) == 0
    session.refresh(entry)
    assert entry.ended_at == TEN.start


@pytest.mark.parametrize(("tolerance", "offers"), [(30, 0), (60, 1)])
def test_a_near_time_will_do_as_far_as_they_said(
    tolerance: int, offers: int, front: Desk, session: Session, people: int, member: Actor, desk: Actor
) -> None:
    front.book(desk, "Fern", span("08:00", "09:00"), people=people)
    front.book(desk, "Fern", span("09:30", "17:30"), people=people)
    late = front.session.scalars(
        select(Booking).where(Booking.starts_at == span("09:30", "17:30").start)
    ).one()
    entry = _join(front, member, people, tolerance=tolerance)
    assert offer_rooms(session, front.clock) == 0
    front.do(cancel, desk, late.id)
    front.book(desk, "Fern", span("09:30", "11:00"), people=people)
    assert offer_rooms(session, front.clock) == offers
    offer = _offered(session, entry)
    assert (offer.starts_at if offer else None) == (TEN.start + timedelta(hours=1) if offers else None)


def test_an_offer_is_no_hold_of_ones_own(
    front: Desk, session: Session, taken: Booking, people: int, member: Actor, desk: Actor
) -> None:
    entry = _join(front, member, people)
    mine = front.do(hold, member, front.wish("Cedar", span("14:00", "15:00")))
    front.do(cancel, desk, taken.id)
    offer_rooms(session, front.clock)
    session.refresh(mine)
    assert mine.status is BookingStatus.HELD  # the offer took nothing away
    front.do(hold, member, front.wish("Cedar", span("16:00", "17:00")))
    offer = _offered(session, entry)
    assert offer is not None
    assert offer.status is BookingStatus.HELD
    session.refresh(mine)
    assert session.scalar(select(Booking.status).where(Booking.id == mine.id)) is BookingStatus.LAPSED


def test_who_has_found_a_room_otherwise_waits_no_more(
    front: Desk, session: Session, taken: Booking, people: int, member: Actor, desk: Actor
) -> None:
    entry = _join(front, member, people)
    front.clock.advance(minutes=1)
    front.book(member, "Cedar", TEN)
    front.do(cancel, desk, taken.id)
    assert offer_rooms(session, front.clock) == 0
    session.refresh(entry)
    assert entry.ended_at is not None


def test_suspended_people_are_passed_over(
    front: Desk, session: Session, taken: Booking, people: int, member: Actor, colleague: Actor, desk: Actor
) -> None:
    _join(front, member, people)
    second = _join(front, colleague, people)
    session.get_one(Person, member.person_id).suspended_at = front.clock()
    session.commit()
    front.do(cancel, desk, taken.id)
    assert offer_rooms(session, front.clock) == 1
    assert _offered(session, second) is not None


def test_joining_twice_is_joining_once_and_five_are_enough(
    front: Desk, session: Session, taken: Booking, people: int, member: Actor
) -> None:
    assert _join(front, member, people).id == _join(front, member, people, tolerance=30).id
    for hour in range(11, 10 + MOST_WAITED_FOR):
        _join(front, member, people, span(f"{hour}:00", f"{hour}:30"))
    with pytest.raises(WaitsForTooMuch):
        _join(front, member, people, span("17:00", "17:30"))


def test_nobody_waits_for_what_cannot_come(front: Desk, people: int, member: Actor) -> None:
    with pytest.raises(NotBookable):
        _join(front, member, 500)
    with pytest.raises(NotBookable):
        _join(front, member, people, span("10:00", "11:00", "2026-03-01"))
    with pytest.raises(Malformed):
        _join(front, member, people, tolerance=17)


def test_leaving_the_line(
    front: Desk, session: Session, taken: Booking, people: int, member: Actor, colleague: Actor, desk: Actor
) -> None:
    entry = _join(front, member, people)
    with pytest.raises(NotFound):
        stop_waiting(session, colleague, entry.id, front.clock)
    stop_waiting(session, member, entry.id, front.clock)
    session.commit()
    front.do(cancel, desk, taken.id)
    assert offer_rooms(session, front.clock) == 0


def test_what_they_see_while_they_wait(
    front: Desk, session: Session, taken: Booking, people: int, member: Actor, colleague: Actor, desk: Actor
) -> None:
    _join(front, member, people)
    _join(front, colleague, people)
    (seen,) = waits(session, colleague.person_id, front.clock())
    assert (seen.ahead, seen.offer_id, seen.span) == (1, None, TEN)
    session.rollback()
    front.do(cancel, desk, taken.id)
    offer_rooms(session, front.clock)
    (seen,) = waits(session, member.person_id, front.clock())
    assert (seen.offered_room, seen.offered_until) == ("Fern", front.clock() + OFFER_FOR)
    (seen,) = waits(session, colleague.person_id, front.clock())
    assert seen.ahead == 0


def test_an_offer_for_later_stands_when_the_time_that_was_asked_for_has_come(
    front: Desk, session: Session, people: int, member: Actor, desk: Actor, clock: StandingClock
) -> None:
    early = front.book(desk, "Fern", span("08:00", "11:30"), people=people)
    entry = _join(front, member, people, tolerance=120)
    clock.now = TEN.start - timedelta(minutes=5)
    assert offer_rooms(session, clock) == 1
    offer = _offered(session, entry)
    assert offer is not None
    assert offer.starts_at == early.ends_at
    clock.now = TEN.start + timedelta(minutes=5)
    assert offer_rooms(session, clock) == 0
    (seen,) = waits(session, member.person_id, clock())
    assert seen.offer_id == offer.id
    assert front.do(confirm, member, offer.id).status is BookingStatus.CONFIRMED


def test_nobody_is_offered_what_they_may_not_book(
    front: Desk, session: Session, taken: Booking, people: int, member: Actor, desk: Actor
) -> None:
    _join(front, member, people)
    front.do(cancel, desk, taken.id)
    session.add(SectionSetting(section="bookings", enabled=False, audience=Audience.SIGNED_IN, position=1))
    session.commit()
    assert offer_rooms(session, front.clock) == 0
    session.execute(update(SectionSetting).values(enabled=True))
    session.commit()
    assert offer_rooms(session, front.clock) == 1


@pytest.mark.parametrize("how", ["lapses", "is let go"])
def test_nobody_keeps_a_room_from_others_by_joining_again_and_again(
    how: str,
    front: Desk,
    session: Session,
    taken: Booking,
    people: int,
    member: Actor,
    colleague: Actor,
    desk: Actor,
) -> None:
    """Who left one offer unused is told, and the room stays free for everybody."""
    _join(front, member, people)
    front.do(cancel, desk, taken.id)
    assert offer_rooms(session, front.clock) == 1  # the control: once it is held for them
    _leave_unused(front, member, how)
    again = _join(front, member, people, tolerance=30)
    (seen,) = waits(session, member.person_id, front.clock())
    assert not seen.held
    session.rollback()
    assert not is_held_for(session, again, front.clock())
    assert offer_rooms(session, front.clock) == 0
    assert _offered(session, again) is None
    assert _told(session, member) == ["booking.offered", "booking.freed"]
    assert offer_rooms(session, front.clock) == 0
    assert _told(session, member) == ["booking.offered", "booking.freed"]
    assert front.book(colleague, "Fern", TEN, people=people).id


def _leave_unused(front: Desk, actor: Actor, how: str) -> None:
    if how == "lapses":
        front.clock.advance(minutes=31)
        let_lapsed_go(front.session, front.clock())
        front.session.commit()
        return
    offer = front.session.scalars(select(Booking).where(Booking.offered)).one()
    front.do(release, actor, offer.id)


def test_who_had_their_turn_is_told_once_the_others_were_asked(
    front: Desk, session: Session, taken: Booking, people: int, member: Actor, colleague: Actor, desk: Actor
) -> None:
    _join(front, member, people)
    front.do(cancel, desk, taken.id)
    offer_rooms(session, front.clock)
    _leave_unused(front, member, "is let go")
    again, other = _join(front, member, people), _join(front, colleague, people)
    assert offer_rooms(session, front.clock) == 1
    assert _offered(session, other) is not None
    session.refresh(again)
    assert (again.ended_at, _told(session, member)) == (None, ["booking.offered"])


def test_another_time_is_held_for_them_as_for_everybody(
    front: Desk, session: Session, taken: Booking, people: int, member: Actor, desk: Actor
) -> None:
    _join(front, member, people)
    front.do(cancel, desk, taken.id)
    offer_rooms(session, front.clock)
    _leave_unused(front, member, "is let go")
    later = _join(front, member, people, span("11:00", "12:00"))
    assert offer_rooms(session, front.clock) == 1
    assert _offered(session, later) is not None


def test_of_overlapping_times_one_is_held_at_a_time(
    front: Desk, session: Session, taken: Booking, people: int, member: Actor, desk: Actor
) -> None:
    """Waiting for it twice, in other words, holds it once."""
    one, two = _join(front, member, people), _join(front, member, people, span("10:30", "11:30"))
    front.do(cancel, desk, taken.id)
    offer_rooms(session, front.clock)
    assert [_offered(session, each) is not None for each in (one, two)] == [True, False]
    assert _told(session, member) == ["booking.offered"]
