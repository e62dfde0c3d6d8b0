from app.blueprints.bookings import (
    calendar,
    cancellation,
    changing,
    check_in,
    checkout,
    floor,
    grid,
    mine,
    month,
    ongoing,
    search,
    waiting,
    week,
)
from app.blueprints.bookings.room import blueprint

__all__ = [
    "blueprint",
    "calendar",
    "cancellation",
    "changing",
    "check_in",
    "checkout",
    "floor",
    "grid",
    "mine",
    "month",
    "ongoing",
    "search",
    "waiting",
    "week",
]
