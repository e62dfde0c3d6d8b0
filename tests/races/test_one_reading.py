"""Staff change which calendar a room follows while a reading of it is noted: neither waits for the other for ever."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app.domain.booking.minutes import minute_of
from app.domain.calendars import outside
from app.domain.calendars.outside import Due, due, follow, note_reading, read_soon, stop_following
from app.domain.calendars.reading import Reading
from app.models import Occupancy, OutsideCalendar
from app.tenancy import reviewed
from tests.races.conftest import NOW
from tests.support.calendars import ADDRESS, BOX
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

Change = Callable[[Session, TenantWorld], None]
BUSY = [(minute_of(NOW) + 180, minute_of(NOW) + 240)]


def _follow(session: Session, tenant: TenantWorld) -> None:
    follow(session, tenant.actor("manager"), tenant.rooms["Fern"], ADDRESS, BOX, lambda: NOW)
    session.commit()


def _stop(session: Session, tenant: TenantWorld) -> None:
    stop_following(session, tenant.actor("manager"), tenant.rooms["Fern"], lambda: NOW)
    session.commit()


def _read_soon(session: Session, tenant: TenantWorld) -> None:
    read_soon(session, tenant.actor("manager"), tenant.rooms["Fern"], lambda: NOW)
    session.commit()


def _note(open_session: OpenSession, tenant: TenantWorld, asked: Due) -> None:
    with open_session(tenant.id) as session:
        # Instead of for ever: whoever is waited for goes on only after this.
        session.execute(reviewed(text("SET lock_timeout = '2s'")))
        session.commit()
        note_reading(session, asked, Reading(BUSY, [], 0), "", lambda: NOW)
        session.commit()


@pytest.mark.parametrize("engine", ["postgres"])
@pytest.mark.parametrize(("change", "blocked"), [(_follow, 0), (_stop, 0), (_read_soon, 1)])
def test_a_reading_is_noted_while_staff_hold_the_room(
    racing: tuple[Engine, OpenSession],
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    change: Change,
    blocked: int,
) -> None:
    """On SQLite only one of them writes at a time."""
    _engine, open_session = racing
    tenant = world.northlight
    with open_session(tenant.id) as session:
        _follow(session, tenant)
        (asked,) = due(session, BOX, NOW, 1)
        session.commit()

    def meanwhile(session: Session, resource_id: int) -> OutsideCalendar | None:
        _note(open_session, tenant, asked)
        return calendar_of(session, resource_id)

    calendar_of = outside.calendar_of
    monkeypatch.setattr(outside, "calendar_of", meanwhile)
    with open_session(tenant.id) as session:
        change(session, tenant)
        assert len(session.scalars(select(Occupancy.id)).all()) == blocked
