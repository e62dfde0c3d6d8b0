"""One notice for what is done to a series, however many of its dates are concerned."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session

from app.domain.calendars.series import as_json, series_booked
from app.domain.notices import tell
from app.kernel.spans import Span
from app.models import BookingSeries, Location, Resource


class Done(StrEnum):
    """What was done."""

    BOOKED = "booked"
    ADDED = "added"
    CANCELLED = "cancelled"
    MOVED = "moved"
    UNUSED = "unused"
    """The rest is cancelled, since nobody came."""
    ROOM = "room"
    """They are in another room, maybe at another time, too."""
    ZONE = "zone"
    """The place goes by another clock, and they stay at their time on the wall."""
    UNPAID = "unpaid"
    """Cancelled, as they were not paid in time."""


def announce_series(
    session: Session,
    series: BookingSeries,
    done: Done,
    spans: list[Span],
    now: datetime,
    *,
    total_minor: int = 0,
    currency: str = "",
    reason: str = "",
    strikes: int = 0,
    resource_id: int | None = None,
) -> None:
    """Tell the person, and their calendar. `spans` are the dates that it was done to, at least one, in order; `strikes` how
    many times in a row nobody had come; `resource_id` is the room where they are, where that is not the usual one.

    Within the transaction that did it. The data holds what a message says, so that it stays true to the moment.
    """
    place = _place(session, resource_id or series.resource_id)
    told = series_booked(session, [series.id])[series.id]
    facts = _facts(series, place, spans) | {
        "done": done.value,
        "stands": told.stands,
        "price_minor": total_minor,
        "currency": currency,
        "reason": reason,
        "strikes": strikes,
        "calendar": as_json(told),
    }
    if done is Done.BOOKED:
        tell(session, now, series.person_id, "series.booked", facts)
    else:
        tell(session, now, series.person_id, "series.changed", facts)


def series_facts(session: Session, series: BookingSeries, spans: list[Span]) -> dict[str, Any]:
    """What a message says of dates of a series without telling calendars anything."""
    return _facts(series, _place(session, series.resource_id), spans)


def _place(session: Session, resource_id: int) -> Row[*tuple[Any, ...]]:
    return session.execute(
        select(Resource.name.label("resource"), Location.name.label("location"), Location.zone)
        .join(Location, and_(Location.tenant_id == Resource.tenant_id, Location.id == Resource.location_id))
        .where(Resource.id == resource_id)
    ).one()


def _facts(series: BookingSeries, place: Row[*tuple[Any, ...]], spans: list[Span]) -> dict[str, Any]:
    return {
        "series_id": series.id,
        "dates": len(spans),
        "resource": place.resource,
        "location": place.location,
        "zone": place.zone,
        "starts_at": spans[0].start.isoformat(),
        "ends_at": spans[0].end.isoformat(),
        "last_starts_at": spans[-1].start.isoformat(),
        "rule": series.rule,
        "title": series.title,
    }
