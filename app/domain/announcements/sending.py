"""Sending: now, or later; by the worker, a batch of people at a time, each of them once however often it is tried."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, insert, not_, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.announcements.audience import aim_of, belonging, reach_of
from app.domain.announcements.terms import (
    BATCH,
    PUBLISHED,
    TRIED,
    HomeOver,
    NobodyToTell,
    NotAhead,
    beginning,
)
from app.domain.announcements.writing import hold_changeable
from app.domain.audit import record, record_row
from app.domain.live import changed
from app.domain.notices import tell, tell_all
from app.models import Announcement, AnnouncementReader, AnnouncementState, Person
from app.models.base import table_of
from app.tenancy import begin_writing, reviewed, tenant_of

_READER = table_of(AnnouncementReader)


def send_now(session: Session, actor: Actor, announcement_id: int, now: datetime) -> None:
    """Let the worker begin. Raises NotFound, AlreadyBegun, NobodyToTell and HomeOver."""
    begin_writing(session)
    found = hold_changeable(session, actor, announcement_id)
    _check_home(found, now)
    if not reach_of(session, aim_of(session, found), now).count:
        raise NobodyToTell
    found.send_at = now
    _begin(session, found, now, actor.person_id)
    session.flush()


def schedule(session: Session, actor: Actor, announcement_id: int, at: datetime, now: datetime) -> None:
    """Let it be sent at a moment that lies ahead. Raises NotFound, AlreadyBegun, NotAhead and HomeOver."""
    begin_writing(session)
    found = hold_changeable(session, actor, announcement_id)
    if at <= now:
        raise NotAhead
    _check_home(found, at)
    if (found.state, found.send_at) != (AnnouncementState.SCHEDULED, at):
        before = found.send_at.isoformat() if found.send_at else None
        found.state, found.send_at = AnnouncementState.SCHEDULED, at
        after = {"send_at": at.isoformat()}
        record_row(session, actor, now, found, "scheduled", before={"send_at": before}, after=after)
    session.flush()


def unschedule(session: Session, actor: Actor, announcement_id: int, now: datetime) -> None:
    """Let it be a draft again. Raises NotFound and AlreadyBegun."""
    begin_writing(session)
    found = hold_changeable(session, actor, announcement_id)
    if found.state is AnnouncementState.SCHEDULED:
        before = found.send_at.isoformat() if found.send_at else None
        found.state, found.send_at = AnnouncementState.DRAFT, None
        record_row(session, actor, now, found, "unscheduled", before={"send_at": before})
    session.flush()


def try_on_oneself(session: Session, actor: Actor, announcement_id: int, now: datetime) -> None:
    """Tell the actor alone, as everybody will be told. Raises NotFound and AlreadyBegun."""
    begin_writing(session)
    found = hold_changeable(session, actor, announcement_id)
    tell(session, now, actor.person_id, TRIED, _data(found))


def anything_due(session: Session, now: datetime) -> bool:
    """Whether somebody waits to be told: asked before the one lock that writing takes on SQLite."""
    return session.execute(_due(now)).first() is not None


def tell_next(session: Session, now: datetime) -> bool:
    """Tell the next people of an announcement whose moment has come; False when there is none.

    The row is held meanwhile, so a second worker finds nothing to do. Whatever stops this undoes the whole batch, and the
    next attempt goes on from there.
    """
    found = session.scalars(_due(now).with_for_update(skip_locked=True)).first()
    if found is None:
        return False
    if found.state is AnnouncementState.SCHEDULED:
        _begin(session, found, now, None)
    people = _next_people(session, found)
    if people:
        _tell(session, found, people, now)
        found.told_up_to = people[-1]
    else:
        found.state, found.sent_at = AnnouncementState.SENT, now
    session.flush()
    return True


def _due(now: datetime) -> Any:
    waits = and_(Announcement.state == AnnouncementState.SCHEDULED, Announcement.send_at <= now)
    return (
        select(Announcement)
        .where(or_(Announcement.state == AnnouncementState.SENDING, waits))
        .order_by(Announcement.send_at, Announcement.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )


def _begin(session: Session, found: Announcement, now: datetime, actor_id: int | None) -> None:
    found.state, found.started_at = AnnouncementState.SENDING, now
    record(
        session,
        now,
        actor_id,
        "announcement.sent",
        subject=Announcement.__tablename__,
        subject_id=found.id,
        after={"title": found.title},
    )


def _next_people(session: Session, found: Announcement) -> Sequence[int]:
    """The audience as it was when sending began, after the last one who was told, without whoever was told."""
    conditions = belonging(session, aim_of(session, found), found.started_at or found.created_at)
    # Somebody who was merged into another person since brought what they were told along.
    told = exists().where(
        AnnouncementReader.tenant_id == Person.tenant_id,
        AnnouncementReader.announcement_id == found.id,
        AnnouncementReader.person_id == Person.id,
    )
    return session.scalars(
        select(Person.id)
        .where(*conditions, Person.id > found.told_up_to, not_(told))
        .order_by(Person.id)
        .limit(BATCH)
    ).all()


def _tell(session: Session, found: Announcement, people: Sequence[int], now: datetime) -> None:
    notices = tell_all(session, now, people, PUBLISHED, _data(found))
    told = [notice.person_id for notice in notices if notice.person_id is not None]
    rows = [
        {
            "tenant_id": tenant_of(session),
            "announcement_id": found.id,
            "person_id": person_id,
            "told_at": now,
        }
        for person_id in told
    ]
    if rows:
        session.execute(reviewed(insert(_READER)), rows)
    changed(session, "home", people=told)


def _data(found: Announcement) -> dict[str, Any]:
    """What a notice says of it. The whole text is read when its mail is written, not kept once for each reader."""
    return {"announcement_id": found.id, "title": found.title, "text": beginning(found.body)}


def _check_home(found: Announcement, at: datetime) -> None:
    if found.home_ends_at is not None and found.home_ends_at <= at:
        raise HomeOver
