"""The inbox: what somebody was told, what of it is new, and reading it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from app.domain.live import changed
from app.domain.notices.counting import MOST_COUNTED, unread_by
from app.kernel.errors import NotFound
from app.models import Delivery, Notice

PAGE = 30


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as the inbox shows it."""

    id: int
    kind: str
    data: dict[str, Any]
    created_at: datetime
    times: int
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class InboxPage:
    """What is new stands before what was read, each the latest first."""

    notices: list[Told]
    more: bool


def inbox_page(session: Session, person_id: int, page: int) -> InboxPage:
    """One page of somebody's inbox, the first being 1. One statement."""
    rows = session.execute(
        select(Notice.id, Notice.kind, Notice.data, Notice.created_at, Notice.times, Notice.read_at)
        .where(Notice.person_id == person_id, Notice.in_app)
        .order_by(Notice.read_at.is_not(None), Notice.created_at.desc(), Notice.id.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    ).all()
    return InboxPage([Told(*row) for row in rows[:PAGE]], len(rows) > PAGE)


def count_unread(session: Session, person_id: int) -> int:
    """How much there is new, as the bell says it."""
    found = select(Notice.id).where(unread_by(person_id)).limit(MOST_COUNTED)
    return len(session.scalars(found).all())


def find_notice(session: Session, person_id: int, notice_id: int) -> Told:
    """One's notice, which stays as new as it is. Raises NotFound for somebody else's."""
    row = session.execute(
        select(Notice.id, Notice.kind, Notice.data, Notice.created_at, Notice.times, Notice.read_at).where(
            Notice.id == notice_id, Notice.person_id == person_id, Notice.in_app
        )
    ).first()
    if row is None:
        raise NotFound
    return Told(*row)


def open_notice(session: Session, person_id: int, notice_id: int, now: datetime) -> Told:
    """Read one's notice. Raises NotFound for somebody else's."""
    told = find_notice(session, person_id, notice_id)
    if told.read_at is None:
        _mark(session, person_id, now, Notice.id == notice_id)
    return told


def mark_all_read(session: Session, person_id: int, until: datetime, now: datetime) -> None:
    """Everything that somebody was told until then counts as read; what came later, they have not seen."""
    _mark(session, person_id, now, Notice.created_at <= until)


def mark_about_read(session: Session, kind: str, about: int, now: datetime, *, person_id: int) -> None:
    """What told somebody of this one thing counts as read: they saw it elsewhere."""
    _mark(session, person_id, now, Notice.kind == kind, Notice.about == str(about))


def forget_about(session: Session, kind: str, about: int | str) -> None:
    """Take back from everybody what told of this one thing, with what waits to be delivered of it."""
    session.flush()
    taken = delete(Notice).where(Notice.kind == kind, Notice.about == str(about)).returning(Notice.person_id)
    people = [person_id for person_id in session.scalars(taken) if person_id is not None]
    changed(session, "inbox", people=people)


def recall_about(session: Session, kind: str, about: int) -> None:
    """Take back from every inbox what told of this one thing, and what waits to be delivered of it. What was delivered stays
    on record, for that cannot be called back.
    """
    session.flush()
    told = Notice.kind == kind, Notice.about == str(about)
    session.execute(
        delete(Delivery).where(
            Delivery.notice_id.in_(select(Notice.id).where(*told)), Delivery.next_try_at.is_not(None)
        ),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(Notice).where(*told).values(in_app=False),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()
    changed(session, "inbox", everybody=True)


def _mark(session: Session, person_id: int, now: datetime, *which: ColumnElement[bool]) -> None:
    session.flush()
    session.execute(
        update(Notice).where(unread_by(person_id), *which).values(read_at=now),
        execution_options={"synchronize_session": "fetch"},
    )
    # Also the one's other browsers, and the tabs beside this one.
    changed(session, "inbox", people=[person_id])
