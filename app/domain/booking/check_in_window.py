"""When one may check in to a booking."""

from datetime import datetime, timedelta

from sqlalchemy import func

from app.kernel.spans import Span
from app.models import Resource, Tenant

KEPT_MINUTES = func.coalesce(Resource.release_minutes, Tenant.release_minutes, 0)
"""For how many minutes a room is kept for who does not check in, of a statement about both tables; 0 where that is for ever."""
EARLIEST = LATEST = timedelta(minutes=15)
"""Before and after the start."""


def check_in_window(starts_at: datetime, ends_at: datetime, release_minutes: int) -> Span:
    """When one may check in to a booking.

    `release_minutes` is for how long its room is kept for who does not, 0 where that is for ever. Whoever could lose the
    room can keep it to the end: they may be warned late.
    """
    latest = ends_at if release_minutes else min(starts_at + LATEST, ends_at)
    return Span(starts_at - EARLIEST, latest)


def waits_for_check_in(starts_at: datetime, ends_at: datetime, release_minutes: int, now: datetime) -> bool:
    """Whether that window is open."""
    window = check_in_window(starts_at, ends_at, release_minutes)
    return window.start <= now < window.end
