"""Sixty-four want one slot at the same moment: one gets it. Without the rule more than one does, so the race is real."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.book import book
from app.domain.booking.extend import extend
from app.domain.booking.terms import BookRoom, RoomTaken
from app.kernel.spans import Span
from app.models import Booking, Occupancy
from tests.races.conftest import NOW, RACERS, check_only_once, race
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

ROUNDS = 20
HOUR = timedelta(hours=1)


def _slot(number: int) -> Span:
    """A free hour for each round: nine to noon on one day after another."""
    start = NOW + timedelta(days=1 + number // 3, hours=2 + number % 3)
    return Span(start, start + HOUR)


def _run_round(open_session: OpenSession, tenant: TenantWorld, number: int) -> Counter[str]:
    people = [tenant.actor("member"), tenant.actor("colleague")]

    def attempt(session: Session, racer: int) -> str:
        try:
            book(session, people[racer % 2], BookRoom(tenant.rooms["Fern"], _slot(number)), lambda: NOW)
            session.commit()
        except RoomTaken:
            return "taken"
        return "booked"

    return Counter(race(open_session, tenant.id, attempt))


def _rows_of(open_session: OpenSession, tenant: TenantWorld, wanted: Span) -> tuple[int, int]:
    """How many bookings and blocks of the slot are in the tables, whatever the racers believed."""
    with open_session(tenant.id) as session:
        bookings = session.scalars(select(Booking.id).where(Booking.starts_at == wanted.start)).all()
        blocks = session.scalars(select(Occupancy.id).where(Occupancy.blocks_from == wanted.start)).all()
        return len(bookings), len(blocks)


def test_one_of_sixty_four_gets_the_slot(racing: tuple[Engine, OpenSession], world: World) -> None:
    _, open_session = racing
    for number in range(ROUNDS):
        said = _run_round(open_session, world.northlight, number)
        assert said == {"booked": 1, "taken": RACERS - 1}
        assert _rows_of(open_session, world.northlight, _slot(number)) == (1, 1)


def test_without_the_rule_more_than_one_gets_it(
    database: str, racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the rule of the database is dropped, and what was found free once is not looked at again.

    That is the check-then-insert which every test with a single user passes.
    """
    _, open_session = racing
    _drop_the_rule(database)
    check_only_once(monkeypatch)
    surplus = 0
    for number in range(ROUNDS):
        _run_round(open_session, world.northlight, number)
        bookings, blocks = _rows_of(open_session, world.northlight, _slot(number))
        assert bookings == blocks >= 1
        surplus += bookings - 1
        if surplus:
            break
    assert surplus > 0


def _drop_the_rule(database: str) -> None:
    owner = create_engine(database)
    rule = {
        "postgresql": "ALTER TABLE occupancy DROP CONSTRAINT ex_occupancy_overlap",
        "sqlite": "DROP TRIGGER occupancy_overlap_insert",
    }
    with owner.begin() as connection:
        connection.execute(text(rule[owner.dialect.name]))
    owner.dispose()


def test_units_fill_up_and_no_further(racing: tuple[Engine, OpenSession], world: World) -> None:
    """Two phone booths: two of sixty-four get in, each in a unit of its own."""
    _, open_session = racing
    tenant = world.northlight

    def attempt(session: Session, racer: int) -> str:
        who = tenant.actor("member" if racer % 2 else "colleague")
        try:
            book(session, who, BookRoom(tenant.rooms["Lark"], _slot(0)), lambda: NOW)
            session.commit()
        except RoomTaken:
            return "taken"
        return "booked"

    assert Counter(race(open_session, tenant.id, attempt)) == {"booked": 2, "taken": RACERS - 2}
    assert _rows_of(open_session, tenant, _slot(0)) == (2, 2)
    with open_session(tenant.id) as session:
        assert set(session.scalars(select(Occupancy.unit)).all()) == {0, 1}


def test_two_who_want_to_stay_longer_in_one_slot(racing: tuple[Engine, OpenSession], world: World) -> None:
    """Both phone booths run, and one of them is taken from the next hour on: one of the two can stay, not both."""
    _, open_session = racing
    tenant = world.northlight
    hour = _slot(0)
    with open_session(tenant.id) as session:
        people = [tenant.actor(who) for who in ("member", "colleague")]
        ids = [_has(session, actor, tenant, hour) for actor in people]
        _has(session, tenant.actor("desk"), tenant, Span(hour.end, hour.end + HOUR))

    def attempt(session: Session, racer: int) -> str:
        at = racer % 2
        try:
            longer = extend(session, people[at], ids[at], 30, lambda: hour.start, seen_end=hour.end)
            session.commit()
        except RoomTaken:
            return "taken"
        return f"until {longer.ends_at:%H:%M}"

    # Whoever lost asks again and again; who won and asks again has what they asked for.
    said = Counter(race(open_session, tenant.id, attempt))
    assert said == {f"until {hour.end + HOUR / 2:%H:%M}": RACERS // 2, "taken": RACERS // 2}
    with open_session(tenant.id) as session:
        ends = session.scalars(select(Booking.ends_at).where(Booking.id.in_(ids))).all()
        assert sorted(ends) == [hour.end, hour.end + HOUR / 2]
        assert len(session.scalars(select(Occupancy.id)).all()) == 4


def _has(session: Session, actor: Actor, tenant: TenantWorld, wanted: Span) -> int:
    booking = book(session, actor, BookRoom(tenant.rooms["Lark"], wanted), lambda: NOW)
    session.commit()
    return booking.id
