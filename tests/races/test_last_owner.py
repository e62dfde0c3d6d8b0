"""Owners who demote each other at the same moment: whatever the order, one of them stays an owner."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.people import owners, standing
from app.domain.people.terms import GiveRole, LastOwner
from app.kernel.errors import NotFound
from app.models import Person, Role
from tests.races.conftest import NOW, race
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race
PAIR = ("owner", "manager")


def _two_owners(open_session: OpenSession, tenant: TenantWorld) -> None:
    with open_session(tenant.id) as session:
        standing.set_role(
            session, tenant.actor("owner"), tenant.people["manager"], GiveRole(Role.OWNER), lambda: NOW
        )
        session.commit()


def _demote_each_other(open_session: OpenSession, tenant: TenantWorld) -> list[int]:
    """Half of the racers are one owner and demote the other, half the reverse; the owners who are left."""

    def attempt(session: Session, racer: int) -> str:
        mine, theirs = PAIR[racer % 2], PAIR[1 - racer % 2]
        actor = replace(tenant.actor(mine), role=Role.OWNER)
        try:
            standing.set_role(session, actor, tenant.people[theirs], GiveRole(Role.NONE), lambda: NOW)
        except (LastOwner, NotFound):
            session.rollback()
            return "refused"
        session.commit()
        return "demoted"

    race(open_session, tenant.id, attempt)
    with open_session(tenant.id) as session:
        return list(session.scalars(select(Person.id).where(Person.role == Role.OWNER)))


def test_one_owner_remains(racing: tuple[Engine, OpenSession], world: World) -> None:
    _, open_session = racing
    _two_owners(open_session, world.northlight)
    assert len(_demote_each_other(open_session, world.northlight)) == 1


@pytest.mark.parametrize("engine", ["postgres"])
def test_without_the_lock_none_would(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The opposite: two who both looked before either wrote leave the house without an owner. On SQLite the write lock
    itself is the guard, so only PostgreSQL can show it. Both are somebody who was an owner when they asked, because who
    writes about each other meets at the audit trail's references."""
    _, open_session = racing
    tenant = world.northlight
    _two_owners(open_session, tenant)
    both_looked = Barrier(2)

    def look_and_wait(session: Session, person: Person) -> None:
        owners.keep_an_owner(session, person)
        both_looked.wait(timeout=20)

    monkeypatch.setattr(standing, "hold_owners", lambda _session: None)
    monkeypatch.setattr(standing, "who_gives_roles", lambda _session, actor: actor)
    monkeypatch.setattr(standing, "keep_an_owner", look_and_wait)
    # Looks once more, at what the other may have committed by then.
    monkeypatch.setattr(standing, "check_owner_remains", lambda _session: None)

    def demote(number: int) -> None:
        with open_session(tenant.id) as session:
            actor = replace(tenant.actor("desk"), role=Role.OWNER)
            theirs = tenant.people[PAIR[number]]
            standing.set_role(session, actor, theirs, GiveRole(Role.NONE), lambda: NOW)
            session.commit()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(demote, range(2)))
    with open_session(tenant.id) as session:
        assert session.scalars(select(Person.id).where(Person.role == Role.OWNER)).all() == []
