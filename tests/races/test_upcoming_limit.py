"""One person books many rooms at the same moment, and may have three ahead: three it is."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.booking import claim
from app.domain.booking.book import book
from app.domain.booking.house_rules.keeping import create_rule
from app.domain.booking.house_rules.terms import Rule, Sets
from app.domain.booking.terms import BookRoom, NotBookable
from app.domain.booking.upcoming import limit_upcoming
from app.kernel.spans import Span
from app.models import Booking
from tests.races.conftest import NOW, RACERS, check_only_once, race
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

MOST = 3
ROOMS = ("Fern", "Cedar", "Rowan", "Lark")


def _run(open_session: OpenSession, tenant: TenantWorld, most: int | None = MOST) -> Counter[str]:
    """Everybody is Maya, and each wants a room of its own."""

    def attempt(session: Session, racer: int) -> str:
        start = NOW + timedelta(days=1 + racer // len(ROOMS), hours=3)
        wish = BookRoom(tenant.rooms[ROOMS[racer % len(ROOMS)]], Span(start, start + timedelta(hours=1)))
        try:
            book(session, tenant.actor("member"), wish, lambda: NOW)
            session.commit()
        except NotBookable:
            return "refused"
        return "booked"

    with open_session(tenant.id) as session:
        limit_upcoming(session, tenant.actor("manager"), most, lambda: NOW)
        session.commit()
    return Counter(race(open_session, tenant.id, attempt))


def _made(open_session: OpenSession, tenant: TenantWorld) -> int:
    with open_session(tenant.id) as session:
        return len(session.scalars(select(Booking.id)).all())


def test_nobody_gets_more_than_the_house_allows(racing: tuple[Engine, OpenSession], world: World) -> None:
    _, open_session = racing
    said = _run(open_session, world.northlight)
    assert said == {"booked": MOST, "refused": RACERS - MOST}
    assert _made(open_session, world.northlight) == MOST


def test_nobody_gets_more_than_a_rule_of_the_house_allows(
    racing: tuple[Engine, OpenSession], world: World
) -> None:
    _, open_session = racing
    tenant = world.northlight
    with open_session(tenant.id) as session:
        create_rule(session, tenant.actor("owner"), Rule(0, 0, "Three", Sets(most_ahead=MOST)), NOW)
        session.commit()
    said = _run(open_session, tenant, most=None)
    assert said == {"booked": MOST, "refused": RACERS - MOST}
    assert _made(open_session, tenant) == MOST


def test_without_the_guard_it_is_more(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control. The guard is the lock on the person, and on SQLite the count behind the one write lock."""
    engine, open_session = racing
    monkeypatch.setattr(claim, "hold_people", lambda _session, _person_ids: None)
    if engine.dialect.name == "sqlite":
        check_only_once(monkeypatch)
    _run(open_session, world.northlight)
    assert _made(open_session, world.northlight) > MOST
