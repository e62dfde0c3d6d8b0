"""Making a person out of who was invited or asked to join."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.audit import record
from app.domain.joining.fields import FIELDS, Kind
from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.domain.profile.own import profile_row
from app.models import Location, Person


def person_with(session: Session, email: str) -> Person | None:
    """Whoever has this e-mail."""
    return session.execute(select(Person).where(Person.email_key == email.casefold())).scalar_one_or_none()


def make_person(
    session: Session,
    now: datetime,
    email: str,
    names: tuple[str, str],
    details: dict[str, Any],
    *,
    password_hash: str | None,
    locale: str | None,
    how: str,
) -> Person:
    """Write the person into the transaction in hand. `how` is for the audit trail. Raises BadName and EmailTaken."""
    person = add_person(
        session, now, PersonDetails(email, *names, locale=locale), password_hash=password_hash
    )
    _fill(session, person, details)
    person.location_id = _still_there(session, person.location_id)
    session.flush()
    record(
        session,
        now,
        person.id,
        "person.joined",
        subject="person",
        subject_id=person.id,
        after={"email": email, "first_name": names[0], "last_name": names[1], "how": how},
    )
    session.flush()
    return person


def _fill(session: Session, person: Person, details: dict[str, Any]) -> None:
    """Write what the form asked for; who said nothing for a profile gets none."""
    for each in FIELDS:
        value = details.get(each.key)
        if not value:
            continue
        if each.kind is Kind.BIRTHDAY:
            value = date.fromisoformat(value)
        setattr(profile_row(session, person.id) if each.profile else person, each.key, value)


def _still_there(session: Session, location_id: int | None) -> int | None:
    """The location, unless it was closed since it was chosen."""
    if location_id is None:
        return None
    return session.execute(
        select(Location.id).where(Location.id == location_id, Location.retired_at.is_(None))
    ).scalar_one_or_none()
