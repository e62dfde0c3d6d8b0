"""Who may see what of oneself."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.directory.index import index_people
from app.domain.profile.own import profile_row
from app.domain.profile.terms import Privacy, visibility_of
from app.models import Person, PersonProfile
from app.tenancy import begin_writing


def own_privacy(session: Session, actor: Actor) -> Privacy:
    """What the person has decided; who never did is not listed."""
    row = session.execute(
        select(PersonProfile.listed, PersonProfile.visibility).where(
            PersonProfile.person_id == actor.person_id
        )
    ).one_or_none()
    if row is None:
        return Privacy(listed=False, visibility=visibility_of({}))
    return Privacy(row.listed, visibility_of(row.visibility))


def set_privacy(session: Session, actor: Actor, command: Privacy, now: datetime) -> None:
    """Decide who may see what of oneself, from the next request on."""
    begin_writing(session)
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    profile = profile_row(session, person.id)
    before = _plain(Privacy(profile.listed, visibility_of(profile.visibility)))
    after = _plain(command)
    profile.listed = command.listed
    profile.visibility = {str(name): str(who) for name, who in command.visibility.items()}
    old, new = audit.changes(before, after)
    if new:
        audit.record(
            session,
            now,
            person.id,
            "person.privacy_changed",
            subject="person",
            subject_id=person.id,
            before=old,
            after=new,
        )
    index_people(session, [person.id])


def _plain(privacy: Privacy) -> dict[str, Any]:
    return {"listed": privacy.listed, **{str(name): str(who) for name, who in privacy.visibility.items()}}
