"""Everybody is invited into a team of five seats, and all of them join at the same moment: five it is."""

from collections import Counter
from datetime import timedelta
from threading import local

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.domain.team import holding, members
from app.domain.team.holding import count_people
from app.domain.team.manage import create_team
from app.domain.team.members import add_member
from app.domain.team.terms import TeamDetails, TeamFull, TeamPermissions
from app.models import TeamMember
from app.tenancy import begin_writing
from tests.races.conftest import NOW, RACERS, race
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

SEATS = 5
HARMLESS = TeamPermissions()


def _found_team(open_session: OpenSession, tenant: TenantWorld) -> int:
    with open_session(tenant.id) as session:
        for number in range(RACERS):
            add_person(session, NOW - timedelta(days=1), PersonDetails(_email(number), "Racer", "Swift"))
        session.commit()
        team_id = create_team(session, tenant.actor("desk"), TeamDetails("Tide", SEATS), lambda: NOW).id
        session.commit()
        first = tenant.email("member")
        add_member(session, tenant.actor("desk"), team_id, first, HARMLESS, lambda: NOW)
        session.commit()
        return team_id


def _email(number: int) -> str:
    return f"racer{number}@example.test"


def _run(open_session: OpenSession, tenant: TenantWorld, team_id: int) -> Counter[str]:
    def attempt(session: Session, racer: int) -> str:
        try:
            add_member(session, tenant.actor("desk"), team_id, _email(racer), HARMLESS, lambda: NOW)
            session.commit()
        except TeamFull:
            session.rollback()
            return "refused"
        return "joined"

    return Counter(race(open_session, tenant.id, attempt))


def _people(open_session: OpenSession, tenant: TenantWorld) -> int:
    with open_session(tenant.id) as session:
        return len(session.scalars(select(TeamMember.id)).all())


def test_no_seat_is_taken_twice(racing: tuple[Engine, OpenSession], world: World) -> None:
    _, open_session = racing
    team_id = _found_team(open_session, world.northlight)
    assert _run(open_session, world.northlight, team_id) == {
        "joined": SEATS - 1,
        "refused": RACERS - SEATS + 1,
    }
    assert _people(open_session, world.northlight) == SEATS


def test_without_the_guard_it_is_more(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control. The guard is that people are counted behind the lock: here they are counted before it."""
    _, open_session = racing
    team_id = _found_team(open_session, world.northlight)
    counted = local()
    begin, count = begin_writing, count_people

    def count_first(session: Session) -> None:
        counted.people = count(session, team_id)
        begin(session)

    monkeypatch.setattr(members, "begin_writing", count_first)
    monkeypatch.setattr(holding, "count_people", lambda _session, _team_id: counted.people)
    _run(open_session, world.northlight, team_id)
    assert _people(open_session, world.northlight) > SEATS
