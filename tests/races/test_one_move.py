"""Sixty-four bookings want to move to one slot at the same moment: one gets there, the others stay where they were; and of
many who change one booking one wins, and the others are told."""

from collections import Counter
from datetime import datetime, timedelta
from threading import local
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking import move as moving
from app.domain.booking.book import book
from app.domain.booking.move import move
from app.domain.booking.move_deciding import decide_move
from app.domain.booking.moving import ChangedMeanwhile, MoveBooking
from app.domain.booking.terms import BookRoom, RoomTaken
from app.kernel.spans import Span
from app.models import Booking, Occupancy
from tests.races.conftest import NOW, RACERS, race
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

HOUR = timedelta(hours=1)
SOME = 8
"""So many each write in turn within the time for which SQLite waits."""
WANTED = Span(NOW + timedelta(days=1, hours=5), NOW + timedelta(days=1, hours=6))


def _slot(number: int) -> Span:
    """An hour of its own for each racer: six of a day, and none of them the wanted one."""
    start = NOW + timedelta(days=2 + number // 6, hours=2 + number % 6)
    return Span(start, start + HOUR)


def _actor(tenant: TenantWorld, racer: int) -> Actor:
    return tenant.actor("member" if racer % 2 else "colleague")


def _booked(open_session: OpenSession, tenant: TenantWorld) -> list[int]:
    with open_session(tenant.id) as session:
        ids = []
        for racer in range(RACERS):
            wish = BookRoom(tenant.rooms["Fern"], _slot(racer))
            ids.append(book(session, _actor(tenant, racer), wish, lambda: NOW).id)
            session.commit()
        return ids


def _run(open_session: OpenSession, tenant: TenantWorld) -> Counter[str]:
    ids = _booked(open_session, tenant)

    def attempt(session: Session, racer: int) -> str:
        command = MoveBooking(tenant.rooms["Fern"], WANTED, seen_sequence=0)
        try:
            move(session, _actor(tenant, racer), ids[racer], command, lambda: NOW)
            session.commit()
        except RoomTaken:
            return "taken"
        return "moved"

    return Counter(race(open_session, tenant.id, attempt))


def _there(open_session: OpenSession, tenant: TenantWorld) -> int:
    with open_session(tenant.id) as session:
        bookings = {row.id: row for row in session.scalars(select(Booking))}
        blocks = session.scalars(select(Occupancy)).all()
        # Each blocks what it says, whoever won
        assert len(blocks) == len(bookings) == RACERS
        for block in blocks:
            assert block.booking_id is not None
            assert bookings[block.booking_id].starts_at == block.blocks_from
        return sum(booking.starts_at == WANTED.start for booking in bookings.values())


def test_one_of_sixty_four_moves_there(racing: tuple[Engine, OpenSession], world: World) -> None:
    _, open_session = racing
    assert _run(open_session, world.northlight) == {"moved": 1, "taken": RACERS - 1}
    assert _there(open_session, world.northlight) == 1


def test_without_the_rule_more_than_one_moves_there(
    database: str, racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the rule is dropped, and what was found free once is not looked at again."""
    _, open_session = racing
    _drop_the_rule(database)
    _look_only_once(monkeypatch)
    _run(open_session, world.northlight)
    assert _there(open_session, world.northlight) > 1


def _drop_the_rule(database: str) -> None:
    owner = create_engine(database)
    rule = {
        "postgresql": "ALTER TABLE occupancy DROP CONSTRAINT ex_occupancy_overlap",
        "sqlite": "DROP TRIGGER occupancy_overlap_insert",
    }
    with owner.begin() as connection:
        connection.execute(text(rule[owner.dialect.name]))
    owner.dispose()


def _look_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    decide, mine = decide_move, local()

    def once(session: Session, actor: Actor, booking: Booking, command: MoveBooking, now: datetime) -> Any:
        if getattr(mine, "command", None) is not command:
            mine.command, mine.found = command, decide(session, actor, booking, command, now)
        return mine.found

    monkeypatch.setattr(moving, "decide_move", once)


@pytest.mark.parametrize("seen", [0, None])
def test_of_those_who_change_one_booking_one_wins_unless_nobody_looks(
    racing: tuple[Engine, OpenSession], world: World, seen: int | None
) -> None:
    """Staff drag one booking, each to another hour; who has not said what they saw is the control."""
    _, open_session = racing
    tenant = world.northlight
    desk = tenant.actor("desk")
    with open_session(tenant.id) as session:
        booking_id = book(session, desk, BookRoom(tenant.rooms["Fern"], WANTED), lambda: NOW).id
        session.commit()

    def attempt(session: Session, racer: int) -> str:
        if seen is None and racer >= SOME:
            return "sat out"
        command = MoveBooking(tenant.rooms["Fern"], _slot(racer), seen_sequence=seen)
        try:
            move(session, desk, booking_id, command, lambda: NOW)
            session.commit()
        except ChangedMeanwhile:
            return "changed"
        return "moved"

    said = Counter(race(open_session, tenant.id, attempt))
    unlooked = {"moved": SOME, "sat out": RACERS - SOME}
    assert said == (unlooked if seen is None else {"moved": 1, "changed": RACERS - 1})
    with open_session(tenant.id) as session:
        booking = session.scalars(select(Booking)).one()
        block = session.scalars(select(Occupancy)).one()
        assert (booking.sequence, booking.starts_at) == (said["moved"], block.blocks_from)
