"""Teams themselves, as staff make them: created, edited, retired and restored."""

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record_row
from app.domain.lookup import require_location
from app.domain.team.holding import count_people, hold_team
from app.domain.team.terms import SeatsTaken, TeamDetails, TeamNameTaken
from app.kernel.clock import Clock
from app.models import Team, TeamInvitation
from app.tenancy import begin_writing

_FIELDS = ("name", "seat_limit", "location_id")


def create_team(session: Session, actor: Actor, details: TeamDetails, clock: Clock) -> Team:
    """Found a team with nobody in it. Raises TeamNameTaken, and NotFound for a location that is not the tenant's."""
    begin_writing(session)
    if details.location_id is not None:
        require_location(session, details.location_id)
    now = clock()
    team = Team(created_at=now)
    _fill(team, details)
    session.add(team)
    _flush(session)
    record_row(session, actor, now, team, "created", after=_facts(team))
    session.flush()
    return team


def edit_team(session: Session, actor: Actor, team_id: int, details: TeamDetails, clock: Clock) -> Team:
    """Change a team's name, seats and home. Raises as `create_team`, and SeatsTaken."""
    begin_writing(session)
    team = hold_team(session, team_id, retired=True)
    if details.location_id not in {None, team.location_id}:
        require_location(session, details.location_id or 0)
    people = count_people(session, team.id)
    if details.seat_limit is not None and details.seat_limit < people:
        raise SeatsTaken(people)
    before = _facts(team)
    _fill(team, details)
    _flush(session)
    old, new = changes(before, _facts(team))
    if new:
        record_row(session, actor, clock(), team, "edited", before=old, after=new)
    session.flush()
    return team


def retire_team(session: Session, actor: Actor, team_id: int, clock: Clock) -> None:
    """Retire a team: it gives nobody any right, its open invitations are taken back, its people stay on record.

    Raises NotFound.
    """
    begin_writing(session)
    team = hold_team(session, team_id, retired=True)
    if team.retired_at is not None:
        return
    now = clock()
    team.retired_at = now
    session.execute(
        update(TeamInvitation)
        .where(
            TeamInvitation.team_id == team.id,
            TeamInvitation.accepted_at.is_(None),
            TeamInvitation.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    record_row(session, actor, now, team, "retired", before={"retired": False}, after={"retired": True})
    session.flush()


def restore_team(session: Session, actor: Actor, team_id: int, clock: Clock) -> None:
    """Bring a retired team back with the people it had. Raises NotFound."""
    begin_writing(session)
    team = hold_team(session, team_id, retired=True)
    if team.retired_at is not None:
        team.retired_at = None
        record_row(
            session, actor, clock(), team, "restored", before={"retired": True}, after={"retired": False}
        )
    session.flush()


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        # The only unique key that people choose themselves is the name.
        session.rollback()
        raise TeamNameTaken from error


def _fill(team: Team, details: TeamDetails) -> None:
    for field in _FIELDS:
        setattr(team, field, getattr(details, field))


def _facts(team: Team) -> dict[str, object]:
    return {field: getattr(team, field) for field in _FIELDS}
