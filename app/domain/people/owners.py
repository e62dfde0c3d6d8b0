"""A tenant always has an owner of the whole house who can sign in."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.domain.people.terms import LastOwner
from app.models import Deletion, Person, Role, StaffLocation, Tenant
from app.tenancy import tenant_of


def hold_owners(session: Session) -> None:
    """Let nobody else decide about owners until the transaction ends; call it before any person is locked.

    Two who demote each other at the same moment would each count on the other. The lock is the tenant's row, in the way
    that lets others still refer to it (on SQLite the transaction itself): who is an owner changes meanwhile, so the
    owners' own rows would be taken in more than one order.
    """
    session.execute(
        select(Tenant.id).where(Tenant.id == tenant_of(session)).with_for_update(key_share=True)
    ).one()


def keep_an_owner(session: Session, person: Person) -> None:
    """Raises LastOwner when nobody but this person owns the whole house. Only after `hold_owners` does the answer stay
    true.
    """
    if not set(owners(session)) - {person.id}:
        raise LastOwner


def owners(session: Session) -> list[int]:
    """The ids of those who own the whole house and are there to stay: not suspended, not leaving, and not limited to
    locations.
    """
    limited = exists().where(
        StaffLocation.tenant_id == Person.tenant_id, StaffLocation.person_id == Person.id
    )
    leaving = exists().where(Deletion.tenant_id == Person.tenant_id, Deletion.person_id == Person.id)
    query = select(Person.id).where(
        Person.role == Role.OWNER, Person.suspended_at.is_(None), ~limited, ~leaving
    )
    return list(session.scalars(query.order_by(Person.id)))
