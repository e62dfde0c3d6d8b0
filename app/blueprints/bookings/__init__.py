from app.blueprints.bookings import (
    calendar,
    cancellation,
    check_in,
    checkout,
    extras,
    floor,
    grid,
    holds,
    mine,
    ongoing,
    search,
    waiting,
)
from app.blueprints.bookings.room import blueprint

__all__ = [
    "blueprint",
    "calendar",
    "cancellation",
    "check_in",
    "checkout",
    "extras",
    "floor",
    "grid",
    "holds",
    "mine",
    "ongoing",
    "search",
    "waiting",
]
