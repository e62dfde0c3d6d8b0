"""People of the cast who let others find them, in a test."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from app.domain.directory.index import index_people
from app.domain.profile.own import profile_row
from app.domain.profile.terms import ProfileField, Visibility
from app.models import CheckIn, Person, PersonSkill
from tests.support.rows import inside
from tests.support.world import TenantWorld

OpenSession = Callable[[], Session]
WIDE: dict[str, str] = dict.fromkeys(map(str, ProfileField), str(Visibility.SIGNED_IN))
"""Everything is for everybody who is signed in."""


def describe(
    session: Session,
    tenant: TenantWorld,
    who: str,
    *,
    listed: bool = True,
    visibility: Mapping[str, str] | None = None,
    skills: tuple[str, ...] = (),
    **facts: Any,
) -> int:
    """Somebody says who they are: facts of the person or of the profile, skills of the list or in their own words."""
    person = session.get_one(Person, tenant.people[who])
    profile = profile_row(session, person.id)
    profile.listed, profile.visibility = listed, dict(WIDE if visibility is None else visibility)
    for name, value in facts.items():
        setattr(person if hasattr(person, name) else profile, name, value)
    for skill in skills:
        listed_id = tenant.skills.get(skill)
        words = None if listed_id else skill
        session.add(PersonSkill(person_id=person.id, skill_id=listed_id, own_words=words))
    index_people(session, [person.id])
    return person.id


def lists(app: Flask, tenant: TenantWorld, who: str, **more: Any) -> int:
    """The same in a transaction of its own."""
    with inside(app, tenant) as session:
        return describe(session, tenant, who, **more)


def checks_in(
    app: Flask, tenant: TenantWorld, who: str, place: str = "Leith Walk", hours: float = 3, ago: float = 1
) -> None:
    """Somebody came so many hours ago and stays for some more; with less than none they are gone again."""
    now = datetime.now(UTC)
    with inside(app, tenant) as session:
        session.add(
            CheckIn(
                person_id=tenant.people[who],
                location_id=tenant.locations[place],
                starts_at=now - timedelta(hours=ago),
                ends_at=now + timedelta(hours=hours),
            )
        )
