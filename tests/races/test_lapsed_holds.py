"""Each of two wants what the other held until it ran out, at the same moment: neither waits for the other for ever."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.domain.booking import claim
from app.domain.booking.blocking import let_go, sweep
from app.domain.booking.hold import hold
from app.domain.booking.terms import BookRoom
from app.kernel.spans import Span
from app.models import Booking, BookingStatus
from tests.races.conftest import NOW
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

PEOPLE = ("member", "colleague")
ROOMS = ("Fern", "Cedar")
SPAN = Span(NOW + timedelta(hours=3), NOW + timedelta(hours=4))
LATER = NOW + timedelta(minutes=11)


def _hold_each(open_session: OpenSession, tenant: TenantWorld) -> None:
    for who, room in zip(PEOPLE, ROOMS, strict=True):
        with open_session(tenant.id) as session:
            hold(session, tenant.actor(who), BookRoom(tenant.rooms[room], SPAN), lambda: NOW)
            session.commit()


def _swap(open_session: OpenSession, tenant: TenantWorld) -> None:
    """Each holds the other's room, once what they had has run out."""

    def one(number: int) -> None:
        with open_session(tenant.id) as session:
            wish = BookRoom(tenant.rooms[ROOMS[1 - number]], SPAN)
            hold(session, tenant.actor(PEOPLE[number]), wish, lambda: LATER)
            session.commit()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, range(2)))


class _Together:
    """Lets both go on at once, the first time that each of them comes."""

    def __init__(self) -> None:
        self._start, self._known = Barrier(2, timeout=60), set[int]()

    def wait(self, person_id: int) -> None:
        if person_id not in self._known:
            self._known.add(person_id)
            self._start.wait()


def test_both_have_the_others_room(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, open_session = racing
    tenant, both = world.northlight, _Together()

    def together(session: Session, place: int, rows: Any, person_id: int, *now: Any, **more: Any) -> None:
        # On SQLite only one of them writes at a time
        if engine.dialect.name == "postgresql":
            both.wait(person_id)
        sweep(session, place, rows, person_id, *now, **more)

    _hold_each(open_session, tenant)
    monkeypatch.setattr(claim, "sweep", together)
    _swap(open_session, tenant)
    with open_session(tenant.id) as session:
        held = select(Booking.person_id, Booking.resource_id).where(Booking.status == BookingStatus.HELD)
        has = {tuple(row) for row in session.execute(held)}
    assert has == {
        (tenant.people["member"], tenant.rooms["Cedar"]),
        (tenant.people["colleague"], tenant.rooms["Fern"]),
    }


@pytest.mark.parametrize("engine", ["postgres"])
def test_passing_over_what_the_other_lets_go_of_is_a_circle(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control; on SQLite the one write lock is behind it."""
    _engine, open_session = racing
    both = _Together()

    def pass_over(
        session: Session, _place: int, _rows: Any, person_id: int, *_now: Any, **_more: Any
    ) -> None:
        held = select(Booking.id).where(Booking.status == BookingStatus.HELD)
        free = held.with_for_update(skip_locked=True)
        let_go(session, session.scalars(free.where(Booking.person_id == person_id)).all())
        both.wait(person_id)
        let_go(session, session.scalars(free.where(Booking.person_id != person_id)).all())

    _hold_each(open_session, world.northlight)
    monkeypatch.setattr(claim, "sweep", pass_over)
    with pytest.raises(OperationalError, match="deadlock"):
        _swap(open_session, world.northlight)
