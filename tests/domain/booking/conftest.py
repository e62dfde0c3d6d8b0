"""Sessions of Northlight, a clock that stands where it is put, and short words for asking and booking."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.book import book
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.search import search
from app.domain.booking.terms import BookRoom, RoomQuery, RoomSearch
from app.kernel.spans import Span
from app.models import Booking
from tests.support.sessions import OpenSession, walled_sessions
from tests.support.world import TenantWorld, World

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
"""A Monday morning in winter, an hour before opening; London keeps UTC then."""


def span(start: str, end: str, day: str = "2026-03-02") -> Span:
    """A span of one day in UTC, from `HH:MM` to `HH:MM`."""
    return Span(*(datetime.fromisoformat(f"{day}T{at}:00+00:00") for at in (start, end)))


class StandingClock:
    """Says the same time until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def sessions(database: str) -> Iterator[tuple[Engine, OpenSession]]:
    with walled_sessions(database) as sessions:
        yield sessions


@pytest.fixture
def open_session(sessions: tuple[Engine, OpenSession]) -> OpenSession:
    return sessions[1]


@pytest.fixture
def northlight(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def session(open_session: OpenSession, northlight: TenantWorld) -> Iterator[Session]:
    with open_session(northlight.id) as session:
        yield session


@pytest.fixture
def member(northlight: TenantWorld) -> Actor:
    return northlight.actor("member")


@pytest.fixture
def colleague(northlight: TenantWorld) -> Actor:
    return northlight.actor("colleague")


@pytest.fixture
def contact(northlight: TenantWorld) -> Actor:
    return northlight.actor("contact")


@pytest.fixture
def desk(northlight: TenantWorld) -> Actor:
    return northlight.actor("desk")


@dataclass(frozen=True)
class Desk:
    """Asks and books in Leith Walk, committing as a page would."""

    session: Session
    world: TenantWorld
    clock: StandingClock

    def wish(self, room: str, wanted: Span, **more: Any) -> BookRoom:
        return BookRoom(self.world.rooms[room], wanted, **more)

    def book(self, actor: Actor, room: str, wanted: Span, **more: Any) -> Booking:
        booking: Booking = self.do(book, actor, self.wish(room, wanted, **more))
        return booking

    def do(self, verb: Callable[..., Any], actor: Actor, subject: Any, **more: Any) -> Any:
        """Run a verb and commit, or roll back when it refuses."""
        try:
            done = verb(self.session, actor, subject, self.clock, **more)
        except Exception:
            self.session.rollback()
            raise
        self.session.commit()
        return done

    def search(self, actor: Actor, wanted: Span, place: str = "Leith Walk", **more: Any) -> RoomSearch:
        query = RoomQuery(self.world.locations[place], wanted, **more)
        now = self.clock()
        offered = load_catalogue(self.session, query.location_id, actor.person_id, now)
        found = search(self.session, actor, offered, query, now)
        self.session.rollback()
        return found


@pytest.fixture
def front(session: Session, northlight: TenantWorld, clock: StandingClock) -> Desk:
    return Desk(session, northlight, clock)
