from app.blueprints.bookings import cancellation, check_in, checkout, floor, grid, mine, ongoing, search
from app.blueprints.bookings.room import blueprint

__all__ = ["blueprint", "cancellation", "check_in", "checkout", "floor", "grid", "mine", "ongoing", "search"]
