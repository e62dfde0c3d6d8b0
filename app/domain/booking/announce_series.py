"""One notice for what is done to a series, however many of its dates are concerned."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, select
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
) -> None:
    """Tell the person, and their calendar. `spans` are the dates that it was done to, at least one, in order.

    Within the transaction that did it. The data holds what a message says, so that it stays true to the moment.
    """
    place = session.execute(
        select(
            Resource.name.label("resource"), Location.name.label("location"), Location.zone, Location.address
        )
        .join(Location, and_(Location.tenant_id == Resource.tenant_id, Location.id == Resource.location_id))
        .where(Resource.id == series.resource_id)
    ).one()
    told = series_booked(session, [series.id])[series.id]
    facts: dict[str, Any] = {
        "series_id": series.id,
        "done": done.value,
        "dates": len(spans),
        "stands": told.stands,
        "resource": place.resource,
        "location": place.location,
        "zone": place.zone,
        "starts_at": spans[0].start.isoformat(),
        "ends_at": spans[0].end.isoformat(),
        "last_starts_at": spans[-1].start.isoformat(),
        "rule": series.rule,
        "title": series.title,
        "price_minor": total_minor,
        "currency": currency,
        "reason": reason,
        "calendar": as_json(told) | {"address": place.address},
    }
    if done is Done.BOOKED:
        tell(session, now, series.person_id, "series.booked", facts)
    else:
        tell(session, now, series.person_id, "series.changed", facts)
