"""Many bookings at the same moment for the last hour of somebody's credit: it pays once."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.booking.book import book
from app.domain.booking.paying import by_credit
from app.domain.booking.terms import BookRoom
from app.domain.credits import spending
from app.domain.credits.balance import funds_for
from app.domain.credits.terms import Holder
from app.kernel.spans import Span
from app.models import Booking, Team, TeamMember
from tests.races.conftest import NOW, race
from tests.support.credits import granted, sums
from tests.support.sessions import OpenSession
from tests.support.world import CAST, TenantWorld, World

pytestmark = pytest.mark.race

ROOMS = ("Fern", "Cedar")


def _crew(open_session: OpenSession, tenant: TenantWorld) -> None:
    """Everybody is in a team that shares an hour: nobody's own lock stands between them."""
    with open_session(tenant.id) as session:
        team = Team(name="Crew", created_at=NOW)
        session.add(team)
        session.flush()
        session.add_all(
            TeamMember(team_id=team.id, person_id=tenant.people[name], joined_at=NOW) for name in CAST
        )
        session.commit()
        granted(session, Holder(team_id=team.id), 60, tenant.types["Meeting room"])


def _run(open_session: OpenSession, tenant: TenantWorld) -> None:
    names = list(CAST)

    def attempt(session: Session, racer: int) -> str:
        start = NOW + timedelta(days=1 + racer // len(ROOMS), hours=3)
        wish = BookRoom(tenant.rooms[ROOMS[racer % len(ROOMS)]], Span(start, start + timedelta(hours=1)))
        book(session, tenant.actor(names[racer % len(names)]), wish, lambda: NOW)
        session.commit()
        return "booked"

    race(open_session, tenant.id, attempt)


def _paid(open_session: OpenSession, tenant: TenantWorld) -> tuple[int, int]:
    """How many bookings the credit paid for, and what is left of it."""
    with open_session(tenant.id) as session:
        paid = sum(bool(by_credit(booking.quote)) for booking in session.scalars(select(Booking)))
        return paid, sum(sums(session).values())


def test_the_last_hour_pays_once(racing: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = racing
    _crew(open_session, world.northlight)
    _run(open_session, world.northlight)
    assert _paid(open_session, world.northlight) == (1, 0)


@pytest.mark.parametrize("engine", ["postgres"])
def test_without_the_lock_it_pays_more_than_once(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control; on SQLite the one write lock is behind it."""
    _engine, open_session = racing
    monkeypatch.setattr(spending, "lock_funds", funds_for)
    _crew(open_session, world.northlight)
    _run(open_session, world.northlight)
    paid, left = _paid(open_session, world.northlight)
    assert paid > 1
    assert left < 0
