"""Who is in the house right now, as far as each lets this viewer know."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.actor import Actor
from app.domain.directory.entries import entries_for
from app.domain.profile.visible import Listed, visible_people
from app.models import CheckIn, DirectoryEntry, Location
from app.models.check_in import here_at


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody is at a location until a moment, told by that location's clock."""

    location_id: int
    location: str
    zone: str
    until: datetime
    shown: bool
    """Whether anybody else sees it in the directory."""


@dataclass(frozen=True, slots=True)
class Around:
    """Who is here: how many this viewer may know of, the first few of them, and where the viewer is."""

    count: int
    people: list[Listed]
    mine: Presence | None


def around(session: Session, viewer: Actor, now: datetime, most: int) -> Around:
    """Who is here now, by name. Two statements; one when nobody is."""
    seen = and_(
        DirectoryEntry.tenant_id == CheckIn.tenant_id,
        DirectoryEntry.person_id == CheckIn.person_id,
        DirectoryEntry.shows_here,
        *entries_for(viewer),
    )
    own = CheckIn.person_id == viewer.person_id
    found = DirectoryEntry.id.is_not(None)
    rows = session.execute(
        _PRESENCE.add_columns(found.label("found"), func.count().filter(found).over().label("many"))
        .outerjoin(DirectoryEntry, seen)
        .where(here_at(now), or_(own, found))
        # Oneself first, whom the limit must not cut off.
        .order_by(own.desc(), DirectoryEntry.sort_key, CheckIn.person_id)
        .limit(most + 1)
    ).all()
    mine = next((_told(row) for row in rows if row.person_id == viewer.person_id), None)
    ids = [row.person_id for row in rows if row.found][:most]
    return Around(rows[0].many if rows else 0, visible_people(session, viewer, ids), mine)


def presences(session: Session, person_ids: Collection[int], now: datetime) -> dict[int, Presence]:
    """Where these people are now, those who are anywhere. For who has asked whether it may be seen."""
    rows = session.execute(
        _PRESENCE.where(CheckIn.person_id.in_(person_ids), here_at(now)).order_by(CheckIn.starts_at)
    )
    return {row.person_id: _told(row) for row in rows}


def _told(row: Row[*tuple[Any, ...]]) -> Presence:
    return Presence(row.location_id, row.name, row.zone, row.ends_at, row.shown)


_SHOWN = aliased(DirectoryEntry)
# Made once: each page of the directory and each home page begins with it.
_PRESENCE: Select[*tuple[Any, ...]] = select(
    CheckIn.person_id,
    CheckIn.location_id,
    Location.name,
    Location.zone,
    CheckIn.ends_at,
    exists()
    .where(_SHOWN.tenant_id == CheckIn.tenant_id, _SHOWN.person_id == CheckIn.person_id, _SHOWN.shows_here)
    .label("shown"),
).join(Location, and_(Location.tenant_id == CheckIn.tenant_id, Location.id == CheckIn.location_id))
