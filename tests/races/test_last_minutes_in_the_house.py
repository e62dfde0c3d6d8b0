"""Many who share a time pass check in at the same moment: its minutes are held once."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.domain.credits import balance
from app.domain.credits.terms import Holder, NoPass
from app.domain.credits.visiting import ask_for_passes
from app.domain.directory.check_in import check_in
from app.models import CheckIn, CreditKind, Role, Team, TeamMember
from tests.races.conftest import NOW, race
from tests.support.credits import granted
from tests.support.sessions import OpenSession
from tests.support.tariffs import WORDS
from tests.support.world import CAST, TenantWorld, World

pytestmark = pytest.mark.race

NAMES = [name for name, (_first, _last, _role, member) in CAST.items() if not member]


def _share(open_session: OpenSession, tenant: TenantWorld) -> None:
    """Who is on no plan shares an hour in the house."""
    with open_session(tenant.id) as session:
        ask_for_passes(session, tenant.actor("owner"), NOW, needed=True)
        team = Team(name="Crew", created_at=NOW)
        session.add(team)
        session.flush()
        session.add_all(
            TeamMember(team_id=team.id, person_id=tenant.people[name], joined_at=NOW) for name in NAMES
        )
        session.commit()
        granted(session, Holder(team_id=team.id), 60, kind=CreditKind.MINUTES)


def _run(open_session: OpenSession, tenant: TenantWorld) -> int:
    """How many minutes are held when all have tried."""

    def attempt(session: Session, racer: int) -> str:
        # Staff need no pass, so these come as anybody does
        who = replace(tenant.actor(NAMES[racer % len(NAMES)]), role=Role.NONE)
        try:
            check_in(session, who, tenant.locations["Leith Walk"], WORDS, lambda: NOW)
        except NoPass:
            session.rollback()
            return "refused"
        session.commit()
        return "here"

    race(open_session, tenant.id, attempt)
    with open_session(tenant.id) as session:
        return session.scalars(select(func.sum(CheckIn.held_minutes))).one()


def test_the_last_hour_is_held_once(racing: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = racing
    _share(open_session, world.northlight)
    assert _run(open_session, world.northlight) == 60


@pytest.mark.parametrize("engine", ["postgres"])
def test_without_the_lock_it_is_held_more_than_once(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control; on SQLite the one write lock is behind it."""
    _engine, open_session = racing
    monkeypatch.setattr(balance, "_lock", lambda *_where: None)
    _share(open_session, world.northlight)
    assert _run(open_session, world.northlight) > 60
