from app.blueprints.bookings import (
    calendar,
    cancellation,
    checkout,
    grid,
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
    "checkout",
    "grid",
    "mine",
    "ongoing",
    "search",
    "waiting",
]
