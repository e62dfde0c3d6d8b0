"""One's own profile: read in the shape in which it is changed, and changed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.directory.index import index_people
from app.domain.lookup import all_of, require_location
from app.domain.people.names import check_names
from app.domain.profile.checks import checked
from app.domain.profile.terms import PERSON_FACTS, PROFILE_FACTS, UpdateProfile
from app.models import LoginSession, Person, PersonProfile, PersonSkill, Skill
from app.tenancy import begin_writing


def with_profile(session: Session, person_id: int) -> tuple[Person, PersonProfile | None]:
    """Somebody with their profile, which they need not have begun. One statement."""
    row = session.execute(
        select(Person, PersonProfile)
        .outerjoin(
            PersonProfile,
            and_(PersonProfile.tenant_id == Person.tenant_id, PersonProfile.person_id == Person.id),
        )
        .where(Person.id == person_id)
    ).one()
    return row[0], row[1]


def own_profile(session: Session, actor: Actor) -> UpdateProfile:
    """The profile as it is, in the shape in which it is changed."""
    person, profile = with_profile(session, actor.person_id)
    facts = {name: getattr(person, name) for name in PERSON_FACTS}
    if profile is not None:
        facts |= {name: getattr(profile, name) for name in PROFILE_FACTS}
    ids, words = _skills(session, person.id)
    return UpdateProfile(**facts, skill_ids=ids, own_skills=words)


def skills_on_offer(session: Session) -> list[tuple[int, str]]:
    """(id, name) of the operator's list of skills, in its order."""
    rows = session.execute(select(Skill.id, Skill.name).order_by(Skill.position, Skill.name)).all()
    return [(row.id, row.name) for row in rows]


def update_profile(
    session: Session, actor: Actor, command: UpdateProfile, now: datetime, today: date
) -> None:
    """Change the person's own profile; `today` is the date where the tenant is.

    Raises BadName, BadProfile, and NotFound for a location or a skill that is not the tenant's. A new home location also
    becomes the one that every signed-in browser of the person shows.
    """
    check_names(command.first_name, command.last_name)
    command = checked(command, today)
    begin_writing(session)
    if command.location_id is not None:
        require_location(session, command.location_id)
    all_of(session, Skill, command.skill_ids)
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    profile = profile_row(session, person.id)
    moved = person.location_id != command.location_id
    old, new = _write(person, command, PERSON_FACTS)
    _old, said = _write(profile, command, PROFILE_FACTS)
    if _write_skills(session, person.id, command):
        said["skills"] = True
    if moved:
        session.execute(
            update(LoginSession).where(LoginSession.person_id == person.id).values(location_id=None)
        )
    if said:
        # By name only: what people say of themselves must not outlive its deletion in a trail that nobody can change.
        new["profile"] = sorted(said)
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
    index_people(session, [person.id])


def profile_row(session: Session, person_id: int) -> PersonProfile:
    """The row of somebody whose person is locked; a new one when they never said anything."""
    profile = session.scalars(select(PersonProfile).where(PersonProfile.person_id == person_id)).one_or_none()
    if profile is None:
        profile = PersonProfile(person_id=person_id)
        session.add(profile)
        session.flush()
    return profile


def _write(
    row: Person | PersonProfile, command: UpdateProfile, fields: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, Any]]:
    before = {field: getattr(row, field) for field in fields}
    after = {field: getattr(command, field) for field in fields}
    for field, value in after.items():
        if before[field] != value:
            setattr(row, field, value)
    return audit.changes(before, after)


def _write_skills(session: Session, person_id: int, command: UpdateProfile) -> bool:
    """Replace the skills when they differ; tells whether they did."""
    ids, words = _skills(session, person_id)
    if ids == command.skill_ids and words == command.own_skills:
        return False
    session.execute(delete(PersonSkill).where(PersonSkill.person_id == person_id))
    session.add_all(PersonSkill(person_id=person_id, skill_id=each) for each in sorted(command.skill_ids))
    session.add_all(PersonSkill(person_id=person_id, own_words=each) for each in command.own_skills)
    return True


def _skills(session: Session, person_id: int) -> tuple[frozenset[int], tuple[str, ...]]:
    rows = session.execute(
        select(PersonSkill.skill_id, PersonSkill.own_words)
        .where(PersonSkill.person_id == person_id)
        .order_by(PersonSkill.id)
    ).all()
    ids = frozenset(row.skill_id for row in rows if row.skill_id is not None)
    return ids, tuple(row.own_words for row in rows if row.own_words is not None)
