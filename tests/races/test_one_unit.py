"""Two who hold booths want the same third one at the same moment, or each other's: nobody has one twice, and nobody waits for ever."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from app.domain.booking.hold import confirm, hold
from app.domain.booking.terms import BookRoom, NotBookable
from app.domain.booking.units import note_units
from app.kernel.spans import Span
from app.models import Booking, Occupancy, Resource
from tests.races.conftest import NOW, RACERS, race
from tests.races.test_one_slot import HOUR
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

WHO = "member", "colleague"
SLOT = Span(NOW + 2 * HOUR, NOW + 3 * HOUR)


def _held(open_session: OpenSession, tenant: TenantWorld) -> list[int]:
    """Of three booths two are held; the ids of the holds, in order of their people."""
    ids = []
    with open_session(tenant.id) as session:
        session.execute(update(Resource).where(Resource.id == tenant.rooms["Lark"]).values(units=3))
        session.commit()
        for who in WHO:
            held = hold(session, tenant.actor(who), BookRoom(tenant.rooms["Lark"], SLOT), lambda: NOW)
            session.commit()
            ids.append(held.id)
    return ids


def _race(open_session: OpenSession, tenant: TenantWorld, wanted: tuple[int, int]) -> Counter[str]:
    ids = _held(open_session, tenant)

    def attempt(session: Session, racer: int) -> str:
        at = racer % 2
        try:
            confirm(session, tenant.actor(WHO[at]), ids[at], lambda: NOW, unit=wanted[at])
            session.commit()
        except NotBookable:
            return "taken"
        return "booked"

    return Counter(race(open_session, tenant.id, attempt))


def _units(open_session: OpenSession, tenant: TenantWorld) -> list[int]:
    with open_session(tenant.id) as session:
        return sorted(session.scalars(select(Occupancy.unit)).all())


def test_one_of_two_gets_the_one_that_both_want(racing: tuple[Engine, OpenSession], world: World) -> None:
    _, open_session = racing
    said = _race(open_session, world.northlight, (2, 2))
    assert said == {"booked": RACERS // 2, "taken": RACERS // 2}
    assert _units(open_session, world.northlight) in ([0, 2], [1, 2]), "who was slower has what they held"


def test_nobody_gets_what_the_other_holds(racing: tuple[Engine, OpenSession], world: World) -> None:
    _, open_session = racing
    assert _race(open_session, world.northlight, (1, 0)) == {"taken": RACERS}
    assert _units(open_session, world.northlight) == [0, 1]


@pytest.mark.parametrize("engine", ["postgres"])
def test_who_changes_theirs_while_staff_change_how_many_there_are_is_not_written_over(
    racing: tuple[Engine, OpenSession], world: World
) -> None:
    """They come after the first look at what is blocked, unless their booking is held by then. On SQLite the one write lock keeps
    them out."""
    engine, open_session = racing
    tenant = world.northlight
    booking_id, _other = _held(open_session, tenant)
    looked: list[str] = []

    def just_then(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not looked and ("FROM booking" in statement or "FROM occupancy" in statement):
            looked.append(statement)
            with open_session(tenant.id) as session:
                free = select(Booking.id).where(Booking.id == booking_id).with_for_update(skip_locked=True)
                if session.scalars(free).all():
                    confirm(session, tenant.actor("member"), booking_id, lambda: NOW, unit=2)
                    session.commit()

    with open_session(tenant.id) as session:
        event.listen(engine, "after_cursor_execute", just_then)
        note_units(session, tenant.rooms["Lark"])
        session.commit()
        blocked = session.scalars(select(Occupancy.unit).where(Occupancy.booking_id == booking_id)).all()
        assert looked
        assert session.get_one(Booking, booking_id, populate_existing=True).unit_numbers == blocked
