"""Invitations into a team: written, sent again, taken back. `domain.team.joining` is the other end of their links.

The link's token is made when the mail is written (`letter_of`), so that it is stored nowhere; sending again makes
another one, and the one before stops working.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.notices import came_back, tell_address
from app.domain.team.holding import check_seat, hold_managed
from app.domain.team.terms import (
    INVITATION_LIFETIME,
    AlreadyInTeam,
    AlreadyInvited,
    TeamPermissions,
    give,
)
from app.domain.visit import token_hash
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import Person, Team, TeamInvitation, TeamMember
from app.models.base import LARGEST_ID
from app.tenancy import begin_writing

INVITED = "team.invited"


@dataclass(frozen=True, slots=True)
class InviteToTeam:
    """`origin` is the portal's address: `https://host`."""

    team_id: int
    email: str
    permissions: TeamPermissions
    origin: str


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that nobody has answered."""

    id: int
    email: str
    expires_at: datetime
    expired: bool
    undeliverable: bool


def open_invitations(session: Session, team_id: int, now: datetime) -> list[OpenInvitation]:
    """A team's invitations that nobody has answered, the oldest first; expired ones too, for they can be sent again."""
    rows = session.execute(
        select(TeamInvitation.id, TeamInvitation.email, TeamInvitation.expires_at)
        .where(TeamInvitation.team_id == team_id, unanswered())
        .order_by(TeamInvitation.created_at, TeamInvitation.id)
    ).all()
    lost = came_back(session, INVITED, [row.email for row in rows])

    def undeliverable(email: str, expires_at: datetime) -> bool:
        return (
            email in lost and lost[email] >= expires_at - INVITATION_LIFETIME
        )  # not one before it was sent again

    return [
        OpenInvitation(id_, email, expires_at, expires_at <= now, undeliverable(email, expires_at))
        for id_, email, expires_at in rows
    ]


def invite(session: Session, actor: Actor, command: InviteToTeam, clock: Clock) -> None:
    """Invite an address into a team. Raises NotFound, AlreadyInTeam, AlreadyInvited and TeamFull.

    Open invitations keep a seat, so that nobody is invited in vain; joining counts the people alone.
    """
    begin_writing(session)
    now, key = clock(), command.email.casefold()
    team = hold_managed(session, actor, command.team_id)
    _refuse_twice(session, team.id, key)
    check_seat(session, team, kept=_kept_seats(session, team.id, now))
    invitation = give(
        TeamInvitation(
            team_id=team.id,
            email=command.email,
            email_key=key,
            invited_by_id=actor.person_id,
            created_at=now,
            expires_at=now + INVITATION_LIFETIME,
        ),
        command.permissions,
    )
    session.add(invitation)
    session.flush()
    _send(session, actor, invitation, team, command.origin, now)
    _record(session, actor.person_id, now, invitation, "person_invited")


def resend(
    session: Session, actor: Actor, team_id: int, invitation_id: int, origin: str, clock: Clock
) -> None:
    """Send an invitation again with a new link, for another seven days. Raises NotFound and TeamFull."""
    begin_writing(session)
    team, now = hold_managed(session, actor, team_id), clock()
    invitation = _unanswered_one(session, team.id, invitation_id)
    if invitation.expires_at <= now:
        check_seat(session, team, kept=_kept_seats(session, team.id, now))
    invitation.token_hash, invitation.expires_at = None, now + INVITATION_LIFETIME
    _send(session, actor, invitation, team, origin, now)
    _record(session, actor.person_id, now, invitation, "invitation_resent")
    session.flush()


def revoke(session: Session, actor: Actor, team_id: int, invitation_id: int, clock: Clock) -> None:
    """Take an invitation back: its link stops working at once. Raises NotFound."""
    begin_writing(session)
    team, now = hold_managed(session, actor, team_id), clock()
    invitation = _unanswered_one(session, team.id, invitation_id)
    invitation.revoked_at = now
    _record(session, actor.person_id, now, invitation, "invitation_revoked")
    session.flush()


def make_team_token(session: Session, invitation_id: int) -> str | None:
    """A new token for the mail that is being written; the one before it stops working. None for one that is over."""
    invitation = session.execute(
        select(TeamInvitation).where(TeamInvitation.id == invitation_id, unanswered()).with_for_update()
    ).scalar_one_or_none()
    if invitation is None:
        return None
    token = secrets.token_urlsafe(32)
    invitation.token_hash = token_hash(token)
    return token


def forget_old_invitations(session: Session, now: datetime) -> None:
    """Delete the invitations that expired a lifetime ago and that nobody sent again."""
    session.execute(
        delete(TeamInvitation).where(
            TeamInvitation.accepted_at.is_(None), TeamInvitation.expires_at <= now - INVITATION_LIFETIME
        )
    )


def _send(
    session: Session, actor: Actor, invitation: TeamInvitation, team: Team, origin: str, now: datetime
) -> None:
    data = {"invitation": invitation.id, "origin": origin, "team": team.name, "by": actor.name}
    tell_address(session, now, invitation.email, INVITED, data)


def unanswered() -> ColumnElement[bool]:
    """Of an invitation: nobody has accepted it, and nobody took it back."""
    return and_(TeamInvitation.accepted_at.is_(None), TeamInvitation.revoked_at.is_(None))


def _unanswered_one(session: Session, team_id: int, invitation_id: int) -> TeamInvitation:
    if invitation_id > LARGEST_ID:
        raise NotFound
    found = session.execute(
        select(TeamInvitation)
        .where(TeamInvitation.id == invitation_id, TeamInvitation.team_id == team_id, unanswered())
        .with_for_update()
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def _kept_seats(session: Session, team_id: int, now: datetime) -> int:
    return session.execute(
        select(func.count())
        .select_from(TeamInvitation)
        .where(TeamInvitation.team_id == team_id, unanswered(), TeamInvitation.expires_at > now)
    ).scalar_one()


def _refuse_twice(session: Session, team_id: int, email_key: str) -> None:
    member = (
        select(Person.id)
        .join(TeamMember, and_(TeamMember.tenant_id == Person.tenant_id, TeamMember.person_id == Person.id))
        .where(TeamMember.team_id == team_id, Person.email_key == email_key)
    )
    if session.execute(member).first():
        raise AlreadyInTeam
    open_one = select(TeamInvitation.id).where(
        TeamInvitation.team_id == team_id, TeamInvitation.email_key == email_key, unanswered()
    )
    if session.execute(open_one).first():
        raise AlreadyInvited


def _record(session: Session, actor_id: int, now: datetime, invitation: TeamInvitation, verb: str) -> None:
    audit.record(
        session,
        now,
        actor_id,
        f"team.{verb}",
        subject="team",
        subject_id=invitation.team_id,
        after={"email": invitation.email},
    )
    session.flush()
