"""One's own photograph: a large square for a page about the person, a small one wherever the name stands."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.profile.own import profile_row
from app.domain.stored_file import Photo, digest_of, forget_file, keep_photo
from app.models import Person
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class Portrait:
    """Two squares of the same photograph, stored with the Files port already."""

    large: Photo
    small: Photo


def set_own_photo(session: Session, actor: Actor, portrait: Portrait | None, now: datetime) -> None:
    """Show another photograph, or none. What was shown before can be fetched by nobody any more."""
    begin_writing(session)
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    if not put_photo(session, person, portrait):
        return
    verb = "photo_changed" if portrait else "photo_removed"
    audit.record(session, now, person.id, f"person.{verb}", subject="person", subject_id=person.id)
    session.flush()


def put_photo(session: Session, person: Person, portrait: Portrait | None) -> bool:
    """Write the photograph of a locked person into the transaction in hand; tells whether it is another one."""
    profile = profile_row(session, person.id)
    before = digest_of(session, profile.photo_id), person.face_digest
    profile.photo_id = keep_photo(session, portrait.large) if portrait else None
    if portrait:
        keep_photo(session, portrait.small)
    person.face_digest = portrait.small.digest if portrait else None
    after = (portrait.large.digest, portrait.small.digest) if portrait else (None, None)
    session.flush()
    for digest in set(before) - set(after) - {None}:
        forget_file(session, str(digest))
    return before != after
