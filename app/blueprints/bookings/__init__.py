from app.blueprints.bookings import cancellation, checkout, grid, mine, ongoing, search, waiting
from app.blueprints.bookings.room import blueprint

__all__ = ["blueprint", "cancellation", "checkout", "grid", "mine", "ongoing", "search", "waiting"]
