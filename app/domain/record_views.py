"""Who of staff looked at whose record: noted when they open somebody's page, and shown to whom it is about."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.or_nothing import insert_or_nothing
from app.kernel.names import full_name
from app.models import Person, RecordView
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody of staff looked at a record within that hour."""

    name: str
    hour: datetime


def note_look(session: Session, actor: Actor, person_id: int, now: datetime) -> bool:
    """Note that staff opened somebody's page, once for each hour in which they did; nothing for one's own.

    One statement when it is noted already. True when something was written: the caller commits.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    if person_id == actor.person_id or _noted(session, actor, person_id, hour):
        return False
    begin_writing(session)
    # The same person in another tab may have been quicker.
    insert_or_nothing(session, RecordView, viewer_id=actor.person_id, person_id=person_id, hour=hour)
    return True


def looks_at(session: Session, person_id: int, most: int = 50) -> list[Look]:
    """Who looked at somebody's record, latest first."""
    rows = session.execute(
        select(Person.first_name, Person.last_name, RecordView.hour)
        .join(Person, Person.id == RecordView.viewer_id)
        .where(RecordView.person_id == person_id)
        .order_by(RecordView.hour.desc(), RecordView.id.desc())
        .limit(most)
    )
    return [Look(full_name(first, last), hour) for first, last, hour in rows]


def _noted(session: Session, actor: Actor, person_id: int, hour: datetime) -> bool:
    query = select(RecordView.id).where(
        RecordView.viewer_id == actor.person_id, RecordView.person_id == person_id, RecordView.hour == hour
    )
    return session.execute(query).first() is not None
