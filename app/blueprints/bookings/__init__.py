from app.blueprints.bookings import (
    calendar,
    cancellation,
    check_in,
    checkout,
    floor,
    grid,
    mine,
    ongoing,
    search,
    series,
    series_changes,
    waiting,
)
from app.blueprints.bookings.room import blueprint

__all__ = [
    "blueprint",
    "calendar",
    "cancellation",
    "check_in",
    "checkout",
    "floor",
    "grid",
    "mine",
    "ongoing",
    "search",
    "series",
    "series_changes",
    "waiting",
]
