"""Extending: offered and granted when the room is free and the limits allow the whole, priced anew."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking import mine
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.extend import Extension, extend, offers
from app.domain.booking.hold import hold
from app.domain.booking.shorten import end_early
from app.domain.booking.terms import (
    AlreadyOver,
    Malformed,
    NotBegun,
    NotBookable,
    OutOfReach,
    Reason,
    RoomTaken,
)
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.models import AuditEntry, Booking, Occupancy, Resource, ResourcePart
from tests.domain.booking.conftest import Desk, StandingClock, span
from tests.support.sessions import OpenSession
from tests.support.world import World

TEN = span("10:00", "11:00")
HALF_PAST = span("10:30", "11:00").start


def _offer(front: Desk, actor: Actor, booking: Booking) -> Extension | None:
    views = mine.current(front.session, actor, front.clock())
    catalogue = load_catalogue(front.session, booking.location_id, actor.person_id, front.clock())
    offer = offers(front.session, actor, catalogue, views, front.clock()).get(booking.id)
    front.session.rollback()
    return offer


def _extend(front: Desk, actor: Actor, booking_id: int, minutes: int, **more: Any) -> Booking:
    def verb(session: Session, actor: Actor, booking_id: int, clock: StandingClock) -> Booking:
        return extend(session, actor, booking_id, minutes, clock, **more)

    extended: Booking = front.do(verb, actor, booking_id)
    return extended


def _change(front: Desk, room: str, **columns: Any) -> None:
    front.session.execute(update(Resource).where(Resource.id == front.world.rooms[room]).values(**columns))
    front.session.commit()


def _at(clock: str) -> datetime:
    return span(clock, "23:59").start


@pytest.fixture
def running(front: Desk, member: Actor, clock: StandingClock) -> Booking:
    """Maya is in Cedar from ten to eleven, which has a quarter of an hour after it; it is half past ten."""
    booking = front.book(member, "Cedar", TEN)
    clock.now = HALF_PAST
    return booking


def test_it_is_offered_and_granted_with_the_difference(front: Desk, member: Actor, running: Booking) -> None:
    offer = _offer(front, member, running)
    assert offer is not None
    assert (offer.minutes, offer.until, offer.difference.minor) == (30, _at("11:30"), 900)
    longer = _extend(front, member, running.id, minutes=offer.minutes)
    assert (longer.ends_at, longer.price_minor) == (offer.until, 2700)
    assert (longer.quote["minutes"], longer.quote["total_minor"]) == (90, 2700)
    assert longer.quote["extensions"] == [{"until": _at("11:30").isoformat(), "difference_minor": 900}]


def test_the_room_is_taken_until_the_new_end_and_its_buffer(
    front: Desk, session: Session, member: Actor, colleague: Actor, running: Booking
) -> None:
    _extend(front, member, running.id, minutes=30)
    with pytest.raises(RoomTaken):
        front.book(colleague, "Cedar", span("11:30", "12:00"))
    front.book(colleague, "Cedar", span("11:45", "12:15"))
    rows = session.execute(
        select(Occupancy.blocks_from, Occupancy.blocks_until)
        .where(Occupancy.booking_id == running.id)
        .order_by(Occupancy.blocks_from)
    ).all()
    assert [tuple(row) for row in rows] == [(_at("10:00"), _at("11:15")), (_at("11:15"), _at("11:45"))]


def test_a_price_at_its_cap_rises_no_more(front: Desk, member: Actor, running: Booking) -> None:
    _change(front, "Cedar", cap_minor=2000)
    offer = _offer(front, member, running)
    assert offer is not None
    assert offer.difference.minor == 200
    assert _extend(front, member, running.id, minutes=30).price_minor == 2000
    offer = _offer(front, member, running)
    assert offer is not None
    assert offer.difference.minor == 0


def test_ending_early_and_extending_again_gives_nothing_back(
    front: Desk, member: Actor, running: Booking
) -> None:
    front.do(end_early, member, running.id)
    assert _extend(front, member, running.id, minutes=15).price_minor == 1800
    assert running.quote["minutes"] == 60


def test_the_room_of_somebody_else_is_neither_offered_nor_given(
    front: Desk, member: Actor, colleague: Actor, running: Booking
) -> None:
    assert _offer(front, member, running)
    front.book(colleague, "Cedar", span("11:30", "12:30"))
    offer = _offer(front, member, running)
    assert offer is not None
    assert offer.minutes == 15
    with pytest.raises(RoomTaken):
        _extend(front, member, running.id, minutes=30)
    _extend(front, member, running.id, minutes=15)
    assert _offer(front, member, running) is None
    assert running.ends_at == _at("11:15")


def test_a_hold_that_ran_out_does_not_stand_in_the_way(
    front: Desk, session: Session, member: Actor, colleague: Actor, running: Booking
) -> None:
    held = front.do(hold, colleague, front.wish("Cedar", span("11:15", "12:15")))
    assert _offer(front, member, running) is None
    with pytest.raises(RoomTaken):
        _extend(front, member, running.id, minutes=30)
    front.clock.advance(minutes=10)
    assert _offer(front, member, running)
    _extend(front, member, running.id, minutes=30)
    assert session.scalars(select(Occupancy.id).where(Occupancy.booking_id == held.id)).all() == []


def test_a_part_that_somebody_has_keeps_the_whole_from_growing(
    front: Desk, session: Session, member: Actor, colleague: Actor, clock: StandingClock
) -> None:
    rooms = front.world.rooms
    session.add(ResourcePart(whole_id=rooms["Rowan"], part_id=rooms["Lark"]))
    session.commit()
    booking = front.book(member, "Rowan", TEN)
    front.book(colleague, "Lark", span("11:15", "12:00"))
    clock.now = HALF_PAST
    with pytest.raises(RoomTaken):
        _extend(front, member, booking.id, minutes=30)
    _extend(front, member, booking.id, minutes=15)
    assert len(session.scalars(select(Occupancy.id).where(Occupancy.booking_id == booking.id)).all()) == 6


@pytest.mark.parametrize(
    ("limits", "wanted", "reason"),
    [
        ({"max_minutes": 75}, TEN, Reason.TOO_LONG),
        ({}, span("19:00", "20:00"), Reason.OUTSIDE_HOURS),
        ({"audience": "contacts"}, TEN, Reason.NOT_FOR_MEMBERS),
        ({"for_plans_only": True}, TEN, Reason.PLAN_NEEDED),
    ],
)
def test_the_limits_go_for_the_whole(
    front: Desk, member: Actor, clock: StandingClock, limits: dict[str, Any], wanted: Span, reason: Reason
) -> None:
    booking = front.book(member, "Fern", wanted)
    clock.now = wanted.start
    if limits:
        assert _offer(front, member, booking)
        _change(front, "Fern", **limits)
    with pytest.raises(NotBookable) as refusal:
        _extend(front, member, booking.id, minutes=30)
    assert [each.reason for each in refusal.value.obstacles] == [reason]


def test_notice_and_grid_are_about_the_start(front: Desk, member: Actor, running: Booking) -> None:
    _change(front, "Cedar", notice_minutes=600, grid_minutes=60, horizon_days=0, min_minutes=240)
    offer = _offer(front, member, running)
    assert offer is not None
    assert offer.minutes == 60


def test_what_staff_passed_over_stays_passed_over(
    front: Desk, member: Actor, desk: Actor, clock: StandingClock
) -> None:
    crowded = {"people": 9, "for_person_id": member.person_id, "override": True}
    booking = front.book(desk, "Fern", TEN, **crowded)
    late = front.book(desk, "Cedar", span("20:00", "21:00"), for_person_id=member.person_id, override=True)
    clock.now = HALF_PAST
    assert _extend(front, member, booking.id, minutes=30).ends_at == _at("11:30")
    clock.now = _at("20:30")
    with pytest.raises(NotBookable):
        _extend(front, member, late.id, minutes=30)


def test_a_form_sent_twice_extends_once(front: Desk, member: Actor, running: Booking) -> None:
    for _ in range(2):
        _extend(front, member, running.id, minutes=30, seen_end=_at("11:00"))
    assert (running.ends_at, running.price_minor) == (_at("11:30"), 2700)


def test_staff_extend_anybodys_by_that_persons_rights_and_it_is_audited(
    front: Desk, session: Session, colleague: Actor, desk: Actor, clock: StandingClock
) -> None:
    booking = front.book(colleague, "Rowan", TEN)  # for members, which the desk is not
    clock.now = HALF_PAST
    with pytest.raises(NotFound):
        _extend(front, front.world.actor("member"), booking.id, minutes=30)
    _extend(front, desk, booking.id, minutes=30)
    (entry,) = session.scalars(select(AuditEntry)).all()
    assert (entry.action, entry.after) == (
        "booking.extended",
        {"ends_at": _at("11:30").isoformat(), "price_minor": 2700},
    )


def test_what_does_not_run_is_not_extended(front: Desk, member: Actor, clock: StandingClock) -> None:
    booking = front.book(member, "Fern", TEN)
    with pytest.raises(NotBegun):
        _extend(front, member, booking.id, minutes=30)
    clock.now = TEN.end
    with pytest.raises(AlreadyOver):
        _extend(front, member, booking.id, minutes=30)
    with pytest.raises(NotFound):
        _extend(front, member, 10**9, minutes=30)


@pytest.mark.parametrize(
    ("minutes", "refusal"),
    [(0, Malformed), (-30, Malformed), (60 * 24 * 40, OutOfReach), (10**18, OutOfReach)],
)
def test_a_length_that_makes_no_sense_is_refused(
    front: Desk, member: Actor, running: Booking, minutes: int, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        _extend(front, member, running.id, minutes=minutes)


def test_a_room_out_of_use_is_not_offered(front: Desk, member: Actor, running: Booking) -> None:
    _change(front, "Cedar", retired_at=HALF_PAST)
    assert _offer(front, member, running) is None
    with pytest.raises(NotFound):
        _extend(front, member, running.id, minutes=30)


def test_the_other_tenants_owner_does_not_find_it(
    open_session: OpenSession, world: World, running: Booking, clock: StandingClock
) -> None:
    with open_session(world.harbour.id) as theirs, pytest.raises(NotFound):
        extend(theirs, world.harbour.actor("owner"), running.id, 30, clock)


def test_offers_take_one_statement_however_many_run(
    sessions: tuple[Engine, OpenSession], front: Desk, member: Actor, running: Booking
) -> None:
    for room in ("Fern", "Rowan", "Lark"):
        front.book(member, room, Span(HALF_PAST, HALF_PAST + timedelta(hours=1)))
    views = mine.current(front.session, member, front.clock())
    catalogue = load_catalogue(front.session, running.location_id, member.person_id, front.clock())
    asked: list[str] = []
    event.listen(sessions[0], "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert len(offers(front.session, member, catalogue, views, front.clock())) == 4
    assert len(asked) == 1
