"""Holding a team for a change, and the rules that every change keeps.

Whoever changes who is in a team holds the team's row first (on SQLite the transaction itself, see `begin_writing`): two
who join at the same moment would each count the people without the other, two administrators who leave would each see
the other stay.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission
from app.domain.lookup import one
from app.domain.team.terms import LastAdministrator, TeamFull
from app.kernel.errors import NotFound
from app.models import Person, Team, TeamMember
from app.models.base import LARGEST_ID


def hold_team(session: Session, team_id: int, *, retired: bool = False) -> Team:
    """The team, which nobody else changes until the transaction ends. Raises NotFound, for a retired one too unless asked."""
    team = one(session, Team, team_id, lock=True)
    if team.retired_at is not None and not retired:
        raise NotFound
    return team


def hold_managed(session: Session, actor: Actor, team_id: int) -> Team:
    """The team, held by somebody who may manage its people: staff, or an administrator of it. Raises NotFound."""
    team = hold_team(session, team_id)
    if not (actor.may(Permission.PEOPLE) and actor.reaches(None)):
        own = find_member(session, team_id, actor.person_id)
        if own is None or not own.administrator:
            raise NotFound
    return team


def find_member(session: Session, team_id: int, person_id: int) -> TeamMember | None:
    """Somebody's membership, read anew."""
    if not 0 < person_id <= LARGEST_ID:
        return None
    return session.execute(
        select(TeamMember)
        .where(TeamMember.team_id == team_id, TeamMember.person_id == person_id)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def member_of(session: Session, team_id: int, person_id: int) -> TeamMember:
    """Somebody's membership. Raises NotFound."""
    found = find_member(session, team_id, person_id)
    if found is None:
        raise NotFound
    return found


def count_people(session: Session, team_id: int) -> int:
    return session.execute(
        select(func.count()).select_from(TeamMember).where(TeamMember.team_id == team_id)
    ).scalar_one()


def check_seat(session: Session, team: Team, kept: int = 0) -> None:
    """Raises TeamFull unless one more fits; `kept` seats are for people who have not joined yet."""
    if team.seat_limit is not None and count_people(session, team.id) + kept >= team.seat_limit:
        raise TeamFull(team.seat_limit)


def keep_an_administrator(session: Session, team_id: int, leaving: int) -> None:
    """Raises LastAdministrator when without `leaving` none of the team's administrators could sign in."""
    others = session.execute(
        select(TeamMember.id)
        .join(Person, Person.id == TeamMember.person_id)
        .where(
            TeamMember.team_id == team_id,
            TeamMember.person_id != leaving,
            TeamMember.administrator,
            Person.suspended_at.is_(None),
        )
        .limit(1)
    ).first()
    if others is None:
        raise LastAdministrator
