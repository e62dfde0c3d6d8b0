"""Creating and editing a person."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission
from app.domain.audit import changes, record_row
from app.domain.lookup import one
from app.domain.new_password import forget_links
from app.domain.people.names import check_names
from app.domain.people.terms import EmailTaken, PersonDetails, StaffIsOwnersBusiness
from app.kernel.clock import Clock
from app.models import Location, Person, Role
from app.tenancy import begin_writing

_FIELDS = ("email", "first_name", "last_name", "company", "location_id", "locale")


def create_person(session: Session, actor: Actor, details: PersonDetails, clock: Clock) -> Person:
    """Add somebody to the tenant: a contact, until a contract makes them a member.

    Raises BadName, EmailTaken, and NotFound for a location that is not the tenant's.
    """
    begin_writing(session)
    now = clock()
    person = add_person(session, now, details)
    record_row(session, actor, now, person, "created", after=_facts(person))
    session.flush()
    return person


def add_person(
    session: Session,
    now: datetime,
    details: PersonDetails,
    *,
    role: Role = Role.NONE,
    password_hash: str | None = None,
) -> Person:
    """Write a person with a card token of their own into the transaction in hand, told to nobody: for a tenant that is
    being founded. Raises as `create_person`.
    """
    check_names(details.first_name, details.last_name)
    _check_references(session, details, None)
    person = Person(
        card_token=secrets.token_urlsafe(24), created_at=now, role=role, password_hash=password_hash
    )
    _fill(person, details)
    session.add(person)
    _flush(session)
    return person


def edit_person(
    session: Session, actor: Actor, person_id: int, details: PersonDetails, clock: Clock
) -> Person:
    """Change what is known of somebody. Raises as `create_person`, NotFound and StaffIsOwnersBusiness."""
    check_names(details.first_name, details.last_name)
    begin_writing(session)
    person = one(session, Person, person_id, lock=True)
    check_may_touch(actor, person)
    _check_references(session, details, person.id)
    before = _facts(person)
    _fill(person, details)
    old, new = changes(before, _facts(person))
    if new:
        _flush(session)
        if "email" in new:
            forget_links(session, person.id)
        record_row(session, actor, clock(), person, "edited", before=old, after=new)
    session.flush()
    return person


def may_touch(actor: Actor, person: Person) -> bool:
    """Whether the actor may change this account: staff's accounts are for owners, and one's own is one's own."""
    return person.role is Role.NONE or person.id == actor.person_id or actor.may(Permission.STAFF)


def check_may_touch(actor: Actor, person: Person) -> None:
    """Raises StaffIsOwnersBusiness."""
    if not may_touch(actor, person):
        raise StaffIsOwnersBusiness


def _check_references(session: Session, details: PersonDetails, person_id: int | None) -> None:
    if details.location_id is not None:
        one(session, Location, details.location_id)
    holder = session.execute(
        select(Person.id).where(Person.email_key == details.email.casefold())
    ).scalar_one_or_none()
    if holder is not None and holder != person_id:
        raise EmailTaken


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        # Two at once passed the check; the unique key let one through.
        session.rollback()
        raise EmailTaken from error


def _fill(person: Person, details: PersonDetails) -> None:
    for field in _FIELDS:
        setattr(person, field, getattr(details, field))
    person.email_key = details.email.casefold()


def _facts(person: Person) -> dict[str, object]:
    return {field: getattr(person, field) for field in _FIELDS}
