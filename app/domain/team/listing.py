"""Teams as lists and pages show them. One statement each, whatever the number of rows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from app.domain.actor import Actor
from app.domain.team.terms import TeamPermissions, held
from app.kernel.errors import NotFound
from app.kernel.folding import fold
from app.kernel.names import full_name
from app.kernel.paging import Paged, stretch
from app.models import Location, Person, Team, TeamMember
from app.models.base import LARGEST_ID


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team in a list of staff's."""

    id: int
    name: str
    seat_limit: int | None
    retired: bool
    home: str
    people: int
    orphaned: bool
    """There are people in it, and no administrator who can sign in."""


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody of a team."""

    person_id: int
    name: str
    email: str
    suspended: bool
    face_digest: str | None
    """Of their photograph: for staff."""
    administrator: bool
    pays: bool
    permissions: TeamPermissions
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class OwnTeam:
    """A team from the side of somebody who is in it."""

    id: int
    name: str
    seat_limit: int | None
    people: int
    administrator: bool
    pays: bool
    permissions: TeamPermissions
    listed: bool
    about: str


def list_teams(session: Session, words: str = "", page: int = 1) -> Paged[TeamRow]:
    """One page of the teams whose name matches, those in use first. A page beyond the last gives the last one.

    Compared here, because SQLite folds ASCII only and PostgreSQL folds as its locale says.
    """
    able = and_(TeamMember.administrator, Person.suspended_at.is_(None))
    rows = session.execute(
        select(
            Team.id,
            Team.name,
            Team.seat_limit,
            Team.retired_at.is_not(None).label("retired"),
            func.coalesce(Location.name, "").label("home"),
            func.count(TeamMember.id).label("people"),
            func.count(case((able, 1))).label("able"),
        )
        .outerjoin(Location, and_(Location.tenant_id == Team.tenant_id, Location.id == Team.location_id))
        .outerjoin(TeamMember, and_(TeamMember.tenant_id == Team.tenant_id, TeamMember.team_id == Team.id))
        .outerjoin(Person, and_(Person.tenant_id == TeamMember.tenant_id, Person.id == TeamMember.person_id))
        .group_by(Team.id, Team.name, Team.seat_limit, Team.retired_at, Location.name)
        .order_by(Team.retired_at.is_not(None), Team.name, Team.id)
    ).all()
    wanted = fold(words).split()
    found = [row for row in rows if all(word in fold(row.name) for word in wanted)]
    at = stretch(page, len(found))
    return Paged(
        tuple(
            TeamRow(
                row.id,
                row.name,
                row.seat_limit,
                row.retired,
                row.home,
                row.people,
                orphaned=not row.retired and row.people > 0 and not row.able,
            )
            for row in found[at.rows]
        ),
        at,
    )


def people_of(session: Session, team_id: int) -> list[MemberRow]:
    """Everybody in a team, administrators first."""
    rows = session.execute(
        select(
            TeamMember,
            Person.first_name,
            Person.last_name,
            Person.email,
            Person.suspended_at,
            Person.face_digest,
        )
        .join(Person, and_(Person.tenant_id == TeamMember.tenant_id, Person.id == TeamMember.person_id))
        .where(TeamMember.team_id == team_id)
        .order_by(TeamMember.administrator.desc(), Person.last_name, Person.first_name, Person.id)
    ).all()
    return [
        MemberRow(
            member.person_id,
            full_name(first, last),
            email,
            suspended is not None,
            face,
            member.administrator,
            member.pays,
            held(member),
            member.joined_at,
        )
        for member, first, last, email, suspended, face in rows
    ]


def team_names_of(session: Session, person_id: int) -> list[tuple[int, str, bool]]:
    """(id, name, retired) of every team that somebody is in."""
    rows = session.execute(
        select(Team.id, Team.name, Team.retired_at)
        .join(TeamMember, and_(TeamMember.tenant_id == Team.tenant_id, TeamMember.team_id == Team.id))
        .where(TeamMember.person_id == person_id)
        .order_by(Team.retired_at.is_not(None), Team.name)
    ).all()
    return [(row.id, row.name, row.retired_at is not None) for row in rows]


def own_teams(session: Session, actor: Actor) -> list[OwnTeam]:
    """The teams in use that the actor is in."""
    return [_own(*row) for row in session.execute(_own_query(actor).order_by(Team.name)).all()]


def own_team(session: Session, actor: Actor, team_id: int, *, administrator: bool = False) -> OwnTeam:
    """One of the actor's teams; with `administrator` one that they administrate. Raises NotFound for any other."""
    if team_id > LARGEST_ID:
        raise NotFound
    row = session.execute(_own_query(actor).where(Team.id == team_id)).one_or_none()
    if row is None or (administrator and not row[1].administrator):
        raise NotFound
    return _own(*row)


def _own_query(actor: Actor) -> Select[Team, TeamMember, int]:
    other = aliased(TeamMember)
    everybody = (
        select(func.count(other.id))
        .where(other.tenant_id == Team.tenant_id, other.team_id == Team.id)
        .scalar_subquery()
    )
    return (
        select(Team, TeamMember, everybody)
        .join(TeamMember, and_(TeamMember.tenant_id == Team.tenant_id, TeamMember.team_id == Team.id))
        .where(TeamMember.person_id == actor.person_id, Team.retired_at.is_(None))
    )


def _own(team: Team, member: TeamMember, people: int) -> OwnTeam:
    return OwnTeam(
        team.id,
        team.name,
        team.seat_limit,
        people,
        member.administrator,
        member.pays,
        held(member),
        team.listed,
        team.about,
    )
