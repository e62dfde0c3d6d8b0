"""Teams that show themselves, with those of their people who let others find them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.directory.entries import entries_for
from app.domain.profile.visible import Listed, visible_people
from app.kernel.errors import NotFound
from app.kernel.folding import fold
from app.models import DirectoryEntry, Team, TeamMember
from app.models.base import LARGEST_ID

MOST_PEOPLE = 200
"""Of one team's on its page."""


@dataclass(frozen=True, slots=True)
class ListedTeam:
    """A team as others find it."""

    id: int
    name: str
    about: str
    people: int
    """How many of it this viewer can find; there may be more."""


def find_teams(session: Session, viewer: Actor, words: str) -> list[ListedTeam]:
    """The teams whose name, or what they say of themselves, has all the words, by name.

    Compared here, because SQLite folds ASCII only and PostgreSQL folds as its locale says; one statement.
    """
    wanted = fold(words).split()
    found = [ListedTeam(*row) for row in session.execute(_query(viewer))]
    matching = [team for team in found if all(word in fold(f"{team.name} {team.about}") for word in wanted)]
    return sorted(matching, key=lambda team: (fold(team.name), team.id))


def listed_team(session: Session, viewer: Actor, team_id: int) -> tuple[ListedTeam, list[Listed]]:
    """One of them with its people, by name.

    Raises NotFound for any other team: also one that does not show itself, or none of whose people do.
    """
    if team_id > LARGEST_ID:
        raise NotFound
    row = session.execute(_query(viewer).where(Team.id == team_id)).one_or_none()
    if row is None:
        raise NotFound
    ids = session.scalars(
        select(DirectoryEntry.person_id)
        .join(TeamMember, _SEATED)
        .where(TeamMember.team_id == team_id, *entries_for(viewer))
        .order_by(DirectoryEntry.sort_key, DirectoryEntry.person_id)
        .limit(MOST_PEOPLE)
    ).all()
    return ListedTeam(*row), visible_people(session, viewer, ids)


_SEATED = and_(
    TeamMember.tenant_id == DirectoryEntry.tenant_id, TeamMember.person_id == DirectoryEntry.person_id
)


def _query(viewer: Actor) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(Team.id, Team.name, Team.about, func.count())
        .join(TeamMember, and_(TeamMember.tenant_id == Team.tenant_id, TeamMember.team_id == Team.id))
        .join(DirectoryEntry, _SEATED)
        .where(Team.listed, Team.retired_at.is_(None), *entries_for(viewer))
        .group_by(Team.id, Team.name, Team.about)
    )
    return query
