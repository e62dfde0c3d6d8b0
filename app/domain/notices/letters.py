"""What becomes of mails: no longer wanted when their turn comes, or given up."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Delivery, Notice, Person
from app.notice_kinds import BY_KEY, Mailed


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up."""

    notice_id: int
    kind: str
    email: str
    gave_up_at: datetime
    attempts: int
    error: str


def is_moot(notice: Notice, person: Person | None) -> bool:
    """Whether a mail whose turn has come is not sent any more: it was read meanwhile, or the address does not work."""
    kind = BY_KEY.get(notice.kind)
    if kind is None or person is None or kind.mail is Mailed.ALWAYS:
        return False
    return person.mail_bounces or (bool(kind.mail_after) and notice.read_at is not None)


def came_back(session: Session, kind: str, emails: Collection[str]) -> dict[str, datetime]:
    """To which of these addresses a mail of that kind could not be delivered, and when the last such one was written."""
    if not emails:
        return {}
    rows = session.execute(
        select(Notice.email, func.max(Notice.created_at))
        .join(Delivery, Delivery.notice_id == Notice.id)
        .where(Notice.kind == kind, Notice.email.in_(emails), Delivery.gave_up_at.is_not(None))
        .group_by(Notice.email)
    )
    return {email: at for email, at in rows if email is not None}


def dead_letters(session: Session, limit: int = 100) -> list[DeadLetter]:
    """What could not be delivered, the latest first."""
    rows = session.execute(
        select(
            Notice.id,
            Notice.kind,
            func.coalesce(Notice.email, Person.email),
            Delivery.gave_up_at,
            Delivery.attempts,
            Delivery.error,
        )
        .join(Notice, Notice.id == Delivery.notice_id)
        .outerjoin(Person, Person.id == Notice.person_id)
        .where(Delivery.gave_up_at.is_not(None))
        .order_by(Delivery.gave_up_at.desc(), Delivery.id)
        .limit(limit)
    ).all()
    return [
        DeadLetter(id_, kind, email, at, attempts, error)
        for id_, kind, email, at, attempts, error in rows
        if at is not None
    ]
