"""The front desk's rooms: today, bookings, people, the spaces themselves, settings. One module a noun."""

from app.blueprints.admin import (
    amenities,
    bookings,
    limits,
    locations,
    one_booking,
    people,
    plans,
    resource_types,
    resources,
    settings,
    today,
)
from app.blueprints.admin.routes import blueprint
from app.blueprints.admin.settings_look import preview, routes

__all__ = [
    "amenities", "blueprint", "bookings", "limits", "locations", "one_booking", "people", "plans", "preview", "resource_types", "resources",
    "routes", "settings", "today",
]  # fmt: skip
