"""What a team gives its people over each other. Asked anew each time: a right ends with the membership or the team."""

from sqlalchemy import and_, bindparam, case, func, select
from sqlalchemy.orm import Session, aliased

from app.kernel.names import full_name
from app.models import Person, Team, TeamMember
from app.models.base import table_of
from app.tenancy import ask, reviewed, tenant_of


def may_book_for(session: Session, person_id: int, colleague_id: int) -> bool:
    """Whether somebody may book in the name of a colleague who can still sign in."""
    return any(colleague_id == each for each, _name in colleagues_to_book_for(session, person_id))


def team_to_book_for(session: Session, person_id: int, colleague_id: int) -> int | None:
    """The first team in which somebody may book in the name of a colleague; None where there is none."""
    other = aliased(TeamMember)
    query = (
        select(func.min(Team.id))
        .join(TeamMember, and_(TeamMember.tenant_id == Team.tenant_id, TeamMember.team_id == Team.id))
        .join(other, and_(other.tenant_id == Team.tenant_id, other.team_id == Team.id))
        .where(
            TeamMember.person_id == person_id,
            TeamMember.may_book_for_team,
            other.person_id == colleague_id,
            Team.retired_at.is_(None),
        )
    )
    return session.execute(query).scalar_one()


def books_for_themselves(session: Session, person_id: int) -> bool:
    """Whether somebody may book in their own name: whoever is in no team, or in one that lets them."""
    asked = {"tenant": tenant_of(session), "person": person_id}
    teams, willing = ask(session, _TEAMS, asked).one()
    return bool(teams == 0 or willing > 0)


def colleagues_to_book_for(session: Session, person_id: int) -> list[tuple[int, str]]:
    """(id, name) of everybody that somebody may book for, by last name."""
    other = aliased(TeamMember)
    rows = session.execute(
        select(Person.id, Person.first_name, Person.last_name)
        .join(other, and_(other.tenant_id == Person.tenant_id, other.person_id == Person.id))
        .join(
            TeamMember,
            and_(TeamMember.tenant_id == other.tenant_id, TeamMember.team_id == other.team_id),
        )
        .join(Team, and_(Team.tenant_id == TeamMember.tenant_id, Team.id == TeamMember.team_id))
        .where(
            TeamMember.person_id == person_id,
            TeamMember.may_book_for_team,
            Team.retired_at.is_(None),
            Person.id != person_id,
            Person.suspended_at.is_(None),
        )
        .distinct()
        .order_by(Person.last_name, Person.first_name, Person.id)
    ).all()
    return [(row.id, full_name(row.first_name, row.last_name)) for row in rows]


_TEAM, _MEMBER = table_of(Team), table_of(TeamMember)
_TEAMS = reviewed(
    select(func.count(), func.count(case((_MEMBER.c.may_book, 1))))
    .select_from(_MEMBER)
    .join(_TEAM, and_(_TEAM.c.tenant_id == _MEMBER.c.tenant_id, _TEAM.c.id == _MEMBER.c.team_id))
    .where(
        _MEMBER.c.tenant_id == bindparam("tenant"),
        _MEMBER.c.person_id == bindparam("person"),
        _TEAM.c.retired_at.is_(None),
    )
)
"""How many teams somebody is in, and in how many of them they may book in their own name."""
