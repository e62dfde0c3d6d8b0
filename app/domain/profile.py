"""What people say of themselves: names, language, the location they call home."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.kernel.errors import NotFound, Refusal
from app.models import Location, LoginSession, Person
from app.tenancy import begin_writing

LONGEST_NAME = 80
SHORTEST_FIRST_NAME = 2
_SIGNS = frozenset(" '’ʼ-‐‑.")  # noqa: RUF001 - the apostrophes and hyphens that keyboards make


class NameProblem(StrEnum):
    """What is wrong with a name."""

    MISSING = "missing"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    SYMBOLS = "symbols"


class NamesRefused(Refusal):
    """Names that nobody could be called by; `problems` has the field (`first_name`, `last_name`) of each."""

    def __init__(self, problems: dict[str, NameProblem]) -> None:
        super().__init__(problems)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class UpdateProfile:
    """`locale` and `location_id` are None for "no wish of my own"."""

    first_name: str
    last_name: str
    locale: str | None
    location_id: int | None


def name_problem(name: str, *, shortest: int = 1) -> NameProblem | None:
    """What is wrong with a name: letters of any script, their marks, spaces, apostrophes, hyphens, full stops."""
    if not name:
        return NameProblem.MISSING
    if len(name) > LONGEST_NAME:
        return NameProblem.TOO_LONG
    if any(char not in _SIGNS and unicodedata.category(char)[0] not in "LM" for char in name):
        return NameProblem.SYMBOLS
    has_letter = any(unicodedata.category(char)[0] == "L" for char in name)
    return None if has_letter and len(name) >= shortest else NameProblem.TOO_SHORT


def check_names(first_name: str, last_name: str) -> None:
    """Raise NamesRefused with everything that is wrong with the two."""
    found = {"first_name": name_problem(first_name, shortest=SHORTEST_FIRST_NAME),
             "last_name": name_problem(last_name)}
    problems = {field: problem for field, problem in found.items() if problem}
    if problems:
        raise NamesRefused(problems)


def update_profile(session: Session, actor: Actor, command: UpdateProfile, now: datetime) -> None:
    """Change the person's own profile. Raises NamesRefused, and NotFound for a location that is not the tenant's.

    A new home location also becomes the one that every signed-in browser of the person shows.
    """
    check_names(command.first_name, command.last_name)
    begin_writing(session)
    if command.location_id is not None:
        _require_location(session, command.location_id)
    person = session.get_one(Person, actor.person_id)
    fields = ("first_name", "last_name", "locale", "location_id")
    before = {field: getattr(person, field) for field in fields}
    after = {field: getattr(command, field) for field in fields}
    for field in fields:
        setattr(person, field, after[field])
    if before["location_id"] != command.location_id:
        for login in session.execute(select(LoginSession).where(LoginSession.person_id == person.id)).scalars():
            login.location_id = None
    old, new = audit.changes(before, after)
    if new:
        audit.record(session, now, person.id, "person.updated", subject="person", subject_id=person.id,
                     before=old, after=new)


def _require_location(session: Session, location_id: int) -> None:
    found = session.execute(
        select(Location.id).where(Location.id == location_id, Location.retired_at.is_(None))).scalar()
    if found is None:
        raise NotFound
