"""What people say of themselves: names, language, the location they call home."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.lookup import require_location
from app.domain.people.names import check_names
from app.models import LoginSession, Person
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class UpdateProfile:
    """`locale` and `location_id` are None for "no wish of my own"."""

    first_name: str
    last_name: str
    locale: str | None
    location_id: int | None


def own_profile(session: Session, actor: Actor) -> UpdateProfile:
    """The profile as it is, in the shape in which it is changed."""
    row = session.execute(
        select(Person.first_name, Person.last_name, Person.locale, Person.location_id).where(
            Person.id == actor.person_id
        )
    ).one()
    return UpdateProfile(*row)


def update_profile(session: Session, actor: Actor, command: UpdateProfile, now: datetime) -> None:
    """Change the person's own profile. Raises BadName, and NotFound for a location that is not the tenant's.

    A new home location also becomes the one that every signed-in browser of the person shows.
    """
    check_names(command.first_name, command.last_name)
    begin_writing(session)
    if command.location_id is not None:
        require_location(session, command.location_id)
    person = session.get_one(Person, actor.person_id)
    fields = ("first_name", "last_name", "locale", "location_id")
    before = {field: getattr(person, field) for field in fields}
    after = {field: getattr(command, field) for field in fields}
    for field in fields:
        setattr(person, field, after[field])
    if before["location_id"] != command.location_id:
        session.execute(
            update(LoginSession).where(LoginSession.person_id == person.id).values(location_id=None)
        )
    old, new = audit.changes(before, after)
    if new:
        audit.record(
            session,
            now,
            person.id,
            "person.updated",
            subject="person",
            subject_id=person.id,
            before=old,
            after=new,
        )
