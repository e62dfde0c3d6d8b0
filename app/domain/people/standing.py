"""What a person may do here: staff role, suspension, and the mail that leads to a password."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record_row
from app.domain.lookup import one
from app.domain.new_password import FORGOTTEN, INVITED
from app.domain.notices import tell
from app.domain.people.details import check_may_touch
from app.domain.people.terms import LastOwner, NotOneself
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import LoginSession, Person, Role
from app.tenancy import begin_writing


def set_role(session: Session, actor: Actor, person_id: int, role: Role, clock: Clock) -> Person:
    """Give somebody a staff role, or take it. Raises NotFound and LastOwner."""
    begin_writing(session)
    person = one(session, Person, person_id, lock=True)
    before = person.role
    if before is not role:
        if before is Role.OWNER:
            _keep_an_owner(session, person)
        person.role = role
        record_row(
            session, actor, clock(), person, "role_changed", before={"role": before}, after={"role": role}
        )
    session.flush()
    return person


def suspend(session: Session, actor: Actor, person_id: int, clock: Clock) -> Person:
    """Lock somebody out: every session ends at once, bookings stay for staff to decide.

    Raises NotFound, NotOneself, StaffIsOwnersBusiness and LastOwner.
    """
    begin_writing(session)
    person = one(session, Person, person_id, lock=True)
    if person.id == actor.person_id:
        raise NotOneself
    check_may_touch(actor, person)
    if person.suspended_at is None:
        if person.role is Role.OWNER:
            _keep_an_owner(session, person)
        _set_suspended(session, actor, person, clock(), suspended=True)
        session.execute(delete(LoginSession).where(LoginSession.person_id == person.id))
    session.flush()
    return person


def reinstate(session: Session, actor: Actor, person_id: int, clock: Clock) -> Person:
    """Let somebody sign in again. Raises NotFound and StaffIsOwnersBusiness."""
    begin_writing(session)
    person = one(session, Person, person_id, lock=True)
    check_may_touch(actor, person)
    if person.suspended_at is not None:
        _set_suspended(session, actor, person, clock(), suspended=False)
    session.flush()
    return person


def invite(session: Session, actor: Actor, person_id: int, origin: str, clock: Clock) -> None:
    """Mail somebody a link to set a password, or another one that takes its place: an invitation to who never had a
    password, the mail of a forgotten one to who has. `origin` is the portal's address: `https://host`.

    Raises NotFound, also for a suspended person, and StaffIsOwnersBusiness.
    """
    begin_writing(session)
    person = one(session, Person, person_id)
    check_may_touch(actor, person)
    if person.suspended_at is not None:
        raise NotFound
    now = clock()
    kind, verb = (FORGOTTEN, "reset_sent") if person.password_hash else (INVITED, "invited")
    tell(session, now, person.id, kind, {"origin": origin})
    record_row(session, actor, now, person, verb, after={"email": person.email})
    session.flush()


def _set_suspended(session: Session, actor: Actor, person: Person, now: datetime, *, suspended: bool) -> None:
    person.suspended_at = now if suspended else None
    verb = "suspended" if suspended else "reinstated"
    record_row(
        session, actor, now, person, verb, before={"suspended": not suspended}, after={"suspended": suspended}
    )


def _keep_an_owner(session: Session, person: Person) -> None:
    # All owners are locked, so that two of them cannot demote each other at the same moment.
    owners = (
        session.execute(
            select(Person.id)
            .where(Person.role == Role.OWNER, Person.suspended_at.is_(None))
            .order_by(Person.id)
            .with_for_update()
        )
        .scalars()
        .all()
    )
    if not set(owners) - {person.id}:
        raise LastOwner
