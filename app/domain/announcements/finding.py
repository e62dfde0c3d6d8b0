"""Finding announcements as staff do: who works in some locations sees those that are for these alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, exists, func, literal, not_, or_, select, union_all
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.announcements.terms import Aim
from app.domain.lookup import one
from app.kernel.errors import NotFound
from app.kernel.paging import PAGE_SIZE, Paged, stretch
from app.models import (
    Announcement,
    AnnouncementReader,
    AnnouncementState,
    AnnouncementTarget,
    Plan,
    Team,
)

_AHEAD = (AnnouncementState.DRAFT, AnnouncementState.SCHEDULED, AnnouncementState.SENDING)


@dataclass(frozen=True, slots=True)
class Offered:
    """What an audience may be narrowed down to, (id, name) of each: what is in use, and what is chosen already."""

    plans: list[tuple[int, str]]
    teams: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class AnnouncementRow:
    """One line of the list."""

    id: int
    title: str
    state: AnnouncementState
    zone: str
    created_at: datetime
    send_at: datetime | None
    sent_at: datetime | None
    told: int
    read: int


def offered(session: Session, actor: Actor, aim: Aim) -> Offered:
    """One statement; teams are of the whole house, so who works in some locations is offered none."""
    plans = select(literal("plan").label("kind"), Plan.id, Plan.name, Plan.position).where(
        or_(Plan.retired_at.is_(None), Plan.id.in_(aim.plan_ids))
    )
    teams = select(literal("team"), Team.id, Team.name, literal(0)).where(
        or_(Team.retired_at.is_(None), Team.id.in_(aim.team_ids)), literal(actor.limited_to is None)
    )
    rows = session.execute(union_all(plans, teams)).all()
    rows = sorted(rows, key=lambda row: (row.position, row.name, row.id))
    found = {kind: [(row.id, row.name) for row in rows if row.kind == kind] for kind in ("plan", "team")}
    return Offered(found["plan"], found["team"])


def announcement_in_reach(
    session: Session, actor: Actor, announcement_id: int, *, lock: bool = False
) -> Announcement:
    """An announcement by its id, as `lookup.one`. Raises NotFound, out of reach too."""
    found = one(session, Announcement, announcement_id, lock=lock)
    if actor.limited_to is not None:
        mine = select(Announcement.id).where(Announcement.id == found.id, *within_reach(actor))
        if session.execute(mine).first() is None:
            raise NotFound
    return found


def within_reach(actor: Actor) -> list[ColumnElement[bool]]:
    """The same as conditions of a list: it names locations, and none that the actor does not reach."""
    if actor.limited_to is None:
        return []
    place, reached = AnnouncementTarget.location_id, sorted(actor.limited_to)
    its = (
        AnnouncementTarget.tenant_id == Announcement.tenant_id,
        AnnouncementTarget.announcement_id == Announcement.id,
    )
    return [
        exists().where(*its, place.in_(reached)),
        not_(exists().where(*its, place.is_not(None), place.not_in(reached))),
    ]


def list_announcements(session: Session, actor: Actor, page: int) -> Paged[AnnouncementRow]:
    """One page: what is still to be sent first, then the latest. Three statements."""
    reached = within_reach(actor)
    total = session.scalar(select(func.count()).select_from(Announcement).where(*reached)) or 0
    at = stretch(page, total)
    rows = session.execute(
        select(
            Announcement.id,
            Announcement.title,
            Announcement.state,
            Announcement.zone,
            Announcement.created_at,
            Announcement.send_at,
            Announcement.sent_at,
        )
        .where(*reached)
        .order_by(
            case((Announcement.state.in_(_AHEAD), 0), else_=1),
            func.coalesce(Announcement.sent_at, Announcement.created_at).desc(),
            Announcement.id.desc(),
        )
        .offset(at.start)
        .limit(PAGE_SIZE)
    ).all()
    told = _told(session, [row.id for row in rows])
    return Paged(tuple(AnnouncementRow(*row, *told.get(row.id, (0, 0))) for row in rows), at)


def _told(session: Session, ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """How many were told of each, and how many opened it."""
    reader = AnnouncementReader
    rows = session.execute(
        select(reader.announcement_id, func.count(), func.count(reader.read_at))
        .where(reader.announcement_id.in_(ids))
        .group_by(reader.announcement_id)
    )
    return {id_: (told, read) for id_, told, read in rows}
