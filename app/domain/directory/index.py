"""The directory's entries, written by whoever changes what stands in them: in the same transaction, so that a search
never finds what its owner hid a moment ago."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, exists, select
from sqlalchemy.orm import Session

from app.domain.directory.words import document, words_in
from app.domain.profile.terms import ProfileField, visibility_of
from app.kernel.folding import fold
from app.kernel.names import full_name
from app.models import DirectoryEntry, Person, PersonProfile, PersonSkill, Skill

BATCH = 500
_LONGEST_KEY, _LONGEST_INDUSTRY = 320, 160
"""What the columns hold: a letter can fold into several."""
# What one may search by beside the name; the longest comes last, where no near miss is looked for (`find`).
_SEARCHED = (
    ProfileField.COMPANY,
    ProfileField.JOB_TITLE,
    ProfileField.INDUSTRY,
    ProfileField.SKILLS,
    ProfileField.BIO,
)
_Facts = dict[str, Any]


def index_people(session: Session, person_ids: Collection[int]) -> None:
    """Write these people's entries anew into the transaction in hand; call it after their rows were written.

    Who is not listed any more, or may not sign in any more, has none afterwards.
    """
    session.flush()
    written = entries_of(session, person_ids)
    kept = {
        (entry.person_id, entry.for_members): entry
        for entry in session.scalars(select(DirectoryEntry).where(DirectoryEntry.person_id.in_(person_ids)))
    }
    for key, facts in written.items():
        entry = kept.pop(key, None)
        if entry is None:
            session.add(DirectoryEntry(person_id=key[0], for_members=key[1], **facts))
            continue
        for name, value in facts.items():
            if getattr(entry, name) != value:
                setattr(entry, name, value)
    for entry in kept.values():
        session.delete(entry)
    session.flush()


def index_skill(session: Session, skill_id: int) -> None:
    """The same for everybody who has that skill of the list: it is called otherwise now."""
    holders = list(session.scalars(select(PersonSkill.person_id).where(PersonSkill.skill_id == skill_id)))
    for start in range(0, len(holders), BATCH):
        index_people(session, holders[start : start + BATCH])


def entries_of(session: Session, person_ids: Collection[int]) -> dict[tuple[int, bool], _Facts]:
    """What the entries of these people have to say, by person and whether it is what members find."""
    people = session.execute(
        select(
            Person.id,
            Person.first_name,
            Person.last_name,
            Person.company,
            Person.location_id,
            PersonProfile.job_title,
            PersonProfile.industry,
            PersonProfile.bio,
            PersonProfile.visibility,
        )
        .join(
            PersonProfile,
            and_(PersonProfile.tenant_id == Person.tenant_id, PersonProfile.person_id == Person.id),
        )
        .where(Person.id.in_(person_ids), *_FOUND)
    ).all()
    skills = _skills(session, [person.id for person in people])
    return {
        (person.id, member): _facts(person, skills.get(person.id, []), member=member)
        for person in people
        for member in (True, False)
    }


# Who has entries at all.
_FOUND = (PersonProfile.listed, Person.suspended_at.is_(None), Person.anonymised_at.is_(None))


def mend(session: Session, _now: datetime) -> None:
    """Write entries that are missing and drop those that nobody agreed to: after an update that brought the directory, or
    a change behind the portal's back. Some hundred at a time, for everybody else waits meanwhile."""
    has = exists().where(
        DirectoryEntry.tenant_id == PersonProfile.tenant_id,
        DirectoryEntry.person_id == PersonProfile.person_id,
    )
    profile = and_(PersonProfile.tenant_id == Person.tenant_id, PersonProfile.person_id == Person.id)
    missing = select(Person.id).join(PersonProfile, profile).where(*_FOUND, ~has).limit(BATCH)
    index_people(session, list(session.scalars(missing)))
    agreed = exists().where(
        Person.tenant_id == DirectoryEntry.tenant_id,
        Person.id == DirectoryEntry.person_id,
        profile,
        *_FOUND,
    )
    session.execute(delete(DirectoryEntry).where(~agreed), execution_options={"synchronize_session": False})


def _facts(person: Row[*tuple[Any, ...]], skills: list[str], *, member: bool) -> _Facts:
    decided = visibility_of(person.visibility)
    shown = {each for each, who in decided.items() if who.admits(member=member)}
    name = full_name(person.first_name, person.last_name)
    texts = [name]
    for each in _SEARCHED:
        if each in shown:
            texts.extend(skills if each is ProfileField.SKILLS else [getattr(person, each)])
    industry = person.industry if ProfileField.INDUSTRY in shown else ""
    return {
        "sort_key": fold(name)[:_LONGEST_KEY],
        "words": document(texts),
        "industry": industry,
        "industry_key": " ".join(words_in(industry))[:_LONGEST_INDUSTRY],
        "location_id": person.location_id if ProfileField.LOCATION in shown else None,
        "shows_skills": ProfileField.SKILLS in shown,
        "shows_here": ProfileField.HERE in shown,
    }


def _skills(session: Session, person_ids: Collection[int]) -> Mapping[int, list[str]]:
    rows = session.execute(
        select(PersonSkill.person_id, Skill.name, PersonSkill.own_words)
        .select_from(PersonSkill)
        .outerjoin(Skill, and_(Skill.tenant_id == PersonSkill.tenant_id, Skill.id == PersonSkill.skill_id))
        .where(PersonSkill.person_id.in_(person_ids))
        .order_by(PersonSkill.id)
    )
    found: dict[int, list[str]] = {}
    for person_id, name, own_words in rows:
        found.setdefault(person_id, []).append(name or own_words or "")
    return found
