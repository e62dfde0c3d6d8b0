"""THE door to somebody else's profile: pages, searches and exports read it here and nowhere else."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.messaging.blocks import blocked_by
from app.domain.profile.terms import ProfileField, visibility_of, who_sees
from app.kernel.errors import NotFound
from app.kernel.names import full_name, initials
from app.models import Block, Location, Person, PersonProfile, PersonSkill, Skill, StoredFile
from app.models.base import LARGEST_ID, table_of
from app.tenancy import ask, reviewed, tenant_of


@dataclass(frozen=True, slots=True)
class VisibleProfile:
    """What one viewer may see of somebody. Empty is both what was never said and what is not for them."""

    person_id: int
    first_name: str
    last_name: str
    listed: bool
    photo_digest: str | None = None
    face_digest: str | None = None
    """The small square of the same photograph."""
    company: str = ""
    job_title: str = ""
    industry: str = ""
    bio: str = ""
    skills: tuple[str, ...] = ()
    website: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    location: str = ""
    """The name of the location that they call home."""
    shows_here: bool = False
    """Whether the viewer may know that they are in the house; whether they are is asked elsewhere."""
    email: str = ""
    phone: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    birthday: date | None = None

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name)

    @property
    def initials(self) -> str:
        return initials(self.name)


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody as a list of people shows them: a name, and what beside it is for this viewer."""

    person_id: int
    name: str
    face_digest: str | None
    work: str
    """Job and company."""
    shows_here: bool
    """Whether the viewer may know that they are in the house; whether they are is asked elsewhere."""

    @property
    def initials(self) -> str:
        return initials(self.name)


# The attributes of a VisibleProfile that each field decides about.
_SHOWS: dict[ProfileField, tuple[str, ...]] = {
    ProfileField.PHOTO: ("photo_digest", "face_digest"),
    ProfileField.HERE: ("shows_here",),
    ProfileField.ADDRESS: ("street", "postal_code", "city", "country"),
}
# What stands for nothing where it is no empty text.
_NOTHING: dict[str, Any] = {"photo_digest": None, "face_digest": None, "birthday": None, "links": {}}


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody as they stand in a list of people that the viewer is in as well: a name, and what beside it is for them."""

    name: str
    face_digest: str | None = None
    work: str = ""
    """Job and company; empty unless they are listed and can sign in."""
    here: bool = True
    """Whether they can still sign in."""

    @property
    def initials(self) -> str:
        return initials(self.name)


def seen_names(session: Session, viewer: Actor, people: Collection[int]) -> dict[int, Seen]:
    """The people of these ids, whom the viewer knows by name because they share something. One statement."""
    rows = session.execute(
        select(
            Person.id,
            Person.first_name,
            Person.last_name,
            Person.company,
            Person.face_digest,
            Person.suspended_at,
            Person.anonymised_at,
            PersonProfile.listed,
            PersonProfile.job_title,
            PersonProfile.visibility,
        )
        .outerjoin(
            PersonProfile,
            and_(PersonProfile.tenant_id == Person.tenant_id, PersonProfile.person_id == Person.id),
        )
        .where(Person.id.in_(people))
    )
    return {row.id: _named(row, viewer) for row in rows}


def _named(row: Any, viewer: Actor) -> Seen:
    if row.anonymised_at is not None:
        return Seen("", here=False)
    name, here = full_name(row.first_name, row.last_name), row.suspended_at is None
    looker = _Looker(member=viewer.is_member, myself=row.id == viewer.person_id)
    shown = _shown(row, looker) if (row.listed and here) or looker.myself else ()
    facts = ((ProfileField.JOB_TITLE, row.job_title), (ProfileField.COMPANY, row.company))
    work = ", ".join(fact for each, fact in facts if fact and each in shown)
    return Seen(name, row.face_digest if ProfileField.PHOTO in shown else None, work, here)


@dataclass(frozen=True, slots=True)
class _Looker:
    """What sort of person looks; `preview` is oneself in that person's place."""

    member: bool
    myself: bool = False
    preview: bool = False


def visible_profile(session: Session, viewer: Actor, person_id: int) -> VisibleProfile:
    """What the viewer may see of a person of their tenant: all of it for oneself.

    Raises NotFound for who is unknown, another tenant's, suspended, hidden from the viewer, or has not agreed to be listed.
    """
    myself = viewer.person_id == person_id
    return _profile(session, person_id, _Looker(myself=myself, member=viewer.is_member), _unblocked(viewer))


def visible_people(session: Session, viewer: Actor, person_ids: Sequence[int]) -> list[Listed]:
    """Several people as a list shows them, in the order of their ids. Who is not there for the viewer, by the rules of
    `visible_profile`, is left out. One statement at most."""
    if not person_ids:
        return []
    asked = {"tenant": tenant_of(session), "viewer": viewer.person_id, "people": list(person_ids)}
    found = {
        row.id: _listed(row, _Looker(member=viewer.is_member, myself=row.id == viewer.person_id))
        for row in ask(session, _LISTED, asked)
        if row.listed or row.id == viewer.person_id
    }
    return [found[each] for each in person_ids if each in found]


def _listed(row: Row[*tuple[Any, ...]], looker: _Looker) -> Listed:
    def shows(field: ProfileField) -> bool:
        return looker.myself or who_sees(row.visibility or {}, field).admits(member=looker.member)

    facts = ((ProfileField.JOB_TITLE, row.job_title), (ProfileField.COMPANY, row.company))
    return Listed(
        row.id,
        full_name(row.first_name, row.last_name),
        row.face_digest if row.face_digest and shows(ProfileField.PHOTO) else None,
        ", ".join(fact for field, fact in facts if fact and shows(field)),
        shows(ProfileField.HERE),
    )


_PERSON, _PROFILE, _BLOCK = map(table_of, (Person, PersonProfile, Block))
# Reviewed: it names its tenant for each table. Made once, because every letter that is typed in the directory asks it.
_LISTED = reviewed(
    select(
        _PERSON.c.id,
        _PERSON.c.first_name,
        _PERSON.c.last_name,
        _PERSON.c.company,
        _PERSON.c.face_digest,
        _PROFILE.c.listed,
        _PROFILE.c.visibility,
        _PROFILE.c.job_title,
    )
    .select_from(
        _PERSON.outerjoin(
            _PROFILE,
            and_(_PROFILE.c.tenant_id == bindparam("tenant"), _PROFILE.c.person_id == _PERSON.c.id),
        )
    )
    .where(
        _PERSON.c.tenant_id == bindparam("tenant"),
        _PERSON.c.id.in_(bindparam("people", expanding=True)),
        _PERSON.c.suspended_at.is_(None),
        _PERSON.c.id.not_in(
            select(_BLOCK.c.blocked_id).where(
                _BLOCK.c.tenant_id == bindparam("tenant"), _BLOCK.c.blocker_id == bindparam("viewer")
            )
        ),
    )
)


def _unblocked(viewer: Actor) -> ColumnElement[bool]:
    return Person.id.not_in(blocked_by(viewer.person_id))


def seen_by_others(session: Session, actor: Actor, *, member: bool) -> VisibleProfile:
    """One's own profile as a member sees it, or a contact who is signed in; also while one is not listed."""
    return _profile(session, actor.person_id, _Looker(member=member, preview=True))


def _profile(session: Session, person_id: int, looker: _Looker, *more: ColumnElement[bool]) -> VisibleProfile:
    if not 0 < person_id <= LARGEST_ID:
        raise NotFound
    row = session.execute(_query().where(Person.id == person_id, *more)).one_or_none()
    if row is None or not (row.listed or looker.myself or looker.preview):
        raise NotFound
    shows_skills = ProfileField.SKILLS in _shown(row, looker)
    return _seen(row, looker, _skills(session, person_id) if shows_skills else ())


def _query() -> Select[*tuple[Any, ...]]:
    """Everything that anybody may see of people who are not locked out; what of it, `_seen` decides."""
    query: Select[*tuple[Any, ...]] = (
        select(
            Person.id.label("person_id"),
            Person.first_name,
            Person.last_name,
            Person.company,
            Person.email,
            Person.face_digest,
            Location.name.label("location"),
            StoredFile.digest.label("photo_digest"),
            PersonProfile.listed,
            PersonProfile.visibility,
            PersonProfile.job_title,
            PersonProfile.industry,
            PersonProfile.bio,
            PersonProfile.website,
            PersonProfile.links,
            PersonProfile.phone,
            PersonProfile.street,
            PersonProfile.postal_code,
            PersonProfile.city,
            PersonProfile.country,
            PersonProfile.birthday,
        )
        .outerjoin(
            PersonProfile,
            and_(PersonProfile.tenant_id == Person.tenant_id, PersonProfile.person_id == Person.id),
        )
        .outerjoin(
            StoredFile,
            and_(StoredFile.tenant_id == Person.tenant_id, StoredFile.id == PersonProfile.photo_id),
        )
        .outerjoin(Location, and_(Location.tenant_id == Person.tenant_id, Location.id == Person.location_id))
        .where(Person.suspended_at.is_(None))
    )
    return query


def _shown(row: Any, looker: _Looker) -> Collection[ProfileField]:
    decided = visibility_of(row.visibility or {})
    return [each for each in ProfileField if looker.myself or decided[each].admits(member=looker.member)]


def _seen(row: Row[*tuple[Any, ...]], looker: _Looker, skills: tuple[str, ...]) -> VisibleProfile:
    facts: dict[str, Any] = {"skills": skills, "shows_here": True}
    seen = {
        name: facts[name] if name in facts else getattr(row, name) or _NOTHING.get(name, "")
        for each in _shown(row, looker)
        for name in _SHOWS.get(each, (each.value,))
    }
    return VisibleProfile(row.person_id, row.first_name, row.last_name, bool(row.listed), **seen)


def _skills(session: Session, person_id: int) -> tuple[str, ...]:
    """What somebody is good at, the operator's own words first. For who has asked whether it may be seen."""
    rows = session.execute(
        select(Skill.name, PersonSkill.own_words)
        .select_from(PersonSkill)
        .outerjoin(Skill, and_(Skill.tenant_id == PersonSkill.tenant_id, Skill.id == PersonSkill.skill_id))
        .where(PersonSkill.person_id == person_id)
        .order_by(Skill.position.is_(None), Skill.position, PersonSkill.id)
    ).all()
    return tuple(row.name or row.own_words or "" for row in rows)
