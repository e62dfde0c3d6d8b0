"""People of a team: added, allowed more or less, made administrators, made the payer, removed.

Three things hold after each verb: a team with people in it has an administrator who can sign in, its payer is one of its
people, and no seat is taken twice.
"""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record
from app.domain.lookup import one
from app.domain.team.holding import (
    check_seat,
    count_people,
    find_member,
    hold_managed,
    hold_team,
    keep_an_administrator,
    member_of,
)
from app.domain.team.terms import AlreadyInTeam, NobodyLikeThat, PaysForTeam, TeamPermissions, give, held
from app.kernel.clock import Clock
from app.models import Person, Team, TeamMember
from app.tenancy import begin_writing


def add_member(
    session: Session, actor: Actor, team_id: int, email: str, permissions: TeamPermissions, clock: Clock
) -> Person:
    """Put somebody the tenant knows into a team, as staff do. The first one is its administrator and pays.

    Raises NotFound, NobodyLikeThat, AlreadyInTeam and TeamFull.
    """
    begin_writing(session)
    team = hold_team(session, team_id)
    person = session.execute(select(Person).where(Person.email_key == email.casefold())).scalar_one_or_none()
    if person is None:
        raise NobodyLikeThat
    seat(session, team, person.id, permissions, clock(), actor.person_id)
    return person


def seat(
    session: Session,
    team: Team,
    person_id: int,
    permissions: TeamPermissions,
    now: datetime,
    actor_id: int,
) -> TeamMember:
    """Give somebody a seat in a team that is held. Raises AlreadyInTeam and TeamFull."""
    if find_member(session, team.id, person_id):
        raise AlreadyInTeam
    check_seat(session, team)
    first = count_people(session, team.id) == 0
    member = give(
        TeamMember(team_id=team.id, person_id=person_id, administrator=first, pays=first, joined_at=now),
        permissions,
    )
    session.add(member)
    _record(session, actor_id, now, member, "member_added", after=_facts(member))
    return member


def change_member(
    session: Session,
    actor: Actor,
    team_id: int,
    person_id: int,
    permissions: TeamPermissions,
    clock: Clock,
    *,
    administrator: bool,
) -> None:
    """Set what somebody may do for a team, and whether they administrate it. Raises NotFound and LastAdministrator."""
    begin_writing(session)
    team = hold_managed(session, actor, team_id)
    member = member_of(session, team.id, person_id)
    if member.administrator and not administrator:
        keep_an_administrator(session, team.id, person_id)
    before = _facts(member)
    give(member, permissions).administrator = administrator
    old, new = changes(before, _facts(member))
    if new:
        _record(session, actor.person_id, clock(), member, "member_changed", before=old, after=new)


def hand_over(session: Session, actor: Actor, team_id: int, person_id: int, clock: Clock) -> None:
    """Make somebody else the administrator in the actor's place. Raises NotFound, also for who cannot sign in."""
    begin_writing(session)
    team = hold_managed(session, actor, team_id)
    own, heir = member_of(session, team.id, actor.person_id), member_of(session, team.id, person_id)
    one_person = one(session, Person, person_id)
    if one_person.suspended_at is not None or heir.id == own.id:
        return
    heir.administrator, own.administrator = True, False
    now = clock()
    for member in (heir, own):
        _record(
            session,
            actor.person_id,
            now,
            member,
            "member_changed",
            before={"administrator": not member.administrator},
            after={"administrator": member.administrator},
        )


def set_payer(session: Session, actor: Actor, team_id: int, person_id: int, clock: Clock) -> None:
    """Let somebody of the team pay for it from now on. Raises NotFound."""
    begin_writing(session)
    team = hold_managed(session, actor, team_id)
    member = member_of(session, team.id, person_id)
    if member.pays:
        return
    # Before the new one, or the team would have two for a moment, which its index refuses.
    session.execute(
        update(TeamMember).where(TeamMember.team_id == team.id, TeamMember.pays).values(pays=False)
    )
    member.pays = True
    _record(session, actor.person_id, clock(), member, "payer_set", after={"pays": True})


def remove_member(session: Session, actor: Actor, team_id: int, person_id: int, clock: Clock) -> None:
    """Take somebody out of a team; their bookings stay theirs. Raises NotFound, LastAdministrator and PaysForTeam."""
    begin_writing(session)
    team = hold_managed(session, actor, team_id)
    unseat(session, actor.person_id, member_of(session, team.id, person_id), clock())


def leave(session: Session, actor: Actor, team_id: int, clock: Clock) -> None:
    """Leave a team oneself. Raises NotFound, LastAdministrator and PaysForTeam."""
    begin_writing(session)
    team = hold_team(session, team_id)
    unseat(session, actor.person_id, member_of(session, team.id, actor.person_id), clock())


def unseat(session: Session, actor_id: int, member: TeamMember, now: datetime) -> None:
    """Take somebody's seat in a team that is held. Raises LastAdministrator and PaysForTeam."""
    if count_people(session, member.team_id) > 1:
        if member.administrator:
            keep_an_administrator(session, member.team_id, member.person_id)
        if member.pays:
            raise PaysForTeam
    _record(session, actor_id, now, member, "member_removed", before=_facts(member))
    session.delete(member)
    session.flush()


def _facts(member: TeamMember) -> dict[str, object]:
    return {"administrator": member.administrator, "pays": member.pays, **asdict(held(member))}


def _record(
    session: Session,
    actor_id: int,
    now: datetime,
    member: TeamMember,
    verb: str,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """The trail of a team says of whom it speaks on both sides."""
    whom = {"person": member.person_id}
    record(
        session,
        now,
        actor_id,
        f"team.{verb}",
        subject="team",
        subject_id=member.team_id,
        before=whom | before if before else None,
        after=whom | (after or {}),
    )
    session.flush()
