"""What a person may do here: staff role, suspension, and the mail that leads to a password."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actor import Actor, permissions_of
from app.domain.audit import changes, record_row
from app.domain.directory.index import index_people
from app.domain.joining.invitations import invite_person
from app.domain.locking_out import lock_out
from app.domain.lookup import all_of, one
from app.domain.new_password import FORGOTTEN
from app.domain.notices import tell
from app.domain.people.details import check_may_touch
from app.domain.people.owners import hold_owners, keep_an_owner
from app.domain.people.staff import Standing, as_of_now, standing_of, who_gives_roles, write_standing
from app.domain.people.terms import GiveRole, MoreThanOneHas, NotOneself
from app.domain.sign_on.owners import check_owner_remains
from app.domain.sign_on.password_rule import password_rule
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import Location, Person, Role, StaffRole
from app.tenancy import begin_writing


def set_role(session: Session, actor: Actor, person_id: int, wish: GiveRole, clock: Clock) -> Person:
    """Give somebody a staff role and the locations they work in, or take them.

    Raises NotFound (person, role or location, also out of reach), StaffIsOwnersBusiness for who may more than the actor,
    MoreThanOneHas, and LastOwner when no other owner of the whole house would be left.
    """
    begin_writing(session)
    hold_owners(session)
    actor = who_gives_roles(session, actor)
    person = one(session, Person, person_id, lock=True)
    check_may_touch(actor, person)
    before, after = standing_of(session, person), _wanted(session, wish)
    if before == after:
        return person
    if not after.within(actor):
        raise MoreThanOneHas
    if before.owns_the_house and not after.owns_the_house:
        keep_an_owner(session, person)
    told = changes(_facts(session, before), _facts(session, after))
    write_standing(session, person, before, after)
    if before.owns_the_house and not after.owns_the_house:
        check_owner_remains(session)
    record_row(session, actor, clock(), person, "role_changed", before=told[0], after=told[1])
    session.flush()
    return person


def suspend(session: Session, actor: Actor, person_id: int, clock: Clock) -> Person:
    """Lock somebody out: every session and mailed link ends at once, bookings stay for staff to decide.

    Raises NotFound, NotOneself, StaffIsOwnersBusiness and LastOwner.
    """
    begin_writing(session)
    hold_owners(session)
    person = one(session, Person, person_id, lock=True)
    if person.id == actor.person_id:
        raise NotOneself
    if person.role is not Role.NONE:
        actor = as_of_now(session, actor)
    check_may_touch(actor, person)
    if person.suspended_at is None:
        if standing_of(session, person).owns_the_house:
            keep_an_owner(session, person)
        now = clock()
        _set_suspended(session, actor, person, now, suspended=True)
        if person.role is Role.OWNER:
            check_owner_remains(session)
        lock_out(session, person, now)
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
    password, the mail of a forgotten one to who has. Who may have none is invited, too: its link leads to where they come
    in. `origin` is the portal's address: `https://host`.

    Raises NotFound, also for a suspended person, and StaffIsOwnersBusiness.
    """
    begin_writing(session)
    person = one(session, Person, person_id)
    check_may_touch(actor, person)
    if person.suspended_at is not None:
        raise NotFound
    now = clock()
    forgotten = person.password_hash is not None and not password_rule(session).binds(person.role)
    if forgotten:
        tell(session, now, person.id, FORGOTTEN, {"origin": origin})
    else:
        invite_person(session, person, origin, now, invited_by_id=actor.person_id)
    verb = "reset_sent" if forgotten else "invited"
    record_row(session, actor, now, person, verb, after={"email": person.email})
    session.flush()


def _set_suspended(session: Session, actor: Actor, person: Person, now: datetime, *, suspended: bool) -> None:
    person.suspended_at = now if suspended else None
    verb = "suspended" if suspended else "reinstated"
    record_row(
        session, actor, now, person, verb, before={"suspended": not suspended}, after={"suspended": suspended}
    )
    index_people(session, [person.id])


def _wanted(session: Session, wish: GiveRole) -> Standing:
    granted: list[str] | None = None
    if (wish.role is Role.CUSTOM) is not (wish.staff_role_id is not None):
        raise NotFound
    if wish.staff_role_id is not None:
        # Locked, so that what it permits is not changed between the check and the commit.
        granted = one(session, StaffRole, wish.staff_role_id, lock=True).permissions
    all_of(session, Location, wish.location_ids)
    places = wish.location_ids if wish.role is not Role.NONE else frozenset()
    return Standing(
        wish.role, wish.staff_role_id, permissions_of(wish.role, granted), frozenset(places) or None
    )


def _facts(session: Session, standing: Standing) -> dict[str, Any]:
    """For the audit trail, in names: a role or a location may be called otherwise, or be gone, when it is read."""
    role = session.get(StaffRole, standing.staff_role_id) if standing.staff_role_id is not None else None
    places = all_of(session, Location, standing.limited_to) if standing.limited_to else []
    return {
        "role": standing.role,
        "staff_role": role.name if role else None,
        "locations": sorted(place.name for place in places),
    }
