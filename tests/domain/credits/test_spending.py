"""Credit that pays for bookings: used when one is confirmed, back when it is cancelled."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain.booking.book import book
from app.domain.booking.cancel import cancel
from app.domain.booking.extend import extend
from app.domain.booking.hold import confirm, hold
from app.domain.booking.paying import ByCredit, by_credit
from app.domain.booking.terms import AlreadyOver, BookRoom
from app.domain.credits.history import history
from app.domain.credits.terms import CreditChanged, Holder
from app.domain.privacy.bookings import cancel_upcoming
from app.kernel.spans import Span
from app.models import Booking, BookingStatus, CreditCause, Team, TeamMember
from tests.support.credits import granted, sums
from tests.support.tariffs import Tariffs


def _wish(tariffs: Tariffs, room: str, minutes: int = 60, hour: int = 10, days: int = 1) -> BookRoom:
    start = tariffs.now.replace(hour=hour, minute=0, second=0) + timedelta(days=days)
    return BookRoom(tariffs.tenant.rooms[room], Span(start, start + timedelta(minutes=minutes)))


def _book(tariffs: Tariffs, room: str = "Fern", minutes: int = 60, hour: int = 10) -> Booking:
    held = hold(tariffs.session, tariffs.who("member"), _wish(tariffs, room, minutes, hour), tariffs.clock)
    tariffs.session.commit()
    booking = confirm(tariffs.session, tariffs.who("member"), held.id, tariffs.clock)
    tariffs.session.commit()
    return booking


def _cancel(tariffs: Tariffs, booking: Booking) -> None:
    cancel(tariffs.session, tariffs.who("member"), booking.id, tariffs.clock)
    tariffs.session.commit()


@pytest.fixture
def maya(tariffs: Tariffs) -> Holder:
    return Holder(tariffs.tenant.people["member"])


@pytest.fixture
def meeting(tariffs: Tariffs) -> int:
    return tariffs.tenant.types["Meeting room"]


def test_time_pays_first_then_money(session: Session, tariffs: Tariffs, maya: Holder, meeting: int) -> None:
    time = granted(session, maya, 60, meeting, key="time")
    money = granted(session, maya, 1000, key="money")
    booking = _book(tariffs, minutes=120)
    assert booking.price_minor == 3600
    assert by_credit(booking.quote) == ByCredit(60, 1800, 1000)
    assert sums(session) == {time: 0, money: 0}


def test_time_of_another_type_pays_nothing(session: Session, tariffs: Tariffs, maya: Holder) -> None:
    booth = granted(session, maya, 60, tariffs.tenant.types["Phone booth"])
    assert not by_credit(_book(tariffs).quote)
    assert sums(session) == {booth: 60}


def test_a_free_room_uses_nothing(session: Session, tariffs: Tariffs, maya: Holder) -> None:
    booth = granted(session, maya, 60, tariffs.tenant.types["Phone booth"])
    assert _book(tariffs, "Lark").price_minor == 0
    assert sums(session) == {booth: 60}


def test_a_hold_uses_nothing_yet(session: Session, tariffs: Tariffs, maya: Holder, meeting: int) -> None:
    time = granted(session, maya, 60, meeting)
    hold(session, tariffs.who("member"), _wish(tariffs, "Fern"), tariffs.clock)
    session.commit()
    assert sums(session) == {time: 60}


def test_cancelling_gives_each_grant_its_own_back_once(
    session: Session, tariffs: Tariffs, maya: Holder, meeting: int
) -> None:
    first = granted(session, maya, 45, meeting, key="1", until=tariffs.now + timedelta(days=9))
    second = granted(session, maya, 60, meeting, key="2")
    booking = _book(tariffs)
    assert sums(session) == {first: 0, second: 45}
    _cancel(tariffs, booking)
    assert sums(session) == {first: 45, second: 60}
    with pytest.raises(AlreadyOver):
        _cancel(tariffs, booking)
    assert sums(session) == {first: 45, second: 60}


def test_what_expired_meanwhile_comes_back_and_stays_expired(
    session: Session, tariffs: Tariffs, maya: Holder, meeting: int
) -> None:
    time = granted(session, maya, 60, meeting, until=tariffs.now + timedelta(hours=2))
    booking = _book(tariffs)
    tariffs.now += timedelta(hours=3)
    _cancel(tariffs, booking)
    assert sums(session) == {time: 60}
    assert not by_credit(_book(tariffs).quote)


def test_what_has_not_begun_or_is_over_pays_nothing(
    session: Session, tariffs: Tariffs, maya: Holder, meeting: int
) -> None:
    granted(session, maya, 60, meeting, until=tariffs.now)
    assert not by_credit(_book(tariffs).quote)


def test_an_extension_is_paid_by_what_is_left(
    session: Session, tariffs: Tariffs, maya: Holder, meeting: int
) -> None:
    time = granted(session, maya, 75, meeting)
    booking = _book(tariffs)
    tariffs.now = booking.starts_at + timedelta(minutes=5)
    extend(session, tariffs.who("member"), booking.id, 30, tariffs.clock)
    session.commit()
    assert by_credit(booking.quote) == ByCredit(75, 2250, 0)
    assert booking.price_minor == 2700
    cancel(session, tariffs.owner, booking.id, tariffs.clock, reason="A leak")
    session.commit()
    assert sums(session) == {time: 75}


def test_what_a_team_shares_pays_for_its_people_alone(
    session: Session, tariffs: Tariffs, meeting: int
) -> None:
    team = Team(name="Crew", created_at=tariffs.now)
    session.add(team)
    session.flush()
    session.add(TeamMember(team_id=team.id, person_id=tariffs.tenant.people["member"], joined_at=tariffs.now))
    session.commit()
    shared = granted(session, Holder(team_id=team.id), 90, meeting)
    assert by_credit(_book(tariffs).quote).minutes == 60
    other = book(session, tariffs.who("colleague"), _wish(tariffs, "Cedar"), tariffs.clock)
    session.commit()
    assert not by_credit(other.quote)
    assert sums(session) == {shared: 30}
    team.retired_at = tariffs.now
    session.commit()
    assert not by_credit(_book(tariffs, hour=14).quote)


def test_the_page_is_believed_about_what_is_left_to_pay(
    session: Session, tariffs: Tariffs, maya: Holder, meeting: int
) -> None:
    held = hold(session, tariffs.who("member"), _wish(tariffs, "Fern"), tariffs.clock)
    session.commit()
    with pytest.raises(CreditChanged) as refusal:
        confirm(session, tariffs.who("member"), held.id, tariffs.clock, seen_due=0)
    assert refusal.value.due_minor == 1800
    session.refresh(held)
    assert held.status is BookingStatus.HELD
    # Less than the page said is no reason to ask again
    granted(session, maya, 60, meeting)
    confirm(session, tariffs.who("member"), held.id, tariffs.clock, seen_due=1800)
    session.commit()
    assert by_credit(held.quote).minutes == 60


def test_who_leaves_gives_back_what_lies_ahead(
    session: Session, tariffs: Tariffs, maya: Holder, meeting: int
) -> None:
    time = granted(session, maya, 60, meeting)
    _book(tariffs)
    assert sums(session) == {time: 0}
    cancel_upcoming(session, tariffs.tenant.people["member"], None, tariffs.tick())
    session.commit()
    assert sums(session) == {time: 60}


def test_the_history_says_what_for(session: Session, tariffs: Tariffs, maya: Holder, meeting: int) -> None:
    granted(session, maya, 60, meeting)
    _cancel(tariffs, _book(tariffs, minutes=30))
    steps = history(session, maya)
    assert [(step.cause, step.amount, step.room) for step in steps] == [
        (CreditCause.RETURNED, 30, "Fern"),
        (CreditCause.BOOKED, -30, "Fern"),
        (CreditCause.GRANTED, 60, None),
    ]
