"""Telling people: a notice and its deliveries, written in the transaction that made it true."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Delivery, Notice, Person

MAIL = "mail"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up."""

    notice_id: int
    kind: str
    email: str
    gave_up_at: datetime
    attempts: int
    error: str


def tell(session: Session, now: datetime, person_id: int, kind: str, data: dict[str, Any]) -> Notice:
    """Tell one person something, by mail.

    `kind` is `noun.verb` and names the mail's templates; `data` holds plain JSON values and no secrets.
    Nothing is sent before the caller's transaction commits.
    """
    notice = Notice(person_id=person_id, kind=kind, data=data, created_at=now)
    session.add(notice)
    session.flush()
    session.add(Delivery(notice_id=notice.id, channel=MAIL, next_try_at=now))
    return notice


def dead_letters(session: Session, limit: int = 100) -> list[DeadLetter]:
    """What could not be delivered, the latest first."""
    rows = session.execute(
        select(Notice.id, Notice.kind, Person.email, Delivery.gave_up_at, Delivery.attempts, Delivery.error)
        .join(Notice, Notice.id == Delivery.notice_id)
        .join(Person, Person.id == Notice.person_id)
        .where(Delivery.gave_up_at.is_not(None))
        .order_by(Delivery.gave_up_at.desc(), Delivery.id)
        .limit(limit)
    ).all()
    return [
        DeadLetter(id_, kind, email, at, attempts, error)
        for id_, kind, email, at, attempts, error in rows
        if at is not None
    ]
