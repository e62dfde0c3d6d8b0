"""Announcements as their readers see them: only who was told, and only while they are not withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select, update
from sqlalchemy.orm import Session

from app.domain.announcements.terms import PUBLISHED, beginning
from app.domain.live import changed
from app.domain.notices import mark_about_read
from app.kernel.errors import NotFound
from app.models import Announcement, AnnouncementReader, AnnouncementState, StoredFile
from app.models.base import LARGEST_ID

PAGE = 20
MOST_AT_HOME = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """One announcement; `digest`, `width` and `height` are its picture's."""

    id: int
    title: str
    body: str
    told_at: datetime
    read_at: datetime | None
    digest: str | None
    width: int | None
    height: int | None

    @property
    def beginning(self) -> str:
        return beginning(self.body)


def told_page(session: Session, person_id: int, page: int) -> tuple[list[Shown], bool]:
    """One page of what somebody was told, the latest first, the first page being 1; and whether there is more."""
    rows = session.execute(
        _told(person_id)
        .order_by(AnnouncementReader.told_at.desc(), Announcement.id.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    ).all()
    return [Shown(*row) for row in rows[:PAGE]], len(rows) > PAGE


def open_announcement(session: Session, person_id: int, announcement_id: int, now: datetime) -> Shown:
    """Read one, which reads its notice as well. Raises NotFound for who was not told, and once it is withdrawn."""
    if not 0 < announcement_id <= LARGEST_ID:
        raise NotFound
    row = session.execute(_told(person_id).where(Announcement.id == announcement_id)).first()
    if row is None:
        raise NotFound
    shown = Shown(*row)
    if shown.read_at is None:
        _mark(session, person_id, announcement_id, read_at=now)
        mark_about_read(session, PUBLISHED, announcement_id, now, person_id=person_id)
    return shown


def picture_for(session: Session, person_id: int, announcement_id: int) -> str | None:
    """The digest of its picture, for who was told and while it is not withdrawn; else None."""
    if not 0 < announcement_id <= LARGEST_ID:
        return None
    row = session.execute(_told(person_id).where(Announcement.id == announcement_id)).first()
    return None if row is None else row.digest


def at_home(session: Session, person_id: int, now: datetime) -> list[Shown]:
    """What the home page shows: until its day is over, or the reader has had enough of it. One statement."""
    rows: Sequence[Any] = session.execute(
        _told(person_id)
        .where(Announcement.home_ends_at > now, AnnouncementReader.dismissed_at.is_(None))
        .order_by(AnnouncementReader.told_at.desc(), Announcement.id.desc())
        .limit(MOST_AT_HOME)
    ).all()
    return [Shown(*row) for row in rows]


def dismiss(session: Session, person_id: int, announcement_id: int, now: datetime) -> None:
    """Take it off one's home page, and no other place. Raises NotFound as `open_announcement`. Safe to repeat."""
    if not 0 < announcement_id <= LARGEST_ID:
        raise NotFound
    if session.execute(_told(person_id).where(Announcement.id == announcement_id)).first() is None:
        raise NotFound
    _mark(session, person_id, announcement_id, dismissed_at=now)
    changed(session, "home", people=[person_id])


def _told(person_id: int) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(
            Announcement.id,
            Announcement.title,
            Announcement.body,
            AnnouncementReader.told_at,
            AnnouncementReader.read_at,
            StoredFile.digest,
            StoredFile.width,
            StoredFile.height,
        )
        .join(
            AnnouncementReader,
            and_(
                AnnouncementReader.tenant_id == Announcement.tenant_id,
                AnnouncementReader.announcement_id == Announcement.id,
            ),
        )
        .outerjoin(
            StoredFile,
            and_(StoredFile.tenant_id == Announcement.tenant_id, StoredFile.id == Announcement.photo_id),
        )
        .where(AnnouncementReader.person_id == person_id, Announcement.state != AnnouncementState.WITHDRAWN)
    )
    return query


def _mark(session: Session, person_id: int, announcement_id: int, **at: datetime) -> None:
    (column,) = at
    session.execute(
        update(AnnouncementReader)
        .where(
            AnnouncementReader.announcement_id == announcement_id,
            AnnouncementReader.person_id == person_id,
            getattr(AnnouncementReader, column).is_(None),
        )
        .values(**at),
        execution_options={"synchronize_session": False},
    )
