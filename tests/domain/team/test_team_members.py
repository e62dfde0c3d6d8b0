"""Who is in a team: its administrators, its payer, its seats."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.people.standing import reinstate, suspend
from app.domain.team.holding import count_people
from app.domain.team.listing import list_teams, own_team, own_teams, people_of
from app.domain.team.manage import create_team, edit_team, restore_team, retire_team
from app.domain.team.members import add_member, change_member, hand_over, leave, remove_member, set_payer
from app.domain.team.rights import may_book_for
from app.domain.team.terms import (
    AlreadyInTeam,
    LastAdministrator,
    NobodyLikeThat,
    PaysForTeam,
    SeatsTaken,
    TeamDetails,
    TeamFull,
    TeamNameTaken,
    TeamPermissions,
)
from app.kernel.clock import system_clock
from app.kernel.errors import NotFound, Refusal
from app.models import Team, TeamMember
from tests.support.sessions import OpenSession, walled_sessions
from tests.support.world import CAST, TenantWorld, World

Made = TypeVar("Made")
BOOKS = TeamPermissions()
NO_MORE = TeamPermissions(may_book=False)


@pytest.fixture
def sessions(database: str) -> Iterator[tuple[Engine, OpenSession]]:
    with walled_sessions(database) as sessions:
        yield sessions


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def session(sessions: tuple[Engine, OpenSession], north: TenantWorld) -> Iterator[Session]:
    with sessions[1](north.id) as session:
        yield session


class Board:
    """One team, changed by people of the cast; each verb commits or leaves nothing."""

    def __init__(self, session: Session, tenant: TenantWorld, seats: int | None = None) -> None:
        self.session, self.tenant = session, tenant
        self.id = self.do(
            lambda: create_team(session, self.who("desk"), TeamDetails("Tide", seats), system_clock)
        ).id

    def who(self, name: str) -> Actor:
        return self.tenant.actor(name)

    def do(self, act: Callable[[], Made]) -> Made:
        try:
            made = act()
        except Refusal:
            self.session.rollback()
            raise
        self.session.commit()
        return made

    def add(self, *names: str, permissions: TeamPermissions = BOOKS) -> None:
        for name in names:
            self._add_one(self.tenant.email(name), permissions)

    def _add_one(self, email: str, permissions: TeamPermissions) -> None:
        self.do(lambda: add_member(self.session, self.who("desk"), self.id, email, permissions, system_clock))

    def make(self, name: str, *, administrator: bool, by: str = "desk") -> None:
        person_id = self.tenant.people[name]
        self.do(
            lambda: change_member(
                self.session,
                self.who(by),
                self.id,
                person_id,
                TeamPermissions(),
                system_clock,
                administrator=administrator,
            )
        )

    def verb(self, verb: Callable[..., object], name: str, by: str = "desk") -> None:
        self.do(lambda: verb(self.session, self.who(by), self.id, self.tenant.people[name], system_clock))

    def leaves(self, name: str) -> None:
        self.do(lambda: leave(self.session, self.who(name), self.id, system_clock))

    def administrators(self) -> set[int]:
        return {each.person_id for each in people_of(self.session, self.id) if each.administrator}

    def payers(self) -> list[int]:
        return [each.person_id for each in people_of(self.session, self.id) if each.pays]


@pytest.fixture
def board(session: Session, north: TenantWorld) -> Board:
    return Board(session, north)


def test_the_first_one_administrates_and_pays(board: Board, north: TenantWorld) -> None:
    board.add("member", "colleague")
    assert board.administrators() == {north.people["member"]}
    assert board.payers() == [north.people["member"]]


def test_nobody_is_added_twice_or_from_nowhere(board: Board, session: Session, world: World) -> None:
    board.add("member")
    with pytest.raises(AlreadyInTeam):
        board.add("member")
    for email in ("nobody@example.test", ""):
        with pytest.raises(NobodyLikeThat):
            board.do(partial(add_member, session, board.who("desk"), board.id, email, NO_MORE, system_clock))


def test_the_last_administrator_stays(board: Board, north: TenantWorld) -> None:
    board.add("member", "colleague")
    attempts: tuple[Callable[[], None], ...] = (
        lambda: board.make("member", administrator=False),
        lambda: board.make("member", administrator=False, by="member"),
        lambda: board.verb(remove_member, "member"),
        lambda: board.leaves("member"),
    )
    for refused in attempts:
        with pytest.raises(LastAdministrator):
            refused()
    board.make("colleague", administrator=True, by="member")
    board.make("member", administrator=False, by="member")
    assert board.administrators() == {north.people["colleague"]}


def test_one_who_is_suspended_does_not_count_as_another_administrator(
    board: Board, session: Session, north: TenantWorld
) -> None:
    board.add("member", "colleague")
    board.make("colleague", administrator=True)
    board.verb(set_payer, "colleague")
    board.do(lambda: suspend(session, board.who("desk"), north.people["colleague"], system_clock))
    with pytest.raises(LastAdministrator):
        board.leaves("member")
    assert not list_teams(session).rows[0].orphaned
    board.do(lambda: suspend(session, board.who("desk"), north.people["member"], system_clock))
    assert list_teams(session).rows[0].orphaned
    board.do(lambda: reinstate(session, board.who("desk"), north.people["colleague"], system_clock))
    board.verb(remove_member, "member")
    assert board.administrators() == {north.people["colleague"]}


def test_who_pays_stays_until_somebody_else_does(board: Board, north: TenantWorld) -> None:
    board.add("member", "colleague", "contact")
    board.make("colleague", administrator=True)
    with pytest.raises(PaysForTeam):
        board.leaves("member")
    with pytest.raises(NotFound):
        board.verb(set_payer, "owner")
    board.verb(set_payer, "contact", by="member")
    assert board.payers() == [north.people["contact"]]
    board.leaves("member")
    assert board.payers() == [north.people["contact"]]


def test_the_last_one_may_go_and_the_next_one_begins_anew(board: Board, north: TenantWorld) -> None:
    board.add("member")
    board.leaves("member")
    assert board.administrators() == set()
    board.add("contact", permissions=NO_MORE)
    assert board.administrators() == {north.people["contact"]}
    assert board.payers() == [north.people["contact"]]


def test_administration_is_handed_on(board: Board, north: TenantWorld) -> None:
    board.add("member", "colleague")
    board.verb(hand_over, "colleague", by="member")
    assert board.administrators() == {north.people["colleague"]}
    with pytest.raises(NotFound):
        board.verb(hand_over, "member", by="member")


def test_seats(session: Session, north: TenantWorld) -> None:
    board = Board(session, north, seats=2)
    board.add("member", "colleague")
    with pytest.raises(TeamFull):
        board.add("contact")
    with pytest.raises(SeatsTaken) as taken:
        board.do(
            lambda: edit_team(session, board.who("desk"), board.id, TeamDetails("Tide", 1), system_clock)
        )
    assert taken.value.people == 2
    board.do(lambda: edit_team(session, board.who("desk"), board.id, TeamDetails("Tide", 3), system_clock))
    board.add("contact")
    assert count_people(session, board.id) == 3


def test_a_name_is_one_teams(board: Board, session: Session, world: World) -> None:
    with pytest.raises(TeamNameTaken):
        board.do(lambda: create_team(session, board.who("desk"), TeamDetails("Tide"), system_clock))
    foreign = TeamDetails("Wave", location_id=world.harbour.locations["Leith Walk"])
    with pytest.raises(NotFound):
        board.do(lambda: create_team(session, board.who("desk"), foreign, system_clock))


def test_only_administrators_and_staff_change_anything(board: Board, north: TenantWorld) -> None:
    board.add("member", "colleague", "contact")
    for verb in (remove_member, set_payer):
        for stranger in ("colleague", "contact"):
            with pytest.raises(NotFound):
                board.verb(verb, "contact", by=stranger)
    with pytest.raises(NotFound):
        board.make("colleague", administrator=True, by="colleague")
    board.verb(remove_member, "contact", by="member")


def test_a_retired_team_gives_no_right(board: Board, session: Session, north: TenantWorld) -> None:
    board.add("member", "colleague", permissions=TeamPermissions(may_book_for_team=True))
    maya, colin = north.people["member"], north.people["colleague"]

    def rights() -> tuple[bool, int]:
        return may_book_for(session, maya, colin), len(own_teams(session, board.who("member")))

    assert rights() == (True, 1)
    board.do(lambda: retire_team(session, board.who("desk"), board.id, system_clock))
    assert rights() == (False, 0)
    attempts: tuple[Callable[[], None], ...] = (
        lambda: board.leaves("colleague"),
        lambda: board.add("contact"),
    )
    for refused in attempts:
        with pytest.raises(NotFound):
            refused()
    with pytest.raises(NotFound):
        own_team(session, board.who("member"), board.id)
    board.do(lambda: restore_team(session, board.who("desk"), board.id, system_clock))
    assert rights() == (True, 1)


def test_administrating_is_not_booking(board: Board, session: Session, north: TenantWorld) -> None:
    board.add("member", "colleague")
    assert not may_book_for(session, north.people["member"], north.people["colleague"])


_NAMES = st.sampled_from(sorted(CAST))
_STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "up", "down", "remove", "leave", "pay", "hand"]), _NAMES, _NAMES),
    max_size=25,
)


@pytest.mark.parametrize("engine", ["sqlite"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_no_sequence_leaves_a_team_without_administrator_or_payer(
    session: Session, north: TenantWorld, steps: list[tuple[str, str, str]]
) -> None:
    """The rules hold after every step, whatever was refused on the way."""
    for team in session.scalars(select(Team)):
        session.delete(team)
    session.commit()
    board = Board(session, north, seats=4)
    verbs: dict[str, Callable[[str, str], None]] = {
        "add": lambda who, _by: board.add(who),
        "up": lambda who, by: board.make(who, administrator=True, by=by),
        "down": lambda who, by: board.make(who, administrator=False, by=by),
        "remove": lambda who, by: board.verb(remove_member, who, by),
        "leave": lambda who, _by: board.leaves(who),
        "pay": lambda who, by: board.verb(set_payer, who, by),
        "hand": lambda who, by: board.verb(hand_over, who, by),
    }
    for verb, who, by in steps:
        try:
            verbs[verb](who, by)
        except Refusal:
            session.rollback()
        people = list(session.scalars(select(TeamMember).where(TeamMember.team_id == board.id)))
        assert len(people) <= 4
        assert len([each for each in people if each.pays]) == min(1, len(people))
        assert any(each.administrator for each in people) or not people
