"""Rooms that nobody comes to: their people are warned, and what is left of the time is freed for others.

Off unless the house, or a room for itself, says after how many minutes (`release_minutes`).
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.check_in_window import KEPT_MINUTES
from app.domain.booking.house_limits import house_limit, set_house_limit
from app.domain.booking.shorten import end_now, record_end
from app.domain.notices import tell
from app.domain.unit_names import unit_names
from app.kernel.clock import Clock
from app.models import Booking, BookingStatus, Location, Resource, Tenant
from app.tenancy import tenant_of

MOST_MINUTES = 240
WARNING = timedelta(minutes=5)
"""How long before its room goes somebody is warned; nobody's goes sooner after the warning."""
_FARTHEST = timedelta(days=1)
"""A booking that began longer ago is let be: whoever turns this on does not mean last week's."""


def release_minutes(session: Session) -> int | None:
    """After how many minutes the house frees a room that nobody checked in to; None for never."""
    return house_limit(session, Tenant.release_minutes)


def release_after(session: Session, actor: Actor, minutes: int | None, clock: Clock) -> None:
    """Set that for the house, or with None turn it off. Raises as `set_house_limit`."""
    set_house_limit(
        session, actor, Tenant.release_minutes, minutes, MOST_MINUTES, clock, name="release_minutes"
    )


def release_no_shows(session: Session, now: datetime) -> int:
    """Warn whose room is about to go, and free the rooms whose people were warned and did not come; returns how many were freed.

    Idempotent. A booking that somebody is checking in to this moment is left to them.
    """
    freed = 0
    for booking, room, location, zone, minutes in _waiting(session, now):
        due = max(booking.starts_at, booking.created_at) + timedelta(minutes=minutes)
        notice = {
            "booking_id": booking.id,
            "resource": room.name,
            "unit_names": unit_names(room.units, room.unit_names, booking.unit_numbers),
            "location": location,
            "zone": zone,
            "starts_at": booking.starts_at.isoformat(),
            "ends_at": booking.ends_at.isoformat(),
        }
        warned = booking.no_show_warned_at
        if warned is None:
            if due - WARNING <= now:
                _warn(session, booking, max(due, now + WARNING), notice, now)
        elif max(due, warned + min(WARNING, timedelta(minutes=minutes))) <= now:
            freed += _release(session, booking, notice, now)
    return freed


def _waiting(session: Session, now: datetime) -> list[Any]:
    """What runs and was not checked in to, locked, with its names and for how many minutes its room is kept."""
    kept = _kept_rooms(session)
    if not kept:
        return []
    rows = session.execute(
        select(Booking, Resource, Location.name, Location.zone)
        .join(Resource, and_(Resource.tenant_id == Booking.tenant_id, Resource.id == Booking.resource_id))
        .join(Location, and_(Location.tenant_id == Booking.tenant_id, Location.id == Booking.location_id))
        .where(
            Booking.resource_id.in_(kept),
            Booking.status == BookingStatus.CONFIRMED,
            Booking.checked_in_at.is_(None),
            Booking.starts_at > now - _FARTHEST,
            Booking.starts_at <= now,
            Booking.ends_at > now,
        )
        .order_by(Booking.id)
        .with_for_update(of=Booking, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [(*row, kept[row[0].resource_id]) for row in rows]


def _kept_rooms(session: Session) -> dict[int, int]:
    """For how many minutes each room is kept that is not kept for ever: none where nobody turned it on."""
    house = and_(Tenant.id == Resource.tenant_id, Tenant.id == tenant_of(session))
    rows = session.execute(
        select(Resource.id, KEPT_MINUTES.label("kept")).join(Tenant, house).where(KEPT_MINUTES > 0)
    )
    return {row.id: row.kept for row in rows}


def _warn(session: Session, booking: Booking, due: datetime, notice: dict[str, Any], now: datetime) -> None:
    booking.no_show_warned_at = now
    session.flush()
    if due < booking.ends_at:
        tell(session, now, booking.person_id, "booking.unclaimed", notice | {"until": due.isoformat()})


def _release(session: Session, booking: Booking, notice: dict[str, Any], now: datetime) -> bool:
    before = booking.ends_at
    booking.released_at = now
    if not end_now(session, booking, now):
        return False
    record_end(session, booking, "booking.released", before, now)
    tell(session, now, booking.person_id, "booking.released", notice)
    return True
