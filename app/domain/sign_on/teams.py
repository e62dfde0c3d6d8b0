"""The teams that a provider's groups lead into: joined and left as somebody comes in, and named when it is set up."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.team.holding import find_member, hold_team
from app.domain.team.members import seat, unseat
from app.domain.team.terms import LastAdministrator, PaysForTeam, TeamFull, TeamPermissions
from app.kernel.errors import Refusal
from app.models import SignOnProvider, Team, TeamMember

_log = logging.getLogger(__name__)
Column = TypeVar("Column", int, str)


class NoSuchTeam(Refusal):
    """A group is to lead into a team that there is not. Carries the name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def check_teams(session: Session, pairs: Mapping[str, str], before: Mapping[str, str]) -> None:
    """Raises NoSuchTeam for a team that is named anew and not there; one that was retired since may stay named."""
    anew = sorted(set(pairs.values()) - set(before.values()))
    known = set(session.scalars(_open_teams(anew, Team.name))) if anew else set()
    for name in anew:
        if name not in known:
            raise NoSuchTeam(name)


def hold_teams(session: Session, provider: SignOnProvider, groups: Iterable[str]) -> list[Team]:
    """The teams that the groups lead into, held: before any person is, as everybody does who changes a team."""
    names = {provider.group_teams[group] for group in groups if group in provider.group_teams}
    if not names:
        return []
    return [hold_team(session, team_id) for team_id in session.scalars(_open_teams(names, Team.id)).all()]


def follow_groups(
    session: Session, provider: SignOnProvider, person_id: int, teams: list[Team], now: datetime
) -> None:
    """Put the person into these teams that are held, and out of those that this provider alone put them into.

    Nobody is kept from signing in by a team: a full one is not joined, and whom a team cannot do without stays.
    """
    _leave_others(session, provider, person_id, {team.id for team in teams}, now)
    for team in teams:
        if find_member(session, team.id, person_id):
            continue
        try:
            seat(session, team, person_id, TeamPermissions(), now, person_id).via_provider_id = provider.id
        except TeamFull:
            _log.warning("team %s is full: person %s did not join by their group", team.id, person_id)
    session.flush()


def forget_provider(session: Session, provider_id: int) -> None:
    """Nobody leaves a team because the provider that put them there is removed."""
    session.execute(
        update(TeamMember).where(TeamMember.via_provider_id == provider_id).values(via_provider_id=None)
    )


def _leave_others(
    session: Session, provider: SignOnProvider, person_id: int, kept: set[int], now: datetime
) -> None:
    mine = (
        select(TeamMember.team_id)
        .where(TeamMember.person_id == person_id, TeamMember.via_provider_id == provider.id)
        .order_by(TeamMember.team_id)
    )
    for team_id in session.scalars(mine).all():
        if team_id in kept:
            continue
        hold_team(session, team_id, retired=True)
        member = find_member(session, team_id, person_id)
        if member is None or member.via_provider_id != provider.id:
            continue
        try:
            unseat(session, person_id, member, now)
        except (LastAdministrator, PaysForTeam) as refused:
            _log.warning("person %s stays in team %s: %s", person_id, team_id, type(refused).__name__)


def _open_teams(names: Iterable[str], column: InstrumentedAttribute[Column]) -> Select[Column]:
    return select(column).where(Team.name.in_(names), Team.retired_at.is_(None)).order_by(Team.id)
