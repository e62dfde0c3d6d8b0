"""The front desk's rooms: today, bookings, people, and the spaces themselves. One module a noun."""

from app.blueprints.admin import (
    amenities,
    bookings,
    locations,
    people,
    plans,
    resource_types,
    resources,
    today,
)
from app.blueprints.admin.routes import blueprint

__all__ = ["amenities", "blueprint", "bookings", "locations", "people", "plans", "resource_types", "resources", "today"]
