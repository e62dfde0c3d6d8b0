"""The location that one browser shows: chosen in it, for it alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.sessions import Browser, show_location, start
from app.kernel.errors import NotFound
from app.models import Location, LoginSession
from tests.support.sessions import OpenSession, walled_sessions
from tests.support.world import World

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def open_session(database: str) -> Iterator[OpenSession]:
    with walled_sessions(database) as (_engine, open_session):
        yield open_session


@pytest.fixture
def member(open_session: OpenSession, world: World) -> Actor:
    """The member, signed in on two browsers; the first is in hand."""
    actor = world.northlight.actor("member")
    with open_session(world.northlight.id) as session:
        for _ in range(2):
            start(session, actor.person_id, Browser("test", "127.0.0.1"), NOW)
        session.commit()
        return replace(actor, session_id=min(_shown(session)))


def test_it_is_shown_in_the_browser_in_hand_alone(
    open_session: OpenSession, world: World, member: Actor
) -> None:
    far = world.northlight.locations["Porto"]
    with open_session(world.northlight.id) as session:
        show_location(session, member, far)
        assert sorted(_shown(session).values(), key=str) == [far, None]
        assert _shown(session)[member.session_id or 0] == far


def test_another_tenants_location_is_not_there(
    open_session: OpenSession, world: World, member: Actor
) -> None:
    with open_session(world.northlight.id) as session, pytest.raises(NotFound):
        show_location(session, member, world.harbour.locations["Porto"])


def test_a_retired_location_is_not_there(open_session: OpenSession, world: World, member: Actor) -> None:
    far = world.northlight.locations["Porto"]
    with open_session(world.northlight.id) as session:
        session.execute(update(Location).where(Location.id == far).values(retired_at=NOW))
        session.commit()
        with pytest.raises(NotFound):
            show_location(session, member, far)


def test_somebody_who_wrote_meanwhile_does_not_stop_it(
    open_session: OpenSession, world: World, member: Actor
) -> None:
    # A page reads who asks before it writes; on SQLite a snapshot that old cannot be written from.
    with open_session(world.northlight.id) as page, open_session(world.northlight.id) as other:
        assert _shown(page)
        start(other, member.person_id, Browser("test", "127.0.0.1"), NOW)
        other.commit()
        show_location(page, member, world.northlight.locations["Porto"])
        page.commit()


def _shown(session: Session) -> dict[int, int | None]:
    return dict(session.execute(select(LoginSession.id, LoginSession.location_id)).all())
