"""Staff roles of the tenant's own: a name and the permissions that it stands for."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission, permissions_of
from app.domain.audit import changes, record_row
from app.domain.lookup import one
from app.domain.people.staff import who_gives_roles
from app.domain.people.terms import MoreThanOneHas
from app.domain.reach import check_within_reach
from app.domain.spaces.terms import NameTaken, StillUsed
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Refusal
from app.models import Role, StaffRole, StaffRoleHolder
from app.tenancy import begin_writing

GIVEABLE = tuple(permission for permission in Permission if permission is not Permission.ADMIN)
"""What a role can be made of. Entering the admin area comes with any role."""
LONGEST_ROLE_NAME = 60


class NothingPermitted(Refusal):
    """A role that permits nothing would be no role."""


@dataclass(frozen=True, slots=True)
class RoleDetails:
    name: str
    permissions: frozenset[Permission]


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role as the list shows it, and how many people have it."""

    id: int
    name: str
    permissions: frozenset[Permission]
    holders: int


def roles_of(session: Session) -> list[RoleLine]:
    """The tenant's own roles by name."""
    holders = (
        select(func.count(StaffRoleHolder.id))
        .where(
            StaffRoleHolder.tenant_id == StaffRole.tenant_id, StaffRoleHolder.staff_role_id == StaffRole.id
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(StaffRole.id, StaffRole.name, StaffRole.permissions, holders).order_by(StaffRole.name)
    )
    return [RoleLine(row[0], row[1], permissions_of(Role.CUSTOM, row[2]), row[3]) for row in rows]


def may_change(actor: Actor, permissions: Iterable[Permission]) -> bool:
    """Whether the actor may make, change or give a role of these: nobody gives what they do not have themselves, and
    who may give roles is for owners alone to say.
    """
    wanted = frozenset(permissions)
    return wanted <= actor.permissions and (Permission.STAFF not in wanted or actor.role is Role.OWNER)


def role_to_change(session: Session, actor: Actor, role_id: int) -> StaffRole:
    """A role whose page is there for the actor. Raises NotFound, also for one that permits more than they may."""
    check_within_reach(actor, None)
    role = one(session, StaffRole, role_id)
    if not may_change(actor, permissions_of(Role.CUSTOM, role.permissions)):
        raise NotFound
    return role


def save_role(
    session: Session, actor: Actor, role_id: int | None, details: RoleDetails, clock: Clock
) -> StaffRole:
    """Make a role, or change one; whoever has it may what it says from their next request on.

    Raises NotFound, NothingPermitted, MoreThanOneHas and NameTaken.
    """
    wanted = details.permissions - {Permission.ADMIN}
    if not wanted:
        raise NothingPermitted
    begin_writing(session)
    actor = who_gives_roles(session, actor)
    check_within_reach(actor, None)
    role = StaffRole() if role_id is None else one(session, StaffRole, role_id, lock=True)
    before = {} if role_id is None else _facts(role)
    if not may_change(actor, wanted | permissions_of(Role.CUSTOM, role.permissions)):
        raise MoreThanOneHas
    role.name, role.permissions = details.name, sorted(wanted)
    old, new = changes(before, _facts(role))
    if new:
        session.add(role)
        _flush(session)
        verb = "created" if role_id is None else "edited"
        record_row(session, actor, clock(), role, verb, before=old if role_id else {}, after=new)
    session.flush()
    return role


def remove_role(session: Session, actor: Actor, role_id: int, clock: Clock) -> None:
    """Remove a role that nobody has. Raises NotFound, MoreThanOneHas and StillUsed."""
    begin_writing(session)
    actor = who_gives_roles(session, actor)
    check_within_reach(actor, None)
    role = one(session, StaffRole, role_id, lock=True)
    if not may_change(actor, permissions_of(Role.CUSTOM, role.permissions)):
        raise MoreThanOneHas
    holders = select(func.count()).where(StaffRoleHolder.staff_role_id == role.id)
    count = session.execute(holders).scalar_one()
    if count:
        raise StillUsed(count)
    record_row(session, actor, clock(), role, "removed", before=_facts(role))
    session.delete(role)
    session.flush()


def _facts(role: StaffRole) -> dict[str, object]:
    return {"name": role.name, "permissions": sorted(role.permissions)}


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise NameTaken from error
