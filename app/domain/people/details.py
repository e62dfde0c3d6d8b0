"""Creating and editing a person."""

import secrets
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, object_session

from app.domain.actor import Actor, Permission
from app.domain.audit import changes, record_row
from app.domain.directory.index import index_people
from app.domain.lookup import one
from app.domain.new_email import forget_email_changes
from app.domain.new_password import forget_links
from app.domain.people.names import check_names
from app.domain.people.staff import Standing, standing_of
from app.domain.people.terms import EmailTaken, PersonDetails, StaffIsOwnersBusiness
from app.domain.reach import check_person_within_reach, check_within_reach
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import Location, Person, Role
from app.tenancy import begin_writing

_FIELDS = ("email", "first_name", "last_name", "company", "location_id", "locale")


def create_person(session: Session, actor: Actor, details: PersonDetails, clock: Clock) -> Person:
    """Add somebody to the tenant: a contact, until a contract makes them a member.

    Raises BadName, EmailTaken, and NotFound for a location that is not the tenant's.
    """
    _check_home(actor, details.location_id)
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
    if details.location_id != person.location_id:
        _check_home(actor, details.location_id)
    _check_references(session, details, person.id)
    before = _facts(person)
    _fill(person, details)
    old, new = changes(before, _facts(person))
    if new:
        _flush(session)
        if "email" in new:
            forget_links(session, person.id)
            forget_email_changes(session, person.id, clock())
        record_row(session, actor, clock(), person, "edited", before=old, after=new)
        index_people(session, [person.id])
    session.flush()
    return person


def may_touch(actor: Actor, person: Person) -> bool:
    """Whether the actor may change this account: one's own, anybody's who is no staff, and with Permission.STAFF that
    of who may no more than oneself. An e-mail is the way to a password, and so to all that its owner may.
    """
    # The row in hand was read in this session, and so is what stands beside it.
    return may_change(actor, person, standing_of(cast("Session", object_session(person)), person))


def may_change(actor: Actor, person: Person, standing: Standing) -> bool:
    """The same, of somebody whose standing is known."""
    if person.role is Role.NONE or person.id == actor.person_id:
        return True
    return actor.may(Permission.STAFF) and standing.within(actor)


def check_may_touch(actor: Actor, person: Person) -> None:
    """Raises StaffIsOwnersBusiness, and NotFound for somebody out of reach, or who is nobody any more."""
    if person.anonymised_at is not None:
        raise NotFound
    check_person_within_reach(actor, person)
    if not may_touch(actor, person):
        raise StaffIsOwnersBusiness


def _check_home(actor: Actor, location_id: int | None) -> None:
    if location_id is not None:
        check_within_reach(actor, location_id)


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
