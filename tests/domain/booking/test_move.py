"""Changing a booking: by the rules of a new one, in which it does not stand in its own way, and with the difference in money."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking import mine
from app.domain.booking.cancel import cancel
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.extend import extend, offers
from app.domain.booking.move import move, quote_move
from app.domain.booking.moving import ChangedMeanwhile, MoveBooking, MoveQuote, OnlyItsEnd, TooLateToMove
from app.domain.booking.paying import ByCredit, by_credit
from app.domain.booking.terms import (
    AlreadyOver,
    Malformed,
    NotBookable,
    NotPermitted,
    OutOfReach,
    Reason,
    RoomTaken,
)
from app.domain.credits.terms import Holder
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.models import AuditEntry, Booking, Notice, Occupancy, Rate, RateUnit, Resource, UnbilledBooking
from tests.domain.booking.conftest import Desk, StandingClock, span
from tests.support.credits import granted, sums
from tests.support.world import TenantWorld

TEN = span("10:00", "11:00")
LONGER = span("10:00", "12:00")


def _wish(
    front: Desk, booking: Booking, wanted: Span | None = None, room: str = "", **more: Any
) -> MoveBooking:
    said: dict[str, Any] = {
        "people": booking.people,
        "title": booking.title,
        "seen_sequence": booking.sequence,
    } | more
    return MoveBooking(
        front.world.rooms[room] if room else booking.resource_id,
        wanted or Span(booking.starts_at, booking.ends_at),
        **said,
    )


def _move(front: Desk, actor: Actor, booking: Booking, *where: Any, **more: Any) -> Booking:
    command = _wish(front, booking, *where, **more)

    def verb(session: Session, actor: Actor, booking_id: int, clock: StandingClock) -> Booking:
        return move(session, actor, booking_id, command, clock)

    moved: Booking = front.do(verb, actor, booking.id)
    return moved


def _quote(front: Desk, actor: Actor, booking: Booking, *where: Any, **more: Any) -> MoveQuote:
    found = quote_move(front.session, actor, booking.id, _wish(front, booking, *where, **more), front.clock())
    front.session.rollback()
    return found


def _change(front: Desk, room: str, **columns: Any) -> None:
    front.session.execute(update(Resource).where(Resource.id == front.world.rooms[room]).values(**columns))
    front.session.commit()


def _blocked(session: Session, booking: Booking) -> list[tuple[Any, ...]]:
    rows = session.execute(
        select(Occupancy.resource_id, Occupancy.blocks_from, Occupancy.blocks_until)
        .where(Occupancy.booking_id == booking.id)
        .order_by(Occupancy.resource_id, Occupancy.blocks_from)
    )
    return [tuple(row) for row in rows]


@pytest.fixture
def booked(front: Desk, member: Actor) -> Booking:
    """Maya has Cedar from ten to eleven, for 18.00; there is a quarter of an hour after it."""
    return front.book(member, "Cedar", TEN)


def test_it_moves_to_another_time_and_room_with_its_price(
    front: Desk, session: Session, member: Actor, booked: Booking
) -> None:
    later = span("13:00", "15:00", "2026-03-03")
    quote = _quote(front, member, booked, later, "Fern")
    assert (quote.obstacles, quote.before.minor) == ((), 1800)
    moved = _move(front, member, booked, later, "Fern", people=2, title="Talk")
    assert (moved.id, moved.resource_id) == (booked.id, front.world.rooms["Fern"])
    assert (moved.starts_at, moved.ends_at, moved.people, moved.title) == (later.start, later.end, 2, "Talk")
    assert moved.price_minor == quote.after.minor == moved.quote["total_minor"]
    assert quote.difference.minor == quote.due_difference.minor == quote.after.minor - 1800
    assert [row[0] for row in _blocked(session, moved)] == [front.world.rooms["Fern"]]
    assert session.scalars(select(UnbilledBooking.booking_id)).all() == [moved.id]


def test_it_does_not_stand_in_its_own_way(
    front: Desk, session: Session, member: Actor, booked: Booking
) -> None:
    moved = booked
    for wanted in (LONGER, span("10:30", "11:30"), span("09:30", "10:45"), TEN):
        moved = _move(front, member, booked, wanted)
        buffer = timedelta(minutes=15)
        assert _blocked(session, moved) == [(moved.resource_id, wanted.start, wanted.end + buffer)]
    assert moved.sequence == 4


def test_calendars_and_the_person_hear_of_it_once(
    front: Desk, session: Session, member: Actor, booked: Booking
) -> None:
    def told() -> list[Any]:
        kinds = select(Notice).where(Notice.kind == "booking.changed")
        return list(session.scalars(kinds))

    moved = _move(front, member, booked, LONGER)
    assert (moved.sequence, moved.changed_at) == (1, front.clock())
    assert [each.data["calendar"]["sequence"] for each in told()] == [1]
    again = _move(front, member, moved, LONGER, seen_sequence=0)
    assert (again.sequence, len(told())) == (1, 1)


def test_a_taken_room_is_refused_with_what_is_near(
    front: Desk, session: Session, member: Actor, colleague: Actor, booked: Booking
) -> None:
    front.book(colleague, "Cedar", span("12:00", "13:00"))
    before = _blocked(session, booked)
    with pytest.raises(RoomTaken) as refusal:
        _move(front, member, booked, span("11:30", "12:30"))
    assert refusal.value.alternatives
    quote = _quote(front, member, booked, span("11:30", "12:30"))
    assert [each.reason for each in quote.obstacles] == [Reason.TAKEN]
    # Its quarter of an hour afterwards does not fit either
    with pytest.raises(RoomTaken):
        _move(front, member, booked, LONGER)
    session.refresh(booked)
    assert (booked.sequence, booked.starts_at, _blocked(session, booked)) == (0, TEN.start, before)


def test_the_limits_are_those_of_a_new_booking(front: Desk, member: Actor, booked: Booking) -> None:
    _change(front, "Cedar", max_minutes=90, min_minutes=60, capacity=4)
    with pytest.raises(NotBookable) as refusal:
        _move(front, member, booked, span("10:05", "12:05"), people=5)
    assert {each.reason for each in refusal.value.obstacles} == {
        Reason.TOO_LONG,
        Reason.OFF_GRID,
        Reason.TOO_MANY_PEOPLE,
    }
    with pytest.raises(NotBookable):
        _move(front, member, booked, span("10:00", "10:30"))


def test_what_stays_as_it_is_is_not_judged_anew(
    front: Desk, member: Actor, booked: Booking, clock: StandingClock
) -> None:
    _change(front, "Cedar", notice_minutes=600, max_minutes=30, hourly_minor=9000)
    renamed = _move(front, member, booked, title="Review")
    assert (renamed.title, renamed.price_minor, renamed.sequence) == ("Review", 1800, 1)
    with pytest.raises(NotBookable) as refusal:
        _move(front, member, renamed, LONGER)
    assert [each.reason for each in refusal.value.obstacles] == [Reason.TOO_LONG]


def test_who_saw_an_older_booking_is_told(front: Desk, member: Actor, booked: Booking) -> None:
    _move(front, member, booked, LONGER)
    with pytest.raises(ChangedMeanwhile):
        _move(front, member, booked, span("14:00", "15:00"), seen_sequence=0)
    assert _move(front, member, booked, span("14:00", "15:00"), seen_sequence=None).sequence == 2


def test_staff_move_it_past_limits_and_it_is_written_down(
    front: Desk, session: Session, member: Actor, desk: Actor, booked: Booking
) -> None:
    night = span("21:00", "22:00")
    with pytest.raises(NotBookable):
        _move(front, desk, booked, night)
    with pytest.raises(NotPermitted):
        _move(front, member, booked, night, override=True)
    moved = _move(front, desk, booked, night, override=True)
    assert moved.overridden == ["outside_hours"]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "booking.moved")).one()
    assert (entry.subject_id, entry.for_id, entry.actor_id) == (
        booked.id,
        member.person_id,
        desk.person_id,
    )
    assert entry.before["starts_at"] == TEN.start.isoformat()
    assert entry.after["overridden"] == ["outside_hours"]
    # It stays passed over while time and room stay
    assert _move(front, member, moved, title="Night").overridden == ["outside_hours"]


def test_a_stranger_finds_nothing(front: Desk, colleague: Actor, booked: Booking) -> None:
    with pytest.raises(NotFound):
        _move(front, colleague, booked, LONGER)
    with pytest.raises(NotFound):
        _quote(front, colleague, booked, LONGER)


def test_what_is_over_or_cancelled_stays(
    front: Desk, member: Actor, booked: Booking, clock: StandingClock
) -> None:
    other = front.book(member, "Cedar", span("14:00", "15:00"))
    front.do(cancel, member, other.id)
    with pytest.raises(AlreadyOver):
        _move(front, member, other, span("16:00", "17:00"))
    clock.now = TEN.end
    with pytest.raises(AlreadyOver):
        _move(front, member, booked, LONGER)


def test_of_what_has_begun_only_the_end_moves_and_nothing_comes_back(
    front: Desk, session: Session, member: Actor, booked: Booking, clock: StandingClock
) -> None:
    clock.now = span("10:20", "11:00").start
    with pytest.raises(OnlyItsEnd):
        _move(front, member, booked, span("10:30", "11:30"))
    with pytest.raises(OnlyItsEnd):
        _move(front, member, booked, TEN, "Fern")
    longer = _move(front, member, booked, LONGER)
    assert longer.price_minor == 3600
    shorter = _move(front, member, longer, span("10:00", "10:45"))
    assert (shorter.price_minor, shorter.ends_at) == (3600, span("10:00", "10:45").end)
    assert _blocked(session, shorter)[0][2] == span("10:00", "11:00").end
    with pytest.raises(NotBookable):
        _move(front, member, shorter, span("10:00", "10:15"))
    # An extension after a change is paid for by itself
    assert _extend_by(front, member, shorter.id, 30).ends_at == span("10:00", "11:15").end


def _extend_by(front: Desk, actor: Actor, booking_id: int, minutes: int) -> Booking:
    def verb(session: Session, actor: Actor, booking_id: int, clock: StandingClock) -> Booking:
        return extend(session, actor, booking_id, minutes, clock)

    extended: Booking = front.do(verb, actor, booking_id)
    return extended


def test_nobody_gets_out_of_the_cut_off_by_moving(
    front: Desk, session: Session, member: Actor, desk: Actor, booked: Booking, clock: StandingClock
) -> None:
    _change(front, "Cedar", cancel_cutoff_minutes=120)
    clock.now = span("08:30", "09:00").start
    for wanted in (span("10:00", "11:00", "2026-03-04"), span("10:00", "10:30")):
        with pytest.raises(TooLateToMove):
            _move(front, member, booked, wanted)
    assert _move(front, member, booked, LONGER).price_minor == 3600
    assert _move(front, desk, booked, span("10:00", "11:00", "2026-03-04")).price_minor == 1800


@pytest.mark.parametrize(
    "command",
    [
        {"people": 0},
        {"title": "x" * 121},
        {"title": "\0"},
        {"wanted": Span(TEN.start, TEN.end + timedelta(seconds=1))},
    ],
)
def test_what_cannot_be_stored_is_malformed(
    front: Desk, member: Actor, booked: Booking, command: dict[str, Any]
) -> None:
    with pytest.raises(Malformed):
        _move(front, member, booked, **{"wanted": TEN, **command})


def test_a_year_of_a_room_is_out_of_reach(front: Desk, member: Actor, booked: Booking) -> None:
    with pytest.raises(OutOfReach):
        _move(front, member, booked, Span(TEN.start, TEN.start + timedelta(days=40)))


def test_longer_is_paid_by_credit_first_and_shorter_gives_it_back(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld
) -> None:
    grant = granted(session, Holder(member.person_id), 90, northlight.types["Meeting room"])
    booked = front.book(member, "Cedar", TEN)
    assert by_credit(booked.quote) == ByCredit(60, 1800, 0)
    quote = _quote(front, member, booked, LONGER)
    longer = _move(front, member, booked, LONGER)
    assert by_credit(longer.quote) == quote.by_credit == ByCredit(90, 2700, 0)
    assert (quote.due_before.minor, quote.due_after.minor, sums(session)[grant]) == (0, 900, 0)
    quote = _quote(front, member, longer, span("10:00", "10:30"))
    assert (quote.back, quote.due_after.minor) == (ByCredit(60, 0, 0), 0)
    shorter = _move(front, member, longer, span("10:00", "10:30"))
    assert (by_credit(shorter.quote), sums(session)[grant]) == (ByCredit(30, 900, 0), 60)
    front.do(cancel, member, shorter.id)
    assert sums(session)[grant] == 90


QUARTER = span("10:00", "10:15")
DAY = span("10:00", "18:00")


@pytest.fixture
def flat(front: Desk, northlight: TenantWorld) -> None:
    """A meeting room costs 32.00, however long."""
    front.session.add(
        Rate(
            resource_type_id=northlight.types["Meeting room"],
            name="Flat",
            unit=RateUnit.USE,
            amount_minor=3200,
            always=True,
        )
    )
    front.session.commit()


def _quarter(front: Desk, session: Session, member: Actor, northlight: TenantWorld, minutes: int) -> Booking:
    """Maya has Cedar for a quarter of an hour at the flat price, paid by time credit; she has so much of it."""
    granted(session, Holder(member.person_id), minutes, northlight.types["Meeting room"])
    booked = front.book(member, "Cedar", QUARTER)
    assert by_credit(booked.quote) == ByCredit(15, 3200, 0)
    return booked


@pytest.mark.parametrize(
    ("has", "paid", "due"), [(600, ByCredit(480, 3200, 0), 0), (15, ByCredit(15, 100, 0), 3100)]
)
@pytest.mark.usefixtures("flat")
def test_a_quarter_of_an_hour_does_not_pay_for_a_day_at_a_flat_price(
    front: Desk,
    session: Session,
    member: Actor,
    northlight: TenantWorld,
    has: int,
    paid: ByCredit,
    due: int,
) -> None:
    booked = _quarter(front, session, member, northlight, has)
    quote = _quote(front, member, booked, DAY)
    moved = _move(front, member, booked, DAY)
    assert by_credit(moved.quote) == quote.by_credit == paid
    assert (quote.due_after.minor, moved.price_minor - paid.total_minor) == (due, due)
    assert list(sums(session).values()) == [has - paid.minutes]


@pytest.mark.parametrize(("has", "paid"), [(600, ByCredit(480, 3200, 0)), (15, ByCredit(15, 100, 0))])
@pytest.mark.usefixtures("flat")
def test_an_extension_at_a_flat_price_takes_the_minutes_or_costs_their_share(
    front: Desk,
    session: Session,
    member: Actor,
    northlight: TenantWorld,
    clock: StandingClock,
    has: int,
    paid: ByCredit,
) -> None:
    booked = _quarter(front, session, member, northlight, has)
    clock.now = span("10:05", "11:00").start
    extended = _extend_by(front, member, booked.id, 465)
    assert (extended.price_minor, by_credit(extended.quote)) == (3200, paid)
    assert list(sums(session).values()) == [has - paid.minutes]


@pytest.mark.usefixtures("flat")
def test_the_offer_to_extend_says_what_the_further_minutes_cost(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld, clock: StandingClock
) -> None:
    booked = _quarter(front, session, member, northlight, 15)
    clock.now = span("10:05", "11:00").start
    catalogue = load_catalogue(session, booked.location_id, member.person_id, clock.now)
    views = mine.current(session, member, clock.now)
    offer = offers(session, member, catalogue, views, clock.now)[booked.id]
    session.rollback()
    extended = _extend_by(front, member, booked.id, offer.minutes)
    left = extended.price_minor - by_credit(extended.quote).total_minor
    assert offer.difference.minor == left > 0


@pytest.mark.usefixtures("flat")
def test_after_the_cut_off_a_flat_price_gives_no_minutes_back(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld, clock: StandingClock
) -> None:
    grant = granted(session, Holder(member.person_id), 480, northlight.types["Meeting room"])
    booked = front.book(member, "Cedar", DAY)
    _change(front, "Cedar", cancel_cutoff_minutes=120)
    clock.now = span("08:30", "09:00").start
    with pytest.raises(TooLateToMove):
        _move(front, member, booked, QUARTER)
    assert sums(session)[grant] == 0


@pytest.mark.usefixtures("flat")
def test_after_the_cut_off_a_few_minutes_do_not_become_the_whole_price(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld, clock: StandingClock
) -> None:
    granted(session, Holder(member.person_id), 15, northlight.types["Meeting room"])
    booked = front.book(member, "Cedar", DAY)
    assert by_credit(booked.quote) == ByCredit(15, 100, 0)
    _change(front, "Cedar", cancel_cutoff_minutes=120)
    clock.now = span("08:30", "09:00").start
    with pytest.raises(TooLateToMove):
        _move(front, member, booked, QUARTER)


def test_what_was_paid_last_comes_back_first(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld
) -> None:
    money = granted(session, Holder(member.person_id), 1000, key="money")
    booked = front.book(member, "Cedar", TEN)
    assert by_credit(booked.quote) == ByCredit(0, 0, 1000)
    half = _move(front, member, booked, span("10:00", "10:30"))
    assert (half.price_minor, by_credit(half.quote).money_minor, sums(session)[money]) == (900, 900, 100)
    quarter = _move(front, member, half, span("10:00", "10:30"), title="x")
    assert by_credit(quarter.quote).money_minor == 900


def test_minutes_for_another_type_go_back_in_any_case(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld
) -> None:
    grant = granted(session, Holder(member.person_id), 60, northlight.types["Meeting room"])
    booked = front.book(member, "Cedar", TEN)
    assert sums(session)[grant] == 0
    other = _other_type(session, booked)
    moved = _move(front, member, booked, TEN, other)
    assert (by_credit(moved.quote).minutes, sums(session)[grant]) == (0, 60)


def _other_type(session: Session, booked: Booking) -> str:
    """A room there of another type, which costs something."""
    here = select(Resource.resource_type_id).where(Resource.id == booked.resource_id).scalar_subquery()
    name = session.scalars(
        select(Resource.name)
        .where(Resource.location_id == booked.location_id, Resource.resource_type_id != here)
        .order_by(Resource.id)
        .limit(1)
    ).one()
    session.rollback()
    return name


def test_what_becomes_free_is_billed_to_nobody(
    front: Desk, session: Session, member: Actor, booked: Booking
) -> None:
    _change(front, "Fern", hourly_minor=0)
    count = select(func.count()).select_from(UnbilledBooking)
    assert session.scalar(count) == 1
    assert _move(front, member, booked, TEN, "Fern").price_minor == 0
    assert session.scalar(count) == 0
    assert _move(front, member, booked, TEN, "Cedar", seen_sequence=None).price_minor == 1800
    assert session.scalar(count) == 1
