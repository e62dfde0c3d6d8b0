"""The other end of an invitation into a team: its link is opened, and accepted by who has an account, or by who gets one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased

from app.domain import audit, passwords, sessions
from app.domain.actor import Actor
from app.domain.joining.accept import check_password_way
from app.domain.joining.terms import current_terms
from app.domain.people.details import add_person
from app.domain.people.names import check_names
from app.domain.people.terms import EmailTaken, PersonDetails
from app.domain.sessions import Browser
from app.domain.sign_on.password_rule import password_rule
from app.domain.team.holding import check_seat, hold_team
from app.domain.team.invite import unanswered
from app.domain.team.members import seat
from app.domain.team.terms import ForSomebodyElse, HasAccount, InvitationGone, held
from app.domain.visit import token_hash
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.names import full_name
from app.models import Person, Role, Team, TeamInvitation
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class Invited:
    """What the holder of a link is shown."""

    team: str
    by: str
    email: str
    has_account: bool
    elsewhere: bool
    """Passwords are forbidden to them: an account at a provider is what they come in with."""


@dataclass(frozen=True, slots=True)
class JoinAnew:
    """Somebody whom the tenant does not know yet joins: `token` comes out of the mailed link."""

    token: str
    first_name: str
    last_name: str
    password: str
    browser: Browser


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody new is here: the token of their session, and whether they are in the team already."""

    session_token: str
    in_team: bool


def look_at(session: Session, token: str, now: datetime) -> Invited:
    """What an invitation is for. Raises InvitationGone."""
    holder = aliased(Person)
    account = (
        select(holder.role)
        .where(holder.tenant_id == TeamInvitation.tenant_id, holder.email_key == TeamInvitation.email_key)
        .scalar_subquery()
    )
    inviter = and_(Person.tenant_id == TeamInvitation.tenant_id, Person.id == TeamInvitation.invited_by_id)
    row = session.execute(
        select(Team.name, Person.first_name, Person.last_name, TeamInvitation.email, account)
        .select_from(TeamInvitation)
        .join(Team, and_(Team.tenant_id == TeamInvitation.tenant_id, Team.id == TeamInvitation.team_id))
        .join(Person, inviter)
        .where(*_usable(token, now), Team.retired_at.is_(None))
    ).one_or_none()
    if row is None:
        raise InvitationGone
    team, first_name, last_name, email, role = row
    elsewhere = password_rule(session).binds(role or Role.NONE)
    return Invited(team, full_name(first_name, last_name), email, role is not None, elsewhere)


def accept(session: Session, actor: Actor, token: str, clock: Clock) -> None:
    """Join the team that one was invited into. Raises InvitationGone, ForSomebodyElse, AlreadyInTeam and TeamFull."""
    begin_writing(session)
    now = clock()
    invitation, team = _hold(session, token, now)
    if invitation.email_key != actor.email.casefold():
        raise ForSomebodyElse
    _join(session, invitation, team, actor.person_id, now)


def join_anew(session: Session, command: JoinAnew, clock: Clock) -> Joined:
    """Become a person of the tenant and of the team in one. Where there are terms, the invitation stays open for the
    person to accept once they have accepted those.

    The link proves the address. Raises InvitationGone, HasAccount, SignsInElsewhere, BadName, PasswordRefused and TeamFull;
    after any of them but the first two the link can be used again.
    """
    invited = look_at(session, command.token, clock())
    if invited.has_account:
        raise HasAccount
    check_password_way(session)
    check_names(command.first_name, command.last_name)
    passwords.check_new(command.password, invited.email)
    password_hash = passwords.hashed(command.password)

    begin_writing(session)
    check_password_way(session)
    now = clock()
    invitation, team = _hold(session, command.token, now)
    details = PersonDetails(invitation.email, command.first_name, command.last_name)
    try:
        person = add_person(session, now, details, password_hash=password_hash)
    except EmailTaken as error:
        raise HasAccount from error
    audit.record(session, now, person.id, "person.joined", subject="person", subject_id=person.id)
    in_team = current_terms(session) is None
    if in_team:
        _join(session, invitation, team, person.id, now)
    else:
        check_seat(session, team)
    return Joined(sessions.start(session, person.id, command.browser, now), in_team)


def is_invited(session: Session, email: str, now: datetime) -> bool:
    """Whether some team waits for whoever proves that this e-mail is theirs."""
    found = session.execute(
        select(TeamInvitation.id)
        .join(Team, and_(Team.tenant_id == TeamInvitation.tenant_id, Team.id == TeamInvitation.team_id))
        .where(
            TeamInvitation.email_key == email.casefold(),
            unanswered(),
            TeamInvitation.expires_at > now,
            Team.retired_at.is_(None),
        )
        .limit(1)
    )
    return found.first() is not None


def _hold(session: Session, token: str, now: datetime) -> tuple[TeamInvitation, Team]:
    """The invitation and its team, both held: of two who use one link at once, the second finds it used."""
    team_id = session.execute(select(TeamInvitation.team_id).where(*_usable(token, now))).scalar()
    if team_id is None:
        raise InvitationGone
    try:
        # The team before the invitation, as every other verb of invitations does.
        team = hold_team(session, team_id)
    except NotFound:
        raise InvitationGone from None
    invitation = session.execute(
        select(TeamInvitation)
        .where(*_usable(token, now))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if invitation is None:
        raise InvitationGone
    return invitation, team


def _join(session: Session, invitation: TeamInvitation, team: Team, person_id: int, now: datetime) -> None:
    seat(session, team, person_id, held(invitation), now, person_id)
    invitation.accepted_at = now
    session.flush()


def _usable(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        TeamInvitation.token_hash == token_hash(token),
        unanswered(),
        TeamInvitation.expires_at > now,
    )
