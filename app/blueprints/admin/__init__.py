"""The front desk's rooms: today, bookings, people, and the spaces themselves. One module a noun."""

from app.blueprints.admin import (
    amenities,
    locations,
    people,
    plans,
    resource_types,
    resources,
)
from app.blueprints.admin.routes import blueprint

__all__ = ["amenities", "blueprint", "locations", "people", "plans", "resource_types", "resources"]
