"""Copies of one's data: asked for, made by a job, and there for a day for the person alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.lookup import one
from app.domain.notices import tell
from app.domain.privacy.proof import prove
from app.domain.privacy.terms import CopyUnderWay
from app.kernel.errors import NotFound
from app.models import DataCopy, Person
from app.tenancy import begin_writing

LIFETIME = timedelta(days=1)
READY = "data.ready"


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy as its person sees it. Without `expires_at` it is still being made."""

    id: int
    asked_at: datetime
    expires_at: datetime | None
    size: int


def ask_copy(session: Session, actor: Actor, password: str, now: datetime) -> int:
    """Ask for a copy of everything; returns its id. Raises ProofNeeded, WrongPassword and CopyUnderWay."""
    prove(session, actor, password, now)
    begin_writing(session)
    # Held, so that two at the same moment do not both find none under way.
    one(session, Person, actor.person_id, lock=True)
    waiting = select(DataCopy.id).where(DataCopy.person_id == actor.person_id, DataCopy.ready_at.is_(None))
    if session.scalars(waiting).first() is not None:
        raise CopyUnderWay
    copy = DataCopy(person_id=actor.person_id, asked_at=now)
    session.add(copy)
    audit.record(session, now, actor.person_id, "data.asked", subject="person", subject_id=actor.person_id)
    session.flush()
    return copy.id


def copies_of(session: Session, actor: Actor, now: datetime) -> list[Copy]:
    """The person's copies that are being made, or can be had, the newest first."""
    rows = session.execute(
        select(DataCopy.id, DataCopy.asked_at, DataCopy.expires_at, DataCopy.size)
        .where(
            DataCopy.person_id == actor.person_id,
            DataCopy.expires_at.is_(None) | (DataCopy.expires_at > now),
        )
        .order_by(DataCopy.id.desc())
        .limit(20)
    )
    return [Copy(*row) for row in rows]


def digest_of_copy(session: Session, actor: Actor, copy_id: int, now: datetime) -> str:
    """Where the bytes of a person's own copy are kept. Raises NotFound for anybody else's, and one that is not there yet
    or no longer.
    """
    copy = one(session, DataCopy, copy_id)
    there = copy.digest is not None and copy.expires_at is not None and copy.expires_at > now
    if copy.person_id != actor.person_id or not there or copy.digest is None:
        raise NotFound
    return copy.digest


def waiting_copies(session: Session) -> list[tuple[int, int]]:
    """Ids of the copies that are to be made, each with its person's."""
    rows = session.execute(
        select(DataCopy.id, DataCopy.person_id).where(DataCopy.ready_at.is_(None)).order_by(DataCopy.id)
    )
    return [(row.id, row.person_id) for row in rows]


def finish_copy(session: Session, copy_id: int, digest: str, size: int, now: datetime) -> bool:
    """Note that the copy is made, and tell its person. False when it is not wanted (any more)."""
    begin_writing(session)
    person_id = session.scalars(
        update(DataCopy)
        .where(DataCopy.id == copy_id, DataCopy.ready_at.is_(None))
        .values(ready_at=now, expires_at=now + LIFETIME, digest=digest, size=size)
        .returning(DataCopy.person_id),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    if person_id is None:
        return False
    tell(session, now, person_id, READY, {})
    return True


def forget_copies(session: Session, now: datetime) -> list[str]:
    """Delete the copies whose day is over; returns the digests of the bytes to remove after the commit."""
    gone = session.scalars(delete(DataCopy).where(DataCopy.expires_at <= now).returning(DataCopy.digest))
    return [digest for digest in gone if digest]
