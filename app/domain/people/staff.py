"""What a staff person may do, and where."""

from dataclasses import dataclass, replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission, permissions_of
from app.domain.factors.standing import bound
from app.domain.lookup import one
from app.domain.visit import granted_to, limits_in, limits_of
from app.kernel.errors import NotFound
from app.models import Person, Role, StaffLocation, StaffRoleHolder


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody may do here. `staff_role_id` names a role of the tenant's own."""

    role: Role
    staff_role_id: int | None
    permissions: frozenset[Permission]
    limited_to: frozenset[int] | None
    """Locations; None for all of them."""

    @property
    def owns_the_house(self) -> bool:
        """Owners who are limited to locations own no house."""
        return self.role is Role.OWNER and self.limited_to is None

    def within(self, actor: Actor) -> bool:
        """Whether the actor may all of this, in all of these places: only then it is theirs to give or to take."""
        owners_business = self.role is Role.OWNER or Permission.STAFF in self.permissions
        if owners_business and actor.role is not Role.OWNER:
            return False
        places = actor.limited_to is None or (
            self.limited_to is not None and self.limited_to <= actor.limited_to
        )
        return places and self.permissions <= actor.permissions


_NOBODY = Standing(Role.NONE, None, frozenset(), None)


def standing_of(session: Session, person: Person) -> Standing:
    """What somebody may do by the tables as they are; one statement, none for who is no staff."""
    if person.role is Role.NONE:
        return _NOBODY
    of = Person.id, Person.tenant_id
    row = session.execute(
        select(granted_to(*of), limits_of(*of), StaffRoleHolder.staff_role_id)
        .select_from(Person)
        .outerjoin(StaffRoleHolder, StaffRoleHolder.person_id == Person.id)
        .where(Person.id == person.id)
    ).one()
    custom = person.role is Role.CUSTOM
    return Standing(
        person.role,
        row[2] if custom else None,
        permissions_of(person.role, row[0] if custom else None),
        limits_in(row[1]),
    )


def staff_of_the_house(session: Session, permission: Permission) -> list[int]:
    """The ids of everybody who is permitted this and limited to no location."""
    of = Person.id, Person.tenant_id
    rows = session.execute(
        select(Person.id, Person.role, granted_to(*of))
        .where(Person.role != Role.NONE, Person.suspended_at.is_(None), limits_of(*of).is_(None))
        .order_by(Person.id)
    )
    return [id_ for id_, role, granted in rows if permission in permissions_of(role, granted)]


def staff_at(session: Session, permission: Permission, location_id: int) -> list[int]:
    """The ids of everybody who is permitted this and works at that location, whether or not elsewhere too."""
    of = Person.id, Person.tenant_id
    rows = session.execute(
        select(Person.id, Person.role, granted_to(*of), limits_of(*of))
        .where(Person.role != Role.NONE, Person.suspended_at.is_(None))
        .order_by(Person.id)
    )
    return [
        id_
        for id_, role, granted, limits in rows
        if permission in permissions_of(role, granted)
        and ((places := limits_in(limits)) is None or location_id in places)
    ]


def who_gives_roles(session: Session, actor: Actor) -> Actor:
    """The actor as of now. Raises NotFound for who may not give roles, or no longer."""
    now = as_of_now(session, actor)
    if not now.may(Permission.STAFF):
        raise NotFound
    return now


def as_of_now(session: Session, actor: Actor) -> Actor:
    """The actor with what they may do by now: it may have been taken from them since the request began."""
    mine = standing_of(session, one(session, Person, actor.person_id))
    granted = mine.permissions if mine.role is Role.CUSTOM else frozenset()
    return replace(actor, role=mine.role, granted=granted, limited_to=mine.limited_to)


def write_standing(session: Session, person: Person, before: Standing, after: Standing) -> None:
    """Give a locked person another standing."""
    person.role = after.role
    if before.staff_role_id != after.staff_role_id:
        session.execute(delete(StaffRoleHolder).where(StaffRoleHolder.person_id == person.id))
        if after.staff_role_id is not None:
            session.add(StaffRoleHolder(person_id=person.id, staff_role_id=after.staff_role_id))
    if before.limited_to != after.limited_to:
        session.execute(delete(StaffLocation).where(StaffLocation.person_id == person.id))
        session.add_all(
            StaffLocation(person_id=person.id, location_id=place) for place in sorted(after.limited_to or ())
        )
    session.flush()
    if before.role is Role.NONE and after.role is not Role.NONE:
        bound(session, person.id, after.role)
