"""Guests who are named while a booking is made: told once it is booked or approved, and gone with what was let go."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.approval import approve, decline
from app.domain.booking.book import book
from app.domain.booking.cancel import cancel
from app.domain.booking.hold import confirm, hold, release
from app.domain.booking.lapse import let_lapsed_go, let_unanswered_go
from app.domain.booking.terms import HoldLapsed, NotBookable, Reason
from app.domain.guests.expecting import NewGuest, add_guest, expect_each, guests_of, remove_guest
from app.domain.privacy.bookings import cancel_upcoming
from app.kernel.errors import NotFound
from app.models import Booking, BookingGuest, BookingStatus, Notice, Resource
from tests.domain.booking.conftest import Desk, StandingClock, span
from tests.support.world import TenantWorld

TEN = span("10:00", "11:00")
GUS = NewGuest("Gus Guest", "gus@elsewhere.test")
CAPACITY = 4
"""Of Fern."""


def _held(front: Desk, actor: Actor, people: int = 1, **more: object) -> Booking:
    booking: Booking = front.do(hold, actor, front.wish("Fern", TEN, people=people, **more))
    return booking


def _name(front: Desk, actor: Actor, booking: Booking, guest: NewGuest = GUS) -> BookingGuest:
    row = add_guest(front.session, actor, booking.id, guest, front.clock)
    front.session.commit()
    return row


def _told(session: Session) -> list[tuple[str, str | None]]:
    query = select(Notice.kind, Notice.email).where(Notice.kind.startswith("guest.")).order_by(Notice.id)
    return [(row.kind, row.email) for row in session.execute(query)]


def _named(session: Session) -> list[str]:
    return list(session.scalars(select(BookingGuest.name).order_by(BookingGuest.id)))


@pytest.fixture
def approved(session: Session, northlight: TenantWorld) -> None:
    """Staff approve Fern."""
    fern = Resource.id == northlight.rooms["Fern"]
    session.execute(update(Resource).where(fern).values(needs_approval=True))
    session.commit()


def test_they_are_told_once_it_is_booked(front: Desk, session: Session, member: Actor) -> None:
    held = _held(front, member)
    for guest in (GUS, NewGuest("Ana"), GUS):
        _name(front, member, held, guest)
    assert (_told(session), _named(session)) == ([], ["Gus Guest", "Ana"])
    booking = front.do(confirm, member, held.id, people=1)
    assert (booking.status, booking.people) == (BookingStatus.CONFIRMED, 3)
    assert _told(session) == [("guest.invited", GUS.email)]


def test_who_is_taken_off_meanwhile_is_told_nothing(front: Desk, session: Session, member: Actor) -> None:
    held = _held(front, member)
    row = _name(front, member, held)
    remove_guest(session, member, held.id, row.id, front.clock)
    session.commit()
    front.do(confirm, member, held.id)
    assert (_told(session), _named(session)) == ([], [])


def test_no_more_than_the_room_holds(front: Desk, session: Session, member: Actor) -> None:
    held = _held(front, member)
    for number in range(CAPACITY - 1):
        _name(front, member, held, NewGuest(f"Guest {number}"))
    with pytest.raises(NotBookable) as refused:
        _name(front, member, held)
    assert [each.reason for each in refused.value.obstacles] == [Reason.TOO_MANY_PEOPLE]
    assert front.do(confirm, member, held.id).people == CAPACITY


@pytest.mark.parametrize("end", ["released", "held elsewhere", "swept"])
def test_they_go_with_what_is_let_go(
    front: Desk, session: Session, member: Actor, clock: StandingClock, end: str
) -> None:
    held = _held(front, member)
    _name(front, member, held)
    assert _named(session) == ["Gus Guest"]
    if end == "released":
        front.do(release, member, held.id)
    elif end == "held elsewhere":
        front.do(hold, member, front.wish("Cedar", TEN))
    else:
        clock.advance(minutes=11)
        with pytest.raises(HoldLapsed):
            _name(front, member, held, NewGuest("Ana"))
        let_lapsed_go(session, clock())
        session.commit()
    assert (_told(session), _named(session)) == ([], [])


def test_whoever_books_for_a_colleague_names_them_until_it_is_booked(
    front: Desk, session: Session, desk: Actor, member: Actor, colleague: Actor, northlight: TenantWorld
) -> None:
    held = _held(front, desk, for_person_id=northlight.people["member"])
    held.booked_by_id = colleague.person_id
    session.commit()
    row = _name(front, colleague, held)
    assert row.person_id == member.person_id
    with pytest.raises(NotFound):
        _name(front, northlight.actor("contact"), held, NewGuest("Eve"))
    front.do(confirm, desk, held.id)
    with pytest.raises(NotFound):
        _name(front, colleague, held, NewGuest("Late"))


@pytest.mark.usefixtures("approved")
def test_of_what_is_asked_for_they_are_told_once_it_is_approved(
    front: Desk, session: Session, member: Actor, desk: Actor
) -> None:
    held = _held(front, member, people=3)
    _name(front, member, held)
    booking = front.do(confirm, member, held.id)
    assert (booking.status, _told(session)) == (BookingStatus.TENTATIVE, [])
    _name(front, member, booking, NewGuest("Bea", "bea@elsewhere.test"))
    assert _told(session) == []
    front.do(approve, desk, booking.id)
    assert _told(session) == [("guest.invited", GUS.email), ("guest.invited", "bea@elsewhere.test")]


@pytest.mark.usefixtures("approved")
@pytest.mark.parametrize("end", ["declined", "taken back", "unanswered"])
def test_of_what_is_not_approved_they_hear_nothing(
    front: Desk, session: Session, member: Actor, desk: Actor, clock: StandingClock, end: str
) -> None:
    held = _held(front, member)
    _name(front, member, held)
    front.do(confirm, member, held.id)
    assert _named(session) == ["Gus Guest"]
    if end == "declined":
        front.do(decline, desk, held.id, reason="Full")
    elif end == "taken back":
        front.do(cancel, member, held.id)
    else:
        clock.now = TEN.start
        let_unanswered_go(session, clock())
        session.commit()
    assert (_told(session), _named(session)) == ([], [])


@pytest.mark.usefixtures("approved")
def test_who_leaves_calls_off_those_alone_who_were_invited(
    front: Desk, session: Session, member: Actor
) -> None:
    asked = _held(front, member)
    _name(front, member, asked)
    front.do(confirm, member, asked.id)
    made = front.book(member, "Cedar", span("13:00", "14:00"))
    _name(front, member, made, NewGuest("Bea", "bea@elsewhere.test"))
    cancel_upcoming(session, member.person_id, None, front.clock())
    assert _told(session) == [
        ("guest.invited", "bea@elsewhere.test"),
        ("guest.cancelled", "bea@elsewhere.test"),
    ]
    assert _named(session) == ["Bea"]


@pytest.mark.parametrize("asks", ["", "staff"])
def test_more_than_were_approved_come_by_the_hand_of_staff(
    front: Desk, session: Session, member: Actor, desk: Actor, northlight: TenantWorld, asks: str
) -> None:
    """The control: where nobody approves, one guest more makes it one person more."""
    fern = Resource.id == northlight.rooms["Fern"]
    session.execute(update(Resource).where(fern).values(needs_approval=bool(asks)))
    session.commit()
    booking = front.do(confirm, member, _held(front, member, people=2).id)
    if asks:
        front.do(approve, desk, booking.id)
    _name(front, member, booking, NewGuest("Ana"))
    if not asks:
        _name(front, member, booking)
        assert booking.people == 3
        return
    with pytest.raises(NotBookable) as refused:
        _name(front, member, booking)
    (obstacle,) = refused.value.obstacles
    assert (obstacle.reason, obstacle.facts) == (Reason.NEEDS_APPROVAL, {"people": 2})
    session.refresh(booking)
    assert booking.people == 2
    _name(front, desk, booking)
    assert booking.people == 3


def test_staff_name_them_as_they_book(
    front: Desk, session: Session, desk: Actor, northlight: TenantWorld
) -> None:
    wish = front.wish("Fern", TEN, people=3, for_person_id=northlight.people["member"])
    booking = book(session, desk, wish, front.clock)
    expect_each(session, desk, booking, [GUS, NewGuest("Ana")], front.clock())
    session.commit()
    assert [each.name for each in guests_of(session, booking.id)] == ["Gus Guest", "Ana"]
    assert _told(session) == [("guest.invited", GUS.email)]
    front.do(cancel, desk, booking.id, reason="Ill")
    expect_each(session, desk, booking, [NewGuest("Eve")], front.clock() + timedelta(minutes=1))
    assert _named(session) == ["Gus Guest", "Ana"]
